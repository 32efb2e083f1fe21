//! Which permissions a stack needs, and which of them a key lacks.

use crate::declared::graph::StackGraph;
use plg_core::{AccountName, Map, Permission, Spec};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Stands in the place of a kind where a permission is needed whatever the stack declares.
const EVERY: &str = "every stack";

/// The permissions needed, and by which kinds: to read, and to write.
#[derive(Debug, Clone, Default)]
pub(crate) struct Needs(BTreeMap<(AccountName, Permission), BTreeMap<bool, BTreeSet<&'static str>>>);

/// One permission that a key lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lack {
    /// As the API spells it.
    pub(crate) scope: String,
    /// The kinds that need it.
    pub(crate) kinds: Vec<&'static str>,
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, for {}", self.scope, self.kinds.join(", "))
    }
}

impl Needs {
    /// What a look at a stack takes, or its deploy.
    pub(crate) fn of(graph: &StackGraph, writes: bool) -> Self {
        let mut needs = Needs::default();
        for node in graph.nodes.iter().filter(|node| !node.standard) {
            if let Some(permission) = node.spec.provider().api.permission_of_all() {
                let every = || BTreeMap::from([(false, BTreeSet::from([EVERY]))]);
                needs.0.entry((node.account, permission)).or_insert_with(every);
            }
        }
        for node in graph.nodes.iter().filter(|node| !node.standard) {
            // Where a kind's objects are depends on their parents alone.
            let parents = node.want.fields.known_of(node.spec.wire.parents().iter().copied());
            needs.add(node.account, node.spec, &parents, writes && !node.existing());
        }
        needs
    }

    /// What a look at an object takes, or a change to it.
    pub(crate) fn add(&mut self, account: AccountName, spec: &Spec, fields: &Map, writes: bool) {
        self.need(account, spec.provider().api.permission(&spec.wire.collection(fields).path), spec, writes);
    }

    /// What it takes beside that to delete an object.
    pub(crate) fn add_removal(&mut self, account: AccountName, spec: &Spec, fields: &Map) {
        self.need(account, spec.provider().api.permission_to_delete(&spec.wire.collection(fields).path), spec, true);
    }

    fn need(&mut self, account: AccountName, permission: Option<Permission>, spec: &Spec, writes: bool) {
        if let Some(permission) = permission {
            self.0.entry((account, permission)).or_default().entry(writes).or_default().insert(spec.keyword);
        }
    }

    /// Everything that either takes.
    pub(crate) fn and(mut self, other: Needs) -> Self {
        for (permission, ways) in other.0 {
            let own = self.0.entry(permission).or_default();
            for (writes, kinds) in ways {
                own.entry(writes).or_default().extend(kinds);
            }
        }
        self
    }

    /// What of it a key with these scopes lacks. Who may write may read, so that only writing is named.
    pub(crate) fn lacking(&self, account: AccountName, scopes: &[String]) -> Vec<Lack> {
        let mut all = Vec::new();
        for ((_, permission), ways) in self.0.iter().filter(|((of, _), _)| *of == account) {
            let missing = ways.iter().filter(|(writes, _)| !permission.is_in(scopes, **writes));
            let Some(writes) = missing.clone().map(|(writes, _)| *writes).max() else { continue };
            let kinds: BTreeSet<&str> = missing.flat_map(|(_, kinds)| kinds).copied().collect();
            all.push(Lack { scope: permission.spelled(writes), kinds: kinds.into_iter().collect() });
        }
        all
    }
}
