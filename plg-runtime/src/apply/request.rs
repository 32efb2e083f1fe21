//! One request of a piece of work: announced, sent, and its answer recorded.

use super::check::{Taken, absent, changed, failed, is_answered};
use super::fields::{applied_fields, depends, entry, hold};
use super::work::{Did, Shared, Shown, Why, Worked};
use crate::declared::graph::GraphNode;
use crate::http::{Certainty, Client, Failure, FailureKind};
use crate::live::by_id;
use crate::plan::Kept;
use crate::secret::Secret;
use crate::store::{Action, Entry, Intent, Object, Settled, StateEvent, Ticket, Unkept, account_said};
use plg_core::{Call, Live, Map, Prior, Spec, Terms};
use serde_json::Value as Json;

#[expect(clippy::too_many_arguments, reason = "each is one side of the same comparison")]
pub(super) async fn change(
    shared: &Shared,
    node: &GraphNode,
    action: Action,
    call: Option<Call>,
    before: Option<Entry>,
    prior: &Prior,
    declared: &Terms,
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
    let applied = before.as_ref().map(|before| applied_fields(shared, before)).unwrap_or_default();
    let taken = |now: &Live| match action {
        Action::Revive => Taken::all_or_nothing(!now.archived),
        _ => Taken::of(node.spec, sent, &applied, before.as_ref().map(|before| &before.unkept), now),
    };
    match changed(shared, &shared.client_of(node), node.spec, &ticket, &call, prior, taken).await {
        Ok(live) if action == Action::Revive && live.archived => {
            let failure =
                failed(&shared.client_of(node), &call, "the API confirmed its restore twice, and it is still archived");
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
pub(super) fn unsettled(failure: &Failure) -> Settled {
    let message = failure.to_string();
    match failure.certainty {
        Certainty::NothingChanged => Settled::Failed { message },
        Certainty::Unknown => Settled::Unknown { message },
    }
}

#[expect(clippy::too_many_arguments, reason = "an intent says all of it")]
pub(super) async fn announce(
    shared: &Shared,
    address: &str,
    node: &GraphNode,
    action: Action,
    call: &Call,
    fields: &Object<Terms>,
    id: Option<String>,
    known: &[String],
) -> Result<Ticket, Why> {
    let intent = Intent {
        op: 0,
        address: address.to_owned(),
        kind: node.spec.keyword.to_owned(),
        account: account_said(node.spec, node.account),
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
        shared.client.gate().hide_credential(secret.expose(), None);
        let sealed = shared.keeper.seal(&secret);
        let unkept = sealed.map(|sealed| entry.sealed.insert((*name).to_owned(), sealed)).err();
        shown.push(Shown { address: address.to_owned(), name: (*name).to_owned(), secret, unkept });
    }
    // The key may be there only now.
    if let Some(node) = shared.graph.get(address) {
        hold(shared, node, entry);
    }
    shown
}

/// Remembers what the API did not keep as it was sent, and says so.
pub(super) fn compare(
    spec: &Spec,
    live: &Live,
    sent: &Map,
    declared: &Terms,
    address: &str,
    entry: &mut Entry,
) -> Vec<String> {
    let mut warnings = Vec::new();
    for (field, want) in sent.iter().filter(|(field, _)| is_answered(spec, field)) {
        entry.unkept.remove(field);
        let (now, Some(to)) = (live.fields.get(field), declared.get(field)) else { continue };
        if now.map_or(want.is_null(), |now| spec.wire.agrees(field, want, None, now)) {
            continue;
        }
        // What was sent may be in what is there now.
        let is_secret = to.names_variable();
        let left = now.filter(|_| !is_secret).cloned();
        let unkept = Unkept { sent: to.clone(), left, absent: now.is_none() };
        if !unkept.is_expected(spec) {
            let said = Kept::of(field, to, &unkept).warning(field, spec.provider().title);
            warnings.push(format!("{address}: {said}"));
        }
        entry.unkept.insert(field.clone(), unkept);
    }
    warnings
}

/// The whole of what was made, where the answer to its create leaves out some of what was sent.
pub(super) async fn whole(client: &Client, spec: &'static Spec, live: Live, sent: &Map) -> Live {
    if absent(spec, sent, &live).next().is_none() {
        return live;
    }
    let mut known = Prior { id: live.id.clone(), outputs: live.outputs.clone(), fields: live.fields.clone() };
    let parents = spec.wire.parents().iter().filter_map(|parent| sent.get_key_value(*parent));
    known.fields.extend(parents.map(|(parent, value)| (parent.clone(), value.clone())));
    let asked = async || if spec.wire.by_id(&known).is_some() { by_id(client, spec, &known).await } else { Ok(None) };
    // It was made whether or not it can be looked at now.
    asked().await.ok().flatten().unwrap_or(live)
}

pub(super) fn malformed(client: &Client, call: &Call) -> Failure {
    let message = "the answer has no id of the created object";
    Failure::of(client.who(), call, Some(200), (FailureKind::Malformed, Certainty::Unknown), message)
}
