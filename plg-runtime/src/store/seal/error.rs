//! Why a secret cannot be kept, or not be shown.

use super::KEY;
use std::io;
use std::path::PathBuf;

/// Why a secret cannot be kept, or not be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The key file cannot be read or made.
    #[error("cannot {doing} the key {}: {source}", path.display())]
    Io {
        /// The verb.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The key file is no plain file of this user.
    #[error("{0}")]
    Strange(Box<crate::store::StoreError>),
    /// Nothing that opens it is here.
    #[error("there is no key: neither in {KEY} nor in {}", .0.display())]
    NoKey(PathBuf),
    /// A word among the keys is no key.
    #[error(
        "{0} contains a word that is not a key: keys start with plg-key-1, or AGE-SECRET-KEY-1 in earlier versions"
    )]
    NotAKey(String),
    /// It is another key, or what was sealed is damaged.
    #[error("{places} {} not open it: it was encrypted with {}, or is damaged", if places.contains(" and ") { "do" } else { "does" }, key.as_ref().map_or("another key".to_owned(), |id| format!("the key {id}")))]
    WrongKey {
        /// Where the keys are that were tried.
        places: String,
        /// Which key is needed, where the value says it.
        key: Option<String>,
    },
    /// An earlier plg sealed it with age, and this program was built without the means to open that.
    #[error("an earlier version encrypted it with age, and this program was built without age")]
    Age,
    /// The variable has a key that only opens.
    #[error("{KEY} holds only an age identity, which can decrypt secrets of earlier versions and encrypt none")]
    OnlyOpens,
    /// A new key should be made, and the variable says which keys there are.
    #[error("the keys are in the variable {KEY}, and plg cannot add a new one to a variable")]
    Given,
    /// The system has no random numbers.
    #[error("the system provides no random numbers")]
    NoRandomness,
}

impl SealError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            SealError::Io { .. } => "change the permissions, then run it again".into(),
            SealError::Strange(error) => error.hint(),
            SealError::NoKey(path) => {
                format!("set {KEY} to the key that the stage was deployed with, or copy the key file to {}", path.display())
            }
            SealError::NotAKey(_) => {
                "remove that word, or restore the keys from a backup: one key a line; lines that start with # are comments"
                    .into()
            }
            SealError::WrongKey { .. } => format!(
                "set {KEY} to the key that the stage was deployed with, or add that key as a line to the key file"
            ),
            SealError::Age => format!(
                "encrypt everything again with a program that has age, and with the age identity: `cargo run -p {} --features sealed-with-age -- state rekey --stage STAGE`; until then the state keeps it as it is",
                program()
            ),
            SealError::OnlyOpens | SealError::Given => format!(
                "run `state rekey --generate` to get a new key, and set {KEY} to the old key, a comma and the new key: plg encrypts with the last and decrypts with all"
            ),
            SealError::NoRandomness => "run it again".into(),
        }
    }
}

/// The stack's program, which is called as its package.
fn program() -> String {
    let name = std::env::current_exe().ok().and_then(|path| path.file_stem().map(|n| n.to_string_lossy().into_owned()));
    name.unwrap_or_else(|| "STACK".into())
}
