//! What is said while a plan is applied.

use plg_runtime::apply::progress::Progress;
use plg_runtime::plan::Change;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How plg says that something arrived that was given up.
pub(crate) const TOLD: &str = "arrived after all";

/// Keeps what is said.
#[derive(Debug, Default)]
pub(crate) struct Heard(Mutex<Vec<String>>);

impl Heard {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn line(&self, text: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }
}

impl Progress for Heard {
    fn failed(&self, address: &str, _: Change, message: &str, _: Duration) {
        self.line(format!("{address}: {message}"));
    }

    fn note(&self, text: &str) {
        self.line(text.to_owned());
    }
}
