//! What is live: one list a kind and parent, fetched side by side, matched with what is declared
//! and what is remembered.

mod by_id;
mod candidates;
mod found;
mod late;
mod list;
mod listed;
mod lookup;
mod moved;
mod needed;
mod prefetch;
mod refresh;
mod renamed;
mod settled;
mod unlisted;

pub(crate) use by_id::by_id;
pub(crate) use candidates::{candidates, entry_of};
pub use found::LateObject;
pub(crate) use found::{LiveState, Lookup};
pub(crate) use late::{arrived, is_watched, late_objects};
pub(crate) use list::{detailed, list};
pub(crate) use lookup::{Sources, declared, known};
pub(crate) use moved::{events as moves, moved};
pub(crate) use needed::needed;
pub(crate) use refresh::refresh;
pub(crate) use renamed::{key_of, renamed};
pub(crate) use settled::settled;
