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
    #[error("there is no key: neither {KEY} nor {}", .0.display())]
    NoKey(PathBuf),
    /// A word among the keys is no key.
    #[error(
        "{0} holds a word that is no key: keys start with plg-key-1, those of earlier versions with AGE-SECRET-KEY-1"
    )]
    NotAKey(String),
    /// It is another key, or what was sealed is damaged.
    #[error("{places} {} not open it: it was sealed with {}, or is damaged", if places.contains(" and ") { "do" } else { "does" }, key.as_ref().map_or("another key".to_owned(), |id| format!("the key {id}")))]
    WrongKey {
        /// Where the keys are that were tried.
        places: String,
        /// Which key is needed, where the value says it.
        key: Option<String>,
    },
    /// An earlier plg sealed it with age, and this program was built without the means to open that.
    #[error("an earlier version sealed it with age, which this program was built without")]
    Age,
    /// The variable has a key that only opens.
    #[error("{KEY} holds only an age identity, which opens what earlier versions sealed and seals nothing any more")]
    OnlyOpens,
    /// A new key should be made, and the variable says which keys there are.
    #[error("{KEY} is set, and says which keys there are: a new one cannot be added to it from here")]
    Given,
    /// The system has no random numbers.
    #[error("the system gave no random numbers for it")]
    NoRandomness,
}

impl SealError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            SealError::Io { .. } => "mend the permissions, and run it again".into(),
            SealError::Strange(error) => error.hint(),
            SealError::NoKey(path) => {
                format!("set {KEY} to the key it was deployed with, or put that file to {}", path.display())
            }
            SealError::NotAKey(_) => {
                "take that word out, or put the keys back from a backup: one a line, a line that starts with # is a comment"
                    .into()
            }
            SealError::WrongKey { .. } => format!(
                "set {KEY} to the key it was deployed with, or add that key as a line of its own to the key file"
            ),
            SealError::Age => format!(
                "with the age identity at hand, build a program that opens it, and seal everything anew: `cargo run -p {} --features sealed-with-age -- state rekey --stage STAGE`; until then it is kept as it is",
                program()
            ),
            SealError::OnlyOpens | SealError::Given => format!(
                "`state rekey --generate` prints a new key: set {KEY} to the old one, a comma and the new one; the last one seals, all of them open"
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
