//! Programs that are started beside this one, and ended with it.
//!
//! Each is in a process group of its own where there are such groups: Ctrl-C in a terminal then reaches this program alone,
//! which ends the others in their order, and what they started with them.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// How long a program may take to end once it was told to.
const PATIENCE: Duration = Duration::from_secs(5);

/// Starts a program, which ends at the latest when what it returns is dropped.
pub(crate) fn start(command: &mut Command) -> io::Result<Child> {
    #[cfg(unix)]
    command.process_group(0);
    // A run has one end, which this program holds.
    command.kill_on_drop(true).env_remove("PLG_TIMEOUT").spawn()
}

#[cfg(unix)]
fn signal(child: &Child, signal: rustix::process::Signal) {
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
    if let Some(group) = id {
        // It may have ended meanwhile.
        let _ = rustix::process::kill_process_group(group, signal);
    }
}

/// Tells a program to finish what is under way, as Ctrl-C does. Where there are no process groups, Ctrl-C has told it so.
pub(crate) fn interrupt(child: &Child) {
    #[cfg(unix)]
    signal(child, rustix::process::Signal::INT);
    #[cfg(not(unix))]
    let _ = child;
}

/// Ends a program and what it started, and waits until it is gone.
pub(crate) async fn end(child: &mut Child) {
    #[cfg(unix)]
    {
        signal(child, rustix::process::Signal::TERM);
        if tokio::time::timeout(PATIENCE, child.wait()).await.is_ok() {
            return;
        }
        signal(child, rustix::process::Signal::KILL);
    }
    // Cargo's children are in a job there, and end with it.
    let _ = child.kill().await;
}

/// Waits for a program that ends by itself; one that takes too long is ended.
pub(crate) async fn ended(child: &mut Child) {
    if tokio::time::timeout(PATIENCE, child.wait()).await.is_err() {
        end(child).await;
    }
}

/// A program that is read until it ends.
#[derive(Debug)]
pub(crate) struct ReadChild {
    child: Child,
    out: JoinHandle<Vec<u8>>,
    err: JoinHandle<Vec<u8>>,
}

/// What a program printed, and how it ended.
#[derive(Debug)]
pub(crate) struct ReadOutput {
    pub(crate) status: ExitStatus,
    pub(crate) out: Vec<u8>,
    /// Empty where standard error was not read.
    pub(crate) err: Vec<u8>,
}

impl ReadChild {
    /// Starts it without input. Its standard error is read, too, or goes where this program's goes.
    pub(crate) fn start(command: &mut Command, reads_errors: bool) -> io::Result<ReadChild> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(if reads_errors { Stdio::piped() } else { Stdio::inherit() });
        let mut child = start(command)?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        Ok(ReadChild { out: tokio::spawn(whole(out)), err: tokio::spawn(whole(err)), child })
    }

    /// Waits until it ends. What is dropped before may be waited for again.
    pub(crate) async fn ended(&mut self) -> io::Result<ReadOutput> {
        let status = self.child.wait().await?;
        let out = (&mut self.out).await.map_err(io::Error::other)?;
        let err = (&mut self.err).await.map_err(io::Error::other)?;
        Ok(ReadOutput { status, out, err })
    }

    /// Tells it to finish what is under way.
    pub(crate) fn interrupt(&self) {
        interrupt(&self.child);
    }

    /// Ends it, with what it started.
    pub(crate) async fn end(mut self) {
        end(&mut self.child).await;
    }
}

async fn whole(stream: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut read = Vec::new();
    if let Some(mut stream) = stream {
        // What came until it broke is what there is.
        let _ = stream.read_to_end(&mut read).await;
    }
    read
}
