//! States beside a stage's own: of the other stages of its stack, and of other stacks under the same root. They are only
//! read, without a lock, and what cannot be read is no error.

use super::backend::StateBackend;
use super::folder::Folder;
use super::load::read;
use super::location::StateLocation;
use super::state::State;
use super::{StoreError, plain};
use plg_core::{Stack, Storage};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// In the folder of a stage that is a sandbox: nothing that it holds is in an account.
const SANDBOX: &str = "sandbox";

/// What an object store asks of the environment, unless the machine has a role.
const S3_KEY: &str = "AWS_ACCESS_KEY_ID";

/// Where another stage, or a stage of another stack, keeps its state.
#[derive(Debug, Clone)]
pub struct OtherPlace {
    /// What messages call it: `stage prod`, or `stage prod of stack shop`.
    name: String,
    stack: String,
    stage: String,
    /// Where it is, or why nobody can tell.
    location: Result<StateLocation, String>,
    /// Whether the stage says that its state is elsewhere: what was moved there is read there.
    is_elsewhere: bool,
    /// What is missing to reach it, where that is known before.
    lacking: Option<&'static str>,
}

/// The state of another stage, or of a stage of another stack.
#[derive(Debug, Clone)]
pub(crate) struct OtherState {
    /// What messages call it.
    pub(crate) name: String,
    pub(crate) stack: String,
    pub(crate) stage: String,
    pub(crate) state: Arc<State>,
}

/// A state that cannot be read: what it holds is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unread {
    /// What messages call it.
    pub(crate) name: String,
    pub(crate) why: String,
}

impl OtherPlace {
    /// Every place but the stage's own: the folders beside `own`, which is `.plg/<stack>/<stage>`, and where the other
    /// stages of the stack say that their state is.
    pub fn all(
        own: &Path,
        stack: &Stack,
        stage: &str,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Vec<OtherPlace> {
        let mut all = Vec::new();
        let within = own.parent().unwrap_or(own);
        let root = within.parent().unwrap_or(within);
        for folder in folders(root) {
            let of = last(&folder);
            for inner in folders(&folder).into_iter().filter(|inner| inner != own && holds_a_state(inner)) {
                let mut other = OtherPlace::new(stack, &of, &last(&inner));
                let declared = (folder == within).then(|| stack.stage(&other.stage)).flatten();
                other.is_elsewhere = declared.is_some_and(|stage| !matches!(stage.storage(), Storage::folder));
                other.location = Ok(StateLocation::Folder(inner));
                all.push(other);
            }
        }
        let remote = stack.stages.iter().filter(|other| other.name != stage && !other.is_sandbox());
        for declared in remote.filter(|other| !matches!(other.storage(), Storage::folder)) {
            let mut other = OtherPlace::new(stack, stack.name, declared.name);
            let location = StateLocation::of(&declared.storage(), own, declared.name, environment);
            let is_s3 = matches!(location, Ok(StateLocation::S3 { .. }));
            other.lacking = (is_s3 && environment(S3_KEY).is_none()).then_some(S3_KEY);
            other.location = location.map_err(|error| why(&error));
            all.push(other);
        }
        all
    }

    fn new(own: &Stack, stack: &str, stage: &str) -> OtherPlace {
        let name = if stack == own.name { format!("stage {stage}") } else { format!("stage {stage} of stack {stack}") };
        OtherPlace {
            name,
            stack: stack.to_owned(),
            stage: stage.to_owned(),
            location: Err(String::new()),
            is_elsewhere: false,
            lacking: None,
        }
    }

    /// Whether it may take as long as a server takes.
    pub(crate) fn is_remote(&self) -> bool {
        !matches!(self.location, Ok(StateLocation::Folder(_)))
    }

    /// That it cannot be read, and why.
    pub(crate) fn unread(&self, why: &str) -> Unread {
        let why = match self.lacking {
            Some(name) => format!("{name} is not set; {why}"),
            None => why.to_owned(),
        };
        Unread { name: self.name.clone(), why }
    }

    /// Reads it; nothing, where nothing is there.
    pub(crate) fn read(&self) -> Result<Option<OtherState>, Unread> {
        let location = self.location.as_ref().map_err(|why| self.unread(why))?;
        match self.read_at(location) {
            Ok(state) => Ok(state.map(|state| OtherState {
                name: self.name.clone(),
                stack: self.stack.clone(),
                stage: self.stage.clone(),
                state: Arc::new(state),
            })),
            Err(StoreError::Moved { .. }) if self.is_elsewhere => Ok(None),
            Err(error) => Err(self.unread(&why(&error))),
        }
    }

    fn read_at(&self, location: &StateLocation) -> Result<Option<State>, StoreError> {
        let backend: Arc<dyn StateBackend> = match location {
            StateLocation::Folder(path) => Arc::new(Folder::new(path)),
            location => location.open(&self.stack, &self.stage)?,
        };
        Ok(read(&*backend, &self.stack, &self.stage)?.map(|(state, _)| state))
    }
}

/// In a few words, on one line.
fn why(error: &StoreError) -> String {
    let StoreError::Environment(missing) = error else {
        return error.to_string().lines().next().unwrap_or_default().to_owned();
    };
    let names: BTreeSet<&str> = missing.iter().map(|missing| missing.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    format!("{} {} not set", names.join(" and "), if names.len() == 1 { "is" } else { "are" })
}

/// The folders in a folder, in the order of their names: links lead elsewhere, and are not followed.
fn folders(within: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(within).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> =
        entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()).collect();
    all.sort_unstable();
    all
}

fn last(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Whether a stage with accounts was deployed from a folder. What is no plain file is for whoever reads it to say.
fn holds_a_state(folder: &Path) -> bool {
    let is_there = |name: &str| !matches!(plain(&folder.join(name)), Ok(None));
    !folder.join(SANDBOX).is_dir() && (is_there("state.json") || is_there("journal"))
}
