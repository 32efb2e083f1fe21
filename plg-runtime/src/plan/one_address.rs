//! One live object has one address: what would give it two is refused, with both places.

use super::change::Change;
use super::prior::{Inputs, key_and_parents};
use super::step::Step;
use crate::declared::graph::GraphNode;
use crate::error::Problem;
use crate::live::key_of;
use plg_core::Term;
use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

/// Every declaration that would stand for the object of another one.
pub(super) fn claimed_twice(inputs: &Inputs, steps: &[Step]) -> Vec<Problem> {
    let mut problems = by_id(inputs, steps);
    // Those that have their objects already are told apart by their ids.
    if steps.iter().any(|step| step.id.is_none()) {
        problems.extend(by_key(inputs, steps));
    }
    problems
}

fn node_of<'a>(inputs: &Inputs<'a>, step: &Step) -> Option<&'a GraphNode> {
    inputs.graph.get(&step.address).filter(|node| !node.is_marker())
}

/// Two that were found to be one object, whatever the reason: one `was` twice, a key that both were found by.
fn by_id(inputs: &Inputs, steps: &[Step]) -> Vec<Problem> {
    let mut first: HashMap<(&str, &str, &str), &Step> = HashMap::with_capacity(steps.len());
    let mut problems = Vec::new();
    for step in steps {
        let (Some(id), Some(node)) = (&step.id, node_of(inputs, step)) else { continue };
        match first.entry((&step.kind, &step.account, id)) {
            Slot::Vacant(free) => drop(free.insert(step)),
            Slot::Occupied(taken) => problems.push(Problem {
                address: step.address.clone(),
                place: node.place(),
                message: format!("it would be the {} {id}, which is already {}", step.kind, named(taken.get())),
                hint: hint(step, taken.get()),
            }),
        }
    }
    problems
}

fn hint(step: &Step, other: &Step) -> String {
    match (&step.renamed_from, &other.renamed_from) {
        (Some(from), _) | (None, Some(from)) => {
            let name = from.split_once('.').map_or(from.as_str(), |(_, name)| name);
            format!("one object has one address: only one declaration can continue {name}")
        }
        (None, None) => {
            "one object has one address: remove one of the two declarations, or give it another key or title".into()
        }
    }
}

/// Two of one key or title, so that nobody could tell whose object is found by it. Two that have their objects already
/// are told apart by their ids.
fn by_key(inputs: &Inputs, steps: &[Step]) -> Vec<Problem> {
    let mut first: HashMap<(&str, &str, String), &Step> = HashMap::with_capacity(steps.len());
    let mut problems = Vec::new();
    for step in steps {
        let Some(node) = node_of(inputs, step).filter(|_| !matches!(step.change, Change::Read | Change::Await)) else {
            continue;
        };
        let Some(key) = key(inputs, node) else { continue };
        match first.entry((&step.kind, &step.account, key)) {
            Slot::Vacant(free) => drop(free.insert(step)),
            Slot::Occupied(taken) => {
                let other = *taken.get();
                if (step.id.is_some() && other.id.is_some())
                    || step.id.as_ref().is_some_and(|id| other.id.as_ref() == Some(id))
                {
                    continue;
                }
                let words: Vec<String> = node.spec.key.iter().map(|word| format!("`{word}`")).collect();
                problems.push(Problem {
                    address: step.address.clone(),
                    place: node.place(),
                    message: format!(
                        "{} has the same {}, and nothing else distinguishes their objects",
                        named(other),
                        words.join(" and ")
                    ),
                    hint: format!("give one of the two another {}, or remove it", words.join(" or ")),
                });
            }
        }
    }
    problems
}

fn named(step: &Step) -> String {
    format!("{} ({})", step.address, step.place)
}

/// What a declaration is found by, within its parents.
fn key(inputs: &Inputs, node: &GraphNode) -> Option<String> {
    let (declared, resolved) = key_and_parents(inputs, node);
    let within: Term = node.spec.wire.parents().iter().filter_map(|parent| declared.get(parent).cloned()).collect();
    let own = key_of(node, &declared);
    // What is only known later differs where what it refers to does.
    let key = if own.iter().any(|term| term.unresolved().is_some()) {
        Term::from(own).to_string()
    } else {
        node.spec.wire.identity(&resolved).filter(|identity| !identity.is_empty())?
    };
    Some(format!("{within} {key}"))
}
