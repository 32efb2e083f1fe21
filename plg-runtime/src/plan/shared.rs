//! What a plan may do with an object that another state holds as well: nothing that whoever holds it would lose, and
//! nothing that whoever holds it would undo.

use super::change::Change;
use super::holdings::Holding;
use super::prior::{Inputs, declared_and_resolved};
use super::step::Step;
use crate::declared::graph::GraphNode;
use crate::declared::terms::is_alike;
use crate::error::{Error, SharedObject, SharedWhy};
use plg_core::{AccountName, Term, Terms};
use std::collections::BTreeSet;

/// The longest value that a message shows, in characters.
const LONGEST: usize = 60;

/// Looks at every step of a declaration: whom it would adopt from, what it would replace, and whether the other holder
/// declares it alike.
///
/// # Errors
/// [`Error::Protected`] where a holder protects what would be replaced, else [`Error::Shared`].
pub(super) fn declared(inputs: &Inputs, stage: &str, steps: &[Step]) -> Result<(), Error> {
    if inputs.others.is_empty() {
        return Ok(());
    }
    let (mut protected, mut refused) = (Vec::new(), Vec::new());
    for step in steps {
        let (Some(node), Some(id)) = (inputs.graph.get(&step.address), &step.id) else { continue };
        if matches!(step.change, Change::Read | Change::Marker | Change::Await) {
            continue;
        }
        for holding in inputs.others.holding(&step.kind, AccountName::read(&step.account), id) {
            if step.change == Change::Replace && holding.is_protected() {
                protected.push(format!("{} (protected in {}, as {})", step.address, holding.name(), holding.address));
            } else if let Some(why) = refusal(inputs, stage, step, node, &holding) {
                refused.push(SharedObject {
                    address: step.address.clone(),
                    place: node.place(),
                    stage: stage.to_owned(),
                    account: node.account,
                    other: holding.name().to_owned(),
                    sibling: holding.sibling().map(str::to_owned),
                    other_address: holding.address.to_owned(),
                    other_place: holding.place(),
                    why,
                });
            }
        }
    }
    match (protected.is_empty(), refused.is_empty()) {
        (false, _) => Err(Error::Protected(protected)),
        (true, false) => Err(Error::Shared(refused)),
        (true, true) => Ok(()),
    }
}

/// Why a step cannot be done with what another one holds.
fn refusal(inputs: &Inputs, stage: &str, step: &Step, node: &GraphNode, holding: &Holding) -> Option<SharedWhy> {
    let remembered = |address: &str| inputs.state.resources.get(address);
    let entry = remembered(&step.address).or_else(|| remembered(step.renamed_from.as_deref()?));
    let is_ours = entry.is_some_and(|entry| !entry.existing && Some(&entry.id) == step.id.as_ref());
    if !is_ours && !is_agreed(inputs, stage, node, holding) {
        return Some(SharedWhy::Adopted);
    }
    if step.change == Change::Replace {
        return Some(SharedWhy::Replaced);
    }
    let fields = differing(inputs, node, holding);
    (!fields.is_empty()).then_some(SharedWhy::Differs(fields))
}

/// Whether both stages say that they share the account.
fn is_agreed(inputs: &Inputs, stage: &str, node: &GraphNode, holding: &Holding) -> bool {
    let Some(sibling) = holding.sibling() else { return false };
    let ours = inputs.others.stage(stage);
    ours.is_some_and(|ours| ours.shares(node.account, sibling))
}

/// The fields that both declare and that are not alike, each with both values. A stage of our stack has a declaration;
/// of all others is known what they applied.
fn differing(inputs: &Inputs, node: &GraphNode, holding: &Holding) -> Vec<String> {
    let wire = node.spec.wire;
    let mut ignored: Vec<&str> = wire.parents().to_vec();
    ignored.extend(&node.want.create_only);
    ignored.extend(node.item.common().ignore.iter().flat_map(|word| wire.fields_of(word)));
    let compared = |ours: &Terms, theirs: &Terms, ignored: &[&str]| -> Vec<String> {
        let both = ours.iter().filter_map(|(field, our)| Some((field, our, theirs.get(field)?)));
        let differ = both.filter(|(field, our, their)| {
            !ignored.contains(&field.as_str())
                && !is_alike(wire, field, our, their)
                && !is_alike(wire, field, their, our)
        });
        differ
            .map(|(field, our, their)| format!("`{field}` is {} here and {} there", short(our), short(their)))
            .collect()
    };
    if holding.graph().is_some() {
        let Some(theirs) = holding.declaration().filter(|theirs| !theirs.existing()) else { return Vec::new() };
        ignored.extend(&theirs.want.create_only);
        ignored.extend(theirs.item.common().ignore.iter().flat_map(|word| wire.fields_of(word)));
        return compared(&node.want.fields, &theirs.want.fields, &ignored);
    }
    let (ours, _) = declared_and_resolved(inputs, node, &BTreeSet::new());
    let mut known = ours.into_owned();
    known.retain(|_, term| term.unresolved().is_none());
    compared(&known, &holding.entry.fields, &ignored)
}

/// A value on one line. What comes from the environment is the name of its variable.
fn short(value: &Term) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What would be deleted or archived, and what another state holds as well, is only forgotten here.
pub(super) fn removals(inputs: &Inputs, removals: &mut [Step]) {
    if inputs.others.is_empty() {
        return;
    }
    let is_there = |step: &Step| {
        let entry = inputs.state.resources.get(&step.address);
        inputs.seen.live(&step.address).is_some() && entry.is_some_and(|entry| !entry.existing)
    };
    for step in removals.iter_mut() {
        match step.change {
            Change::Delete | Change::Archive => {}
            // It would be forgotten anyway; who else holds it is worth more than why.
            Change::Forget if is_there(step) => {}
            _ => continue,
        }
        let Some(id) = &step.id else { continue };
        if let Some(holding) = inputs.others.holding(&step.kind, AccountName::read(&step.account), id).first() {
            step.change = Change::Forget;
            step.reason = Some(format!("{} manages it too, as {}: it stays", holding.name(), holding.address));
        }
    }
}
