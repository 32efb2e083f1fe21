//! What is as declared, and remembered otherwise: a request of an earlier run went through unseen,
//! or what changed is nothing that an API is told.

use super::fields::{declared_fields, depends, entry, resolved_fields, treat};
use super::work::{Shared, Why};
use crate::declared::graph::GraphNode;
use crate::plan::{Change, Plan, Step, UnmanagedBy, prior};
use crate::store::{Entry, Object, Remarks, StateEvent};

/// Remembers every unchanged resource as it is.
pub(super) async fn catch_up(shared: &Shared, plan: &Plan) -> Result<(), Why> {
    for step in plan.steps.iter().filter(|s| s.change == Change::Unchanged && s.renamed_from.is_none()) {
        if let Some(entry) = stale(shared, step)? {
            shared.book.record(StateEvent::Adopt { address: step.address.clone(), entry: Box::new(entry) }).await?;
        }
    }
    Ok(())
}

/// Remembers how people have things, for plans that do not look.
pub(super) async fn remark(shared: &Shared, plan: &Plan) -> Result<(), Why> {
    for step in plan.steps.iter().filter(|step| !step.change.is_removal()) {
        // What is said of something that is made anew is of the old one.
        let is_kept = step.change != Change::Replace;
        let people = step.unmanaged.iter().filter(|l| is_kept && l.whose == UnmanagedBy::People);
        let says: Vec<String> = people.map(|l| l.says.clone()).collect();
        let is_said = |entry: &Entry| entry.remarks.as_ref().map_or(&[][..], |remarks| &remarks.says) == says;
        let stale = shared.book.with_state(|s| s.resources.get(&step.address).filter(|entry| !is_said(entry)).cloned());
        let Some(mut entry) = stale else { continue };
        entry.remarks = (!says.is_empty()).then(|| Box::new(Remarks::new(shared.now(), says)));
        shared.book.record(StateEvent::Adopt { address: step.address.clone(), entry: Box::new(entry) }).await?;
    }
    Ok(())
}

/// How a resource is treated is remembered without a look at it.
fn treated(shared: &Shared, node: &GraphNode, step: &Step) -> Option<Entry> {
    let common = node.item.common();
    let mut now = shared.book.with_state(|state| state.resources.get(&step.address).cloned())?;
    let before = (now.written_on_destroy(), now.protect);
    treat(&mut now, common);
    (before != (now.written_on_destroy(), now.protect)).then_some(now)
}

/// What should be remembered, where it is something else.
fn stale(shared: &Shared, step: &Step) -> Result<Option<Entry>, Why> {
    let Some(node) = shared.graph.get(&step.address) else { return Ok(None) };
    let Some(live) = shared.seen.live(&step.address) else { return Ok(treated(shared, node, step)) };
    let depends = depends(shared, node);
    let common = node.item.common();
    let (on_destroy, protect) = (common.on_destroy, common.protect);
    let wanted = declared_fields(shared, node)?;
    // Most are, and need no more than a look.
    let as_remembered = shared.book.with_state(|state| {
        state.resources.get(&step.address).is_some_and(|before| {
            before.fields.is_text_of(&wanted)
                && (&before.depends, before.written_on_destroy(), before.protect) == (&depends, on_destroy, protect)
        })
    });
    if as_remembered {
        return Ok(None);
    }
    let Some(before) = shared.book.with_state(|s| s.resources.get(&step.address).cloned()) else { return Ok(None) };
    let resolved = resolved_fields(shared, node, &wanted);
    let known = prior(node.spec.wire, &resolved, Some(&before), Some(live));
    let mut now = entry(shared, node, live, &Object::from(&*wanted), Some(&before), known.as_ref());
    now.updated_at.clone_from(&before.updated_at);
    // What is left to people was not applied now, whatever the declaration says.
    for field in node.want.create_only.iter().copied().chain(node.spec.ignored(common)) {
        match before.fields.get(field) {
            Some(applied) => drop(now.fields.insert(field, applied.clone())),
            None => drop(now.fields.remove(field)),
        }
    }
    let same = now.fields.len() == before.fields.len()
        && now.fields.iter().all(|(f, v)| before.fields.get(f).is_some_and(|b| v.is_same(b)))
        && (&now.depends, now.written_on_destroy(), now.protect)
            == (&before.depends, before.written_on_destroy(), before.protect);
    Ok((!same).then_some(now))
}
