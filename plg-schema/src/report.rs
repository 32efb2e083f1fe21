//! Mistakes, without spans.

/// A place in the source, known only to the macro that hands it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Site(pub u32);

/// What is wrong with a declaration, collected so that one build shows it all.
#[derive(Debug, Default)]
pub struct Report {
    /// Each mistake with the place it is shown at.
    pub errors: Vec<(Site, String)>,
}

impl Report {
    /// Adds a mistake. The message is lower case, without a period, says what was expected, and
    /// ends with `\nhelp: ` and what to write, where that is known.
    pub fn error(&mut self, at: Site, message: impl Into<String>) {
        self.errors.push((at, message.into()));
    }
}
