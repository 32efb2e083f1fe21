//! The sources of an application, as folders on the command line name them.

use crate::failure::CommandFailure;
use plg_codegen::usage::{Scan, Syntax};
use plg_core::codes;
use plg_runtime::exit::Exit;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of what others wrote or what was built.
const FOREIGN: &[&str] = &["target", "node_modules", "__pycache__", "venv", "site-packages"];
/// Nobody writes a source as long as this; a bundle is.
const LONGEST: u64 = 2 << 20;

/// Lets a scan look at every source below the folders, and says how many there were.
pub(crate) fn scan(folders: &[PathBuf], scan: &mut Scan) -> Result<usize, CommandFailure> {
    let mut sources = Vec::new();
    for folder in folders {
        collect(folder, &mut sources).map_err(|(path, error)| unreadable(&path, &error))?;
    }
    sources.sort();
    sources.dedup();
    for (path, syntax) in &sources {
        let bytes = fs::read(path).map_err(|e| {
            CommandFailure::refused(
                codes::FILE_UNUSABLE,
                Exit::Internal,
                format!("{} cannot be read: {e}", path.display()),
                "change its permissions",
            )
        })?;
        scan.source(&path.display().to_string(), *syntax, &String::from_utf8_lossy(&bytes));
    }
    Ok(sources.len())
}

type Unreadable = (PathBuf, std::io::Error);

/// Refuses what is no folder before anything is asked of an account: whether names are used is looked for much later.
pub(crate) fn folders(folders: &[PathBuf]) -> Result<(), CommandFailure> {
    let missing = folders.iter().find_map(|folder| Some((folder, fs::read_dir(folder).err()?)));
    missing.map_or(Ok(()), |(folder, error)| Err(unreadable(folder, &error)))
}

fn unreadable(path: &Path, error: &std::io::Error) -> CommandFailure {
    CommandFailure::usage(
        format!("--in {}: the folder cannot be read: {error}", path.display()),
        "name a folder with an application's sources, such as `--in app`; without the flag, plg reads PLG_IN",
    )
}

/// Every source below a folder; links are not followed.
fn collect(folder: &Path, sources: &mut Vec<(PathBuf, Syntax)>) -> Result<(), Unreadable> {
    let failed = |error| (folder.to_owned(), error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let found = fs::symlink_metadata(&path).map_err(|error| (path.clone(), error))?;
        if found.is_dir() {
            if !name.starts_with('.') && !FOREIGN.contains(&name.as_str()) {
                collect(&path, sources)?;
            }
        } else if found.is_file()
            && found.len() <= LONGEST
            && let Some(syntax) = path.extension().and_then(|e| e.to_str()).and_then(Syntax::of)
        {
            sources.push((path, syntax));
        }
    }
    Ok(())
}
