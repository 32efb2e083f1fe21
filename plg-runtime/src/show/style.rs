//! How what is shown on a terminal looks.

use crate::paint::painted;

/// How a plan is printed.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// With colours, for [`crate::paint::terminal`].
    pub color: bool,
    /// Columns there are.
    pub width: usize,
    /// Also what is as declared, and every field of what is created.
    pub verbose: bool,
}

impl Style {
    pub(super) fn paint(self, code: &str, text: &str) -> String {
        if self.color { painted(code, text) } else { text.to_owned() }
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }
}
