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
    #[error("this stage is locked by {0}")]
    Locked(Holder),
    /// The lock was taken away, and perhaps given to another deploy.
    #[error("{}", fenced(.0))]
    Fenced(Holder),
    /// A lock to be taken away is held by somebody else, or by nobody.
    #[error("{}", match .0 { Some(holder) => format!("this stage has another lock, held by {holder}"), None => "this stage is not locked".to_owned() })]
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
    #[error("this program was built without support for state in {what}")]
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
    #[error("{} is {what}: plg did not create it", path.display())]
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
                "wait until it is done, or stop it; if that process has died, release its lock: `state unlock {}`",
                holder.nonce
            ),
            StoreError::Locked(_) => "wait until it is done, or stop it".into(),
            StoreError::Fenced(_) => {
                "wait until the other deploy is done, then run this again: it first looks up the requests that this one sent".into()
            }
            StoreError::NotThatLock(Some(holder)) => {
                format!("to release that one: `state unlock {}`", holder.nonce)
            }
            StoreError::NotThatLock(None) => "there is no lock to release: deploy".into(),
            StoreError::Broken(error) => error.hint(),
            StoreError::Moved { .. } => {
                "deploy with the stack that names the new place; or move the state back with `state migrate`"
                    .into()
            }
            StoreError::Refused { hint, .. } | StoreError::Setting { hint, .. } => hint.clone(),
            StoreError::Environment(_) => SET_VARIABLES.into(),
            StoreError::Unbuilt { feature, .. } => format!("build it with `--features {feature}`"),
            StoreError::Remote { .. } => "restore the connection or the permissions, then run it again".into(),
            StoreError::Unreachable { .. } => "check the host and the connection, then run it again".into(),
            StoreError::Io { .. } => "free disk space or change the permissions, then run it again".into(),
            StoreError::Damaged { .. } => {
                "plg does not overwrite it. Restore state and journal from a backup; or run `state salvage`, which moves both aside and rebuilds the state from their intact entries. To edit a state by hand: `state pull > FILE`, edit the file, `state push FILE`"
                    .into()
            }
            StoreError::Strange { path, .. } => format!(
                "move it away, or make the user who runs plg its owner: plg follows no links under {} and creates its own files; to keep the state elsewhere, name a folder with --root, or a place with `state migrate`",
                path.parent().unwrap_or(path).display()
            ),
            StoreError::Newer { .. } => "use the plg that wrote it, or a later one".into(),
            StoreError::Foreign { .. } => "name another folder with --root, or move this file away".into(),
        }
    }
}

fn fenced(holder: &Holder) -> String {
    if holder.nonce.is_empty() {
        "somebody released the lock of this deploy with `state unlock`".to_owned()
    } else {
        format!("somebody released the lock of this deploy with `state unlock`; the lock is now held by {holder}")
    }
}
