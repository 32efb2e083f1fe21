//! What is there: live objects, and what is known of them before a write.

use super::{Call, Map};
use crate::term::Terms;

/// A live object, in comparable form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Live {
    /// Remote id as text: a UUID, a number, or a short id.
    pub id: String,
    /// What others may refer to, and what must be remembered to update it: always `id` (as JSON, a
    /// number where the API has numbers); for an attribute also `object`; for a survey its question ids.
    pub outputs: Map,
    /// All comparable fields the kind knows.
    pub fields: Map,
    /// Hidden but there: an archived option or attribute, a soft-deleted flag. Can be revived.
    pub archived: bool,
    /// Belongs to the API itself: may be extended, never changed.
    pub system: bool,
    /// Creation time as the API says it (RFC 3339), where it does.
    pub created: Option<String>,
}

/// What is known about an object before a write: from the state, or from what is live.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prior {
    /// Remote id as text.
    pub id: String,
    /// See [`Live::outputs`].
    pub outputs: Map,
    /// Its fields, live where they were looked at, else as last applied; parents resolved.
    pub fields: Map,
}

/// What happens when something is no longer declared.
#[derive(Debug, Clone, PartialEq)]
pub enum Removal {
    /// It is gone for good (or soft-deleted, which people see as gone).
    Delete(Call),
    /// The API cannot delete it: it is hidden, and stays behind.
    Archive(Call),
    /// Nothing can be done: why, for the list of what stays behind.
    Keep(&'static str),
    /// Nothing has to be done, as it is a part of something else: why, as in "it goes with the dashboard".
    Forget(&'static str),
}

/// The state that people gave an object in the web app, where no field of the language holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// What it does, as in "it runs since 2026-11-01".
    pub says: String,
    /// Fields that the API refuses to change meanwhile.
    pub held: &'static [&'static str],
    /// What to do to change them all the same.
    pub help: &'static str,
}

/// Why an API refuses a change or a removal, as long as another object is as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// What is refused, and why, before the names of those others: "it cannot be deleted, as active flags use it".
    pub says: String,
    /// What to do.
    pub help: &'static str,
}

/// A declaration that changes another one in its time, as it is.
#[derive(Debug, Clone, Copy)]
pub struct Settling<'a> {
    /// Its kind's keyword.
    pub kind: &'static str,
    /// What is wanted of it.
    pub want: &'a Terms,
    /// How it is; nothing where nobody looked, or where it was there and is gone.
    pub live: Option<&'a Live>,
}
