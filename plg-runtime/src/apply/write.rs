//! One piece of work: its request announced, sent, and its answer recorded.

use super::create::create;
use super::fields::{declared_fields, depends, entry, resolved_fields};
use super::order::replaced;
use super::work::{Did, Shared, Shown, Why, Worked};
use crate::declared::graph::Node;
use crate::http::{Certainty, Failure, FailureKind};
use crate::plan::{Change, Step, prior};
use crate::secret::Secret;
use crate::store::{Action, Entry, Intent, Object, Settled, StateEvent, Ticket, Unkept};
use plg_schema::wire::pick;
use plg_schema::{Call, Live, Map, Prior, Removal, Spec, kinds};
use serde_json::Value as Json;

pub(super) async fn one(shared: &Shared, step: &Step) -> Worked {
    if step.change.is_removal() {
        return remove(shared, step).await;
    }
    let Some(node) = shared.graph.get(&step.address) else { return Err(Why::Here("it is not in the stack".into())) };
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
    let entry = shared.book.with_state(|s| s.resources.get(&step.address).cloned());
    let before = prior(node.spec.wire.parents(), &resolved, entry.as_ref(), shared.seen.live(&step.address));
    // Most steps make something, and each waits with room for the longest of these.
    match (step.change, before) {
        (Change::Replace, Some(before)) => {
            Box::pin(replace(shared, node, step, entry, &before, &declared, &resolved)).await
        }
        (Change::Revive, Some(before)) => {
            let call = node
                .spec
                .wire
                .revive(&resolved, &before)
                .or_else(|| node.spec.wire.update(&resolved, &names(&resolved), &before));
            Box::pin(change(shared, node, Action::Revive, call, entry, &before, &declared, &Map::new())).await
        }
        (_, Some(before)) => {
            let changed: Vec<String> = step.fields.iter().map(|f| f.field.clone()).collect();
            let call = if changed.is_empty() { None } else { node.spec.wire.update(&resolved, &changed, &before) };
            let sent = pick(&resolved, &changed);
            Box::pin(change(shared, node, Action::Update, call, entry, &before, &declared, &sent)).await
        }
        (_, None) => Err(Why::Here("nothing is known of it: run it again".into())),
    }
}

fn names(fields: &Map) -> Vec<String> {
    fields.keys().cloned().collect()
}

async fn read(shared: &Shared, node: &Node) -> Worked {
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

#[expect(clippy::too_many_arguments, reason = "each is one side of the same comparison")]
pub(super) async fn change(
    shared: &Shared,
    node: &Node,
    action: Action,
    call: Option<Call>,
    before: Option<Entry>,
    prior: &Prior,
    declared: &Map,
    sent: &Map,
) -> Worked {
    let fields = Object::from(declared);
    let Some(call) = call else {
        let live = shared.seen.live(&node.address).cloned().unwrap_or_else(|| Live {
            id: prior.id.clone(),
            outputs: prior.outputs.clone(),
            ..Live::default()
        });
        let entry = entry(shared, node, &live, &fields, before.as_ref(), Some(prior));
        shared.book.record(StateEvent::Adopt { address: node.address.clone(), entry: Box::new(entry) }).await?;
        return Ok(Did { id: live.id, ..Did::default() });
    };
    let ticket = announce(shared, &node.address, node, action, &call, &fields, Some(prior.id.clone()), &[]).await?;
    match shared.client.write(node.spec.provider, &shared.book, &ticket, &call).await {
        Ok(json) => {
            let live = node.spec.wire.read(json).unwrap_or_else(|| Live { id: prior.id.clone(), ..Live::default() });
            let mut entry = entry(shared, node, &live, &fields, before.as_ref(), Some(prior));
            let secrets = keep(shared, node.spec, &live, &node.address, &mut entry);
            let warnings = compare(node.spec, &live, sent, declared, &node.address, &mut entry);
            shared.book.settle(ticket, Settled::Applied(Box::new(entry))).await?;
            Ok(Did { id: live.id, secrets, warnings, ..Did::default() })
        }
        Err(failure) => {
            // The same change once more changes nothing, so that the next plan can simply look.
            shared.book.settle(ticket, Settled::Failed { message: failure.to_string() }).await?;
            Err(failure.into())
        }
    }
}

async fn replace(
    shared: &Shared,
    node: &Node,
    step: &Step,
    before: Option<Entry>,
    prior: &Prior,
    declared: &Map,
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
                return Err(Why::Here("nothing is known of what it replaces".into()));
            };
            let mut old = entry(shared, node, live, &Object::from(&prior.fields), None, Some(prior));
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
        match shared.client.write(node.spec.provider, &shared.book, &ticket, &call).await {
            Ok(json) => {
                if let Some(live) = node.spec.wire.read(json) {
                    for (field, value) in old.fields.iter_mut() {
                        if let Some(now) = live.fields.get(field) {
                            value.clone_from(now);
                        }
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
    } else if node.spec.wire.identity_is_unique() {
        // Two cannot have the same key, so the old one goes first.
        let mut first = step.clone();
        first.address = replaced(step);
        remove(shared, &first).await?;
    }
    create(shared, node, &step.address, declared, resolved).await
}

async fn remove(shared: &Shared, step: &Step) -> Worked {
    let Some(entry) = shared.book.with_state(|s| s.resources.get(&step.address).cloned()) else {
        return Ok(Did::default());
    };
    let why = step.reason.clone().unwrap_or_default();
    let forget = StateEvent::Forget { address: step.address.clone() };
    let Some(spec) = kinds::find(&entry.kind) else {
        shared.book.record(forget).await?;
        return Ok(Did { id: entry.id, ..Did::default() });
    };
    if matches!(step.change, Change::Forget | Change::Keep) {
        shared.book.record(forget).await?;
        let behind = (step.change == Change::Keep).then_some(why);
        return Ok(Did { id: entry.id, behind, ..Did::default() });
    }
    let Some(before) = prior(spec.wire.parents(), &Map::new(), Some(&entry), shared.seen.live(&step.address)) else {
        return Ok(Did::default());
    };
    let (action, call) = match spec.wire.remove(&before) {
        Removal::Delete(call) => (Action::Delete, call),
        Removal::Archive(call) => (Action::Archive, call),
        Removal::Keep(why) => {
            shared.book.record(forget).await?;
            return Ok(Did { id: entry.id, behind: Some(why.to_owned()), ..Did::default() });
        }
    };
    let intent = Intent {
        op: 0,
        address: step.address.clone(),
        kind: entry.kind.clone(),
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
    match shared.client.write(spec.provider, &shared.book, &ticket, &call).await {
        Ok(_) => {}
        // Gone is gone, whoever did it.
        Err(failure) if failure.kind == FailureKind::NotFound => {}
        Err(failure) => {
            shared.book.settle(ticket, Settled::Failed { message: failure.to_string() }).await?;
            return Err(failure.into());
        }
    }
    shared.book.settle(ticket, Settled::Removed).await?;
    let behind = (action == Action::Archive).then(|| "archived: the API cannot delete it".to_owned());
    Ok(Did { id: entry.id, behind, ..Did::default() })
}

#[expect(clippy::too_many_arguments, reason = "an intent says all of it")]
pub(super) async fn announce(
    shared: &Shared,
    address: &str,
    node: &Node,
    action: Action,
    call: &Call,
    fields: &Object,
    id: Option<String>,
    known: &[String],
) -> Result<Ticket, Why> {
    let intent = Intent {
        op: 0,
        address: address.to_owned(),
        kind: node.spec.keyword.to_owned(),
        action,
        method: call.method.to_owned(),
        path: call.path.clone(),
        fields: fields.clone(),
        depends: depends(shared, node),
        id,
        known: known.to_vec(),
        at: shared.now(),
        sent_by: Some(shared.sent_by()),
    };
    Ok(shared.book.intend(intent).await?)
}

/// Keeps what the API shows once, encrypted. The resource is there whether or not that works.
pub(super) fn keep(shared: &Shared, spec: &Spec, live: &Live, address: &str, entry: &mut Entry) -> Vec<Shown> {
    let mut shown = Vec::new();
    for name in spec.wire.secrets() {
        let Some(Json::String(secret)) = live.outputs.get(*name) else { continue };
        let secret = Secret::new(secret.clone());
        let sealed = shared.keeper.seal(&secret);
        let unkept = sealed.map(|sealed| entry.sealed.insert((*name).to_owned(), sealed)).err();
        shown.push(Shown { address: address.to_owned(), name: (*name).to_owned(), secret, unkept });
    }
    shown
}

/// Remembers what the API did not keep as it was sent, and says so.
pub(super) fn compare(
    spec: &Spec,
    live: &Live,
    sent: &Map,
    declared: &Map,
    address: &str,
    entry: &mut Entry,
) -> Vec<String> {
    let mut warnings = Vec::new();
    for (field, want) in sent.iter().filter(|(field, _)| !spec.wire.parents().contains(&field.as_str())) {
        entry.unkept.remove(field);
        let (Some(now), Some(to)) = (live.fields.get(field), declared.get(field)) else { continue };
        if spec.wire.same(field, want, now) {
            continue;
        }
        // What was sent may be in what is there now.
        let left = (want == to).then(|| now.clone());
        entry.unkept.insert(field.clone(), Unkept { sent: to.clone(), left });
        warnings.push(format!(
            "{address}: {} did not keep `{field}` as it was sent; it may need a paid feature or a permission",
            spec.provider.title()
        ));
    }
    warnings
}

pub(super) fn malformed(spec: &Spec, call: &Call) -> Failure {
    Failure {
        provider: spec.provider,
        method: call.method.to_owned(),
        path: call.path.clone(),
        status: Some(200),
        code: None,
        message: "the answer does not say what was made".into(),
        field: None,
        request_id: None,
        certainty: Certainty::Unknown,
        kind: FailureKind::Malformed,
    }
}
