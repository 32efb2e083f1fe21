//! Options and statuses: the choices of an attribute.

pub(crate) mod common;
pub(crate) mod option;
pub(crate) mod rows;
pub(crate) mod status;
