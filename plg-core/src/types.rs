//! Every type of the language that generated code names, flat. A provider's own `types` are these and its kinds.

pub use crate::Json;
pub use crate::app::{Capture, JsonObject, Properties, PropertySet, Read, UnknownWord, deserialized, name, word};
pub use crate::keys::{KeyText, key_of, member_of};
pub use crate::provider::{Account, AccountName};
pub use crate::rest::{ApiPath, JsonPointer, RestRemoval, RestUpdate};
pub use crate::span::{Span, Unit};
pub use crate::stack::*;
pub use crate::storage::*;
pub use crate::value::*;
pub use crate::written::hold_constants;
pub use crate::{Common, Handling, OnDestroy};
// What types of texts are written out and read with.
pub use serde::{Deserialize, Deserializer, Serialize, Serializer};
// Rust's own, under names that no declaration can take.
pub use std::clone::Clone;
pub use std::cmp::{Eq, PartialEq};
pub use std::fmt;
pub use std::hash::{Hash, Hasher};
pub use std::marker::Copy;
pub use std::option::Option;
pub use std::primitive::{bool, f64};
pub use std::result::Result;
pub use std::str::FromStr;
pub use std::string::String;
pub use std::vec::Vec;
