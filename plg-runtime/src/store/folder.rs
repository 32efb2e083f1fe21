//! A folder on this machine, the place unless another one is declared.

use super::StoreError;
use super::backend::{StateBackend, StateWriter};
use super::file::{guarded, read, replace, replace_by};
use super::holder::Holder;
use super::lock::Lock;
use super::own::{own_path, plain};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const SNAPSHOT: &str = "state.json";
const JOURNAL: &str = "journal";
/// How much of a snapshot is written at once.
const PIECE: usize = 64 << 10;

/// The state of a stage in a folder.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder of a stage, which need not be there yet.
    pub fn new(path: &Path) -> Self {
        Folder { path: path.to_owned() }
    }
}

impl StateBackend for Folder {
    fn place(&self, what: &str) -> PathBuf {
        self.path.join(what)
    }

    fn snapshot(&self) -> Result<Option<Vec<u8>>, StoreError> {
        own_path(&self.path)?;
        read(&self.path.join(SNAPSHOT))
    }

    fn journal(&self) -> Result<Option<Vec<u8>>, StoreError> {
        own_path(&self.path)?;
        read(&self.path.join(JOURNAL))
    }

    fn lock(&self, holder: &Holder) -> Result<Box<dyn StateWriter>, StoreError> {
        let lock = Lock::take(&self.path, holder)?;
        Ok(Box::new(Held { path: self.path.clone(), nonce: holder.nonce.clone(), journal: Mutex::new(None), lock }))
    }

    fn holder(&self) -> Result<Option<Holder>, StoreError> {
        super::lock::holder(&self.path)
    }

    fn unlock(&self, nonce: &str) -> Result<Holder, StoreError> {
        super::lock::unlock(&self.path, nonce)
    }
}

#[derive(Debug)]
struct Held {
    path: PathBuf,
    nonce: String,
    journal: Mutex<Option<File>>,
    lock: Lock,
}

impl Held {
    /// A lock that somebody took away is gone for ever, even where its file is still open here.
    fn fence(&self) -> Result<(), StoreError> {
        if self.lock.is_untouched(&self.path) {
            return Ok(());
        }
        match super::lock::holder(&self.path)? {
            Some(holder) if holder.nonce == self.nonce => Ok(()),
            other => Err(StoreError::Fenced(other.unwrap_or_default())),
        }
    }
}

impl StateWriter for Held {
    fn put_snapshot(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.fence()?;
        replace(&self.path.join(SNAPSHOT), bytes)
    }

    fn stream_snapshot(&self, write: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> Result<(), StoreError> {
        self.fence()?;
        replace_by(&self.path.join(SNAPSHOT), |file| {
            let mut pieces = BufWriter::with_capacity(PIECE, file);
            write(&mut pieces)?;
            pieces.flush()
        })
    }

    fn put_journal(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.fence()?;
        // What is open is the file that is being replaced.
        *self.journal.lock().unwrap_or_else(PoisonError::into_inner) = None;
        replace(&self.path.join(JOURNAL), bytes)
    }

    fn append(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.fence()?;
        let path = self.path.join(JOURNAL);
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let file = match journal.take() {
            Some(file) => journal.insert(file),
            None => {
                plain(&path)?;
                let mut options = OpenOptions::new();
                journal.insert(guarded(options.append(true)).open(&path).map_err(StoreError::io("write", &path))?)
            }
        };
        file.write_all(bytes).and_then(|()| file.sync_data()).map_err(StoreError::io("write", &path))
    }
}
