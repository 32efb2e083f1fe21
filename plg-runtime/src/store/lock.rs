//! One deploy of a stage at a time, on one machine.

use super::StoreError;
use super::file::guarded;
use super::own::{own_path, plain, private_file, private_folder};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

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

/// The lock of a stage: released when dropped, and by the system when the process dies.
#[derive(Debug)]
pub struct Lock {
    // Held for as long as the file is open.
    _file: File,
    /// What was written into it.
    text: String,
}

impl Lock {
    /// Makes the stage's folder, for its owner alone.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(folder: &Path) -> Result<(), StoreError> {
        private_folder(folder)
    }

    /// Takes the lock of the stage in `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// [`StoreError::Locked`] with the holder's name, or when the folder cannot be written.
    pub fn take(folder: &Path, holder: &Holder) -> Result<Self, StoreError> {
        private_folder(folder)?;
        let path = file(folder);
        let mut file = loop {
            let mut file = open(&path)?;
            match file.try_lock() {
                // It may have been taken away between the two.
                Ok(()) if is_still_there(&file, &path) => break file,
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let mut text = String::new();
                    let _ = file.read_to_string(&mut text);
                    return Err(StoreError::Locked(serde_json::from_str(&text).unwrap_or_default()));
                }
                Err(TryLockError::Error(error)) => return Err(StoreError::io("lock", &path)(error)),
            }
        };
        let text = serde_json::to_string(holder).unwrap_or_default();
        let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(text.as_bytes()));
        written.map_err(StoreError::io("write", &path))?;
        Ok(Lock { _file: file, text })
    }

    /// Whether the lock file in `folder` says what was written into it when this lock was taken. Opened
    /// anew each time: on a disk that machines share, only that sees what another of them did to it.
    pub(crate) fn is_untouched(&self, folder: &Path) -> bool {
        let mut now = [0; 1_024];
        let mut options = OpenOptions::new();
        let read = guarded(options.read(true)).open(file(folder)).and_then(|mut file| file.read(&mut now));
        read.is_ok_and(|length| &now[..length] == self.text.as_bytes())
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("lock")
}

fn open(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    plain(path)?;
    let opened = guarded(&mut options).open(path).and_then(|file| private_file(&file).map(|()| file));
    opened.map_err(StoreError::io("open", path))
}

#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let inode = |data: fs::Metadata| (data.dev(), data.ino());
    matches!((file.metadata().map(inode), fs::metadata(path).map(inode)), (Ok(a), Ok(b)) if a == b)
}

// A file that is open cannot be deleted there.
#[cfg(not(unix))]
fn is_still_there(_: &File, _: &Path) -> bool {
    true
}

/// Who holds the lock in `folder`, or held it last.
pub(crate) fn holder(folder: &Path) -> Result<Option<Holder>, StoreError> {
    let path = file(folder);
    own_path(folder)?;
    plain(&path)?;
    match fs::read_to_string(&path) {
        Ok(text) => Ok(serde_json::from_str(&text).ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io("read", &path)(error)),
    }
}

/// Makes room for another lock file. Who holds the old one sees that it is gone before each write.
pub(crate) fn unlock(folder: &Path, nonce: &str) -> Result<Holder, StoreError> {
    let path = file(folder);
    let held = holder(folder)?.filter(|holder| !holder.nonce.is_empty());
    match held {
        Some(holder) if holder.nonce == nonce => {
            fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
            Ok(holder)
        }
        other => Err(StoreError::NotThatLock(other.map(Box::new))),
    }
}
