//! Values against the schema: each becomes a node for the rules and tokens for the expansion, in one walk.
//!
//! A declaration holds values, and a value can hold declarations, so the walk is one type with a file for
//! each sort of value: `cx` is what all of them know.

mod block;
mod choice;
mod common;
mod constant;
mod cx;
mod fields;
mod json;
mod key;
mod number;
mod record;
mod value;

pub(crate) use block::whole;
pub(crate) use common::DeclarationHead;
pub(crate) use cx::{Child, Former, KeyTexts, Lowering, Sites, inside, keyword, own, path, rust_name};
pub(crate) use record::RecordParts;
