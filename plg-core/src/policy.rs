//! Policies: a team's own rules, as plain functions over the typed declarations of a stack.
//!
//! ```
//! use plg_core::policy::{Graph, Policy, Violation};
//! use plg_posthog::FeatureFlag;
//!
//! /// Who is asked when a flag is in the way.
//! fn every_flag_has_an_owner(graph: &Graph) -> Vec<Violation> {
//!     let owned = |flag: &FeatureFlag| flag.tags.iter().any(|tag| tag.starts_with("owner:"));
//!     let flags = graph.all::<FeatureFlag>().filter(|flag| !owned(flag));
//!     flags.map(|flag| Violation::of(flag, "it has no owner").help("write `tags: [\"owner:…\"]`")).collect()
//! }
//!
//! static POLICIES: &[Policy] = &[Policy { name: "every flag has an owner", rule: every_flag_has_an_owner }];
//! ```

use crate::kinds::Kind;
use crate::{Declared, Stack};
use std::collections::BTreeSet;
use std::fmt;

/// A rule with a name.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// What it asks for, in a few words.
    pub name: &'static str,
    /// Says where it is not so.
    pub rule: fn(&Graph) -> Vec<Violation>,
}

/// One declaration that a policy objects to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its address.
    pub address: String,
    /// Where it is declared, as `file:line`.
    pub place: String,
    /// What is wrong with it.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl Violation {
    /// Objects to a declaration.
    pub fn of(item: &dyn Declared, message: impl Into<String>) -> Self {
        let common = item.common();
        Violation {
            address: item.address(),
            place: format!("{}:{}", common.file, common.line),
            message: message.into(),
            help: String::new(),
        }
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Violation { help: help.into(), ..self }
    }
}

/// A violation, of which policy and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Broken {
    /// The policy's name.
    pub policy: &'static str,
    /// The stage in which it is broken.
    pub stage: &'static str,
    /// What it objects to.
    pub violation: Violation,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Violation { address, place, message, help } = &self.violation;
        write!(f, "{address} ({place}) in stage {}: {message} [{}]", self.stage, self.policy)?;
        if help.is_empty() { Ok(()) } else { write!(f, "\n    help: {help}") }
    }
}

/// The declarations of a stack as one stage has them, each of its own type.
#[derive(Debug)]
pub struct Graph {
    stage: &'static str,
    items: Vec<&'static dyn Declared>,
}

impl Graph {
    /// The declarations of a stack and its parts at a stage.
    pub fn of(stack: &'static Stack, stage: &'static str) -> Graph {
        Graph { stage, items: stack.all().into_iter().map(|row| row.at(stage)).collect() }
    }

    /// The stage's name.
    pub fn stage(&self) -> &'static str {
        self.stage
    }

    /// Every declaration.
    pub fn items(&self) -> &[&'static dyn Declared] {
        &self.items
    }

    /// Every declaration of a kind, such as `graph.all::<FeatureFlag>()`.
    pub fn all<T: Kind>(&self) -> impl Iterator<Item = &'static T> {
        self.items.iter().filter_map(|item| item.as_any().downcast_ref::<T>())
    }

    /// The declarations that refer to this one.
    pub fn users(&self, item: &dyn Declared) -> Vec<&'static dyn Declared> {
        let address = item.address();
        self.items.iter().copied().filter(|other| refers(*other).contains(&address)).collect()
    }
}

/// The addresses that a declaration refers to.
fn refers(item: &dyn Declared) -> BTreeSet<String> {
    let want = item.want();
    want.fields.references().into_iter().chain(want.after).collect()
}

/// What the policies object to in a stage.
pub fn check(stack: &'static Stack, stage: &'static str, policies: &[Policy]) -> Vec<Broken> {
    let graph = Graph::of(stack, stage);
    let of = |policy: &Policy| {
        let name = policy.name;
        (policy.rule)(&graph).into_iter().map(move |violation| Broken { policy: name, stage, violation })
    };
    policies.iter().flat_map(of).collect()
}

/// What the policies object to in any stage: nothing, says a test.
pub fn check_all(stack: &'static Stack, policies: &[Policy]) -> Vec<Broken> {
    stack.stages.iter().flat_map(|stage| check(stack, stage.name, policies)).collect()
}
