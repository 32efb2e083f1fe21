//! Waits that an API asks for, said with their end.

use crate::output::Output;
use plg_runtime::http::{Notice, Wait};
use serde_json::json;

/// A line for a person, an event for a program.
#[derive(Debug)]
pub(crate) struct WaitLines(pub(crate) Output);

impl Notice for WaitLines {
    fn wait(&self, wait: &Wait) {
        self.0.event(
            "wait",
            json!({
                "seconds": wait.time.as_secs_f64(),
                "until": wait.until.to_string(),
                "host": wait.host,
                "status": wait.status,
                "reason": wait.reason.as_str(),
                "message": wait.to_string(),
            }),
        );
        self.0.say(&wait.to_string());
    }
}
