//! The environment, with a `.env` under it.

use crate::output::tell;

/// Reads the nearest `.env` above the current folder. What is set already wins, so that
/// `KEY=… plg deploy` means what it says.
pub(crate) fn load() {
    match dotenvy::dotenv() {
        Ok(_) => {}
        Err(error) if error.not_found() => {}
        // The text of such a line may be a secret: only where it is gets said.
        Err(dotenvy::Error::LineParse(_, column)) => tell(&format!(
            "warning: a line of .env cannot be read, at its character {column}; the lines after it are not used."
        )),
        Err(_) => tell("warning: .env cannot be read, and is not used."),
    }
}

/// A variable that is set and not empty.
pub(crate) fn get(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
