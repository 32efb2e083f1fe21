//! Object stores: S3 and what speaks its protocol, Google Cloud Storage, Azure Blob Storage.
//!
//! ```text
//! <prefix>/<stack>/<stage>/log/00000000000000000007   entry 7 of the stage's log
//!                          floor                      where reading begins
//! ```
//!
//! Everything that happens to a stage is an entry of one log: *lock*, *unlock*, *release*, a new
//! *snapshot*, a new *journal*, *append*. An entry is one object, made with `If-None-Match: *`, so
//! that each number is given once. The state, and who holds the lock, is what the entries say, read
//! in order; there is no second place that could disagree.
//!
//! **Why a holder whose lock was taken away can never write again.** Who writes entry *n* has read
//! every entry before it. A holder writes one entry at a time, and the next only once the one before
//! is there, so that all its entries follow its *lock* without a gap. Whoever takes its lock away
//! does so by an *unlock* at the first free number, which is exactly the one that the holder's next
//! write, or the one that is under way, asks for. One of the two is first. If it is the holder, its
//! entry is before the unlock, and the next holder, who locks after the unlock, reads it. If it is
//! the unlock, the holder's write is refused, however late it arrives and between whichever two
//! requests of the next holder, and it finds out why: it stops for good. Snapshot, journal and
//! append are fenced alike, as they are entries of the same log; a snapshot and the journal after
//! it replace what is before them by their place in the order, which is the compare-and-swap.
//!
//! **Old entries are deleted** once a snapshot and a journal have made them superfluous: first
//! `floor` is moved to that snapshot with `If-Match`, then what is below it goes. A deleted number
//! could be given again, so:
//! - *unlock* entries are never deleted: a holder whose lock was taken away asks for the number of
//!   one of these and for no other;
//! - who locks or unlocks reads the floor once more *after* writing its entry. An entry below the
//!   floor came too late, counts for nobody and is taken back. One at or above it is in the log: its
//!   number cannot have been deleted before, because the floor is moved first and never down;
//! - a reader that finds the floor moved when it is done begins anew.
//!
//! **What cannot be promised.** Taking a lock away stops what a holder *records*, not what it
//! already sent to an API: a request that was announced before is looked up by the next deploy, and
//! one that is still on its way then may arrive after. Take a lock away only from who is dead.
//!
//! A store that accepts `If-None-Match` without heeding it would keep nobody apart: each lock is
//! tried by asking for its number a second time, and such a store is refused.

mod clouds;
mod direct;
mod log;
#[cfg(test)]
mod tests;

use super::Worker;
use crate::store::backend::{StateBackend, StateWriter};
use crate::store::{Holder, StoreError};
use log::{EntryKind, Log, Tenure, View};
use object_store::ObjectStore;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The state of a stage in an object store.
#[derive(Debug)]
pub struct Objects {
    worker: Arc<Worker>,
    log: Arc<Log>,
    /// What was read last: entries never change, so that only later ones are read again.
    seen: Arc<Mutex<View>>,
}

impl Objects {
    /// The stage whose objects' names start with `folder`. Messages call the store `name`.
    ///
    /// # Errors
    /// When no thread can be started for it.
    pub fn new(store: Arc<dyn ObjectStore>, name: &str, folder: &str) -> Result<Self, StoreError> {
        let log = Log::new(store, name, folder);
        Ok(Objects {
            worker: Arc::new(Worker::start(&log.place)?),
            log: Arc::new(log),
            seen: Arc::new(Mutex::new(View::default())),
        })
    }

    fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&View) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (log, seen) = (self.log.clone(), self.seen.clone());
        self.worker.run(&self.log.place, async move {
            let mut seen = seen.lock().await;
            log.read(&mut seen).await?;
            look(&seen)
        })
    }
}

impl StateBackend for Objects {
    fn place(&self, what: &str) -> PathBuf {
        self.log.place.join(what)
    }

    fn snapshot(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.look(|view| Ok(view.snapshot.clone()))
    }

    fn journal(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.look(|view| Ok(view.journal.clone()))
    }

    fn lock(&self, holder: &Holder) -> Result<Box<dyn StateWriter>, StoreError> {
        let (log, seen, holder) = (self.log.clone(), self.seen.clone(), holder.clone());
        let tenure = self.worker.run(&self.log.place, async move {
            let mut seen = seen.lock().await;
            log.take(&mut seen, holder).await
        })?;
        Ok(Box::new(Held { worker: self.worker.clone(), log: self.log.clone(), tenure: Arc::new(Mutex::new(tenure)) }))
    }

    fn holder(&self) -> Result<Option<Holder>, StoreError> {
        self.look(|view| Ok(view.holder.clone()))
    }

    fn unlock(&self, nonce: &str) -> Result<Holder, StoreError> {
        let (log, seen, nonce) = (self.log.clone(), self.seen.clone(), nonce.to_owned());
        self.worker.run(&self.log.place, async move {
            let mut seen = seen.lock().await;
            log.unlock(&mut seen, &nonce).await
        })
    }
}

#[derive(Debug)]
struct Held {
    worker: Arc<Worker>,
    log: Arc<Log>,
    tenure: Arc<Mutex<Tenure>>,
}

impl Held {
    fn write(&self, kind: EntryKind, bytes: &[u8]) -> Result<(), StoreError> {
        let (log, tenure, bytes) = (self.log.clone(), self.tenure.clone(), bytes.to_vec());
        self.worker.run(&self.log.place, async move {
            let mut tenure = tenure.lock().await;
            log.write(&mut tenure, kind, &bytes).await?;
            if kind == EntryKind::Journal {
                log.sweep(&mut tenure).await;
            }
            Ok(())
        })
    }
}

impl StateWriter for Held {
    fn put_snapshot(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.write(EntryKind::Snapshot, bytes)
    }

    fn put_journal(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.write(EntryKind::Journal, bytes)
    }

    fn append(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.write(EntryKind::Append, bytes)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Err(error) = self.write(EntryKind::Release, &[]) {
            tracing::debug!("the lock in {} could not be released: {error}", self.log.place.display());
        }
    }
}
