//! The end of the time that a run may take.
//!
//! There is one run in a process, and one end of it: whoever waits asks here.

use crate::failure::CommandFailure;
use plg_core::codes;
use plg_runtime::exit::Exit;
use std::future::pending;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// When the time is over, and how much it was.
static END: OnceLock<(Instant, Duration)> = OnceLock::new();

/// Whether a plan is being applied: that ends by itself, with what is under way.
static IS_APPLYING: AtomicBool = AtomicBool::new(false);

/// Reads a length of time: `90s`, `10m`, `1h30m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "a duration is a number with s, m or h, such as 90s, 10m or 1h30m".to_owned();
    let (mut seconds, mut number, mut above) = (0_u64, String::new(), u64::MAX);
    for c in text.trim().chars() {
        let unit = match c {
            '0'..='9' => {
                number.push(c);
                continue;
            }
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            _ => return Err(wrong()),
        };
        // Each unit once, the longest first: `1s1h` is a slip, and not an hour and a second.
        if unit >= above {
            return Err(wrong());
        }
        above = unit;
        let count: u64 = std::mem::take(&mut number).parse().map_err(|_| wrong())?;
        seconds = count.checked_mul(unit).and_then(|more| seconds.checked_add(more)).ok_or_else(wrong)?;
    }
    // A year is more than anybody waits, and less than a clock can add.
    if number.is_empty() && (1..=31_536_000).contains(&seconds) {
        Ok(Duration::from_secs(seconds))
    } else {
        Err(wrong())
    }
}

/// As it would be written: `1h30m`.
fn written(time: Duration) -> String {
    let seconds = time.as_secs();
    let parts = [(seconds / 3_600, 'h'), (seconds % 3_600 / 60, 'm'), (seconds % 60, 's')];
    parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect()
}

/// Runs a command, and ends it where its time is over before anything is applied.
pub(crate) async fn within(
    time: Option<Duration>,
    run: impl Future<Output = Result<Exit, CommandFailure>>,
) -> Result<Exit, CommandFailure> {
    if let Some(time) = time {
        let _ = END.set((Instant::now() + time, time));
    }
    tokio::select! {
        biased;
        ended = run => ended,
        time = over_before_applying() => Err(CommandFailure::refused(
            codes::OUT_OF_TIME,
            Exit::Interrupted,
            format!("the run took longer than --timeout {time}"),
            "raise --timeout, or run with -vv to see which request is slow",
        )),
    }
}

/// The end of the time: how much it was.
pub(crate) async fn over() -> String {
    let Some((end, time)) = END.get() else { return pending().await };
    sleep_until(*end).await;
    written(*time)
}

async fn over_before_applying() -> String {
    let time = over().await;
    if IS_APPLYING.load(Ordering::Acquire) { pending().await } else { time }
}

/// Says that a plan is applied from now on, for as long as it is held.
pub(crate) struct Applying;

impl Applying {
    pub(crate) fn begin() -> Applying {
        IS_APPLYING.store(true, Ordering::Release);
        Applying
    }
}

impl Drop for Applying {
    fn drop(&mut self) {
        IS_APPLYING.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("1h30m", 5_400), (" 2h ", 7_200), ("1m1s", 61)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "90", "s", "0s", "1d", "-1s", "1.5h", "1h30", "99999999999999999999s", "9999999999h"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert_eq!(written(Duration::from_secs(5_400)), "1h30m");
    }
}
