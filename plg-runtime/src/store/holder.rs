//! Who holds the lock of a stage.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Who holds a lock, for the message to those who have to wait.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Holder {
    /// The user's name.
    pub user: String,
    /// The machine.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// The command.
    pub command: String,
    /// Since when (RFC 3339).
    pub since: String,
    /// Names this one holding of the lock.
    pub nonce: String,
}

impl Holder {
    /// This process, running `command`.
    pub fn me(command: &str, now: &str) -> Self {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
            .ok()
            .or_else(|| std::env::var("HOSTNAME").ok())
            .or_else(|| std::env::var("COMPUTERNAME").ok());
        Holder {
            user: std::env::var("USER").or_else(|_| std::env::var("USERNAME")).unwrap_or_default(),
            host: host.unwrap_or_default().trim().to_owned(),
            pid: std::process::id(),
            command: command.to_owned(),
            since: now.to_owned(),
            nonce: uuid::Uuid::new_v4().to_string(),
        }
    }
}

impl Holder {
    /// Whether it surely is not at work any more: a process of this machine that has ended.
    pub fn is_gone(&self) -> bool {
        let me = Holder::me("", "");
        !self.host.is_empty() && self.host == me.host && !is_alive(self.pid)
    }
}

/// Whether there is such a process on this machine, as far as that can be told.
fn is_alive(pid: u32) -> bool {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        use rustix::process::{Pid, test_kill_process};
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
        // One of somebody else is there, too, and may not be asked.
        pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
    }
    #[cfg(not(unix))]
    {
        pid != 0
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
        write!(
            f,
            "`{}`, run by {} on {} (process {}, since {})",
            or(&self.command, "another command"),
            or(&self.user, "an unknown user"),
            or(&self.host, "an unknown host"),
            self.pid,
            or(&self.since, "a moment ago")
        )
    }
}
