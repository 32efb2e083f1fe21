//! What happens, as it happens: a live tree on a terminal, lines elsewhere, events for programs.

use crate::output::Output;
use crate::screen::{self, Spinner};
use indicatif::{ProgressBar, ProgressStyle};
use plg_runtime::apply::progress::Progress;
use plg_runtime::plan::Change;
use plg_runtime::strangers::inline;
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Tells a person or a program.
pub(crate) struct ProgressLines {
    output: Output,
    total: ProgressBar,
    open: Mutex<HashMap<String, Spinner>>,
}

impl ProgressLines {
    pub(crate) fn new(output: Output) -> Self {
        ProgressLines { output, total: ProgressBar::hidden(), open: Mutex::new(HashMap::new()) }
    }

    fn close(&self, address: &str) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(address);
        self.total.inc(1);
    }

    /// Says below everything else what the run does now.
    pub(crate) fn ends(&self) {
        self.total.set_message("  finishing what is under way");
    }

    /// Clears what is drawn.
    pub(crate) fn end(&self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.total.finish_and_clear();
        screen::end();
    }
}

fn seconds(took: Duration) -> String {
    if took < Duration::from_secs(1) {
        format!("{} ms", took.as_millis())
    } else {
        format!("{:.1} s", took.as_secs_f64())
    }
}

impl Progress for ProgressLines {
    fn begun(&self, count: usize) {
        if self.output.live() && count > 0 {
            let total = screen::tree().add(self.total.clone());
            total.set_length(count as u64);
            if let Ok(style) = ProgressStyle::with_template("  {pos}/{len} {wide_bar} {elapsed}{msg}") {
                total.set_style(style);
            }
            total.tick();
        }
    }

    fn started(&self, address: &str, change: Change) {
        self.output.event("started", json!({ "address": address, "verb": change.words().verb }));
        if self.output.live() {
            let spinner = Spinner::new(self.output.shown(&inline(address)));
            self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_owned(), spinner);
        }
    }

    fn done(&self, address: &str, change: Change, id: &str, took: Duration) {
        self.output.event("done", json!({ "address": address, "verb": change.words().verb, "id": id, "ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX) }));
        self.close(address);
        self.output.say(&format!(
            "  {} {address} {} in {}",
            self.output.paint("32", "✓"),
            change.words().past,
            seconds(took)
        ));
    }

    fn failed(&self, address: &str, change: Change, message: &str, took: Duration) {
        self.output.event("failed", json!({ "address": address, "verb": change.words().verb, "message": message }));
        self.close(address);
        self.output.say(&format!(
            "  {} {address} could not be {} ({})",
            self.output.paint("31", "✗"),
            change.words().past,
            seconds(took)
        ));
    }

    fn skipped(&self, address: &str, because: &str) {
        self.output.event("skipped", json!({ "address": address, "because": because }));
        self.total.inc(1);
        self.output.say(&format!("  {} {address} was not tried: it needs {because}", self.output.paint("33", "·")));
    }

    fn note(&self, text: &str) {
        self.output.event("note", json!({ "message": text }));
        self.output.say(&format!("  {}", inline(text)));
    }
}
