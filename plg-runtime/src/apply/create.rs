//! Making something, once: what nobody saw the answer of is looked for, and not sent again while it may still arrive.

use super::check::made;
use super::fields::{applied_fields, made_entry, merged_fields};
use super::request::{announce, compare, keep, malformed, unsettled, whole};
use super::stages::altered;
use super::work::{Did, Shared, Why, Worked};
use crate::declared::graph::GraphNode;
use crate::declared::terms::sent;
use crate::http::{Certainty, Failure, FailureKind};
use crate::live::candidates;
use crate::plan::prior;
use crate::store::{Action, Entry, Intent, Object, Settled, StateEvent, Ticket, Watched, account_said};
use plg_core::codes;
use plg_core::{Call, Live, Map, Terms};
use serde_json::Value as Json;
use std::time::Duration;

/// How long is waited before each look for what may have been made.
const LOOKS: [Duration; 3] = [Duration::ZERO, Duration::from_millis(300), Duration::from_millis(1_200)];

/// And where an API said that it failed, which it may have done after the fact, with lists that are seconds old.
const AFTER_A_FAILURE: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(4)];

/// How often something is sent that has a key of its own, or that surely did not arrive.
const TRIES: usize = 3;

/// Makes a declared resource.
pub(super) async fn create(
    shared: &Shared,
    node: &GraphNode,
    address: &str,
    declared: &Terms,
    resolved: &Map,
) -> Worked {
    make(shared, node, address, (declared, resolved), None).await
}

/// Makes the replacement of what has this id, whose key it takes over.
pub(super) async fn succeed(
    shared: &Shared,
    node: &GraphNode,
    address: &str,
    fields: (&Terms, &Map),
    old: &str,
) -> Worked {
    make(shared, node, address, fields, Some(old)).await
}

/// The request that makes it: of one that takes a key over, another one.
fn call_of(node: &GraphNode, want: &Map, takes_over: bool) -> Call {
    let wire = node.spec.wire;
    let successor = if takes_over { wire.succeed(want) } else { None };
    successor.unwrap_or_else(|| wire.create(want))
}

async fn make(
    shared: &Shared,
    node: &GraphNode,
    address: &str,
    (declared, resolved): (&Terms, &Map),
    old: Option<&str>,
) -> Worked {
    let known = shared.seen.look(&node.address).map(|l| l.known.clone()).unwrap_or_default();
    if let Some(one) = came_back(shared, node, resolved, &known).await {
        let made = made_entry(shared, node, &one, &Object::from(declared));
        let entry = Box::new(made.clone());
        shared.book.record(StateEvent::Adopt { address: address.to_owned(), entry }).await?;
        shared.progress.note(&format!("{address} came back with what it is on; it is {}", one.id));
        return Box::pin(converge(shared, node, &one, made, None, declared, resolved)).await;
    }
    if let Some(intent) = shared.keyed.get(address)
        && let Some(worked) = Box::pin(again(shared, node, address, (declared, resolved), intent)).await
    {
        return worked;
    }
    let (call, client) = (call_of(node, resolved, old.is_some()), shared.client_of(node));
    let fields = Object::from(declared);
    let mut last: Option<Failure> = None;
    for _ in 0..TRIES {
        let replaced = old.map(str::to_owned);
        let ticket = announce(shared, address, node, Action::Create, &call, &fields, replaced, &known).await?;
        let mut failure = match client.write(&shared.book, &ticket, &call).await {
            Ok(json) => match made(node.spec, resolved, json) {
                Some(live) => {
                    return Box::pin(answered(shared, node, address, (declared, resolved), ticket, live)).await;
                }
                None => malformed(&client, &call),
            },
            Err(failure) => failure,
        };
        if failure.certainty == Certainty::NothingChanged {
            // An earlier request for it may be why: then what has its key now is what that one made.
            let is_repeated = last.is_some() || shared.arriving.contains(address);
            if is_repeated && matches!(failure.kind, FailureKind::Conflict | FailureKind::Refused) {
                let found = Box::pin(look_for(shared, node, resolved, &known, false)).await.unwrap_or_default();
                if let [one] = &found[..] {
                    return Box::pin(arrived(shared, node, address, (declared, resolved), ticket, one)).await;
                }
            }
            shared.book.settle(ticket, Settled::Failed { message: failure.to_string() }).await?;
            if is_repeated && failure.kind == FailureKind::Conflict {
                failure.kind = FailureKind::Raced;
            }
            return Err(failure.into());
        }
        // Nobody knows whether it was made: it is looked for before anything is sent again.
        match Box::pin(look_for(shared, node, resolved, &known, failure.is_answered())).await {
            Ok(found) => match &found[..] {
                [] if may_arrive(shared, node, old.is_some(), &failure) => {
                    shared.book.settle(ticket, Settled::Unknown { message: failure.to_string() }).await?;
                    return Err(Why::Open(Box::new(failure)));
                }
                [] => {
                    shared.book.settle(ticket, Settled::Failed { message: failure.to_string() }).await?;
                    if !node.spec.wire.identity_is_unique() || old.is_some() {
                        watch(shared, node, address, &fields, &known).await?;
                    }
                    last = Some(failure);
                }
                [one] => return Box::pin(arrived(shared, node, address, (declared, resolved), ticket, one)).await,
                several => {
                    let ids = several.iter().map(|l| l.id.as_str()).collect::<Vec<_>>().join(", ");
                    shared.book.settle(ticket, Settled::Unknown { message: failure.to_string() }).await?;
                    return Err(Why::Here(
                        codes::NOT_APPLIED,
                        format!(
                            "{failure}; and several objects match it now ({ids}): remove the ones you do not want, then run it again"
                        ),
                    ));
                }
            },
            Err(_) => {
                shared.book.settle(ticket, Settled::Unknown { message: failure.to_string() }).await?;
                return Err(failure.into());
            }
        }
    }
    Err(last.map_or_else(|| Why::Here(codes::NOT_APPLIED, "it could not be created".into()), Why::from))
}

/// Sends a create of an earlier run once more, as it was, under its key: it is answered as the first time, or made now.
/// Nothing, where the answer is a failure that the key would only repeat, and what it was to make is not there.
async fn again(
    shared: &Shared,
    node: &GraphNode,
    address: &str,
    (declared, resolved): (&Terms, &Map),
    intent: &Intent,
) -> Option<Worked> {
    let then = sent(&intent.fields, &shared.environment);
    let call = call_of(node, &then, intent.takes_over());
    let (client, ticket) = (shared.client_of(node), shared.book.resume(intent));
    let failure = match client.write(&shared.book, &ticket, &call).await {
        Ok(json) => match made(node.spec, &then, json) {
            Some(live) if *intent.fields == *declared => {
                return Some(Box::pin(answered(shared, node, address, (declared, resolved), ticket, live)).await);
            }
            Some(live) => {
                return Some(Box::pin(arrived(shared, node, address, (declared, resolved), ticket, &live)).await);
            }
            None => malformed(&client, &call),
        },
        Err(failure) => failure,
    };
    // Too many requests, or the first one is still at work: what became of that one, nobody knows yet.
    let certainty = if failure.kind == FailureKind::Limited { Certainty::Unknown } else { failure.certainty };
    let failure = Failure { certainty, ..failure };
    // An API keeps what it answered to a key, also that it failed.
    if failure.is_answered() && failure.kind == FailureKind::Server {
        match Box::pin(look_for(shared, node, &then, &intent.known, true)).await.as_deref() {
            Ok([]) => {
                let settled = Settled::Failed { message: failure.to_string() };
                return shared.book.settle(ticket, settled).await.err().map(|error| Err(error.into()));
            }
            Ok([one]) => {
                return Some(Box::pin(arrived(shared, node, address, (declared, resolved), ticket, one)).await);
            }
            Ok(_) | Err(_) => {}
        }
    }
    if let Err(error) = shared.book.settle(ticket, unsettled(&failure)).await {
        return Some(Err(error.into()));
    }
    Some(Err(failure.into()))
}

/// Remembers what a request made, as its answer says.
async fn answered(
    shared: &Shared,
    node: &GraphNode,
    address: &str,
    (declared, resolved): (&Terms, &Map),
    ticket: Ticket,
    live: Live,
) -> Worked {
    let mut entry = made_entry(shared, node, &live, &Object::from(declared));
    let secrets = keep(shared, node.spec, &live, address, &mut entry);
    let id = live.id.clone();
    let live = whole(&shared.client_of(node), node.spec, live, resolved).await;
    if node.spec.wire.is_made_in_two(resolved) {
        shared.book.settle(ticket, Settled::Applied(Box::new(entry.clone()))).await?;
        let rest = Box::pin(converge(shared, node, &live, entry, None, declared, resolved)).await?;
        return Ok(Did { id, secrets, ..rest });
    }
    let warnings = compare(node.spec, &live, resolved, declared, address, &mut entry);
    shared.book.settle(ticket, Settled::Applied(Box::new(entry))).await?;
    Ok(Did { id, secrets, warnings, ..Did::default() })
}

/// What an API brought back beside something that was restored in this run: a dashboard comes back with the insights
/// that were on it, so that a second one of the same title would be made.
async fn came_back(shared: &Shared, node: &GraphNode, resolved: &Map, known: &[String]) -> Option<Live> {
    if node.spec.wire.identity_is_unique() || !shared.is_on_restored(node) {
        return None;
    }
    let found = candidates(&shared.client_of(node), node.spec, resolved, known, &shared.book.state()).await.ok()?;
    let mut found = found.into_iter();
    found.next().filter(|_| found.next().is_none())
}

/// Takes over what a request made whose answer was lost.
async fn arrived(
    shared: &Shared,
    node: &GraphNode,
    address: &str,
    (declared, resolved): (&Terms, &Map),
    ticket: Ticket,
    one: &Live,
) -> Worked {
    let made = made_entry(shared, node, one, &Object::from(declared));
    shared.book.settle(ticket, Settled::Applied(Box::new(made.clone()))).await?;
    shared.progress.note(&format!("{address} was made although its answer was lost; it is {}", one.id));
    Box::pin(converge(shared, node, one, made, None, declared, resolved)).await
}

/// Looks out, from now on, for what a create made that was given up.
async fn watch(
    shared: &Shared,
    node: &GraphNode,
    address: &str,
    fields: &Object<Terms>,
    known: &[String],
) -> Result<(), Why> {
    let watched = Watched {
        address: address.to_owned(),
        kind: node.spec.keyword.to_owned(),
        account: account_said(node.spec, node.account),
        fields: fields.clone(),
        known: known.to_vec(),
        at: shared.now(),
        arrived: Vec::new(),
    };
    Ok(shared.book.record(StateEvent::GivenUp(Box::new(watched))).await?)
}

/// Whether a create without an answer may still make something that a second one would make twice.
fn may_arrive(shared: &Shared, node: &GraphNode, is_successor: bool, failure: &Failure) -> bool {
    let wire = node.spec.wire;
    (!wire.identity_is_unique() || is_successor)
        && !failure.is_answered()
        && !shared.client_of(node).late_window().is_zero()
}

async fn look_for(
    shared: &Shared,
    node: &GraphNode,
    resolved: &Map,
    known: &[String],
    is_answered: bool,
) -> Result<Vec<Live>, crate::error::Error> {
    let more: &[Duration] = if is_answered { &AFTER_A_FAILURE } else { &[] };
    let mut found = Vec::new();
    for wait in LOOKS.iter().chain(more).copied() {
        shared.client.pause(wait).await;
        let state = shared.book.state();
        found = candidates(&shared.client_of(node), node.spec, resolved, known, &state).await?;
        if !found.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// The fields that people decide from the moment on that something is there.
fn loose(node: &GraphNode, before: Option<&Entry>) -> impl Iterator<Item = &'static str> {
    before.into_iter().flat_map(|_| node.want.create_only.iter().copied())
}

/// Brings what was found in line with what is wanted; `before` is what was applied to it earlier.
pub(super) async fn converge(
    shared: &Shared,
    node: &GraphNode,
    live: &Live,
    made: Entry,
    before: Option<&Entry>,
    declared: &Terms,
    resolved: &Map,
) -> Worked {
    let wire = node.spec.wire;
    let applied = before.map(|before| applied_fields(shared, before)).unwrap_or_default();
    let left: Vec<&str> = node.spec.ignored(node.item.common()).chain(loose(node, before)).collect();
    // What no answer tells was sent as it was applied last, or as it was made.
    let is_as_written = |name: &str, want: &Json| {
        wire.write_only().contains(&name) && applied.get(name).is_none_or(|then| wire.same(name, want, then))
    };
    let changed: Vec<String> = resolved
        .iter()
        .filter(|(field, want)| {
            let name = field.as_str();
            !wire.parents().contains(&name)
                && !left.contains(&name)
                && !is_as_written(name, want)
                && !live.fields.get(*field).is_some_and(|l| wire.agrees(field, want, applied.get(*field), l))
                && !want.is_null()
        })
        .map(|(field, _)| field.clone())
        .collect();
    if changed.is_empty() {
        return Ok(Did { id: live.id.clone(), ..Did::default() });
    }
    let Some(known) = prior(wire, resolved, Some(&made), Some(live)) else { return Ok(Did::default()) };
    let merged = merged_fields(shared, node, resolved, before, &live.fields);
    altered(shared, node, Some(made), known, declared, &merged, changed).await
}
