//! Statuses of status attributes.

use super::common;
use super::rows::{STATUS, defaults};
use crate::attio::call::{Answer, Call};
use crate::attio::validate::{Field, Kind, Shape};

const CREATE: Shape = Shape {
    fields: &[
        Field::required("title", Kind::Word),
        Field::optional("celebration_enabled", Kind::Flag),
        Field::optional("target_time_in_status", Kind::Nullable(&Kind::Duration)),
    ],
    strict: false,
};

const UPDATE: Shape = Shape {
    fields: &[
        Field::optional("title", Kind::Word),
        Field::optional("celebration_enabled", Kind::Flag),
        Field::optional("target_time_in_status", Kind::Nullable(&Kind::Duration)),
        Field::optional("is_archived", Kind::Flag),
    ],
    strict: false,
};

pub(crate) fn list(call: &mut Call) -> Answer {
    common::list(call, &STATUS)
}

pub(crate) fn create(call: &mut Call) -> Answer {
    common::create(call, &STATUS, &CREATE, &defaults())
}

pub(crate) fn update(call: &mut Call) -> Answer {
    common::update(call, &STATUS, &UPDATE)
}
