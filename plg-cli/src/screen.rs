//! What moves on a terminal while something goes on, and the lines that are said meanwhile.
//!
//! There is one terminal in a process: whoever prints does it here, so that nothing that is drawn over itself takes a
//! line with it.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What is drawn now.
static TREE: Mutex<Option<MultiProgress>> = Mutex::new(None);

/// How often a spinner turns.
const TURN: Duration = Duration::from_millis(120);

/// Begins to draw, or goes on with it.
pub(crate) fn tree() -> MultiProgress {
    let mut tree = TREE.lock().unwrap_or_else(PoisonError::into_inner);
    tree.get_or_insert_with(MultiProgress::new).clone()
}

/// A spinner with words, until it is dropped.
pub(crate) struct Spinner(ProgressBar);

impl Spinner {
    /// With the time since it was begun.
    pub(crate) fn new(words: String) -> Spinner {
        let bar = tree().add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg}, {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(words);
        bar.enable_steady_tick(TURN);
        Spinner(bar)
    }

    /// With other words from now on.
    pub(crate) fn say(&self, words: String) {
        self.0.set_message(words);
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Ends what is drawn.
pub(crate) fn end() {
    if let Some(tree) = TREE.lock().unwrap_or_else(PoisonError::into_inner).take() {
        let _ = tree.clear();
    }
}

/// Prints with nothing in the way: what is drawn is taken off, and drawn again below. A reader that went away, such as
/// `head`, is no mistake, and stops nothing.
fn print(line: impl FnOnce()) {
    let tree = TREE.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match tree {
        Some(tree) => tree.suspend(line),
        None => line(),
    }
}

/// Prints to standard output.
pub(crate) fn out(text: &str) {
    print(|| {
        let mut stdout = std::io::stdout().lock();
        let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    });
}

/// Prints to standard error.
pub(crate) fn err(text: &str) {
    print(|| {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    });
}
