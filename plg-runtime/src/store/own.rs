//! What is plg's own on a disk: plain files and folders of whoever runs it, and nothing that leads elsewhere.
//!
//! A link, a pipe or a file of somebody else under `.plg` was not put there by plg: to follow it could read, hide or
//! overwrite what is not plg's, and to open a pipe could wait for ever.

use super::StoreError;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

/// The folder that everything of plg's is in.
const OWN: &str = ".plg";

/// What keeps everything in [`OWN`] out of a repository.
const IGNORE: &str = ".gitignore";

/// The folders in a path that are plg's: from `.plg` down, or where there is none the last one alone.
fn own_folders(path: &Path) -> Vec<&Path> {
    let above = |folder: &&Path| folder.file_name().is_some_and(|name| name == OWN);
    match path.ancestors().position(|folder| above(&folder)) {
        Some(place) => path.ancestors().take(place + 1).collect::<Vec<_>>().into_iter().rev().collect(),
        None => vec![path],
    }
}

/// Makes a folder that only its owner can enter, whatever the umask, and hides `.plg` from git.
pub(crate) fn private_folder(path: &Path) -> Result<(), StoreError> {
    for folder in own_folders(path) {
        if let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty()) {
            fs::create_dir_all(above).map_err(StoreError::io("make", above))?;
        }
        match make(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(StoreError::io("make", folder)(error));
            }
            _ => {}
        }
        let Some(found) = look(folder, true)? else { continue };
        protect(folder, &found)?;
        if folder.file_name().is_some_and(|name| name == OWN) {
            hide(&folder.join(IGNORE))?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn make(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)
}

#[cfg(unix)]
fn protect(folder: &Path, found: &Metadata) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt;
    if found.permissions().mode() & 0o777 == 0o700 {
        return Ok(());
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(StoreError::io("protect", folder))
}

#[cfg(not(unix))]
fn protect(_: &Path, _: &Metadata) -> Result<(), StoreError> {
    Ok(())
}

/// Makes a file readable and writable for its owner, and for nobody else, whatever the umask.
#[cfg(unix)]
pub(crate) fn private_file(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if file.metadata()?.permissions().mode() & 0o777 == 0o600 {
        return Ok(());
    }
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
pub(crate) fn private_file(_: &File) -> io::Result<()> {
    Ok(())
}

/// Whoever has one of his own keeps it.
fn hide(ignore: &Path) -> Result<(), StoreError> {
    let made = fs::OpenOptions::new().write(true).create_new(true).open(ignore);
    match made.and_then(|mut file| private_file(&file).and_then(|()| io::Write::write_all(&mut file, b"*\n"))) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(StoreError::io("write", ignore)(error)),
        _ => Ok(()),
    }
}

/// Looks at every folder of plg's on the way to `path`, as far as they are there.
pub(crate) fn own_path(path: &Path) -> Result<(), StoreError> {
    for folder in own_folders(path) {
        if look(folder, true)?.is_none() {
            break;
        }
    }
    Ok(())
}

/// Looks at a file before it is opened; none where there is none.
///
/// # Errors
/// [`StoreError::Strange`] where it is anything but a plain file of whoever runs this.
pub fn plain(path: &Path) -> Result<Option<Metadata>, StoreError> {
    look(path, false)
}

fn look(path: &Path, folder: bool) -> Result<Option<Metadata>, StoreError> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io("look at", path)(error)),
    };
    let kind = found.file_type();
    let what = if kind.is_symlink() {
        Some("a symbolic link".to_owned())
    } else if folder && !kind.is_dir() {
        Some("no folder".to_owned())
    } else if !folder && kind.is_dir() {
        Some("a folder".to_owned())
    } else if !folder && !kind.is_file() {
        Some("a pipe, a socket or a device".to_owned())
    } else {
        foreign(path, &found)
    };
    match what {
        Some(what) => Err(StoreError::Strange { path: path.to_owned(), what }),
        None => Ok(Some(found)),
    }
}

/// Whose it is, where that is somebody else: root is nobody else, and root may work for the owner of a folder.
#[cfg(unix)]
fn foreign(path: &Path, found: &Metadata) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let (me, owner) = (rustix::process::geteuid().as_raw(), found.uid());
    if owner == me || owner == 0 {
        return None;
    }
    if me == 0 {
        let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if fs::metadata(above).is_ok_and(|above| above.uid() == owner) {
            return None;
        }
    }
    Some(format!("owned by user {owner}, and this runs as user {me}"))
}

#[cfg(not(unix))]
fn foreign(_: &Path, _: &Metadata) -> Option<String> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn every_folder_from_plg_down_is_private_and_hidden_from_git() {
        let dir = tempfile::tempdir().unwrap();
        let stage = dir.path().join(".plg/shop/prod");
        fs::create_dir_all(dir.path().join(".plg")).unwrap();
        fs::set_permissions(dir.path().join(".plg"), fs::Permissions::from_mode(0o755)).unwrap();
        private_folder(&stage).unwrap();
        for folder in own_folders(&stage) {
            assert_eq!(mode(folder), 0o700, "{}", folder.display());
        }
        let ignore = dir.path().join(".plg/.gitignore");
        assert_eq!(fs::read_to_string(&ignore).unwrap(), "*\n");
        fs::write(&ignore, "key\n").unwrap();
        private_folder(&stage).unwrap();
        assert_eq!(fs::read_to_string(&ignore).unwrap(), "key\n", "it is somebody's own");
    }

    #[test]
    fn what_leads_elsewhere_is_refused_and_named() {
        let dir = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        symlink(elsewhere.path(), dir.path().join(".plg")).unwrap();
        let error = private_folder(&dir.path().join(".plg/shop/prod")).unwrap_err();
        assert!(matches!(&error, StoreError::Strange { path, .. } if path.ends_with(".plg")), "{error}");
        assert!(!error.hint().is_empty());
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0, "nothing was written there");
        let link = dir.path().join("link");
        symlink("/dev/zero", &link).unwrap();
        assert!(matches!(plain(&link), Err(StoreError::Strange { .. })));
        assert!(matches!(plain(dir.path()), Err(StoreError::Strange { .. })));
        assert!(plain(&dir.path().join("none")).unwrap().is_none());
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(plain(&file).unwrap().is_some());
        // Only root can give a file away.
        if chown(&file, Some(65_534), None).is_ok() {
            let error = plain(&file).unwrap_err();
            assert!(error.to_string().contains("owned by user 65534"), "{error}");
        }
    }
}
