//! Every kind of resource, one per file, and the list of them.
//!
//! A new kind is one file here with one row in each of the three lists below.

mod attio;
mod attribute;
mod dashboard;
mod experiment;
mod feature_flag;
mod insight;
mod object;
mod option;
mod rows;
mod status;
mod survey;
mod webhook;

pub use attribute::*;
pub use dashboard::*;
pub use experiment::*;
pub use feature_flag::*;
pub use insight::*;
pub use object::*;
pub use option::*;
pub use status::*;
pub use survey::*;
pub use webhook::*;

use crate::wire::{reference, reference_to};
use crate::{Common, Declared, Link, Shape, Spec, Trackable, Value, Want};

/// A kind of resource: its declarations are statics of the implementing type.
pub trait Kind: Declared + 'static {
    /// The word its declarations start with. Apart from `SPEC`, so that kinds may refer to each other.
    const KEYWORD: &'static str;
    /// Everything else about it.
    const SPEC: Spec;
}

/// What a kind's file writes by hand about its declarations.
pub trait Describe {
    /// What should be, in comparable form.
    fn want(&self) -> Want;
    /// Rules that only hold once every stack is put together; see [`Declared::lint`].
    fn lint(&self) -> Vec<String> {
        Vec::new()
    }
}

impl<T: Kind> Value for Link<T> {
    const SHAPE: Shape = Shape::Ref(|| const { &[T::KEYWORD] });
}

impl Value for &'static dyn Trackable {
    const SHAPE: Shape = Shape::Ref(|| &["event", "action"]);
}

/// The kinds under the words they are declared with, and nothing else.
pub mod keyword {
    pub use super::{
        Attribute as attribute, Dashboard as dashboard, Experiment as experiment, FeatureFlag as feature_flag,
        Insight as insight, Object as object, SelectOption as option, Status as status, Survey as survey,
        Webhook as webhook,
    };
}

/// Every type that generated code names, flat.
pub mod types {
    pub use super::*;
    pub use crate::stack::*;
    pub use crate::value::*;
    pub use crate::{Common, OnDestroy};
}

/// Every kind, in the order a reader meets them.
pub static ALL: &[&Spec] = &[
    &Object::SPEC,
    &Attribute::SPEC,
    &SelectOption::SPEC,
    &Status::SPEC,
    &Webhook::SPEC,
    &FeatureFlag::SPEC,
    &Experiment::SPEC,
    &Survey::SPEC,
    &Dashboard::SPEC,
    &Insight::SPEC,
];

/// The kind of this keyword.
pub fn find(keyword: &str) -> Option<&'static Spec> {
    ALL.iter().copied().find(|s| s.keyword == keyword)
}

/// A declaration that every account has without anybody writing it: one of Attio's own objects.
pub fn standard(address: &str) -> Option<&'static dyn Declared> {
    let slug = address.strip_prefix("object.")?;
    STANDARD.iter().find(|o| o.slug.0 == slug).map(|o| o as &'static dyn Declared)
}

/// What a declaration inside an attribute wants: its attribute, and the one before it first.
fn inside(common: &Common) -> Want {
    let mut want = Want::new();
    if let Some(parent) = common.parent {
        want = want.set("attribute", reference(parent)).set("object", reference_to(parent, "object"));
    }
    match common.previous {
        Some(previous) => want.after(previous.address()),
        None => want,
    }
}

/// What a kind's file starts with.
mod prelude {
    pub(crate) use super::Describe;
    pub(crate) use crate::value::*;
    pub(crate) use crate::wire::{
        Call, Listing, Live, Map, Paging, Prior, Removal, Want, Wire, id_text, includes, pick, reference, reference_to,
        same, same_set, segment, text,
    };
    pub(crate) use crate::{Block, Common, Declared, Given, Link, Node, Report, Surface, World};
    pub(crate) use serde_json::{Value as Json, json};
}
