//! One piece of work: its request announced, sent, and its answer recorded.

use super::check::{Taken, changed, failed, made, removed};
use super::fields::{declared_fields, depends, entry, resolved_fields};
use super::order::replaced;
use super::work::{Did, Shared, Shown, Why, Worked};
use crate::declared::graph::Node;
use crate::http::{Certainty, Failure, FailureKind};
use crate::live::candidates;
use crate::plan::{Change, Step, prior};
use crate::secret::Secret;
use crate::store::{Action, Entry, GivenUp, Intent, Object, Settled, StateEvent, Ticket, Unkept};
use plg_schema::wire::pick;
use plg_schema::{Call, Live, Map, Prior, Removal, Spec, kinds};
use serde_json::Value as Json;
use std::time::Duration;

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

/// How long is waited before each look for what may have been made.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_millis(300), Duration::from_millis(1_200)];

/// And where no answer came in time: the request may still be on its way through the API.
const LATE: [Duration; 2] = [Duration::from_secs(4), Duration::from_secs(10)];

pub(super) async fn create(shared: &Shared, node: &Node, address: &str, declared: &Map, resolved: &Map) -> Worked {
    let known = shared.seen.look(&node.address).map(|l| l.known.clone()).unwrap_or_default();
    let call = node.spec.wire.create(resolved);
    let fields = Object::from(declared);
    let mut last: Option<Failure> = None;
    for _ in 0..3 {
        let ticket = announce(shared, address, node, Action::Create, &call, &fields, None, &known).await?;
        let failure = match shared.client.write(node.spec.provider, &ticket, &call).await {
            Ok(json) => match made(node.spec, resolved, json) {
                Some(live) => {
                    let mut entry = entry(shared, node, &live, &fields, None, None);
                    if last.is_some() && !node.spec.wire.identity_is_unique() {
                        entry.given_up = Some(Box::new(GivenUp { at: shared.now(), known: known.clone() }));
                    }
                    let secrets = keep(shared, node.spec, &live, address, &mut entry);
                    let mut warnings = compare(node.spec, &live, resolved, declared, address, &mut entry);
                    shared.book.settle(ticket, Settled::Applied(Box::new(entry))).await?;
                    if last.is_some() {
                        warnings.extend(Box::pin(twice(shared, node.spec, resolved, &known, address)).await);
                    }
                    return Ok(Did { id: live.id, secrets, warnings, ..Did::default() });
                }
                None => malformed(node.spec, &call),
            },
            Err(failure) => failure,
        };
        if failure.certainty == Certainty::NothingChanged {
            shared.book.settle(ticket, Settled::Failed { message: failure.to_string() }).await?;
            return Err(failure.into());
        }
        // Nobody knows whether it was made: it is looked for before anything is sent again.
        let late = if failure.kind == FailureKind::Timeout { &LATE[..] } else { &[] };
        match Box::pin(look_for(shared, node.spec, resolved, &known, late)).await {
            Ok(found) => match &found[..] {
                [] => {
                    shared.book.settle(ticket, Settled::Failed { message: failure.to_string() }).await?;
                    last = Some(failure);
                }
                [one] => {
                    let made = entry(shared, node, one, &fields, None, None);
                    shared.book.settle(ticket, Settled::Applied(Box::new(made.clone()))).await?;
                    shared.progress.note(&format!("{address} was made although its answer was lost; it is {}", one.id));
                    return Box::pin(converge(shared, node, one, made, declared, resolved)).await;
                }
                several => {
                    let ids = several.iter().map(|l| l.id.as_str()).collect::<Vec<_>>().join(", ");
                    shared.book.settle(ticket, Settled::Unknown { message: failure.to_string() }).await?;
                    return Err(Why::Here(format!(
                        "{failure}; and several like it are there now ({ids}): remove those that are not meant, and run it again"
                    )));
                }
            },
            Err(_) => {
                shared.book.settle(ticket, Settled::Unknown { message: failure.to_string() }).await?;
                return Err(failure.into());
            }
        }
    }
    Err(last.map_or_else(|| Why::Here("it could not be made".into()), Why::from))
}

/// What a request that was given up made after all, when another one had been sent in its place.
async fn twice(
    shared: &Shared,
    spec: &'static Spec,
    resolved: &Map,
    known: &[String],
    address: &str,
) -> Option<String> {
    let state = shared.book.state();
    // Who cannot look now has nothing to say about it.
    let others = candidates(&shared.client, spec, resolved, known, &state).await.unwrap_or_default();
    let ids: Vec<&str> = others.iter().map(|l| l.id.as_str()).collect();
    (!ids.is_empty()).then(|| {
        format!(
            "{address} is there more than once: a request that was given up arrived after all; remove {} in the web app",
            ids.join(", ")
        )
    })
}

async fn look_for(
    shared: &Shared,
    spec: &'static Spec,
    resolved: &Map,
    known: &[String],
    late: &[Duration],
) -> Result<Vec<Live>, crate::error::Error> {
    let mut found = Vec::new();
    for wait in LOOKS.iter().chain(late).copied() {
        shared.client.pause(wait).await;
        let state = shared.book.state();
        found = candidates(&shared.client, spec, resolved, known, &state).await?;
        if !found.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// Brings what was found in line with what is wanted.
async fn converge(shared: &Shared, node: &Node, live: &Live, made: Entry, declared: &Map, resolved: &Map) -> Worked {
    let wire = node.spec.wire;
    let changed: Vec<String> = resolved
        .iter()
        .filter(|(field, want)| {
            !wire.parents().contains(&field.as_str())
                && !live.fields.get(*field).is_some_and(|l| wire.same(field, want, l))
                && !want.is_null()
        })
        .map(|(field, _)| field.clone())
        .collect();
    if changed.is_empty() {
        return Ok(Did { id: live.id.clone(), ..Did::default() });
    }
    let Some(before) = prior(wire.parents(), resolved, Some(&made), Some(live)) else { return Ok(Did::default()) };
    let call = wire.update(resolved, &changed, &before);
    change(shared, node, Action::Update, call, Some(made), &before, declared, &pick(resolved, &changed)).await
}

#[expect(clippy::too_many_arguments, reason = "each is one side of the same comparison")]
async fn change(
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
    let taken = |now: &Live| match action {
        Action::Revive => Taken::all_or_nothing(!now.archived),
        _ => Taken::of(node.spec, sent, now),
    };
    match changed(shared, node.spec, &ticket, &call, prior, taken).await {
        Ok(live) if action == Action::Revive && live.archived => {
            let failure = failed(node.spec, &call, "it was asked twice to restore it, and it is still archived");
            shared.book.settle(ticket, Settled::Failed { message: failure.to_string() }).await?;
            Err(failure.into())
        }
        Ok(live) => {
            let mut entry = entry(shared, node, &live, &fields, before.as_ref(), Some(prior));
            let secrets = keep(shared, node.spec, &live, &node.address, &mut entry);
            let warnings = compare(node.spec, &live, sent, declared, &node.address, &mut entry);
            shared.book.settle(ticket, Settled::Applied(Box::new(entry))).await?;
            Ok(Did { id: live.id, secrets, warnings, ..Did::default() })
        }
        Err(failure) => {
            shared.book.settle(ticket, unsettled(&failure)).await?;
            Err(failure.into())
        }
    }
}

/// How a change that did not work is remembered: where nobody knows, the next run looks.
fn unsettled(failure: &Failure) -> Settled {
    let message = failure.to_string();
    match failure.certainty {
        Certainty::NothingChanged => Settled::Failed { message },
        Certainty::Unknown => Settled::Unknown { message },
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
        let name = |fields: &Map| node.spec.wire.identity(fields);
        let is_out_of_the_way = |now: &Live| name(&now.fields) != name(&prior.fields);
        let taken = |now: &Live| Taken::all_or_nothing(is_out_of_the_way(now));
        let retired = match changed(shared, node.spec, &ticket, &call, prior, taken).await {
            Ok(live) if !is_out_of_the_way(&live) => {
                Err(failed(node.spec, &call, "it was asked twice to rename the old one, and it still has its name"))
            }
            other => other,
        };
        match retired {
            Ok(live) => {
                for (field, value) in old.fields.iter_mut() {
                    if let Some(now) = live.fields.get(field) {
                        value.clone_from(now);
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
    };
    let ticket = shared.book.intend(intent).await?;
    if let Err(failure) = removed(shared, spec, &ticket, &call, &before).await {
        shared.book.settle(ticket, unsettled(&failure)).await?;
        return Err(failure.into());
    }
    shared.book.settle(ticket, Settled::Removed).await?;
    let behind = (action == Action::Archive).then(|| "archived: the API cannot delete it".to_owned());
    Ok(Did { id: entry.id, behind, ..Did::default() })
}

#[expect(clippy::too_many_arguments, reason = "an intent says all of it")]
async fn announce(
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
    };
    Ok(shared.book.intend(intent).await?)
}

/// Keeps what the API shows once, encrypted. The resource is there whether or not that works.
fn keep(shared: &Shared, spec: &Spec, live: &Live, address: &str, entry: &mut Entry) -> Vec<Shown> {
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
fn compare(spec: &Spec, live: &Live, sent: &Map, declared: &Map, address: &str, entry: &mut Entry) -> Vec<String> {
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

fn malformed(spec: &Spec, call: &Call) -> Failure {
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
