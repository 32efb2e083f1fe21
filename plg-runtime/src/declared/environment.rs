//! The environment variables that declarations and stages name.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

type ReadVariable = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Reads environment variables; what they hold is never printed.
#[derive(Clone)]
pub struct Environment(Arc<ReadVariable>);

impl Environment {
    /// An environment by a function.
    pub fn new(read: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Environment(Arc::new(read))
    }

    /// The same, where each of these variables that is not set holds what stands in for it.
    pub(crate) fn or(self, standing_in: BTreeMap<String, String>) -> Self {
        if standing_in.is_empty() {
            return self;
        }
        Environment::new(move |name| self.get(name).or_else(|| standing_in.get(name).cloned()))
    }

    /// A variable that is set and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

/// An environment variable that a stage needs and that is not set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The variable.
    pub name: String,
    /// The purpose of the variable.
    pub purpose: String,
    /// Where it is named, as `file:line`.
    pub place: String,
}

/// What to do about variables that are not set.
pub(crate) const SET_VARIABLES: &str =
    "set the variables, in the environment or in a file `.env`; stage `local` needs none";

/// Which variables are not set, one a line.
pub(crate) fn not_set(missing: &[Missing]) -> String {
    let mut said = format!("{} not set", if missing.len() == 1 { "a variable is" } else { "variables are" });
    for Missing { name, purpose, place } in missing {
        let place = if place.is_empty() { String::new() } else { format!(", {place}") };
        said.push_str(&format!("\n  {name} ({purpose}{place})"));
    }
    said
}
