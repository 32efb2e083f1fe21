//! Where the state of a stage is kept, and what every such place has to promise.

use super::StoreError;
use super::holder::Holder;
use std::fmt::Debug;
use std::io::{self, Write};
use std::path::PathBuf;

/// A place for the snapshot, the journal and the lock of one stage.
///
/// Calls may block, for as long as a disk or a server takes.
pub trait StateBackend: Debug + Send + Sync {
    /// What a message calls it, with the name of what is meant in it: `state.json`, `journal`.
    fn place(&self, what: &str) -> PathBuf;

    /// The snapshot; none where the stage was never deployed.
    ///
    /// # Errors
    /// When it cannot be read.
    fn snapshot(&self) -> Result<Option<Vec<u8>>, StoreError>;

    /// The journal: everything appended since it was last replaced.
    ///
    /// # Errors
    /// When it cannot be read.
    fn journal(&self) -> Result<Option<Vec<u8>>, StoreError>;

    /// Takes the lock. Only who holds it can write, and others are told who it is.
    ///
    /// # Errors
    /// [`StoreError::Locked`], or when the place cannot be written.
    fn lock(&self, holder: &Holder) -> Result<Box<dyn StateWriter>, StoreError>;

    /// Who holds the lock now, or held it when the holder died.
    ///
    /// # Errors
    /// When it cannot be read.
    fn holder(&self) -> Result<Option<Holder>, StoreError>;

    /// Takes the lock away from a holder that will not come back. Whoever comes back all the same
    /// finds that it can no longer write.
    ///
    /// # Errors
    /// [`StoreError::NotThatLock`] when the holder is another one, or none.
    fn unlock(&self, nonce: &str) -> Result<Holder, StoreError>;
}

/// The lock of a stage, with the leave to write that comes with it. Released when dropped.
///
/// Every method returns once what was written cannot be lost any more.
pub trait StateWriter: Debug + Send + Sync {
    /// Replaces the snapshot, or leaves it as it was.
    ///
    /// # Errors
    /// When it cannot be written, or the lock was taken away.
    fn put_snapshot(&self, bytes: &[u8]) -> Result<(), StoreError>;

    /// Replaces the snapshot by what is written piece by piece, so that a place that takes pieces
    /// need not hold all of it at once.
    ///
    /// # Errors
    /// As [`StateWriter::put_snapshot`], or when `write` fails: it is as it was then.
    fn stream_snapshot(&self, write: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> Result<(), StoreError> {
        let mut bytes = Vec::new();
        write(&mut bytes).map_err(StoreError::io("write", "state.json"))?;
        self.put_snapshot(&bytes)
    }

    /// Replaces the journal, or leaves it as it was.
    ///
    /// # Errors
    /// As [`StateWriter::put_snapshot`].
    fn put_journal(&self, bytes: &[u8]) -> Result<(), StoreError>;

    /// Adds to the end of the journal. What is left of it after a failure may be torn.
    ///
    /// # Errors
    /// As [`StateWriter::put_snapshot`].
    fn append(&self, bytes: &[u8]) -> Result<(), StoreError>;

    /// Whether [`StateWriter::append`] takes no time. Then it is called where a record is made, one after
    /// the other; else on a thread of its own, which gathers what comes while it writes.
    fn is_instant(&self) -> bool {
        false
    }
}
