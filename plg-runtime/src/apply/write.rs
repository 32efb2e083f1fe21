//! One piece of work, as its step says.

use super::check::{Taken, changed, failed, removed};
use super::create::{create, succeed};
use super::fields::{declared_fields, entry, merged_fields, resolved_fields};
use super::order::{parked, replaced};
use super::park::park;
use super::request::{announce, change, unsettled};
use super::restore::restore;
use super::stages::altered;
use super::work::{Did, Shared, Why, Worked};
use crate::declared::graph::GraphNode;
use crate::live::by_id;
use crate::plan::{BACK, Change, Step, prior};
use crate::store::{Action, Entry, Intent, Object, Origin, Settled, StateEvent, account_said};
use plg_core::codes;
use plg_core::{AccountName, Live, Map, Owned, Prior, Removal, Terms, linked};
use std::borrow::Cow;

pub(super) async fn one(shared: &Shared, step: &Step) -> Worked {
    if parked(&step.address).is_some() {
        return park(shared, step).await;
    }
    if step.change.is_removal() {
        return remove(shared, step).await;
    }
    let Some(node) = shared.graph.get(&step.address) else {
        return Err(Why::Here(codes::INTERNAL, "it is not in the stack".into()));
    };
    if let Some(from) = &step.renamed_from {
        shared.book.record(StateEvent::Rename { from: from.clone(), to: step.address.clone() }).await?;
    }
    if step.change == Change::Read {
        return read(shared, node).await;
    }
    let declared = declared_fields(shared, node)?;
    let resolved = resolved_fields(shared, node, &declared);
    if step.change == Change::Create {
        return create(shared, node, &step.address, &declared, &resolved).await;
    }
    // Most steps make something, and each waits with room for the longest of these.
    Box::pin(alter(shared, node, step, &declared, &resolved)).await
}

/// Does something with what is there, or was.
async fn alter(shared: &Shared, node: &GraphNode, step: &Step, declared: &Terms, resolved: &Map) -> Worked {
    let entry = shared.book.with_state(|s| s.resources.get(&step.address).cloned());
    let is_seen = shared.seen.live(&step.address).is_some();
    if let (Change::Revive, false, Some(entry)) = (step.change, is_seen, &entry) {
        return Box::pin(restore(shared, node, &step.address, entry, declared, resolved)).await;
    }
    let live = match shared.seen.live(&step.address) {
        Some(live) => Some(Cow::Borrowed(live)),
        None => Box::pin(unseen(shared, node, step, entry.as_ref(), resolved)).await?.map(Cow::Owned),
    };
    let before = prior(node.spec.wire, resolved, entry.as_ref(), live.as_deref());
    // What others added is sent along: a write replaces a field as a whole.
    let merged = live.map(|live| merged_fields(shared, node, resolved, entry.as_ref(), &live.fields));
    let sent = merged.as_ref().unwrap_or(resolved);
    match (step.change, before) {
        (Change::Replace, Some(before)) => {
            Box::pin(replace(shared, node, step, entry, &before, declared, resolved)).await
        }
        (Change::Revive, Some(before)) => {
            let call =
                node.spec.wire.revive(sent, &before).or_else(|| node.spec.wire.update(sent, &names(sent), &before));
            Box::pin(change(shared, node, Action::Revive, call, entry, &before, declared, &Map::new())).await
        }
        (_, Some(before)) => {
            let changed: Vec<String> = step.fields.iter().map(|f| f.field.clone()).collect();
            Box::pin(altered(shared, node, entry, before, declared, sent, changed)).await
        }
        (_, None) => Err(Why::Here(codes::NOT_APPLIED, "the state has no entry of it: run it again".into())),
    }
}

/// What a change has to know of an object that nobody looked at: others may have added to what is written.
async fn unseen(
    shared: &Shared,
    node: &GraphNode,
    step: &Step,
    entry: Option<&Entry>,
    resolved: &Map,
) -> Result<Option<Live>, Why> {
    let wire = node.spec.wire;
    let is_shared = step.fields.iter().any(|change| !matches!(wire.owned(&change.field), Owned::Whole));
    let Some(known) = prior(wire, resolved, entry, None) else { return Ok(None) };
    if step.change != Change::Update || !is_shared {
        return Ok(None);
    }
    match by_id(&shared.client_of(node), node.spec, &known).await? {
        Some(live) => Ok(Some(live)),
        None => Err(Why::Here(
            codes::NOT_APPLIED,
            "it no longer exists, and nothing was changed: run it again without --no-refresh".into(),
        )),
    }
}

fn names(fields: &Map) -> Vec<String> {
    fields.keys().cloned().collect()
}

async fn read(shared: &Shared, node: &GraphNode) -> Worked {
    let Some(live) = shared.seen.live(&node.address) else { return Ok(Did::default()) };
    let declared = declared_fields(shared, node)?;
    let before = shared.book.with_state(|s| s.resources.get(&node.address).cloned());
    if before.as_ref().is_some_and(|b| b.id == live.id && b.fields == *declared) || node.standard {
        return Ok(Did { id: live.id.clone(), ..Did::default() });
    }
    let entry = entry(shared, node, live, &Object::from(&*declared), before.as_ref(), None);
    shared.book.record(StateEvent::Adopt { address: node.address.clone(), entry: Box::new(entry) }).await?;
    Ok(Did { id: live.id.clone(), ..Did::default() })
}

async fn replace(
    shared: &Shared,
    node: &GraphNode,
    step: &Step,
    before: Option<Entry>,
    prior: &Prior,
    declared: &Terms,
    resolved: &Map,
) -> Worked {
    // Remembered under a name of its own, so that it is removed even if this is the last thing that works.
    let mut old = match before {
        Some(old) => {
            shared.book.record(StateEvent::Rename { from: step.address.clone(), to: replaced(step) }).await?;
            old
        }
        None => {
            // An archived one that was found under the same key, and never ours.
            let Some(live) = shared.seen.live(&step.address) else {
                return Err(Why::Here(
                    codes::NOT_APPLIED,
                    "the state has no entry of the object that it replaces".into(),
                ));
            };
            let mut old =
                entry(shared, node, live, &Object::from(Terms::from(prior.fields.clone())), None, Some(prior));
            old.fields.retain(|field, _| resolved.contains_key(field));
            shared.book.record(StateEvent::Adopt { address: replaced(step), entry: Box::new(old.clone()) }).await?;
            old
        }
    };
    // Two may be retired within a second.
    let moment: String = shared.now().chars().filter(char::is_ascii_digit).take(14).collect();
    let mark = format!("{moment}_{}", prior.id.chars().filter(char::is_ascii_alphanumeric).take(8).collect::<String>());
    if let Some(call) = node.spec.wire.retire(prior, &mark) {
        let ticket =
            announce(shared, &replaced(step), node, Action::Retire, &call, &old.fields, Some(prior.id.clone()), &[])
                .await?;
        let name = |fields: &Map| node.spec.wire.identity(fields);
        let is_out_of_the_way = |now: &Live| name(&now.fields) != name(&prior.fields);
        let taken = |now: &Live| Taken::all_or_nothing(is_out_of_the_way(now));
        let retired = match changed(shared, &shared.client_of(node), node.spec, &ticket, &call, prior, taken).await {
            Ok(live) if !is_out_of_the_way(&live) => Err(failed(
                &shared.client_of(node),
                &call,
                "the API confirmed the new name of the old object twice, and it still has its old name",
            )),
            other => other,
        };
        match retired {
            Ok(live) => {
                for (field, value) in old.fields.iter_mut() {
                    if let Some(now) = live.fields.get(field) {
                        *value = now.clone().into();
                    }
                }
                shared.book.settle(ticket, Settled::Applied(Box::new(old))).await?;
            }
            Err(failure) => {
                shared.book.settle(ticket, Settled::Failed { message: failure.to_string() }).await?;
                shared.book.record(StateEvent::Rename { from: replaced(step), to: step.address.clone() }).await?;
                return Err(failure.into());
            }
        }
    } else if node.spec.wire.succeed(resolved).is_some() {
        // It takes the key over, so that there is one of that key at every moment.
        return Box::pin(succeed(shared, node, &step.address, (declared, resolved), &prior.id)).await;
    } else if node.spec.wire.identity_is_unique() {
        // Two cannot have the same key, so the old one goes first.
        let mut first = step.clone();
        first.address = replaced(step);
        remove(shared, &first).await?;
    }
    create(shared, node, &step.address, declared, resolved).await
}

async fn remove(shared: &Shared, step: &Step) -> Worked {
    if step.address.contains(BACK) {
        // Looked after for as long as it takes to remove it.
        let id = step.id.clone().unwrap_or_default();
        let account = linked::find(&step.kind).and_then(|spec| account_said(spec, AccountName::read(&step.account)));
        let entry = Entry { kind: step.kind.clone(), account, id, origin: Origin::Made, ..Entry::default() };
        shared.book.record(StateEvent::Adopt { address: step.address.clone(), entry: Box::new(entry) }).await?;
    }
    let Some(entry) = shared.book.with_state(|s| s.resources.get(&step.address).cloned()) else {
        return Ok(Did::default());
    };
    let why = step.reason.clone().unwrap_or_default();
    let archived = shared.seen.live(&step.address).is_some_and(|live| live.archived);
    let forget = StateEvent::Forget { address: step.address.clone(), archived };
    let Some(spec) = linked::find(&entry.kind) else {
        shared.book.record(forget).await?;
        return Ok(Did { id: entry.id, ..Did::default() });
    };
    let before = prior(spec.wire, &Map::new(), Some(&entry), shared.seen.live(&step.address));
    if matches!(step.change, Change::Forget | Change::Keep) {
        shared.book.record(forget).await?;
        // What goes with something else neither stays nor is left.
        let is_part = before.is_some_and(|before| matches!(spec.wire.remove(&before), Removal::Forget(_)));
        // What is gone, or was only referred to, does not stay behind.
        let is_there = !shared.seen.fresh || shared.seen.live(&step.address).is_some();
        let stays = step.change == Change::Keep || (is_there && !entry.existing && !is_part);
        let behind = stays.then_some(why);
        return Ok(Did { id: entry.id, behind, ..Did::default() });
    }
    let Some(before) = before else { return Ok(Did::default()) };
    let (action, call) = match spec.wire.remove(&before) {
        Removal::Delete(call) => (Action::Delete, call),
        Removal::Archive(call) => (Action::Archive, call),
        Removal::Keep(why) => {
            shared.book.record(forget).await?;
            return Ok(Did { id: entry.id, behind: Some(why.to_owned()), ..Did::default() });
        }
        Removal::Forget(_) => {
            shared.book.record(forget).await?;
            return Ok(Did { id: entry.id, ..Did::default() });
        }
    };
    let intent = Intent {
        op: 0,
        address: step.address.clone(),
        kind: entry.kind.clone(),
        account: entry.account.clone(),
        action,
        method: call.method.to_owned(),
        path: call.path.clone(),
        fields: Object::default(),
        depends: Vec::new(),
        id: Some(entry.id.clone()),
        known: Vec::new(),
        at: shared.now(),
        sent_by: Some(shared.sent_by()),
    };
    let ticket = shared.book.intend(intent).await?;
    let client = shared.client.of(spec.provider(), entry.account());
    if let Err(failure) = removed(shared, &client, spec, &ticket, &call, &before).await {
        shared.book.settle(ticket, unsettled(&failure)).await?;
        return Err(failure.into());
    }
    shared.book.settle(ticket, Settled::Removed).await?;
    let behind = (action == Action::Archive).then(|| "archived: the API cannot delete it".to_owned());
    Ok(Did { id: entry.id, behind, ..Did::default() })
}
