//! What is done with one resource, and every word for it.

use serde::Serialize;

/// What is done with one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// It is made.
    Create,
    /// Fields of it are changed.
    Update,
    /// It is made anew, as a field that differs cannot be changed.
    Replace,
    /// It is there already, and looked after from now on; fields that differ are changed.
    Adopt,
    /// It is restored from the archive.
    Revive,
    /// It is deleted.
    Delete,
    /// It cannot be deleted: it is hidden, and stays behind.
    Archive,
    /// It is no longer looked after, and stays as it is.
    Keep,
    /// It is gone already, or was never ours: nothing but the memory of it goes.
    Forget,
    /// Made after everything else, if anything was changed.
    Marker,
    /// Declared `existing`: read only.
    Read,
    /// It is not there yet, and no request can make it: whoever does, it is looked after from then on.
    Await,
    /// It is as declared.
    Unchanged,
}

/// Whether what is there becomes more, other or less by a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tone {
    /// Something is made.
    New,
    /// Something there changes.
    Changed,
    /// Something there is made anew.
    Replaced,
    /// Something there is deleted or archived.
    Lost,
    /// Nothing remote changes.
    Same,
}

/// Every word for a change: one place, so that a terminal, a comment, a page and an event say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangeWords {
    /// One character before an address: `~`.
    pub sign: &'static str,
    /// The colour of the sign on a terminal, as the number of an ANSI escape.
    pub color: &'static str,
    /// What is done, in events of `--json`: `update`.
    pub verb: &'static str,
    /// What was done with one resource: `updated`.
    pub past: &'static str,
    /// What a summary of a plan counts, or nothing where it counts none: `to change`.
    pub ahead: Option<&'static str>,
    /// What a page or a comment calls it: `change`.
    pub title: &'static str,
    /// What the closing line of a deploy counts it as, or nothing: `changed`.
    pub outcome: Option<&'static str>,
    /// Its effect on existing objects.
    pub tone: Tone,
}

impl Change {
    /// All of them, in the order in which a summary counts them.
    pub const ALL: [Change; 13] = [
        Change::Create,
        Change::Marker,
        Change::Update,
        Change::Replace,
        Change::Adopt,
        Change::Revive,
        Change::Delete,
        Change::Archive,
        Change::Keep,
        Change::Forget,
        Change::Await,
        Change::Read,
        Change::Unchanged,
    ];

    /// The words for it.
    pub const fn words(self) -> ChangeWords {
        const GREEN: &str = "32";
        const YELLOW: &str = "33";
        const CYAN: &str = "36";
        const RED: &str = "31";
        const DIM: &str = "2";
        #[rustfmt::skip]
        let (sign, color, verb, past, ahead, title, outcome, tone) = match self {
            Change::Create => ("+", GREEN, "create", "created", Some("to create"), "create", Some("created"), Tone::New),
            Change::Marker => ("+", GREEN, "create", "created", None, "mark", Some("created"), Tone::New),
            Change::Update => ("~", YELLOW, "update", "updated", Some("to change"), "change", Some("changed"), Tone::Changed),
            Change::Replace => ("±", "35", "replace", "replaced", Some("to replace"), "replace", Some("changed"), Tone::Replaced),
            Change::Adopt => (">", CYAN, "adopt", "adopted", Some("to adopt"), "adopt", Some("adopted"), Tone::Changed),
            Change::Revive => ("^", CYAN, "revive", "restored", Some("to restore"), "restore", Some("changed"), Tone::Changed),
            Change::Delete => ("-", RED, "delete", "deleted", Some("to delete"), "delete", Some("deleted"), Tone::Lost),
            Change::Archive => ("#", RED, "archive", "archived", Some("to archive"), "archive", Some("archived"), Tone::Lost),
            Change::Keep => (".", DIM, "keep", "keep", Some("to leave behind"), "leave behind", Some("let go"), Tone::Same),
            Change::Forget => (".", DIM, "forget", "forget", Some("to forget"), "forget", Some("let go"), Tone::Same),
            Change::Await => ("?", DIM, "await", "await", Some("not there yet"), "not there yet", None, Tone::Same),
            Change::Read => ("=", DIM, "read", "read", None, "refer to", None, Tone::Same),
            Change::Unchanged => ("=", DIM, "leave", "leave", Some("unchanged"), "unchanged", None, Tone::Same),
        };
        ChangeWords { sign, color, verb, past, ahead, title, outcome, tone }
    }

    /// Whether the resource is no longer there or no longer looked after when it is done.
    pub(crate) const fn is_removal(self) -> bool {
        matches!(self, Change::Delete | Change::Archive | Change::Keep | Change::Forget)
    }
}
