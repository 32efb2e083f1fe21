//! What ends `plg dev`: Ctrl-C, SIGTERM, or the end of its time.

use std::future::pending;
use std::io;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Hears that it shall end. It hears from the moment it is made, and each time again.
#[derive(Debug)]
pub(crate) struct StopSignals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
    /// When its time is over, until that was heard.
    end: Option<Instant>,
}

impl StopSignals {
    pub(crate) fn listen(time: Option<Duration>) -> io::Result<StopSignals> {
        let end = time.and_then(|time| Instant::now().checked_add(time));
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(StopSignals {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                end,
            })
        }
        #[cfg(windows)]
        Ok(StopSignals { interrupt: tokio::signal::windows::ctrl_c()?, end })
    }

    /// Waits for the next of them.
    pub(crate) async fn asked(&mut self) {
        let end = self.end;
        let over = async {
            match end {
                Some(end) => sleep_until(end).await,
                None => pending().await,
            }
        };
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = over => self.end = None,
        }
        #[cfg(windows)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            () = over => self.end = None,
        }
    }
}
