//! Options of select attributes.

use super::common;
use super::rows::OPTION;
use crate::attio::call::{Answer, Call};
use crate::attio::validate::{Field, Kind, Shape};

const CREATE: Shape = Shape { fields: &[Field::required("title", Kind::Word)], strict: false };
const UPDATE: Shape = Shape {
    fields: &[Field::optional("title", Kind::Word), Field::optional("is_archived", Kind::Flag)],
    strict: false,
};

pub(crate) fn list(call: &mut Call) -> Answer {
    common::list(call, &OPTION)
}

pub(crate) fn create(call: &mut Call) -> Answer {
    common::create(call, &OPTION, &CREATE, &[])
}

pub(crate) fn update(call: &mut Call) -> Answer {
    common::update(call, &OPTION, &UPDATE)
}
