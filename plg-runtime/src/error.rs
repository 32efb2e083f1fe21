//! What can stop a command, with its exit code and what to do about it.

mod shared;

use crate::accounts::KeyProblem;
use crate::declared::environment::{Missing, SET_VARIABLES, not_set};
use crate::declared::graph::StackError;
use crate::exit::Exit;
use crate::http::{EndpointError, Failure, FailureKind};
use crate::store::{By, Deployed, StoreError};
use crate::strangers::inline;
use plg_core::codes::{self, Code};
use std::collections::BTreeSet;
use std::fmt;

pub use plg_core::similar::closest;
pub use shared::{SharedObject, SharedWhy};

/// Something declared that cannot be found, or found too often.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The address.
    pub address: String,
    /// Where it is declared, as `file:line`.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// Something that is not as it was when a plan was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moved {
    /// Its address.
    pub address: String,
    /// What happened to it.
    pub what: String,
}

/// Why a file is not a plan to apply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SavedError {
    /// It is not what `plan --out` writes, or was edited.
    #[error("the file is not a saved plan, or was edited: {0}")]
    Damaged(String),
    /// A plg with another format of plans wrote it.
    #[error("it is stale: another version of plg saved it (format {0}; this plg reads format {1})")]
    OtherFormat(u64, u32),
}

/// Why a command ends without having done its work. Nothing was changed by it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The stack contradicts itself.
    Stack(Vec<StackError>),
    /// Variables are not set.
    Environment(Vec<Missing>),
    /// An address of a stage is not one.
    Endpoint(EndpointError),
    /// The state cannot be read or written.
    Store(StoreError),
    /// The keys are known not to be able to do what is needed.
    Keys(Vec<KeyProblem>),
    /// An API said no before anything was changed.
    Remote(Box<Failure>),
    /// What is declared cannot be matched with what is there.
    Problems(Vec<Problem>),
    /// Two accounts of the stage are one and the same: what is moved from one to the other would be removed.
    SameAccount {
        /// The names of both.
        names: [String; 2],
        /// What the provider calls it, with where it is.
        what: String,
    },
    /// The keys lead somewhere else than last time.
    OtherAccount {
        /// What people call the account, as in "workspace of the provider".
        what: String,
        /// Where the state says it was deployed.
        before: String,
        /// Where the keys lead now.
        now: String,
    },
    /// A protected resource would be lost.
    Protected(Vec<String>),
    /// What other states hold as well would be adopted or replaced, or is declared otherwise there.
    Shared(Vec<SharedObject>),
    /// A saved plan is about things that are not there any more as they were.
    Stale {
        /// When the plan was made (RFC 3339).
        made: String,
        /// What moved.
        moved: Vec<Moved>,
        /// Whether the stage was deployed since.
        deployed: bool,
    },
    /// A saved plan was applied already.
    Applied {
        /// When the plan was made (RFC 3339).
        made: String,
        /// The deploy that did it.
        deployed: Box<Deployed>,
    },
    /// A saved plan is for a stage that was deployed, and nothing is remembered of that here.
    Unremembered {
        /// When the plan was made (RFC 3339).
        made: String,
        /// The stage.
        stage: String,
        /// Where its state was looked for.
        place: String,
    },
    /// A file is no saved plan.
    Saved(SavedError),
    /// What arrived after all cannot be removed so.
    Late {
        /// Why not.
        message: String,
        /// What to do instead.
        hint: String,
    },
    /// What is remembered is not for this program, or not for this stage any more.
    NotOurs {
        /// Which code says more.
        code: &'static Code,
        /// What is not.
        message: String,
        /// What to do.
        hint: String,
    },
    /// An address that is not there.
    UnknownAddress {
        /// As given.
        address: String,
        /// The closest that is there.
        close: Option<String>,
    },
}

/// Where addresses are listed.
const LISTS: &str = "`graph` lists the addresses that the stack declares, `state list` those in the state";

impl Error {
    /// An address that is not one of these.
    pub fn unknown<'a>(address: &str, known: impl IntoIterator<Item = &'a str>) -> Error {
        Error::UnknownAddress { address: address.to_owned(), close: closest(address, known).map(str::to_owned) }
    }

    /// How the process ends.
    pub fn exit(&self) -> Exit {
        match self {
            Error::Stack(_) | Error::UnknownAddress { .. } | Error::Problems(_) => Exit::Usage,
            Error::Environment(_) | Error::Keys(_) | Error::Endpoint(EndpointError::Key { .. }) => Exit::Credentials,
            Error::Endpoint(_) => Exit::Usage,
            Error::Store(StoreError::Locked(_)) => Exit::Locked,
            Error::Store(StoreError::Refused { .. } | StoreError::Moved { .. }) => Exit::Refused,
            Error::Store(StoreError::Setting { .. } | StoreError::Unbuilt { .. } | StoreError::NotThatLock(_)) => {
                Exit::Usage
            }
            Error::Store(StoreError::Unreachable { .. }) => Exit::Unreachable,
            Error::Store(_) => Exit::Internal,
            Error::Remote(failure) if matches!(failure.kind, FailureKind::Auth | FailureKind::Scope) => {
                Exit::Credentials
            }
            Error::Remote(failure) if failure.is_unreachable() => Exit::Unreachable,
            Error::Remote(_) => Exit::Failed,
            Error::OtherAccount { .. } | Error::SameAccount { .. } => Exit::Refused,
            Error::Protected(_) | Error::Shared(_) | Error::Late { .. } | Error::NotOurs { .. } => Exit::Refused,
            Error::Stale { .. } | Error::Applied { .. } | Error::Unremembered { .. } => Exit::Stale,
            Error::Saved(SavedError::OtherFormat(..)) => Exit::Stale,
            Error::Saved(_) => Exit::Usage,
        }
    }

    /// The code that `explain` says more about.
    pub fn code(&self) -> &'static Code {
        match self {
            Error::Stack(_) => codes::CONTRADICTION,
            Error::Environment(_) => codes::VARIABLE_MISSING,
            Error::Keys(_) => codes::KEY_UNFIT,
            Error::Endpoint(_) => codes::NO_ENDPOINT,
            Error::Store(StoreError::Locked(_)) => codes::LOCKED,
            Error::Store(StoreError::Fenced(_)) => codes::LOCK_LOST,
            Error::Store(StoreError::NotThatLock(_)) => codes::COMMAND_LINE,
            Error::Store(StoreError::Unreachable { .. }) => codes::UNREACHABLE,
            Error::Store(StoreError::Refused { .. } | StoreError::Moved { .. }) => codes::STATE_KEPT,
            Error::Store(StoreError::Setting { .. } | StoreError::Unbuilt { .. }) => codes::STATE_PLACE,
            Error::Store(_) => codes::STATE_UNUSABLE,
            Error::Remote(failure) if failure.is_unreachable() => codes::UNREACHABLE,
            Error::Remote(_) => codes::REFUSED_BY_API,
            Error::Problems(_) => codes::NOT_AS_DECLARED,
            Error::OtherAccount { .. } | Error::SameAccount { .. } => codes::OTHER_ACCOUNT,
            Error::Protected(_) => codes::PROTECTED,
            Error::Shared(_) => codes::HELD_BY_ANOTHER,
            Error::Late { .. } => codes::NOT_REMOVED,
            Error::NotOurs { code, .. } => code,
            Error::UnknownAddress { .. } => codes::UNKNOWN_ADDRESS,
            Error::Stale { .. }
            | Error::Applied { .. }
            | Error::Unremembered { .. }
            | Error::Saved(SavedError::OtherFormat(..)) => codes::STALE_PLAN,
            Error::Saved(_) => codes::NO_SAVED_PLAN,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Error::Stack(_) => "fix the declarations listed above".into(),
            Error::Environment(_) => SET_VARIABLES.into(),
            Error::Endpoint(error) => error.hint(),
            Error::Keys(problems) => {
                let hints: BTreeSet<&str> = problems.iter().map(|problem| problem.hint.as_str()).collect();
                hints.into_iter().collect::<Vec<_>>().join("; ")
            }
            Error::Store(error) => error.hint(),
            Error::Remote(failure) => failure.hint(),
            Error::Problems(problems) => problems.first().map(|p| p.hint.clone()).unwrap_or_default(),
            Error::OtherAccount { .. } => {
                "use the keys of the account that the stage was deployed to; for a new account, add a stage".into()
            }
            Error::SameAccount { names: [first, second], .. } => format!(
                "give the two keys of different accounts; if `{second}` is the new name of `{first}`, keep the name `{first}`: an account cannot be renamed"
            ),
            Error::Late { hint, .. } | Error::NotOurs { hint, .. } => hint.clone(),
            Error::Protected(_) => {
                "to remove it: take `protect: true` off the declaration, deploy, then run this again".into()
            }
            Error::Shared(all) => all.first().map(|one| one.hint(all)).unwrap_or_default(),
            Error::Stale { .. } | Error::Saved(_) => {
                "save a new plan with `plan --out FILE`, and review it".into()
            }
            Error::Applied { .. } => "to deploy again, save a new plan with `plan --out FILE`".into(),
            Error::Unremembered { .. } => {
                "apply the plan on the machine that deployed the stage, or copy its state here (`state pull` there, `state push` here)"
                    .into()
            }
            Error::UnknownAddress { close: Some(close), .. } => format!("did you mean `{close}`? {LISTS}"),
            Error::UnknownAddress { close: None, .. } => LISTS.into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Stack(errors) => {
                write!(f, "the stack contradicts itself")?;
                for error in errors {
                    write!(f, "\n  {error}")?;
                }
                Ok(())
            }
            Error::Environment(missing) => f.write_str(&not_set(missing)),
            Error::Keys(problems) => {
                f.write_str(if let [_] = problems.as_slice() { "a key" } else { "the keys" })?;
                f.write_str(" cannot do everything that this stack needs")?;
                for problem in problems {
                    write!(f, "\n  {problem}")?;
                }
                Ok(())
            }
            Error::Endpoint(error) => write!(f, "{error}"),
            Error::Store(error) => write!(f, "{error}"),
            // Whatever would have been asked does not matter to a host that is not there.
            Error::Remote(failure) if failure.is_unreachable() => write!(f, "{failure}"),
            Error::Remote(failure) => write!(f, "{failure}\n  {}", failure.request()),
            Error::Problems(problems) => {
                write!(f, "the stack does not match the account")?;
                for problem in problems {
                    write!(f, "\n  {} ({}): {}", problem.address, problem.place, inline(&problem.message))?;
                }
                Ok(())
            }
            Error::SameAccount { names: [first, second], what } => {
                write!(f, "the accounts `{first}` and `{second}` of this stage are the same {}", inline(what))
            }
            Error::OtherAccount { what, before, now } => {
                write!(
                    f,
                    "this stage was deployed to the {what} {}, and the keys are of {}",
                    inline(before),
                    inline(now)
                )
            }
            Error::Late { message, .. } | Error::NotOurs { message, .. } => f.write_str(message),
            Error::Shared(all) => f.write_str(&shared::said(all)),
            Error::Protected(addresses) => {
                write!(f, "the plan would remove or replace protected resources: {}", addresses.join(", "))
            }
            Error::Stale { made, moved, deployed } => {
                write!(f, "the plan of {made} is stale")?;
                if *deployed {
                    write!(f, ": the stage has been deployed since")?;
                }
                for one in moved {
                    write!(f, "\n  {}: {}", one.address, one.what)?;
                }
                Ok(())
            }
            Error::Applied { made, deployed } => {
                write!(f, "the plan of {made} was applied already, by deploy {} at {}", deployed.number, deployed.at)?;
                let By { user, host, commit, .. } = &deployed.by;
                if !matches!(user.as_str(), "" | "?") {
                    write!(f, " by {}@{}", inline(user), inline(host))?;
                }
                if let Some(commit) = commit {
                    write!(f, ", from commit {}", commit.chars().take(7).collect::<String>())?;
                }
                match (deployed.failed, deployed.died) {
                    (_, true) => f.write_str("; that deploy died, and the next one continues it"),
                    (0, _) => Ok(()),
                    (1, _) => f.write_str("; 1 resource failed then"),
                    (failed, _) => write!(f, "; {failed} resources failed then"),
                }
            }
            Error::Unremembered { made, stage, place } => write!(
                f,
                "the plan of {made} is stale: it was made with a state of stage {stage}, and there is none in {place}"
            ),
            Error::Saved(error) => write!(f, "the plan cannot be applied: {error}"),
            Error::UnknownAddress { address, .. } => write!(f, "no resource has the address `{}`", inline(address)),
        }
    }
}

impl std::error::Error for Error {}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Environment(missing) => Error::Environment(missing),
            error => Error::Store(error),
        }
    }
}

impl From<SavedError> for Error {
    fn from(error: SavedError) -> Self {
        Error::Saved(error)
    }
}

impl From<EndpointError> for Error {
    fn from(error: EndpointError) -> Self {
        Error::Endpoint(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Error::Remote(Box::new(failure))
    }
}
