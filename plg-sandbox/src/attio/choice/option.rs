//! Options of select attributes.

use super::common;
use super::rows::OPTION;
use crate::attio::call::{AttioAnswer, AttioCall};
use crate::attio::schema::{BodyShape, JsonKind, SchemaField};

const CREATE: BodyShape = BodyShape { fields: &[SchemaField::required("title", JsonKind::Word)], strict: false };
const UPDATE: BodyShape = BodyShape {
    fields: &[SchemaField::optional("title", JsonKind::Word), SchemaField::optional("is_archived", JsonKind::Flag)],
    strict: false,
};

pub(crate) fn list(call: &mut AttioCall) -> AttioAnswer {
    common::list(call, &OPTION)
}

pub(crate) fn create(call: &mut AttioCall) -> AttioAnswer {
    common::create(call, &OPTION, &CREATE, &[])
}

pub(crate) fn update(call: &mut AttioCall) -> AttioAnswer {
    common::update(call, &OPTION, &UPDATE)
}
