//! Waits that are long enough to be told, with their end.

use super::endpoint::title;
use super::failure::{Failure, FailureKind};
use super::retry::Pause;
use jiff::Timestamp;
use plg_core::{AccountName, Provider};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The longest wait that nobody needs to be told.
const SHORT: Duration = Duration::from_secs(2);

/// Who makes a request wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// The API says when it may be asked again.
    Asked,
    /// The API failed or could not be reached: it is asked again after a while.
    Failed,
    /// The budget that keeps requests below the API's limits.
    Budget,
}

impl WaitReason {
    /// The word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            WaitReason::Asked => "asked",
            WaitReason::Failed => "failed",
            WaitReason::Budget => "budget",
        }
    }
}

/// A wait of more than two seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Which API is waited for.
    pub provider: &'static Provider,
    /// Which account of it.
    pub account: AccountName,
    /// Its host.
    pub host: String,
    /// Why.
    pub reason: WaitReason,
    /// The status that the API answered with, if it did.
    pub status: Option<u16>,
    /// For how long.
    pub time: Duration,
    /// When it is over.
    pub until: Timestamp,
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, seconds) = (title(self.provider, self.account), self.time.as_secs_f64().ceil());
        let status = self.status.map(|status| format!(" ({status})")).unwrap_or_default();
        match self.reason {
            WaitReason::Asked => write!(f, "{name} asked plg to wait {seconds} s{status}")?,
            WaitReason::Failed => write!(f, "{name} gave no answer{status}; plg tries again in {seconds} s")?,
            WaitReason::Budget => write!(f, "the limits of {name} ask for a wait of {seconds} s")?,
        }
        write!(f, ": until {} UTC", self.until.strftime("%H:%M:%S"))
    }
}

/// Who is told about waits.
pub trait Notice: fmt::Debug + Send + Sync {
    /// A wait begins.
    fn wait(&self, wait: &Wait);
}

/// What was told last of one API: many requests wait for the same.
#[derive(Debug, Default)]
pub(super) struct Told(Mutex<Option<Timestamp>>);

impl Told {
    /// Whether a wait is long, and ends well after the one that was told last.
    pub(super) fn is_news(&self, now: Timestamp, wait: &Wait) -> bool {
        if wait.time <= SHORT {
            return false;
        }
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A budget that many draw on ends a little later for each of them: that is told once the first end is reached.
        let is_covered = told.is_some_and(|until| match wait.reason {
            WaitReason::Budget => now < until,
            WaitReason::Asked | WaitReason::Failed => wait.until <= until + SHORT,
        });
        if !is_covered {
            *told = Some(wait.until);
        }
        !is_covered
    }
}

/// Why a request is repeated only after a while.
pub(super) fn reason(failure: &Failure, pause: Pause) -> WaitReason {
    if pause.after.is_some() || failure.kind == FailureKind::Limited { WaitReason::Asked } else { WaitReason::Failed }
}
