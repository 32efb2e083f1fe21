//! One deploy of a stage at a time, on one machine.

use super::StoreError;
use super::file::guarded;
use super::holder::Holder;
use super::own::{own_path, plain, private_file, private_folder};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// The lock of a stage: released when dropped, and by the system when the process dies.
#[derive(Debug)]
pub struct Lock {
    // Held until it is unlocked, or nobody has the file open any more.
    file: File,
    /// What was written into it.
    text: String,
}

/// A process that is being started, of which another thread knows nothing, has every open file of this one for a moment:
/// the lock would be held for as long, were it only closed.
impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
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
        Ok(Lock { file, text })
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
