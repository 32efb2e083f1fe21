//! Waits that an API asks for, said with their end.

use crate::output::Output;
use plg_runtime::http::{Notice, Wait};
use serde_json::json;
use std::time::Duration;

/// A line for a person, an event for a program; on a terminal also what is waited for, while it is.
#[derive(Debug)]
pub(crate) struct WaitLines(pub(crate) Output);

impl Notice for WaitLines {
    fn wait(&self, wait: &Wait) {
        self.0.event(
            "wait",
            json!({
                "seconds": wait.time.as_secs_f64(),
                "until": wait.until.to_string(),
                "account": wait.account.0,
                "host": wait.host,
                "status": wait.status,
                "reason": wait.reason.as_str(),
                "message": wait.to_string(),
            }),
        );
        self.0.say(&wait.to_string());
        // Whoever tells is in the midst of it.
        if let (true, Ok(runtime)) = (self.0.live(), tokio::runtime::Handle::try_current()) {
            let (output, host, time) = (self.0, wait.host.clone(), wait.time);
            runtime.spawn(async move { count_down(output, &host, time).await });
        }
    }
}

/// Says what is waited for, and how much longer.
async fn count_down(output: Output, host: &str, time: Duration) {
    let words = |left: Duration| output.shown(&format!("waiting for {host}: {} s left", left.as_secs()));
    let Some(spinner) = output.during(words(time)) else { return };
    let began = tokio::time::Instant::now();
    while let Some(left) = time.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) {
        spinner.say(words(left));
        tokio::time::sleep(left.min(Duration::from_secs(1))).await;
    }
}
