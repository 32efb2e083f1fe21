//! The formats of everything that plg writes and reads again, and how each version of them is read.
//!
//! Formats only move forward: what any earlier plg wrote is read, and written in the latest format at the next change;
//! what a later plg wrote is refused, with its version.

/// The format of snapshots and dumps that this plg writes.
pub(crate) const STATE: u32 = 2;
/// The format of journals that this plg writes.
pub(crate) const JOURNAL: u32 = 2;
/// The format of saved plans that this plg writes.
pub(crate) const PLAN: u32 = 1;

/// One version of one format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// What is written in it.
    pub what: &'static str,
    /// Its number, which the file itself says.
    pub version: u32,
    /// How it is told, and read.
    pub read: &'static str,
}

/// Every version that is read. What is not in it is refused; `docs/upgrading.md` is held against it.
pub const FORMATS: &[Format] = &[
    Format { what: "state", version: 1, read: "has no checksum; the last record it holds has number 0" },
    Format { what: "state", version: STATE, read: "ends with a checksum over all of it" },
    Format { what: "journal", version: 1, read: "lines have no number: they are numbered by their place" },
    Format { what: "journal", version: JOURNAL, read: "lines are numbered; the first one names stack and stage" },
    Format { what: "dump", version: 1, read: "as a state of that version" },
    Format { what: "dump", version: STATE, read: "a state without its checksum, which `state push` makes" },
    Format { what: "sealed value", version: 0, read: "age: opened by a build with `sealed-with-age`, else carried" },
    Format { what: "sealed value", version: 1, read: "`plg1:`, the id of its key, nonce and ciphertext" },
    Format { what: "saved plan", version: PLAN, read: "one of any other version is stale" },
];

/// Whether a version of a format is read.
pub(crate) fn is_read(what: &str, version: u32) -> bool {
    FORMATS.iter().any(|format| format.what == what && format.version == version)
}
