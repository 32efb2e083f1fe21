//! Steps in the stack's words: what differs, what is made, and what goes.

use super::change::Change;
use super::left;
use super::prior::{Inputs, declared_and_resolved, known_later};
use super::step::Step;
use crate::declared::graph::{GraphNode, StackGraph};
use crate::store::Entry;
use plg_core::source::words::{self, Changed, Names, WordChange};
use plg_core::{AccountName, Live, Spec, Term, linked};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Tells each step that has something to tell. What is as declared costs nothing.
pub(super) fn tell(inputs: &Inputs, steps: &mut [Step]) {
    let of = |change: &[Change]| -> BTreeSet<String> {
        steps.iter().filter(|step| change.contains(&step.change)).map(|step| step.address.clone()).collect()
    };
    let (made, replaced) = (of(&[Change::Create, Change::Replace]), of(&[Change::Replace]));
    let mut accounts: BTreeMap<AccountName, Names> = BTreeMap::new();
    for step in steps {
        let node = inputs.graph.get(&step.address);
        let differs = !step.fields.is_empty() || step.change == Change::Replace;
        if let (Change::Create, Some(node)) = (step.change, node) {
            step.words = words::declared(node.item, node.known());
            continue;
        }
        let goes = matches!(step.change, Change::Delete | Change::Archive);
        if !goes && !differs && !left::has_words(step) {
            continue;
        }
        let account = AccountName::read(&step.account);
        let names = accounts.entry(account).or_insert_with(|| names_of(inputs, account, &replaced));
        if goes {
            step.held = held(inputs, step, names);
        } else if let Some(node) = node {
            if differs {
                step.words = differences(inputs, node, step, &made, names);
            }
            left::tell(inputs, node, step, &made, names);
        }
    }
}

/// What the ids of an account stand for. Those of what is `replaced` stand for what goes.
pub(crate) fn names_of(inputs: &Inputs, account: AccountName, replaced: &BTreeSet<String>) -> Names {
    let mut names = Names::default();
    for spec in linked::kinds() {
        for live in inputs.seen.every(account, spec.keyword) {
            names.stranger(spec, live);
            if !live.archived {
                names.inside(spec, live);
            }
        }
    }
    for node in reached(inputs.graph, account) {
        let live = inputs.seen.shared(&node.address);
        let entry = inputs.state.resources.get(inputs.seen.remembered_as(&node.address));
        if live.is_some() && replaced.contains(&node.address) {
            names.planned(node.item, node.known_once().into_owned());
        } else if let Some(live) = live {
            names.declared(node.item, live.clone());
        } else if let Some(entry) = entry.filter(|_| !inputs.seen.fresh) {
            let live = Arc::new(remembered(entry));
            names.inside(node.spec, &live);
            names.declared(node.item, live);
        } else {
            names.planned(node.item, node.known_once().into_owned());
        }
    }
    names
}

/// The declarations of an account, and those of other providers that they come after: they may name these.
fn reached(graph: &StackGraph, account: AccountName) -> impl Iterator<Item = &GraphNode> {
    let own = graph.nodes.iter().filter(move |node| node.account == account);
    let others = own.clone().flat_map(|node| {
        let needed = node.depends.iter().map(|place| &graph.nodes[*place]);
        needed.filter(|other| other.spec.provider() != node.spec.provider())
    });
    let others: BTreeMap<&str, &GraphNode> = others.map(|node| (node.address.as_str(), node)).collect();
    own.chain(others.into_values())
}

/// A resource as it is remembered, as far as that is known.
fn remembered(entry: &Entry) -> Live {
    Live { id: entry.id.clone(), outputs: entry.outputs.to_map(), fields: entry.fields.known(), ..Live::default() }
}

fn differences(
    inputs: &Inputs,
    node: &GraphNode,
    step: &Step,
    made: &BTreeSet<String>,
    names: &mut Names,
) -> Vec<WordChange> {
    let live = inputs.seen.live(&step.address);
    let before = step.renamed_from.as_deref().unwrap_or(&step.address);
    let entry = inputs.state.resources.get(before);
    let Some(mut from) = live.cloned().or_else(|| entry.map(remembered)) else { return Vec::new() };
    let applied = |field: &str| entry.and_then(|entry| entry.fields.get(field));
    let moved = if step.change == Change::Replace { parents(inputs, node, entry, made) } else { Vec::new() };
    for (parent, then, _) in &moved {
        from.fields.insert(parent.clone(), known_later(then));
    }
    let mut to = from.clone();
    let fields = step.fields.iter().filter_map(|field| Some((field.field.as_str(), field.to.as_deref()?)));
    let mut changed = Vec::new();
    // A word may stand for several fields, and is told with all of them.
    let names_variable = |field: &&str| {
        let declared = node.want.fields.get(field).is_some_and(Term::names_variable);
        declared || applied(field).is_some_and(Term::names_variable)
    };
    let is_secret_word = |field: &str| {
        let together = node.spec.word_of(field).map_or(&[][..], |word| fields_of(node.spec, word));
        // What no answer tells stands in none, and is told apart where it does not change.
        let is_apart = |field: &&str| {
            let is_changed = step.fields.iter().any(|changed| changed.field == **field);
            node.spec.wire.write_only().contains(field) && !is_changed
        };
        together.iter().filter(|field| !is_apart(field)).any(names_variable)
    };
    for (field, becomes) in fields.chain(moved.iter().map(|(field, _, to)| (field.as_str(), to))) {
        let is_secret = becomes.names_variable() || names_variable(&field) || is_secret_word(field);
        if !is_secret {
            to.fields.insert(field.to_owned(), known_later(becomes));
        }
        changed.push(Changed { field, is_secret, applied: applied(field) });
    }
    let mut told = words::differences(names, node.item, (&from, &to), &changed);
    // What others added stays, and is not what the stack says.
    let (declared, _) = declared_and_resolved(inputs, node, made);
    let is_merged = |changed: &Changed| {
        let own = declared.get(changed.field).zip(step.fields.iter().find(|field| field.field == changed.field));
        !changed.is_secret && own.is_some_and(|(own, field)| field.to.as_ref().is_some_and(|to| !own.is_same(to)))
    };
    let merged: Vec<Changed> = changed.into_iter().filter(is_merged).collect();
    if !merged.is_empty() && live.is_some() {
        for changed in &merged {
            let own = declared.get(changed.field).map(known_later).unwrap_or_default();
            to.fields.insert(changed.field.to_owned(), own);
        }
        for own in words::differences(names, node.item, (&from, &to), &merged) {
            if let Some(one) = told.iter_mut().find(|one| one.path == own.path && one.to != own.to) {
                one.declared = own.to;
            }
        }
    }
    told
}

/// The fields that a word stands for, in the API's words.
fn fields_of(spec: &'static Spec, word: &str) -> &'static [&'static str] {
    let known = spec.fields.iter().find(|field| field.name == word);
    known.map_or(&[], |field| spec.wire.fields_of(&field.name))
}

/// The parents that a resource is moved to by being made anew, with those that it has.
fn parents(
    inputs: &Inputs,
    node: &GraphNode,
    entry: Option<&Entry>,
    made: &BTreeSet<String>,
) -> Vec<(String, Term, Term)> {
    let (declared, _) = declared_and_resolved(inputs, node, made);
    let wire = node.spec.wire;
    let parents = wire.parents().iter().filter(|parent| !wire.ways().contains(parent));
    let both = parents.filter_map(|parent| Some((parent, entry?.fields.get(parent)?, declared.get(parent)?)));
    let moved = both.filter(|(_, then, to)| !then.is_same(to));
    moved.map(|(parent, then, to)| ((*parent).to_owned(), then.clone(), to.clone())).collect()
}

/// What a resource that goes holds.
fn held(inputs: &Inputs, step: &Step, names: &mut Names) -> Vec<WordChange> {
    let entry = inputs.state.resources.get(&step.address);
    let live = inputs.seen.live(&step.address).cloned().or_else(|| entry.map(remembered));
    let (Some(live), Some(spec)) = (live, linked::find(&step.kind)) else { return Vec::new() };
    let name = step.address.split_once('.').map_or("", |(_, name)| name);
    let name = name.split('@').next().unwrap_or_default();
    let is_secret = |field: &str| entry.and_then(|entry| entry.fields.get(field)).is_some_and(Term::names_variable);
    words::held(names, spec, name, &live, &is_secret)
}
