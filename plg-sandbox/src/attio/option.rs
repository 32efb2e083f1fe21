//! Options of select attributes.

use super::choice::{self, Family};
use super::validate::{Field, Kind, Shape};
use super::{Answer, Call};

pub(super) const FAMILY: Family =
    Family { kind: "select", id: "option_id", noun: "select option", sought: "select option" };

const CREATE: Shape = Shape { fields: &[Field::required("title", Kind::Word)], strict: false };

const UPDATE: Shape = Shape {
    fields: &[Field::optional("title", Kind::Word), Field::optional("is_archived", Kind::Flag)],
    strict: false,
};

pub(super) fn list(call: &mut Call) -> Answer {
    choice::list(call, &FAMILY)
}

pub(super) fn create(call: &mut Call) -> Answer {
    choice::create(call, &FAMILY, &CREATE, &[])
}

pub(super) fn update(call: &mut Call) -> Answer {
    choice::update(call, &FAMILY, &UPDATE)
}
