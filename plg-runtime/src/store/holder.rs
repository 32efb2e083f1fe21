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

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
        write!(
            f,
            "`{}` of {} on {} (process {}, since {})",
            or(&self.command, "another plg"),
            or(&self.user, "somebody"),
            or(&self.host, "this machine"),
            self.pid,
            or(&self.since, "just now")
        )
    }
}
