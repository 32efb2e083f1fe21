//! The folder that is made: whole or not at all, and never over one that has something in it.

use crate::found::cargo;
use plg_cli::front::FrontFailure;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder that can be made.
#[derive(Debug)]
pub(crate) struct NewFolder {
    parent: PathBuf,
    path: PathBuf,
    name: String,
}

impl NewFolder {
    /// Holds that nothing is there yet.
    pub(crate) fn of(parent: &Path, name: &str) -> Result<NewFolder, FrontFailure> {
        let parent = parent.canonicalize().map_err(|error| {
            FrontFailure::usage(
                format!("the folder {} cannot be used: {error}", parent.display()),
                "create it first, or name another: `--in FOLDER`",
            )
        })?;
        let path = parent.join(name);
        let empty = || path.is_dir() && !path.is_symlink() && path.read_dir().is_ok_and(|mut all| all.next().is_none());
        if path.symlink_metadata().is_ok() && !empty() {
            return Err(FrontFailure::usage(
                format!("{} already exists, and plg does not overwrite it", path.display()),
                "choose another name, or another folder: `--in FOLDER`",
            ));
        }
        Ok(NewFolder { parent, path, name: name.to_owned() })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes its files under another name, and gives it its own once all are there.
    pub(crate) fn write(&self, files: &[(String, String)]) -> Result<(), FrontFailure> {
        let draft = self.parent.join(format!(".{}.new-{}", self.name, std::process::id()));
        let written = write_all(&draft, files).and_then(|()| {
            format(&draft, files);
            std::fs::rename(&draft, &self.path)
        });
        written.map_err(|error| {
            // What of it is there is of no use.
            let _ = std::fs::remove_dir_all(&draft);
            FrontFailure::unusable(
                format!("{} cannot be written: {error}", self.path.display()),
                "name another folder: `--in FOLDER`",
            )
        })
    }
}

fn write_all(folder: &Path, files: &[(String, String)]) -> io::Result<()> {
    std::fs::create_dir(folder)?;
    for (path, text) in files {
        let path = folder.join(path);
        if let Some(inner) = path.parent() {
            std::fs::create_dir_all(inner)?;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}

/// Leaves the sources as rustfmt does: how a line breaks depends on the names in it. Where there is no rustfmt, they stay as
/// they are.
fn format(folder: &Path, files: &[(String, String)]) {
    let sources = files.iter().map(|(path, _)| path).filter(|path| path.ends_with(".rs"));
    let mut command = Command::new("rustfmt");
    command.args(["--edition", "2024"]).args(sources).current_dir(folder);
    let _ = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

/// The `Cargo.toml` of the workspace that a folder is in.
pub(crate) fn workspace_above(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let all = folder.ancestors().map(|folder| folder.join("Cargo.toml"));
    let is_workspace = |text: String| text.lines().any(|line| line.trim_start().starts_with("[workspace"));
    all.into_iter().find(|manifest| std::fs::read_to_string(manifest).is_ok_and(is_workspace))
}

/// Whether cargo takes a crate as it is: a workspace above may name its members, or patterns of them.
pub(crate) fn is_read_by_cargo(folder: &Path) -> bool {
    let mut command = Command::new(cargo());
    command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(folder);
    let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of this test's own, which goes with it.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Scratch {
            let path = std::env::temp_dir().join(format!("plg-new-{name}-{}", std::process::id()));
            std::fs::create_dir(&path).unwrap();
            Scratch(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn nothing_is_written_over_what_is_there() {
        let top = Scratch::new("over");
        let files = [("src/lib.rs".to_owned(), "//  one\n".to_owned())];
        let folder = NewFolder::of(&top.0, "shop").unwrap();
        folder.write(&files).unwrap();
        assert_eq!(std::fs::read_to_string(top.0.join("shop/src/lib.rs")).unwrap(), "//  one\n");
        assert!(NewFolder::of(&top.0, "shop").is_err());
        assert!(folder.write(&files).is_err(), "somebody was faster");
        std::fs::create_dir(top.0.join("empty")).unwrap();
        NewFolder::of(&top.0, "empty").unwrap().write(&files).unwrap();
        std::fs::write(top.0.join("file"), "").unwrap();
        assert!(NewFolder::of(&top.0, "file").is_err());
        assert!(NewFolder::of(&top.0.join("none"), "shop").is_err());
        let left: Vec<_> = top.0.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 3, "{left:?}");
    }

    #[test]
    fn a_workspace_above_is_seen() {
        let top = Scratch::new("above");
        std::fs::create_dir_all(top.0.join("a/b")).unwrap();
        std::fs::write(top.0.join("Cargo.toml"), "[workspace]\nmembers = []\n").unwrap();
        std::fs::write(top.0.join("a/Cargo.toml"), "[package]\n").unwrap();
        let manifest = top.0.canonicalize().unwrap().join("Cargo.toml");
        assert_eq!(workspace_above(&top.0.join("a/b")), Some(manifest));
    }
}
