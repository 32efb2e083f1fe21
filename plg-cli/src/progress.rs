//! What happens, as it happens: a live tree on a terminal, lines elsewhere, events for programs.

use crate::output::Output;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
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
    tree: Option<MultiProgress>,
    total: ProgressBar,
    open: Mutex<HashMap<String, ProgressBar>>,
}

impl ProgressLines {
    pub(crate) fn new(output: Output) -> Self {
        let tree = output.live().then(MultiProgress::new);
        ProgressLines { output, tree, total: ProgressBar::hidden(), open: Mutex::new(HashMap::new()) }
    }

    fn line(&self, text: String) {
        match &self.tree {
            Some(tree) => {
                let _ = tree.println(self.output.shown(&text));
            }
            None => self.output.say(&text),
        }
    }

    fn close(&self, address: &str) {
        if let Some(bar) = self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(address) {
            bar.finish_and_clear();
        }
        self.total.inc(1);
    }

    /// Clears what is drawn.
    pub(crate) fn end(&self) {
        self.total.finish_and_clear();
        if let Some(tree) = &self.tree {
            let _ = tree.clear();
        }
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
        if let Some(tree) = &self.tree {
            let total = tree.add(self.total.clone());
            total.set_draw_target(indicatif::ProgressDrawTarget::stderr());
            total.set_length(count as u64);
            if let Ok(style) = ProgressStyle::with_template("  {pos}/{len} {wide_bar} {elapsed}") {
                total.set_style(style);
            }
            let _ = tree.add(total);
        }
    }

    fn started(&self, address: &str, change: Change) {
        self.output.event("started", json!({ "address": address, "verb": change.words().verb }));
        if let Some(tree) = &self.tree {
            let bar =
                tree.add(ProgressBar::new_spinner().with_message(self.output.shown(&inline(&format!("{address} …")))));
            bar.enable_steady_tick(Duration::from_millis(120));
            self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_owned(), bar);
        }
    }

    fn done(&self, address: &str, change: Change, id: &str, took: Duration) {
        self.output.event("done", json!({ "address": address, "verb": change.words().verb, "id": id, "ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX) }));
        self.close(address);
        self.line(format!("  {} {address} {} in {}", self.output.paint("32", "✓"), change.words().past, seconds(took)));
    }

    fn failed(&self, address: &str, change: Change, message: &str, took: Duration) {
        self.output.event("failed", json!({ "address": address, "verb": change.words().verb, "message": message }));
        self.close(address);
        self.line(format!(
            "  {} {address} could not be {} ({})",
            self.output.paint("31", "✗"),
            change.words().past,
            seconds(took)
        ));
    }

    fn skipped(&self, address: &str, because: &str) {
        self.output.event("skipped", json!({ "address": address, "because": because }));
        self.total.inc(1);
        self.line(format!("  {} {address} was not tried: it needs {because}", self.output.paint("33", "·")));
    }

    fn note(&self, text: &str) {
        self.output.event("note", json!({ "message": text }));
        self.line(format!("  {}", inline(text)));
    }
}
