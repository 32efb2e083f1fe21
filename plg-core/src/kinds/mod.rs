//! Every kind of resource, one per file, and the list of them.
//!
//! A new kind is one file here, its `mod` and its `pub use`, and one row in `every_kind`.

mod action;
mod alert;
mod annotation;
pub(crate) mod attio;
mod attribute;
mod between;
mod cohort;
mod dashboard;
mod early_access_feature;
mod event;
mod experiment;
mod feature_flag;
#[cfg(test)]
mod fixture;
mod holdout;
pub(crate) mod hollow;
mod insight;
mod list;
mod object;
mod option;
pub(crate) mod posthog;
mod property;
mod property_definition;
mod rules;
mod shared_metric;
mod status;
mod subscription;
mod survey;
mod webhook;

pub use action::*;
pub use alert::*;
pub use annotation::*;
pub use attribute::*;
pub use between::{BETWEEN, BetweenRule};
pub use cohort::*;
pub use dashboard::*;
pub use early_access_feature::*;
pub use event::*;
pub use experiment::*;
pub use feature_flag::*;
pub use holdout::*;
pub use insight::*;
pub use list::*;
pub use object::*;
pub use option::*;
pub use property::PropertyTest;
pub use property_definition::*;
pub use shared_metric::*;
pub use status::*;
pub use subscription::*;
pub use survey::*;
pub use webhook::*;

use std::sync::OnceLock;

use crate::{Declared, Given, Items, Link, Shape, Spec, Trackable, Value, Want};

/// A kind of resource: its declarations are statics of the implementing type.
pub trait Kind: Declared + 'static {
    /// The word its declarations start with. Apart from `SPEC`, so that kinds may refer to each other.
    const KEYWORD: &'static str;
    /// Everything else about it.
    const SPEC: Spec;
    /// One that says nothing, for others to refer to before they say what.
    const LINK: &'static Self;

    /// The declaration with nothing but the fields that must be written.
    #[must_use]
    fn bare(self) -> Self
    where
        Self: Sized;
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
    const BLANK: Self = T::LINK;

    fn given(&self) -> Option<Given> {
        Some(Given::Ref(Some(self.common().name.to_owned())))
    }
}

impl<T: Kind> Value for Items<T> {
    const SHAPE: Shape = Shape::Items(|| const { &T::SPEC });
    const BLANK: Self = Items(&[]);

    fn given(&self) -> Option<Given> {
        Some(Given::Items(self.0.iter().map(|item| item.block()).collect()))
    }
}

impl Value for &'static dyn Trackable {
    const SHAPE: Shape = Shape::Ref(|| &["event", "action"]);
    const BLANK: Self = Event::LINK;

    fn given(&self) -> Option<Given> {
        Some(Given::Ref(Some(self.common().name.to_owned())))
    }
}

impl Value for &'static dyn Extendable {
    const SHAPE: Shape = Shape::Ref(|| &["object", "list"]);
    const BLANK: Self = Object::LINK;

    fn given(&self) -> Option<Given> {
        Some(Given::Ref(Some(self.common().name.to_owned())))
    }
}

/// Hands the word and the type of every kind to a macro, in the order a reader meets them: what others
/// refer to first.
macro_rules! every_kind {
    ($told:ident) => {
        $told! {
            object Object,
            list List,
            attribute Attribute,
            option SelectOption,
            status Status,
            webhook Webhook,
            event Event,
            property Property,
            action Action,
            cohort Cohort,
            feature_flag FeatureFlag,
            early_access_feature EarlyAccessFeature,
            experiment_holdout Holdout,
            shared_metric SharedMetric,
            experiment Experiment,
            survey Survey,
            dashboard Dashboard,
            insight Insight,
            alert Alert,
            subscription Subscription,
            annotation Annotation,
        }
    };
}
pub(crate) use every_kind;

macro_rules! lists {
    ($($keyword:ident $ty:ident,)*) => {
        /// The kinds under the words they are declared with, and nothing else.
        pub mod keyword {
            pub use super::{$($ty as $keyword),*};
        }

        /// Every kind, in the order a reader meets them.
        pub static ALL: &[&Spec] = &[$(&$ty::SPEC),*];
    };
}
every_kind!(lists);

/// The one name that generated code takes all others from: to import all of this twice is no mistake.
#[doc(hidden)]
pub mod short {
    pub use super::types as __plg;
}

/// Every type that generated code names, flat.
pub mod types {
    pub use super::keyword;
    pub use super::*;
    pub use crate::Json;
    pub use crate::app::{Capture, Properties, Read, UnknownWord, name, word};
    pub use crate::span::{Span, Unit};
    pub use crate::stack::*;
    pub use crate::storage::*;
    pub use crate::value::*;
    pub use crate::written::hold_constants;
    pub use crate::{Common, Handling, OnDestroy};
    // Rust's own, under names that no declaration can take.
    pub use std::clone::Clone;
    pub use std::cmp::{Eq, PartialEq};
    pub use std::fmt;
    pub use std::marker::Copy;
    pub use std::option::Option;
    pub use std::primitive::{bool, f64};
    pub use std::str::FromStr;
    pub use std::string::String;
}

/// The kind of this keyword.
pub fn find(keyword: &str) -> Option<&'static Spec> {
    ALL.iter().copied().find(|s| s.keyword == keyword)
}

/// Whether declarations of this kind stand inside those of another one, and nowhere else.
pub fn is_inside_another(keyword: &str) -> bool {
    fn items(shape: &Shape, found: &mut Vec<&'static str>) {
        match shape {
            Shape::Items(spec) => found.push(spec().keyword),
            Shape::Maybe(inner) => items(inner, found),
            Shape::Choice(choice) => {
                choice().cases.iter().filter_map(|case| case.holds.as_ref()).for_each(|held| items(held, found))
            }
            _ => {}
        }
    }
    static INSIDE: OnceLock<Vec<&'static str>> = OnceLock::new();
    let inside = INSIDE.get_or_init(|| {
        let mut found = Vec::new();
        ALL.iter().flat_map(|spec| spec.fields).for_each(|field| items(&field.shape, &mut found));
        found
    });
    inside.contains(&keyword)
}

/// What a kind's file starts with.
mod prelude {
    pub(crate) use super::Describe;
    pub(crate) use crate::codes;
    pub(crate) use crate::mention::{self, Mention};
    pub(crate) use crate::span::{Span, Unit};
    pub(crate) use crate::value::*;
    pub(crate) use crate::wire::{
        Call, Hold, Live, Map, Owned, Paging, Prior, Removal, RestCollection, Standing, UNTOLD, Want, Wire, id_text,
        itself, pick, reference, reference_to, same, same_set, segment, text, without,
    };
    pub(crate) use crate::{
        Block, Common, Declarations, Declared, Given, Handling, Link, Node, Report, Surface, Term, Terms, Trackable,
        Tracked, referred, term,
    };
    pub(crate) use serde_json::{Value as Json, json};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_fields() {
        for spec in ALL {
            assert!(!spec.key.is_empty(), "{} is found by nothing", spec.keyword);
            for word in spec.key {
                assert!(spec.fields.iter().any(|f| f.name == *word), "{} has no field {word}", spec.keyword);
            }
        }
    }
}
