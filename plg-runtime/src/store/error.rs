//! What can go wrong with the state on disk.

use super::holder::Holder;
use crate::declared::environment::{Missing, SET_VARIABLES, not_set};
use std::io;
use std::path::PathBuf;

/// Why the state cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another deploy of the stage is running.
    #[error("{0} is at work on this stage")]
    Locked(Holder),
    /// The lock was taken away, and perhaps given to another deploy.
    #[error("{}", fenced(.0))]
    Fenced(Holder),
    /// A lock to be taken away is held by somebody else, or by nobody.
    #[error("{}", match .0 { Some(holder) => format!("this stage is locked by another: {holder}"), None => "nobody has locked this stage".to_owned() })]
    NotThatLock(Option<Box<Holder>>),
    /// An earlier write failed, so that nothing more is written.
    #[error("{0}")]
    Broken(std::sync::Arc<StoreError>),
    /// A place for the state does not do what it is asked to.
    #[error("cannot {doing} {}: {message}", path.display())]
    Remote {
        /// The verb: "read", "write".
        doing: &'static str,
        /// What is meant, by its address.
        path: PathBuf,
        /// What it said.
        message: String,
    },
    /// A place for the state cannot be reached: no address, no connection, or no answer at all.
    #[error("cannot reach {}: {message}", path.display())]
    Unreachable {
        /// What is meant, by its address.
        path: PathBuf,
        /// What was tried, in the words of whoever tried.
        message: String,
    },
    /// The state is kept elsewhere now.
    #[error("{} was moved to {to}", path.display())]
    Moved {
        /// Where it was.
        path: PathBuf,
        /// Where it is.
        to: String,
    },
    /// What should be put in a state's place would lose something that is there.
    #[error("{message}")]
    Refused {
        /// What would be lost.
        message: String,
        /// What to do instead.
        hint: String,
    },
    /// This program was built without what such a place needs.
    #[error("this program was built without the means to keep state in {what}")]
    Unbuilt {
        /// The kind of place.
        what: &'static str,
        /// The cargo feature that has it.
        feature: &'static str,
    },
    /// What says where the state is kept is not usable.
    #[error("{message}")]
    Setting {
        /// What is wrong with which setting.
        message: String,
        /// What it should look like.
        hint: String,
    },
    /// Variables that say where the state is kept are not set.
    #[error("{}", not_set(.0))]
    Environment(Vec<Missing>),
    /// A file cannot be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// The verb: "read", "write".
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not what plg wrote.
    #[error("{} is damaged: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        what: String,
    },
    /// What lies where plg keeps something of its own was not put there by plg.
    #[error("{} is {what}, and not plg's own", path.display())]
    Strange {
        /// The file or folder.
        path: PathBuf,
        /// What it is.
        what: String,
    },
    /// A later plg wrote it.
    #[error("{} was written by a later plg (format {found}, this one knows {known})", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The latest format this plg knows.
        known: u32,
    },
    /// It belongs to something else.
    #[error("{} belongs to {found}, not to {wanted}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The stack and stage it names.
        found: String,
        /// The stack and stage asked for.
        wanted: String,
    },
}

impl StoreError {
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> StoreError {
        let path = path.into();
        move |source| StoreError::Io { doing, path, source }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            StoreError::Locked(holder) if !holder.nonce.is_empty() => format!(
                "wait until it is done, or stop it; if it will never come back, take the lock away: `state unlock {}`",
                holder.nonce
            ),
            StoreError::Locked(_) => "wait until it is done, or stop it".into(),
            StoreError::Fenced(_) => {
                "let the other deploy finish, then run it again: what was sent is looked up first".into()
            }
            StoreError::NotThatLock(Some(holder)) => {
                format!("if that is the one you mean: `state unlock {}`; a deploy that is locked out names it, too", holder.nonce)
            }
            StoreError::NotThatLock(None) => "nothing is in the way of the next deploy".into(),
            StoreError::Broken(error) => error.hint(),
            StoreError::Moved { .. } => {
                "deploy with the stack that names the new place; or bring it back from there with `state migrate`"
                    .into()
            }
            StoreError::Refused { hint, .. } | StoreError::Setting { hint, .. } => hint.clone(),
            StoreError::Environment(_) => SET_VARIABLES.into(),
            StoreError::Unbuilt { feature, .. } => format!("build it with `--features {feature}`"),
            StoreError::Remote { .. } => "mend the connection or the permissions, and run it again".into(),
            StoreError::Unreachable { .. } => "check the host and the connection, then run it again".into(),
            StoreError::Io { .. } => "free the disk or mend the permissions, and run it again".into(),
            StoreError::Damaged { .. } => {
                "nothing is written over it. Put a backup of state and journal back; or `state salvage` keeps both aside, and goes on with what of them is whole. To change a state by hand: `state pull`, edit what it printed, `state push`"
                    .into()
            }
            StoreError::Strange { path, .. } => format!(
                "see who put it there, and move it away or give it to whoever runs this: plg follows nothing under {} and makes its own; to keep the state elsewhere, name a folder with --root, or a place with `state migrate`",
                path.parent().unwrap_or(path).display()
            ),
            StoreError::Newer { .. } => "use the plg that wrote it, or a later one".into(),
            StoreError::Foreign { .. } => "name another folder with --root, or move this one away".into(),
        }
    }
}

fn fenced(holder: &Holder) -> String {
    if holder.nonce.is_empty() {
        "the lock of this stage was taken away from this deploy".to_owned()
    } else {
        format!("the lock of this stage was taken away from this deploy, and {holder} has it now")
    }
}
