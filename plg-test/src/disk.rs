//! A disk in memory that can be full, read-only or broken, and on which a process can die in the
//! middle of a write.

use crate::killer::{Dice, Killer};
use plg_runtime::store::{Holder, StateBackend, StateWriter, StoreError};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is wrong with a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskTrouble {
    /// There is room for half of what is written next, and for nothing after it.
    Full,
    /// Nothing can be written.
    ReadOnly,
    /// Everything is written, and reported as failed.
    Unsure,
}

impl DiskTrouble {
    fn error(self) -> io::Error {
        match self {
            DiskTrouble::Full => io::ErrorKind::StorageFull.into(),
            DiskTrouble::ReadOnly => io::ErrorKind::ReadOnlyFilesystem.into(),
            DiskTrouble::Unsure => io::Error::other("input/output error"),
        }
    }
}

/// What a stage keeps.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files {
    pub(crate) snapshot: Option<Vec<u8>>,
    pub(crate) journal: Option<Vec<u8>>,
    holder: Option<Holder>,
    /// The disk is in trouble after so many more writes.
    trouble: Option<(u64, DiskTrouble)>,
}

/// The state of a stage in memory. Clones are the same disk.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    files: Arc<Mutex<Files>>,
    killer: Arc<Killer>,
}

impl Disk {
    pub(crate) fn new(files: Files, killer: Arc<Killer>) -> Self {
        Disk { files: Arc::new(Mutex::new(files)), killer }
    }

    pub(crate) fn files(&self) -> Files {
        Files { holder: None, ..self.lock_files().clone() }
    }

    pub(crate) fn put(&self, snapshot: Option<Vec<u8>>, journal: Option<Vec<u8>>) {
        let mut files = self.lock_files();
        (files.snapshot, files.journal) = (snapshot, journal);
    }

    pub(crate) fn trouble(&self, trouble: Option<(u64, DiskTrouble)>) {
        self.lock_files().trouble = trouble;
    }

    fn lock_files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The trouble a write runs into.
    fn struck(&self) -> Option<DiskTrouble> {
        let mut files = self.lock_files();
        match &mut files.trouble {
            Some((0, trouble)) => Some(*trouble),
            Some((left, _)) => {
                *left -= 1;
                None
            }
            None => None,
        }
    }

    fn failed(&self, what: &str, source: io::Error) -> StoreError {
        StoreError::Io { doing: "write", path: self.place(what), source }
    }

    /// Replaces a file whole, or not at all.
    fn replace(
        &self,
        what: &str,
        place: fn(&mut Files) -> &mut Option<Vec<u8>>,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        if self.killer.strikes(|| format!("before {what} is replaced")) {
            return Err(self.failed(what, io::ErrorKind::Interrupted.into()));
        }
        let trouble = self.struck();
        if trouble.is_none_or(|t| t == DiskTrouble::Unsure) {
            *place(&mut self.lock_files()) = Some(bytes.to_owned());
        }
        if let Some(trouble) = trouble {
            return Err(self.failed(what, trouble.error()));
        }
        if self.killer.strikes(|| format!("after {what} is replaced")) {
            return Err(self.failed(what, io::ErrorKind::Interrupted.into()));
        }
        Ok(())
    }
}

impl StateBackend for Disk {
    fn place(&self, what: &str) -> PathBuf {
        PathBuf::from("memory").join(what)
    }

    fn snapshot(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock_files().snapshot.clone())
    }

    fn journal(&self) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock_files().journal.clone())
    }

    fn lock(&self, holder: &Holder) -> Result<Box<dyn StateWriter>, StoreError> {
        if self.lock_files().trouble.is_some_and(|t| t == (0, DiskTrouble::ReadOnly)) {
            return Err(self.failed("lock", DiskTrouble::ReadOnly.error()));
        }
        let mut files = self.lock_files();
        if let Some(other) = &files.holder {
            return Err(StoreError::Locked(other.clone()));
        }
        files.holder = Some(holder.clone());
        Ok(Box::new(DiskLock { disk: self.clone(), nonce: holder.nonce.clone() }))
    }

    fn holder(&self) -> Result<Option<Holder>, StoreError> {
        Ok(self.lock_files().holder.clone())
    }

    fn unlock(&self, nonce: &str) -> Result<Holder, StoreError> {
        let mut files = self.lock_files();
        match files.holder.take_if(|h| h.nonce == nonce) {
            Some(holder) => Ok(holder),
            None => Err(StoreError::NotThatLock(files.holder.clone().map(Box::new))),
        }
    }
}

#[derive(Debug)]
struct DiskLock {
    disk: Disk,
    nonce: String,
}

impl DiskLock {
    fn fence(&self) -> Result<(), StoreError> {
        match &self.disk.lock_files().holder {
            Some(holder) if holder.nonce == self.nonce => Ok(()),
            other => Err(StoreError::Fenced(other.clone().unwrap_or_default())),
        }
    }
}

impl Drop for DiskLock {
    fn drop(&mut self) {
        self.disk.lock_files().holder.take_if(|h| h.nonce == self.nonce);
    }
}

impl StateWriter for DiskLock {
    fn put_snapshot(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.fence()?;
        self.disk.replace("state.json", |files| &mut files.snapshot, bytes)
    }

    fn put_journal(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.fence()?;
        self.disk.replace("journal", |files| &mut files.journal, bytes)
    }

    fn append(&self, bytes: &[u8]) -> Result<(), StoreError> {
        self.fence()?;
        let disk = &self.disk;
        let said = |when: &str| format!("{when} the journal grows by {}", announced(bytes));
        let dead = || disk.failed("journal", io::ErrorKind::Interrupted.into());
        let part = Dice(bytes.len() as u64).roll(bytes.len() as u64);
        let part = &bytes[..usize::try_from(part).unwrap_or_default()];
        let write = |bytes: &[u8]| disk.lock_files().journal.get_or_insert_default().extend_from_slice(bytes);
        if disk.killer.strikes(|| said("before")) {
            return Err(dead());
        }
        if let Some(trouble) = disk.struck() {
            match trouble {
                DiskTrouble::Full => write(part),
                DiskTrouble::ReadOnly => {}
                DiskTrouble::Unsure => write(bytes),
            }
            return Err(disk.failed("journal", trouble.error()));
        }
        if disk.killer.strikes(|| said("while")) {
            write(part);
            return Err(dead());
        }
        write(bytes);
        if disk.killer.strikes(|| said("after")) {
            return Err(dead());
        }
        Ok(())
    }

    fn is_instant(&self) -> bool {
        true
    }
}

/// What a record says, for the report of a death.
fn announced(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let json = text.split_once(' ').map_or(&*text, |(_, json)| json);
    let record: serde_json::Value = serde_json::from_str(json.trim()).unwrap_or_default();
    let Some((kind, body)) = record.as_object().and_then(|r| r.iter().next()) else { return "a record".into() };
    match body.get("address").and_then(|a| a.as_str()) {
        Some(address) => format!("the {kind} of {} {address}", body["action"].as_str().unwrap_or_default()),
        None => format!("a record: {kind}"),
    }
}
