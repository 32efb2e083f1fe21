//! Where the state of a world is kept, when that is not the disk in memory.

use crate::killer::Killer;
use plg_runtime::store::{Holder, StateBackend, StateWriter, StoreError};
use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;

/// The life of the process that is tried: whatever it does to a place asks it first, and again
/// before it sees what came of it.
#[derive(Debug, Clone)]
pub struct Life(Arc<Killer>);

impl Life {
    pub(crate) fn new(killer: Arc<Killer>) -> Self {
        Life(killer)
    }

    /// Passes an instant; whether the process is dead from here on.
    #[must_use]
    pub fn ends(&self, what: impl FnOnce() -> String) -> bool {
        self.0.strikes(what)
    }

    /// Whether it is dead: nothing it asks for happens any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.dead().is_some()
    }
}

/// A place for states in which a process can die.
pub trait TestBackend: Debug + Send + Sync {
    /// Opens the place of one stage as a process does that just started. What is asked of the place
    /// passes an instant before it reaches it, and one before its answer is seen; of a dead process
    /// nothing arrives.
    ///
    /// # Errors
    /// As the place itself.
    fn open(&self, stack: &str, stage: &str, life: Life) -> Result<Arc<dyn StateBackend>, StoreError>;

    /// Another place with the same in it.
    ///
    /// # Errors
    /// When there is no room for it.
    fn fork(&self) -> Result<Arc<dyn TestBackend>, StoreError>;
}

/// A place in which records are written one by one, as they are made: the same seed makes the same
/// instants then. Left to themselves, records are gathered by a thread.
#[derive(Debug)]
pub(crate) struct OneByOne(pub(crate) Arc<dyn StateBackend>);

impl StateBackend for OneByOne {
    fn place(&self, what: &str) -> PathBuf {
        self.0.place(what)
    }

    fn snapshot(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.snapshot()
    }

    fn journal(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.journal()
    }

    fn lock(&self, holder: &Holder) -> Result<Box<dyn StateWriter>, StoreError> {
        Ok(Box::new(Instant(self.0.lock(holder)?)))
    }

    fn holder(&self) -> Result<Option<Holder>, StoreError> {
        self.0.holder()
    }

    fn unlock(&self, nonce: &str) -> Result<Holder, StoreError> {
        self.0.unlock(nonce)
    }
}

#[derive(Debug)]
struct Instant(Box<dyn StateWriter>);

impl StateWriter for Instant {
    fn put_snapshot(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.0.put_snapshot(bytes)
    }

    fn put_journal(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.0.put_journal(bytes)
    }

    fn append(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.0.append(bytes)
    }

    fn is_instant(&self) -> bool {
        true
    }
}
