//! Places for a state beyond this machine, behind cargo features.
//!
//! Their clients are asynchronous and [`StateBackend`](super::StateBackend) is not: each has a thread with a
//! runtime of its own, as it is called from inside a runtime and from plain threads alike.

#[cfg(feature = "object-store")]
pub mod object;
#[cfg(feature = "postgres")]
pub mod postgres;

use super::StoreError;
use crate::strangers::inline;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::mpsc;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A thread that does one job after the other; it ends when this is dropped.
#[derive(Debug)]
struct Worker {
    jobs: UnboundedSender<Job>,
}

impl Worker {
    fn start(place: &Path) -> Result<Self, StoreError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(StoreError::io("reach", place))?;
        let (jobs, mut waiting) = unbounded_channel::<Job>();
        let spawned = std::thread::Builder::new().name("state".into()).spawn(move || {
            runtime.block_on(async {
                while let Some(job) = waiting.recv().await {
                    job.await;
                }
            });
        });
        spawned.map_err(StoreError::io("reach", place))?;
        Ok(Worker { jobs })
    }

    /// Has the thread do it, and waits for what comes of it.
    fn run<T: Send + 'static>(
        &self,
        place: &Path,
        work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (done, result) = mpsc::sync_channel(1);
        let job = Box::pin(async move {
            let _ = done.send(work.await);
        });
        let gone = || StoreError::io("reach", place)(std::io::ErrorKind::BrokenPipe.into());
        self.jobs.send(job).map_err(|_| gone())?;
        result.recv().unwrap_or_else(|_| Err(gone()))
    }
}

/// Whether a request got nowhere: whatever was answered, even with no, is no reason to look at the network.
fn is_unreachable(error: &(dyn std::error::Error + 'static)) -> bool {
    #[cfg(feature = "object-store")]
    if let Some(error) = cause::<object_store::client::HttpError>(error) {
        use object_store::client::HttpErrorKind;
        return matches!(error.kind(), HttpErrorKind::Connect | HttpErrorKind::Timeout);
    }
    #[cfg(feature = "postgres")]
    if let Some(error) = cause::<tokio_postgres::Error>(error) {
        // Its address, its connection and its TLS fail with what the system said; a server that answers, with an error of
        // its own.
        return error.as_db_error().is_none() && cause::<std::io::Error>(error).is_some();
    }
    let _ = error;
    false
}

/// The first of this kind among an error and all that led to it.
fn cause<'a, E: std::error::Error + 'static>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The host of the first address in what a client says, with its port.
fn host_in(text: &str) -> Option<&str> {
    let rest = text.split_once("://")?.1;
    let host = rest.split(['/', '?', ')', ' ', '"', ',']).next()?;
    // Before the host there may be a password.
    host.rsplit('@').next().filter(|host| !host.is_empty())
}

/// What a client says went wrong, with all that led to it.
fn failed(doing: &'static str, place: impl Into<PathBuf>, error: &(dyn std::error::Error + 'static)) -> StoreError {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        // Some say in their own words what caused them.
        if !message.contains(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        cause = error.source();
    }
    if is_unreachable(error) {
        let (path, said) = (place.into(), message);
        let host = host_in(&said).filter(|host| !path.display().to_string().contains(host));
        let mut last = error;
        while let Some(inner) = last.source() {
            last = inner;
        }
        // What led to it is how clients are made; who was asked and what the system said is all that helps.
        let cause = last.to_string();
        let message = host.map_or_else(|| cause.clone(), |host| format!("no connection to {host}: {cause}"));
        return StoreError::Unreachable { path, message: inline(&message).into_owned() };
    }
    StoreError::Remote { doing, path: place.into(), message }
}
