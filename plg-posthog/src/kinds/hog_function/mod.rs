//! PostHog's functions: what is sent elsewhere, changed on its way in, or taken in, each made from a template.

mod attio;
mod check;
mod destination;
mod input;
mod internal;
mod mapping;
mod source;
mod template;
mod transformation;
mod trigger;
mod wire;

pub use attio::{Fillable, FilledAttribute};
pub use destination::{Destination, DestinationTemplate};
pub use input::Fed;
pub use internal::{InternalDestination, InternalEvent, InternalTemplate};
pub use mapping::Mapping;
pub use source::{SourceTemplate, SourceWebhook};
pub use transformation::{Transformation, TransformationTemplate};
pub use trigger::{Once, Trigger, TriggerIf};

pub(super) use attio::check_attributes;

use super::prelude::*;
use plg_core::text::trimmed;

plg_core::texts! {
    /// The id of a template, such as `template-intercom`.
    TemplateName { what: "the id of a template", max: 400, code: codes::TEXT, check: trimmed, constant: false }
}

#[cfg(test)]
mod tests;
