//! Statuses of status attributes.

use super::choice::{self, Family};
use super::validate::{Field, Kind, Shape};
use super::{Answer, Call};
use serde_json::{Value, json};

pub(super) const FAMILY: Family = Family { kind: "status", id: "status_id", noun: "status", sought: "status option" };

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

/// What a status has besides its title, in the order it is shown.
pub(super) fn defaults() -> [(&'static str, Value); 2] {
    [("target_time_in_status", Value::Null), ("celebration_enabled", json!(false))]
}

pub(super) fn list(call: &mut Call) -> Answer {
    choice::list(call, &FAMILY)
}

pub(super) fn create(call: &mut Call) -> Answer {
    choice::create(call, &FAMILY, &CREATE, &defaults())
}

pub(super) fn update(call: &mut Call) -> Answer {
    choice::update(call, &FAMILY, &UPDATE)
}
