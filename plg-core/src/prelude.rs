//! What a kind's file starts with: `use plg_core::prelude::*`.

pub use crate::codes;
pub use crate::kinds::Describe;
pub use crate::mention::{self, Mention};
pub use crate::span::{Span, Unit};
pub use crate::value::*;
pub use crate::wire::{
    Call, Hold, Live, Map, Owned, Paging, Prior, Removal, RestCollection, Settling, Standing, UNTOLD, Want, Wire,
    id_text, itself, pick, reference, reference_to, same, same_set, segment, text, without,
};
pub use crate::{
    Block, Common, Declarations, Declared, Given, Handling, KeyText, Link, Node, Report, Surface, Term, Terms,
    referred, term,
};
pub use serde_json::{Value as Json, json};
