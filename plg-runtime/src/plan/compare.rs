//! What a deploy would do: what is declared, what was applied last and what is live, compared.

use super::change::Change;
use super::prior::{Inputs, declared_and_resolved};
use super::removal::{depths, removed};
use super::step::{FieldChange, Plan, Step, Unmanaged, UnmanagedBy};
use super::unmanaged::{create_only, held, late, replacement, unkept};
use crate::declared::graph::{Node, StackGraph};
use crate::declared::terms::{unresolved, variables};
use crate::error::{Error, Problem};
use crate::live::Lookup;
use crate::parallel::par_map;
use crate::store::Entry;
use plg_schema::Map;
use serde_json::{Value as Json, json};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Compares; says at once everything that cannot be planned.
pub(crate) fn plan(inputs: &Inputs, stage: &str, destroy: bool, targets: &BTreeSet<String>) -> Result<Plan, Error> {
    let mut steps = Vec::with_capacity(inputs.graph.nodes.len());
    let mut problems = Vec::new();
    let wanted = |address: &str| targets.is_empty() || targets.contains(address);
    // Addresses whose outputs are only known once they are made.
    let mut made: BTreeSet<String> = BTreeSet::new();
    let mut moved: BTreeMap<String, String> = BTreeMap::new();
    if !destroy {
        let nodes: Vec<&Node> = inputs.graph.nodes.iter().filter(|node| wanted(&node.address)).collect();
        // What is made in one wave only matters to those after it.
        for wave in nodes.chunk_by(|a, b| a.wave == b.wave) {
            for planned in par_map(wave, |node| step_of(inputs, node, &made)) {
                match planned {
                    Ok(step) => {
                        if matches!(step.change, Change::Create | Change::Replace) {
                            made.insert(step.address.clone());
                        }
                        if let Some(from) = &step.renamed_from {
                            moved.insert(from.clone(), step.address.clone());
                        }
                        steps.push(step);
                    }
                    Err(problem) => problems.push(problem),
                }
            }
        }
    }
    if !problems.is_empty() {
        return Err(Error::Problems(problems));
    }
    let mut protected = Vec::new();
    let mut removals = Vec::new();
    for (address, entry) in &inputs.state.resources {
        let still_declared =
            !destroy && (inputs.graph.get(address).is_some() || instance_of_marker(inputs.graph, address));
        if still_declared || moved.contains_key(address) || !wanted(address) {
            continue;
        }
        let step = removed(inputs, address, entry);
        if step.writes() && is_protected(inputs, address, entry) {
            protected.push(address.clone());
        }
        removals.push(step);
    }
    for step in steps.iter().filter(|s| s.change == Change::Replace) {
        if inputs.graph.get(&step.address).is_some_and(|n| n.item.common().protect) {
            protected.push(step.address.clone());
        }
    }
    if !protected.is_empty() {
        return Err(Error::Protected(protected));
    }
    if removals.len() > 1 {
        // What others need is removed after them.
        let depth = depths(inputs.state);
        let place = |s: &Step| (Reverse(depth.get(s.address.as_str()).copied().unwrap_or(0)), s.address.clone());
        removals.sort_by_key(place);
    }
    steps.extend(removals);
    Ok(Plan {
        stack: inputs.state.stack.clone(),
        stage: stage.to_owned(),
        destroy,
        refreshed: inputs.seen.fresh,
        serial: inputs.state.serial,
        steps,
    })
}

fn is_protected(inputs: &Inputs, address: &str, entry: &Entry) -> bool {
    // A declaration that is still there says what counts now.
    inputs.graph.get(address).map_or(entry.protect, |n| n.item.common().protect)
}

/// `annotation.Marker@7` is the seventh that `annotation.Marker` left.
fn instance_of_marker(graph: &StackGraph, address: &str) -> bool {
    address.split_once('@').and_then(|(base, _)| graph.get(base)).is_some_and(Node::is_marker)
}

fn step_of(inputs: &Inputs, node: &Node, made: &BTreeSet<String>) -> Result<Step, Problem> {
    let mut step = Step {
        address: node.address.clone(),
        kind: node.spec.keyword.to_owned(),
        provider: node.spec.provider.title().to_owned(),
        place: node.place(),
        change: Change::Unchanged,
        reason: None,
        id: None,
        fields: Vec::new(),
        unmanaged: Vec::new(),
        means: Vec::new(),
        renamed_from: None,
        depends: node.depends.iter().map(|d| inputs.graph.nodes[*d].address.clone()).collect(),
        wave: node.wave,
    };
    if node.is_marker() {
        step.change = Change::Marker;
        return Ok(step);
    }
    let common = node.item.common();
    let before = common
        .was
        .map(|was| plg_schema::address(node.spec.keyword, was))
        .filter(|b| inputs.state.resources.contains_key(b));
    let none = Lookup::default();
    let look = inputs.seen.look(&node.address).unwrap_or(&none);
    let remembered = inputs.state.resources.get(&node.address);
    step.renamed_from = if remembered.is_none() { before.or_else(|| look.owner.clone()) } else { None };
    let entry = remembered.or_else(|| step.renamed_from.as_ref().and_then(|a| inputs.state.resources.get(a)));
    let live = look.live.as_deref();
    let problem = |message: String, hint: &str| Problem {
        address: node.address.clone(),
        place: node.place(),
        message,
        hint: hint.to_owned(),
    };
    if look.live.is_none() && !look.ambiguous.is_empty() {
        let ids = look.ambiguous.join(", ");
        return Err(problem(
            format!("several like it are there already ({ids}), and nothing says which is meant"),
            "rename or remove those that are not meant in the web app, or give the declaration another title",
        ));
    }
    let (declared, sent) = declared_and_resolved(inputs, node, made);
    let resolved = sent.as_ref().unwrap_or(&declared);
    if node.existing() {
        step.change = Change::Read;
        step.id = live.map(|l| l.id.clone()).or_else(|| entry.map(|e| e.id.clone()));
        let looked = inputs.seen.fresh || inputs.seen.look(&node.address).is_some();
        if looked && live.is_none() && !node.spec.wire.existing_may_be_absent() {
            let hint = if node.standard {
                "an admin switches it on in Attio, under the workspace's settings for objects"
            } else {
                "make it in the web app, or declare it without `existing`"
            };
            return Err(problem("it is not there".to_owned(), hint));
        }
        return Ok(step);
    }
    let there = if inputs.seen.fresh { live.is_some() } else { entry.is_some() };
    if !there && let Some(why) = node.spec.wire.made_elsewhere() {
        step.change = Change::Await;
        step.reason = Some(why.to_owned());
        return Ok(step);
    }
    if !there {
        step.change = Change::Create;
        step.reason = entry.map(|_| "it was deleted in the web app".to_owned());
        step.fields = declared
            .iter()
            .map(|(field, to)| FieldChange {
                field: field.clone(),
                from: None,
                to: Some(Box::new(to.clone())),
                drift: false,
            })
            .collect();
        return Ok(step);
    }
    step.id = live.map(|l| l.id.clone()).or_else(|| entry.map(|e| e.id.clone()));
    step.unmanaged.extend(late(&look.late));
    if live.is_some_and(|l| l.system) {
        return Err(problem(
            "it belongs to the API itself and cannot be changed".to_owned(),
            "declare it as `existing`",
        ));
    }
    let ignored: Vec<&str> = node.spec.ignored(common).collect();
    let mut fixed = Vec::new();
    // What is written as it was applied has nothing that differs, and need not be read to find that out.
    let settled = live.is_none() && entry.is_some_and(|e| e.fields.is_text_of(&declared));
    for ((field, to), sent) in declared.iter().zip(resolved.values()).filter(|_| !settled) {
        let parent = node.spec.wire.parents().contains(&field.as_str());
        let applied = || entry.and_then(|e| e.fields.get(field));
        // What is not looked at and not made anew is where it was: Attio's own objects are in no state.
        let unseen = !inputs.seen.fresh && unresolved(to).is_some_and(|address| !made.contains(&address));
        if unseen && applied().is_some() {
            continue;
        }
        if parent {
            if let Some(applied) = applied()
                && !plg_schema::wire::same(applied, to)
            {
                fixed.push(field.clone());
            }
            continue;
        }
        if ignored.contains(&field.as_str()) {
            continue;
        }
        if node.want.create_only.contains(&field.as_str()) {
            step.unmanaged.extend(live.and_then(|live| create_only(node, field, sent, live)));
            continue;
        }
        let same = match live {
            Some(live) => {
                live.fields.get(field).is_some_and(|now| node.spec.wire.same(field, sent, now))
                    || (sent.is_null() && live.fields.get(field).is_none())
            }
            None => applied().is_some_and(|applied| node.spec.wire.same(field, to, applied)),
        };
        if same {
            continue;
        }
        if let Some(left) = entry.and_then(|e| e.unkept.get(field)).and_then(|u| unkept(node, field, to, u, live)) {
            step.unmanaged.push(left);
            continue;
        }
        let from_variable = |value: &Json| !variables(&Map::from_iter([(field.clone(), value.clone())])).is_empty();
        let applied = applied();
        let secret = from_variable(to) || applied.is_some_and(from_variable);
        let from = live.and_then(|l| l.fields.get(field)).or(applied).cloned();
        let drift = applied.is_some_and(|applied| node.spec.wire.same(field, to, applied)) && live.is_some();
        if node.spec.wire.fixed().contains(&field.as_str()) {
            fixed.push(field.clone());
        }
        step.fields.push(FieldChange {
            field: field.clone(),
            from: if secret { Some(Box::new(json!("(set)"))) } else { from.map(Box::new) },
            to: Some(Box::new(to.clone())),
            drift,
        });
    }
    if let Some(live) = live
        && let Some(standing) = node.spec.wire.standing(resolved, live)
    {
        let differ = step.fields.iter().map(|f| f.field.as_str()).chain(fixed.iter().map(String::as_str));
        if let Some(message) = held(&standing, differ) {
            return Err(problem(message, standing.help));
        }
        step.unmanaged.push(Unmanaged { whose: UnmanagedBy::People, field: None, says: standing.says });
    }
    step.change = if !fixed.is_empty() {
        step.means = replacement(node, resolved, entry, live);
        step.reason = Some(format!(
            "{} cannot be changed",
            fixed.iter().map(|f| format!("`{f}`")).collect::<Vec<_>>().join(", ")
        ));
        Change::Replace
    } else if live.is_some_and(|l| l.archived) {
        step.reason = Some("it is archived".to_owned());
        Change::Revive
    } else if entry.is_none() {
        step.reason = Some("it is there already".to_owned());
        Change::Adopt
    } else if step.fields.is_empty() {
        Change::Unchanged
    } else {
        Change::Update
    };
    if step.change == Change::Replace && look.adopted && entry.is_none() && live.is_none_or(|l| !l.archived) {
        return Err(problem(
            format!("one like it is there already, and {}", step.reason.unwrap_or_default()),
            "declare it as it is there, or give the declaration another key",
        ));
    }
    Ok(step)
}
