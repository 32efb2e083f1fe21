//! What people do: what insights, cohorts and experiments count.

use super::Event;
use super::prelude::*;
use plg_core::kinds::Kind;
use plg_core::{Shape, Value};

/// What people do: an event or an action.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither an event nor an action",
    label = "expected an event or an action",
    note = "declare it with `event` or `action`"
)]
pub trait Trackable: Declared {
    /// The event's name or the action's reference, as a JSON value.
    fn tracked(&self) -> Tracked;
}

/// How PostHog refers to what people do.
#[derive(Debug, Clone)]
pub enum Tracked {
    /// By the event's name.
    Event(&'static str),
    /// By the action's id.
    Action {
        /// The action's name, as people read it.
        name: &'static str,
        /// Its id: a reference.
        id: Term,
    },
}

impl Value for &'static dyn Trackable {
    const SHAPE: Shape = Shape::Ref(|| &["event", "action"]);
    const BLANK: Self = Event::LINK;

    fn given(&self) -> Option<Given> {
        Some(Given::Ref(Some(self.common().name.to_owned())))
    }
}
