//! An account of a stage, and what the stage says of it.

use super::Provider;
use crate::value::{Number, Secret, StageName, Text};
use std::collections::BTreeSet;
use std::fmt::{self, Debug};
use std::sync::{Mutex, PoisonError};

/// An account's name in its stages: `posthog`, `marketing`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountName(pub &'static str);

impl AccountName {
    /// The account of a name that a file has. Names are few: each is kept once, as long as the program runs.
    pub fn read(name: &str) -> AccountName {
        static READ: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = read.get(name).copied().unwrap_or_else(|| name.to_owned().leak());
        read.insert(kept);
        AccountName(kept)
    }
}

impl Debug for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// An account of a stage.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    /// Its name.
    pub name: AccountName,
    /// Whose account it is.
    pub provider: &'static Provider,
    /// What the stage says of it; none in a sandbox.
    pub settings: Option<&'static dyn AccountSettings>,
}

/// What a stage says of an account: a record of the provider, such as `{ key: env("…"), project: 1 }`.
pub trait AccountSettings: Debug + Sync {
    /// Where its key comes from.
    fn key(&self) -> Secret;

    /// Its address without a path, written out or from the environment.
    fn address(&self) -> Text;

    /// What stands for the words in braces in a request's path: `("project", 4711)`.
    fn holes(&self) -> Vec<(&'static str, Number)> {
        Vec::new()
    }

    /// As it is written in a stage, with its braces.
    fn written(&self) -> Option<String>;

    /// Other stages of the stack that may look after objects of the same account.
    fn shared_with(&self) -> &'static [StageName] {
        &[]
    }
}
