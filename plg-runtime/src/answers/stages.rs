//! Two live stages of one stack, compared address by address.

use crate::declared::environment::Environment;
use crate::declared::graph::{GraphNode, StackGraph};
use crate::declared::terms::is_alike;
use crate::live::LiveState;
use crate::plan::{Holdings, Inputs, declared_and_resolved};
use crate::store::State;
use crate::store::seal::ValueTags;
use plg_core::{Live, Map, Term, Terms};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeSet;
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
pub(crate) struct Side {
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

impl Side {
    fn found<'a>(&'a self, node: &'a GraphNode) -> Option<Found<'a>> {
        let live = self.seen.live(&node.address).filter(|live| !live.archived)?;
        let inputs = Inputs {
            graph: &self.graph,
            state: &self.state,
            seen: &self.seen,
            environment: &self.environment,
            include_adopted: false,
            others: &Holdings::default(),
            unanswered: &[],
            tags: &ValueTags::default(),
        };
        let (_, resolved) = declared_and_resolved(&inputs, node, &BTreeSet::new());
        Some(Found { node, live, declared: &node.want.fields, resolved })
    }
}

impl Found<'_> {
    fn is_as_declared(&self, field: &str) -> bool {
        let (Some(wanted), live) = (self.resolved.get(field), self.live.fields.get(field)) else { return false };
        live.map_or(wanted.is_null(), |live| self.node.spec.wire.agrees(field, wanted, None, live))
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
pub(crate) fn compare(from: &Side, to: &Side) -> Vec<Difference> {
    let ours = |node: &&GraphNode| !node.standard && !node.existing() && !node.is_marker();
    let mut differences = Vec::new();
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
                });
            }
            continue;
        };
        let fields = fields(here, there);
        if !fields.is_empty() {
            differences.push(Difference {
                address: node.address.clone(),
                kind: node.spec.keyword.to_owned(),
                account: node.account.0.to_owned(),
                place: node.place(),
                there: (true, true),
                fields,
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
