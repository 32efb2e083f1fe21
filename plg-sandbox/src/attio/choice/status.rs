//! Statuses of status attributes.

use super::common;
use super::rows::{STATUS, defaults};
use crate::attio::call::{AttioAnswer, AttioCall};
use crate::attio::schema::{BodyShape, JsonKind, SchemaField};

const CREATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("title", JsonKind::Word),
        SchemaField::optional("celebration_enabled", JsonKind::Flag),
        SchemaField::optional("target_time_in_status", JsonKind::Nullable(&JsonKind::Duration)),
    ],
    strict: false,
};

const UPDATE: BodyShape = BodyShape {
    fields: &[
        SchemaField::optional("title", JsonKind::Word),
        SchemaField::optional("celebration_enabled", JsonKind::Flag),
        SchemaField::optional("target_time_in_status", JsonKind::Nullable(&JsonKind::Duration)),
        SchemaField::optional("is_archived", JsonKind::Flag),
    ],
    strict: false,
};

pub(crate) fn list(call: &mut AttioCall) -> AttioAnswer {
    common::list(call, &STATUS)
}

pub(crate) fn create(call: &mut AttioCall) -> AttioAnswer {
    common::create(call, &STATUS, &CREATE, &defaults())
}

pub(crate) fn update(call: &mut AttioCall) -> AttioAnswer {
    common::update(call, &STATUS, &UPDATE)
}
