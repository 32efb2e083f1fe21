//! Mistakes, without spans.

use crate::codes::Code;

/// A place in the source, known only to the macro that hands it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Site(pub u32);

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
}

impl Report {
    /// Adds a mistake. The message is lower case, without a period, says what was expected, and
    /// ends with `\nhelp: ` and what to write, where that is known.
    pub fn error(&mut self, code: &'static Code, at: Site, message: impl Into<String>) {
        self.errors.push(Mistake { code, at, message: message.into() });
    }
}
