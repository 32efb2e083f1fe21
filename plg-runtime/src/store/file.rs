//! Files that are whole or not there: temp, fsync, rename, fsync of the folder.

use super::StoreError;
use super::own::{plain, private_file};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// Replaces a file, or leaves it as it was. Only its owner can read it.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    replace_by(path, |temp| temp.write_all(bytes))
}

/// As [`replace`], piece by piece.
pub(crate) fn replace_by(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    plain(path)?;
    let mut temp = tempfile::Builder::new()
        .prefix(".writing-")
        .tempfile_in(folder)
        .map_err(StoreError::io("write into", folder))?;
    private_file(temp.as_file()).map_err(StoreError::io("protect", path))?;
    write(temp.as_file_mut()).map_err(StoreError::io("write", path))?;
    temp.as_file().sync_all().map_err(StoreError::io("write", path))?;
    temp.persist(path).map_err(|e| StoreError::Io { doing: "write", path: path.to_owned(), source: e.error })?;
    sync_folder(folder)
}

/// Makes a rename in the folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    #[cfg(unix)]
    File::open(folder).and_then(|f| f.sync_all()).map_err(StoreError::io("write into", folder))?;
    Ok(())
}

/// The largest file that is read, in bytes: a hundred thousand resources are half of it.
pub(crate) const LARGEST: u64 = 256 << 20;

/// A file's bytes; none where there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    if plain(path)?.is_none() {
        return Ok(None);
    }
    let mut options = OpenOptions::new();
    let file = match guarded(options.read(true)).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io("read", path)(error)),
    };
    let length = file.metadata().map_err(StoreError::io("read", path))?.len();
    let mut bytes = Vec::with_capacity(usize::try_from(length.min(LARGEST)).unwrap_or_default());
    // A file can be longer than it says, such as a device.
    if length <= LARGEST {
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(StoreError::io("read", path))?;
    }
    if length.max(bytes.len() as u64) > LARGEST {
        return Err(StoreError::Damaged { path: path.to_owned(), what: format!("it has more than {LARGEST} bytes") });
    }
    Ok(Some(bytes))
}

/// Has a file opened only where it is one itself, and never waits for whoever is at the other end of a pipe.
pub(crate) fn guarded(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
    }
    options
}
