//! The environment, with a `.env` under it.

use crate::dotenv;
use crate::output::tell;
use plg_core::AccountName;
use std::path::{Path, PathBuf};

/// Reads the nearest `.env` above the current folder. What is set already wins, so that
/// `KEY=… plg deploy` means what it says.
pub(crate) fn load() {
    let Some(path) = std::env::current_dir().ok().and_then(|here| nearest(&here)) else { return };
    // A folder of that name, a virtual environment for instance, is none.
    if path.is_dir() {
        return;
    }
    let shown = path.display();
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            tell(&format!("warning: {shown} cannot be read, and plg ignores it: {error}"));
            return;
        }
    };
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let line = 1 + error.as_bytes()[..good].iter().filter(|byte| **byte == b'\n').count();
            tell(&format!("warning: {shown}:{line}: the file is not UTF-8, and plg ignores it"));
            return;
        }
    };
    let read = dotenv::read(&text);
    for (line, problem) in &read.problems {
        // What stands there may be a secret: only where it is gets said.
        tell(&format!("warning: {shown}:{line}: {problem}; plg ignores this line"));
    }
    for (name, value) in read.set {
        if std::env::var_os(&name).is_none() {
            // SAFETY: this is the first thing that the process does, before it has a second thread.
            unsafe { std::env::set_var(name, value) };
        }
    }
}

/// The nearest `.env`, from a folder upwards.
fn nearest(here: &Path) -> Option<PathBuf> {
    here.ancestors().map(|folder| folder.join(".env")).find(|path| path.exists())
}

/// A variable that is set and not empty.
pub(crate) fn get(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The variable that leads an account elsewhere.
pub(crate) fn url_variable(account: AccountName) -> String {
    format!("PLG_{}_URL", part(account.0))
}

/// A name as a part of a variable's.
pub(crate) fn part(name: &str) -> String {
    name.to_ascii_uppercase().replace('-', "_")
}
