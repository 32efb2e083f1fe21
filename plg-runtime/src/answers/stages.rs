//! Two live stages of one stack, compared address by address.

use crate::declared::environment::Environment;
use crate::declared::graph::{GraphNode, StackGraph};
use crate::declared::terms::is_alike;
use crate::live::LiveState;
use crate::plan::{Holdings, Inputs, WordChange, declared_and_resolved, names_of};
use crate::store::State;
use crate::store::seal::ValueTags;
use plg_core::source::words::{self, Names};
use plg_core::{AccountName, Live, Map, Term, Terms};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How one declared resource differs between two stages.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// Its address.
    pub address: String,
    /// Its kind's keyword.
    pub kind: String,
    /// The account it is in.
    pub account: String,
    /// Where it is declared, as `file:line`.
    pub place: String,
    /// Whether it is live in the first stage, and in the second.
    pub there: (bool, bool),
    /// Fields that differ, where it is in both.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldDifference>,
    /// The same as a stack writes it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<WordDifference>,
}

/// A word of a declaration that differs between two stages, with its values as a stack would write them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WordDifference {
    /// The word.
    pub path: String,
    /// As it is in the first stage; nothing where it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// As it is in the second stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What a deploy of the second stage makes of it there, where it is not as declared for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub becomes: Option<String>,
    /// The field that it stands for, in the API's word.
    pub field: String,
}

/// One field that differs between two stages.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldDifference {
    /// The field, in the API's word.
    pub field: String,
    /// As it is in the first stage: as declared, where it is as declared.
    pub from: Option<Term>,
    /// As it is in the second stage.
    pub to: Option<Term>,
    /// What a deploy of the second stage makes of it there, where it is not as declared for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub becomes: Option<Term>,
    /// It differs as the stack has it differ: it is in the second stage as declared for that, and declared otherwise for
    /// the first.
    #[serde(skip_serializing_if = "is_not")]
    pub intended: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_not(flag: &bool) -> bool {
    !flag
}

/// One of the two stages, as it was looked at.
pub(crate) struct StageSide {
    pub(crate) graph: Arc<StackGraph>,
    pub(crate) seen: Arc<LiveState>,
    pub(crate) state: std::sync::Arc<State>,
    pub(crate) environment: Environment,
}

/// One resource in one stage.
struct Found<'a> {
    node: &'a GraphNode,
    live: &'a Live,
    /// As declared, with references by address.
    declared: &'a Terms,
    /// As declared, with what references are in this stage.
    resolved: Cow<'a, Map>,
}

impl StageSide {
    /// Does something with what was compared of it.
    fn with<R>(&self, work: impl FnOnce(&Inputs<'_>) -> R) -> R {
        work(&Inputs {
            graph: &self.graph,
            state: &self.state,
            seen: &self.seen,
            environment: &self.environment,
            include_adopted: false,
            others: &Holdings::default(),
            unanswered: &[],
            tags: &ValueTags::default(),
        })
    }

    fn found<'a>(&'a self, node: &'a GraphNode) -> Option<Found<'a>> {
        let live = self.seen.live(&node.address).filter(|live| !live.archived)?;
        let resolved = self.with(|inputs| match declared_and_resolved(inputs, node, &BTreeSet::new()).1 {
            Cow::Borrowed(_) => Cow::Borrowed(node.known()),
            Cow::Owned(resolved) => Cow::Owned(resolved),
        });
        Some(Found { node, live, declared: &node.want.fields, resolved })
    }

    /// What its ids of an account stand for.
    fn names(&self, account: AccountName) -> Names {
        self.with(|inputs| names_of(inputs, account, &BTreeSet::new()))
    }
}

impl Found<'_> {
    fn is_as_declared(&self, field: &str) -> bool {
        let (Some(wanted), live) = (self.resolved.get(field), self.live.fields.get(field)) else { return false };
        live.map_or(wanted.is_null(), |live| self.node.spec.wire.agrees(field, wanted, None, live))
    }

    /// Every field that the language has a word for, as a stack would write it: the account's ids by name.
    fn words(&self, names: &mut Names) -> Vec<WordChange> {
        let name = self.node.address.split_once('.').map_or("", |(_, name)| name);
        let is_secret = |field: &str| self.declared.get(field).is_some_and(Term::names_variable);
        words::held(names, self.node.spec, name, self.live, &is_secret)
    }

    /// What people read: ids mean nothing in another stage, and what comes from the environment is not shown.
    fn shown(&self, field: &str) -> Option<Term> {
        let declared = self.declared.get(field);
        if let Some(declared) = declared.filter(|_| self.is_as_declared(field)) {
            return Some(declared.clone());
        }
        let secret = declared.is_some_and(Term::names_variable);
        if secret { Some("(set)".into()) } else { self.live.fields.get(field).cloned().map(Term::from) }
    }
}

/// What differs between two stages, of what is declared in either.
pub(crate) fn compare(from: &StageSide, to: &StageSide) -> Vec<Difference> {
    let ours = |node: &&GraphNode| !node.standard && !node.existing() && !node.is_marker();
    let mut differences = Vec::new();
    let mut names: BTreeMap<AccountName, (Names, Names)> = BTreeMap::new();
    for node in to.graph.nodes.iter().filter(ours) {
        let here = from.graph.get(&node.address).and_then(|node| from.found(node));
        let there = to.found(node);
        let (Some(here), Some(there)) = (&here, &there) else {
            if here.is_some() || there.is_some() {
                differences.push(Difference {
                    address: node.address.clone(),
                    kind: node.spec.keyword.to_owned(),
                    account: node.account.0.to_owned(),
                    place: node.place(),
                    there: (here.is_some(), there.is_some()),
                    fields: Vec::new(),
                    words: Vec::new(),
                });
            }
            continue;
        };
        let fields = fields(here, there);
        if !fields.is_empty() {
            let names = names.entry(node.account).or_insert_with(|| (from.names(node.account), to.names(node.account)));
            let words = told(here, there, (&mut names.0, &mut names.1), &fields);
            differences.push(Difference {
                address: node.address.clone(),
                kind: node.spec.keyword.to_owned(),
                account: node.account.0.to_owned(),
                place: node.place(),
                there: (true, true),
                fields,
                words,
            });
        }
    }
    differences
}

fn fields(here: &Found, there: &Found) -> Vec<FieldDifference> {
    let wire = there.node.spec.wire;
    let names: BTreeSet<&String> = here.declared.keys().chain(there.declared.keys()).collect();
    let (common, loose) = (there.node.item.common(), &there.node.want.create_only);
    let left_to_people =
        |field: &str| loose.contains(&field) || there.node.spec.ignored(common).any(|ignored| ignored == field);
    let differs = |field: &str| {
        if wire.parents().contains(&field) || left_to_people(field) {
            return false;
        }
        let declared = (here.declared.get(field), there.declared.get(field));
        // Declared alike and live as declared: ids differ from stage to stage, what they stand for does not.
        if let (Some(a), Some(b)) = declared
            && is_alike(wire, field, a, b)
            && here.is_as_declared(field)
            && there.is_as_declared(field)
        {
            return false;
        }
        match (here.live.fields.get(field), there.live.fields.get(field)) {
            (Some(a), Some(b)) => !wire.same(field, a, b),
            (None, None) => false,
            _ => true,
        }
    };
    let difference = |field: &String| {
        let declared = (here.declared.get(field), there.declared.get(field));
        let as_declared = there.is_as_declared(field) || declared.1.is_none();
        let alike = declared.0.zip(declared.1).is_some_and(|(a, b)| is_alike(wire, field, a, b));
        FieldDifference {
            field: field.clone(),
            from: here.shown(field),
            to: there.shown(field),
            becomes: declared.1.filter(|_| !as_declared).cloned(),
            intended: as_declared && !alike,
        }
    };
    names.into_iter().filter(|field| differs(field)).map(difference).collect()
}

/// What differs, as a stack writes it: each word once, with all that it says.
fn told(
    here: &Found,
    there: &Found,
    names: (&mut Names, &mut Names),
    fields: &[FieldDifference],
) -> Vec<WordDifference> {
    let spec = there.node.spec;
    let (from, to) = (here.words(names.0), there.words(names.1));
    let declared = words::declared(there.node.item, there.node.known());
    let mut all: Vec<WordDifference> = Vec::new();
    for field in fields {
        let word = spec.word_of(&field.field);
        let path = word.unwrap_or(&field.field);
        if all.iter().any(|told| told.path == path) {
            continue;
        }
        let side = |held: &[WordChange], term: &Option<Term>| side(held, path, term.as_ref());
        let becomes = field.becomes.as_ref().map(|term| {
            let written = declared.iter().find(|told| told.path == path).and_then(|told| told.to.clone());
            written.unwrap_or_else(|| plain(term))
        });
        all.push(WordDifference {
            path: path.to_owned(),
            from: side(&from, &field.from),
            to: side(&to, &field.to),
            becomes,
            field: field.field.clone(),
        });
    }
    all
}

/// One side of a word that differs: as it is read back, else as the API has it.
fn side(held: &[WordChange], word: &str, term: Option<&Term>) -> Option<String> {
    let term = term.filter(|term| !matches!(term, Term::Null))?;
    if term.names_variable() {
        return Some(plain(term));
    }
    let read = held.iter().find(|told| told.path == word).and_then(|told| told.from.clone());
    // What is as it is by default is not written.
    let is_read = !held.is_empty() && held.iter().all(|told| told.path != "extra");
    let is_plain = matches!(term, Term::Bool(_) | Term::Number(_) | Term::Text(_));
    read.or_else(|| (is_read && !is_plain).then(|| "the default".to_owned())).or_else(|| Some(plain(term)))
}

/// A value on one line. Both sides are live: what is referred to is there in each of them.
fn plain(term: &Term) -> String {
    match term {
        Term::Ref { address, .. } => address.clone(),
        Term::Env(name) => format!("env(\"{name}\")"),
        other => other.to_string(),
    }
}
