//! The rules that look at more than one declaration: each kind's own, told apart from those within a declaration, as
//! they are held once more where parts are put together, and before the first request.

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
