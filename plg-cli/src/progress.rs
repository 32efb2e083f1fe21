//! What happens, as it happens: on a terminal what is under way and how far it is, lines elsewhere, events for programs.

use crate::output::Output;
use crate::screen::{self, Spinner};
use indicatif::{ProgressBar, ProgressStyle};
use plg_runtime::apply::is_part;
use plg_runtime::apply::progress::Progress;
use plg_runtime::plan::{Change, Plan};
use plg_runtime::strangers::inline;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Tells a person or a program.
pub(crate) struct ProgressLines {
    output: Output,
    total: ProgressBar,
    open: Mutex<HashMap<String, Spinner>>,
    /// The account of each address, for programs.
    accounts: HashMap<String, String>,
}

impl ProgressLines {
    /// Tells what is done of a plan, where there is one.
    pub(crate) fn new(output: Output, plan: Option<&Plan>) -> Self {
        let steps = plan.filter(|_| output.json).into_iter().flat_map(|plan| &plan.steps);
        let accounts = steps.map(|step| (step.address.clone(), step.account.clone())).collect();
        ProgressLines { output, total: ProgressBar::hidden(), open: Mutex::new(HashMap::new()), accounts }
    }

    /// An event about an address, with its account.
    fn event(&self, name: &str, address: &str, mut fields: Value) {
        // Part of the work on something has a name of its own, which begins with that.
        let own = address.split('@').next().unwrap_or(address);
        if let Some(account) = self.accounts.get(address).or_else(|| self.accounts.get(own)) {
            fields["account"] = account.as_str().into();
        }
        fields["address"] = address.into();
        self.output.event(name, fields);
    }

    fn close(&self, address: &str) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(address);
        self.count(address);
    }

    /// Counts a resource: parts of the work on one are counted with it.
    fn count(&self, address: &str) {
        if !is_part(address) {
            self.total.inc(1);
        }
    }

    /// Whether a line is printed of each thing that is done: a terminal has them in the plan above, and shows below how
    /// far it is.
    fn tells_all(&self) -> bool {
        !self.output.live() || self.output.verbose > 0
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
            // What had to wait is begun later.
            total.set_length(total.position() + count as u64);
            if let Ok(style) = ProgressStyle::with_template("  {pos}/{len} {wide_bar} {elapsed}{msg}") {
                total.set_style(style);
            }
            total.tick();
        }
    }

    fn started(&self, address: &str, change: Change) {
        self.event("started", address, json!({ "verb": change.words().verb }));
        if self.output.live() {
            let spinner = Spinner::new(self.output.shown(&inline(address)));
            self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_owned(), spinner);
        }
    }

    fn done(&self, address: &str, change: Change, id: &str, took: Duration) {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.event("done", address, json!({ "verb": change.words().verb, "id": id, "ms": ms }));
        self.close(address);
        if self.tells_all() {
            let (sign, past) = (self.output.paint("32", "✓"), change.words().past);
            self.output.say(&format!("  {sign} {address} {past} in {}", seconds(took)));
        }
    }

    fn failed(&self, address: &str, change: Change, message: &str, took: Duration) {
        self.event("failed", address, json!({ "verb": change.words().verb, "message": message }));
        self.close(address);
        self.output.say(&format!(
            "  {} {address} could not be {} ({})",
            self.output.paint("31", "✗"),
            change.words().past,
            seconds(took)
        ));
    }

    fn skipped(&self, address: &str, because: &str) {
        self.event("skipped", address, json!({ "because": because }));
        self.count(address);
        self.output.say(&format!("  {} {address} was not tried: it needs {because}", self.output.paint("33", "·")));
    }

    fn note(&self, text: &str) {
        self.output.event("note", json!({ "message": text }));
        self.output.say(&format!("  {}", inline(text)));
    }
}
