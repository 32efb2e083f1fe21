//! Mistakes, without spans.

use crate::codes::Code;
use std::cell::Cell;

thread_local! {
    /// While a declaration is held of which not all could be read: whether the rule asked for a field that could not.
    static MISSED: Cell<Option<bool>> = const { Cell::new(None) };
}

/// Runs a rule over something of which not all could be read. What it reports after [`miss`] may be mistaken, and is
/// left out.
pub(crate) fn partly(rule: impl FnOnce()) {
    MISSED.set(Some(false));
    rule();
    MISSED.set(None);
}

/// Notes that the rule that runs asked for something that could not be read.
pub(crate) fn miss() {
    MISSED.set(MISSED.get().map(|_| true));
}

/// A place in the source, known only to the macro that hands it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Site(pub u32);

impl Site {
    /// The place of what could not be read, or not as a whole: its mistake has been reported.
    pub const UNREAD: Site = Site(u32::MAX);
}

/// One thing that is wrong.
#[derive(Debug)]
pub struct Mistake {
    /// Its kind.
    pub code: &'static Code,
    /// Where it is shown.
    pub at: Site,
    /// What is wrong, in words.
    pub message: String,
}

/// What is wrong with a declaration, collected so that one build shows it all.
#[derive(Debug, Default)]
pub struct Report {
    /// Each mistake, in the order found.
    pub errors: Vec<Mistake>,
    /// What may be meant as it is written, and is worth a second look.
    pub warnings: Vec<Mistake>,
}

impl Report {
    /// Adds a mistake. The message is lower case, without a period, says what was expected, and
    /// ends with `\nhelp: ` and what to write, where that is known.
    pub fn error(&mut self, code: &'static Code, at: Site, message: impl Into<String>) {
        if at == Site::UNREAD || MISSED.get() == Some(true) {
            return;
        }
        self.errors.push(Mistake { code, at, message: message.into() });
    }

    /// Adds something to look at twice, in the same words.
    pub fn warn(&mut self, code: &'static Code, at: Site, message: impl Into<String>) {
        self.warnings.push(Mistake { code, at, message: message.into() });
    }
}
