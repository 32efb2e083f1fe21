//! Two live stages of one stack, compared address by address.

use crate::declared::environment::Environment;
use crate::declared::graph::{GraphNode, StackGraph};
use crate::declared::terms::{is_alike, merged};
use crate::live::LiveState;
use crate::plan::{Holdings, Inputs, WordChange, declared_and_resolved, known_later, names_of};
use crate::store::seal::ValueTags;
use crate::store::{Object, State};
use plg_core::source::words::{self, Changed, MASKED, Names};
use plg_core::{AccountName, Live, Map, Spec, Term, Terms};
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

/// The smallest part of a declaration that differs between two stages, with its values as a stack would write them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WordDifference {
    /// Its path, as in a plan: `rollout`, `release[0].to`.
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
    /// It differs as the stack has it differ.
    #[serde(skip_serializing_if = "is_not")]
    pub intended: bool,
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

    /// Whether a field comes from the environment: it is not shown.
    fn is_secret(&self, field: &str) -> bool {
        self.declared.get(field).is_some_and(Term::names_variable)
    }

    /// As it is declared, as far as that is known.
    fn as_declared(&self) -> Live {
        let mut live = self.live.clone();
        let known = self.resolved.iter().filter(|(field, _)| !self.is_secret(field));
        live.fields.extend(known.map(|(field, value)| (field.clone(), value.clone())));
        live
    }

    /// A word that holds what comes from the environment: the variable, where that is what is there.
    fn masked(&self, told: &WordChange) -> Option<String> {
        let field = &told.field;
        self.live.fields.get(field).filter(|now| !now.is_null())?;
        let written = || written(self.node, &told.path).filter(|_| self.is_as_declared(field));
        Some(written().unwrap_or_else(|| MASKED.to_owned()))
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
        let mut fields = fields(here, there);
        if fields.is_empty() {
            continue;
        }
        let names = names.entry(node.account).or_insert_with(|| (from.names(node.account), to.names(node.account)));
        let applied = to.state.resources.get(&node.address).map(|entry| &entry.fields);
        let words = told((here, there), (&mut names.0, &mut names.1), &fields, applied);
        // A field that differs only by the ids of the two accounts counts as equal.
        fields.retain(|field| field.becomes.is_some() || is_told(&words, there.node.spec, &field.field));
        if !fields.is_empty() {
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

/// Whether a field is told by a word of its own, or by one that it shares with others.
fn is_told(words: &[WordDifference], spec: &Spec, field: &str) -> bool {
    let together = spec.fields.iter().map(|word| spec.wire.fields_of(&word.name)).filter(|all| all.contains(&field));
    let together: Vec<&str> = together.flatten().copied().chain([field]).collect();
    words.iter().any(|told| together.contains(&told.field.as_str()))
}

/// What differs, as a stack writes it, each part as small as it can be said.
fn told(
    (here, there): (&Found, &Found),
    (names_here, names_there): (&mut Names, &mut Names),
    fields: &[FieldDifference],
    applied: Option<&Object<Terms>>,
) -> Vec<WordDifference> {
    let item = there.node.item;
    let is_secret = |field: &str| here.is_secret(field) || there.is_secret(field);
    let change = |one: &'_ FieldDifference| is_secret(&one.field);
    let changed: Vec<Changed> =
        fields.iter().map(|one| Changed { field: &one.field, is_secret: change(one), applied: None }).collect();
    let live = words::between((&mut *names_here, &mut *names_there), item, (here.live, there.live), &changed);
    let declared = (here.as_declared(), there.as_declared());
    let plain: Vec<Changed> = changed.iter().filter(|changed| !changed.is_secret).copied().collect();
    let meant = words::between((names_here, &mut *names_there), item, (&declared.0, &declared.1), &plain);
    let mut becoming = becoming(there, names_there, fields, applied);
    let mut all = Vec::new();
    for told in live {
        let secret = is_secret(&told.field);
        let (from, to) =
            if secret { (here.masked(&told), there.masked(&told)) } else { (told.from.clone(), told.to.clone()) };
        let becomes = if secret {
            let is_changed = fields.iter().any(|one| one.field == told.field && one.becomes.is_some());
            written(there.node, &told.path).filter(|_| is_changed)
        } else {
            let place = becoming.iter().position(|one| one.path == told.path);
            place.map(|place| becoming.remove(place)).map(|one| one.to.unwrap_or_else(|| NOTHING.to_owned()))
        };
        let intended = becomes.is_none()
            && if secret {
                fields.iter().any(|one| one.field == told.field && one.intended)
            } else {
                meant.iter().any(|one| is_part(&one.path, &told.path) || is_part(&told.path, &one.path))
            };
        all.push(WordDifference { path: told.path, from, to, becomes, intended, field: told.field });
    }
    // What a deploy changes although both stages have it alike.
    all.extend(becoming.into_iter().map(|one| WordDifference {
        becomes: Some(one.to.unwrap_or_else(|| NOTHING.to_owned())),
        from: one.from.clone(),
        to: one.from,
        path: one.path,
        intended: false,
        field: one.field,
    }));
    all
}

/// What stands for a side that goes.
const NOTHING: &str = "nothing";

/// What a deploy of the second stage changes there, of these fields.
fn becoming(
    there: &Found,
    names: &mut Names,
    fields: &[FieldDifference],
    applied: Option<&Object<Terms>>,
) -> Vec<WordChange> {
    let mut to = there.live.clone();
    let mut changed = Vec::new();
    for one in fields.iter().filter(|one| !there.is_secret(&one.field)) {
        let Some(becomes) = &one.becomes else { continue };
        let wanted = there.resolved.get(&one.field).map_or_else(|| becomes.clone(), |known| Term::from(known.clone()));
        let then = applied.and_then(|applied| applied.get(&one.field)?.json());
        let merged = match there.live.fields.get(&one.field) {
            Some(now) => merged(there.node.spec.wire, &one.field, &wanted, then.as_ref(), now),
            None => wanted,
        };
        to.fields.insert(one.field.clone(), known_later(&merged));
        changed.push(Changed {
            field: &one.field,
            is_secret: false,
            applied: applied.and_then(|all| all.get(&one.field)),
        });
    }
    words::differences(names, there.node.item, (there.live, &to), &changed)
}

/// A word as a declaration writes it.
fn written(node: &GraphNode, word: &str) -> Option<String> {
    words::declared(node.item, node.known()).into_iter().find(|told| told.path == word).and_then(|told| told.to)
}

/// Whether a path is below another one, or is it.
fn is_part(path: &str, of: &str) -> bool {
    path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}
