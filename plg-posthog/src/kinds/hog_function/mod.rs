//! PostHog's functions: what is sent elsewhere, changed on its way in, or taken in, each made from a template.

mod check;
mod destination;
mod input;
mod mapping;
mod template;
mod trigger;
mod wire;

pub use destination::{Destination, DestinationTemplate};
pub use input::Fed;
pub use mapping::Mapping;
pub use trigger::{Once, Trigger, TriggerIf};

use super::prelude::*;
use plg_core::text::trimmed;

plg_core::texts! {
    /// The id of a template, such as `template-intercom`.
    TemplateName { what: "the id of a template", max: 400, code: codes::TEXT, check: trimmed, constant: false }
}

#[cfg(test)]
mod tests;
