//! The rules that look at more than one declaration: each kind's own, and those of a provider over the whole stack. They
//! are told apart from those within a declaration, as they are held where parts are put together, and before the first
//! request.

use crate::codes::Code;
use crate::{Block, Declarations, Report};

/// A rule of a kind that looks at other declarations.
#[derive(Debug)]
pub struct BetweenRule {
    /// The kind's keyword.
    pub kind: &'static str,
    /// The kinds it looks at: what refers to none of them keeps it.
    pub looks_at: &'static [&'static str],
    /// The rule, as a sentence.
    pub says: &'static str,
    /// The code of what breaks it.
    pub code: &'static Code,
    /// Holds one declaration against it.
    pub check: fn(&Block, &Declarations, &mut Report),
}

/// A rule of a provider that asks what nothing in the whole stack declares, and that declarations of every kind keep.
///
/// It is held where all declarations are known: by a `stack!` without parts, by the root of one with parts, and before
/// the first request.
#[derive(Debug)]
pub struct WholeRule {
    /// The kinds it looks at. Where one of their declarations could not be read, it is not held.
    pub looks_at: &'static [&'static str],
    /// The rule, as a sentence.
    pub says: &'static str,
    /// The codes of what breaks it.
    pub codes: &'static [&'static Code],
    /// Holds one declaration against it.
    pub check: fn(&Block, &Declarations, &mut Report),
    /// Makes a declaration that `import` wrote keep it, beside the others that are written.
    pub settle: fn(&mut Block, &Declarations),
}
