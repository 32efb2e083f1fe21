//! Whether an answer says that it was done: one that does not is not believed, and the object itself is looked at.

use super::work::Shared;
use crate::http::{Certainty, Client, Failure, FailureKind};
use crate::live::by_id;
use crate::store::{Ticket, Unkept};
use plg_core::wire::{includes, same};
use plg_core::{Call, Live, Map, Prior, Spec};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// How much of what was sent a row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// All of it.
    Whole,
    /// Some of it: the API kept what it wanted.
    Partly,
    /// Nothing: it is as if nobody had asked.
    Nothing,
}

impl Taken {
    /// Whether a row is as it was to become, where that is one thing.
    pub(super) fn all_or_nothing(is_done: bool) -> Self {
        if is_done { Taken::Whole } else { Taken::Nothing }
    }

    /// How many of the fields sent a row has as they were sent; `applied` is as it was before. Of a field that is not in
    /// it, or that the API left like this before whatever was sent, nobody knows: sending it again would not tell.
    pub(super) fn of(
        spec: &Spec,
        sent: &Map,
        applied: &Map,
        unkept: Option<&BTreeMap<String, Unkept>>,
        live: &Live,
    ) -> Self {
        let is_left = |field: &str, now: &Json| {
            let left = unkept.and_then(|unkept| unkept.get(field)?.left.as_ref());
            left.is_some_and(|left| same(left, now))
        };
        let told: Vec<Option<bool>> = sent
            .iter()
            .filter(|(field, want)| is_answered(spec, field) && (!want.is_null() || live.fields.contains_key(*field)))
            .map(|(field, want)| {
                let now = live.fields.get(field)?;
                let is_same = spec.wire.agrees(field, want, applied.get(field), now) || includes(want, now);
                (is_same || !is_left(field, now)).then_some(is_same)
            })
            .collect();
        let count = |of: Option<bool>| told.iter().filter(|told| **told == of).count();
        match (count(Some(true)), count(Some(false))) {
            (same, _) if same == told.len() => Taken::Whole,
            (0, others) if others > 0 => Taken::Nothing,
            _ => Taken::Partly,
        }
    }
}

/// Whether an answer may say how a field is.
pub(super) fn is_answered(spec: &Spec, field: &str) -> bool {
    !spec.wire.parents().contains(&field) && !spec.wire.write_only().contains(&field)
}

/// What was sent and is not in an answer, where it should be.
pub(super) fn absent<'a>(spec: &'a Spec, sent: &'a Map, live: &'a Live) -> impl Iterator<Item = &'a String> {
    let is_absent = |(field, want): &(&String, &Json)| !want.is_null() && !live.fields.contains_key(*field);
    sent.iter().filter(is_absent).map(|(field, _)| field).filter(|field| is_answered(spec, field))
}

/// Sends a change until the object has it: the row as it is then. A row that has not all of it, looked at twice, is
/// what the API makes of the request.
pub(super) async fn changed(
    shared: &Shared,
    client: &Client,
    spec: &'static Spec,
    ticket: &Ticket,
    call: &Call,
    prior: &Prior,
    taken: impl Fn(&Live) -> Taken,
) -> Result<Live, Failure> {
    let mut is_again = false;
    loop {
        let unanswered = match client.write(&shared.book, ticket, call).await {
            Ok(json) => match spec.wire.of_answer(json, Some(&prior.id), &prior.fields) {
                Some(live) if live.id == prior.id && taken(&live) == Taken::Whole => return Ok(live),
                _ => None,
            },
            Err(failure) if failure.certainty == Certainty::NothingChanged => return Err(failure),
            Err(failure) => Some(failure),
        };
        let now = match by_id(client, spec, prior).await {
            Ok(Some(now)) => now,
            Ok(None) => {
                return Err(Failure {
                    kind: FailureKind::NotFound,
                    ..failed(client, call, "it is not there any more")
                });
            }
            Err(failure) => return Err(unanswered.unwrap_or(Failure { certainty: Certainty::Unknown, ..failure })),
        };
        match (taken(&now), unanswered) {
            (Taken::Whole, _) => return Ok(now),
            (_, Some(failure)) => return Err(failure),
            (Taken::Nothing, None) if !is_again => is_again = true,
            (_, None) => return Ok(now),
        }
    }
}

/// Sends a removal until the object is gone or archived.
pub(super) async fn removed(
    shared: &Shared,
    client: &Client,
    spec: &'static Spec,
    ticket: &Ticket,
    call: &Call,
    prior: &Prior,
) -> Result<(), Failure> {
    let mut is_again = false;
    loop {
        let unanswered = match client.write(&shared.book, ticket, call).await {
            Ok(json) => {
                if says_removed(spec, prior, json) {
                    return Ok(());
                }
                None
            }
            // Gone is gone, whoever did it.
            Err(failure) if failure.kind == FailureKind::NotFound => None,
            Err(failure) if failure.certainty == Certainty::NothingChanged => return Err(failure),
            Err(failure) => Some(failure),
        };
        match (by_id(client, spec, prior).await, unanswered) {
            (Ok(None), _) => return Ok(()),
            (Ok(Some(now)), _) if now.archived => return Ok(()),
            (_, Some(failure)) => return Err(failure),
            (Ok(Some(_)), None) if !is_again => is_again = true,
            (Ok(Some(_)), None) => {
                let still = "the API confirmed its removal twice, and still has it";
                return Err(failed(client, call, still));
            }
            (Err(failure), None) => return Err(Failure { certainty: Certainty::Unknown, ..failure }),
        }
    }
}

/// Whether an answer to a removal says that this object is gone: 204, or its own row, deleted or archived. An
/// `{}` says nothing.
fn says_removed(spec: &Spec, prior: &Prior, answer: Json) -> bool {
    let listing = spec.wire.listing(&prior.fields);
    answer.is_null() || spec.wire.read_row(answer, &listing).is_some_and(|live| live.id == prior.id && live.archived)
}

/// What was made, if an answer to a create says so: it has an id, and the name that was asked for.
pub(super) fn made(spec: &Spec, resolved: &Map, answer: Json) -> Option<Live> {
    let live = spec.wire.of_answer(answer, None, resolved)?;
    spec.wire.answers(resolved, &live.fields).then_some(live)
}

/// What was answered like a success, and is none: the object was looked at.
pub(super) fn failed(client: &Client, call: &Call, message: &str) -> Failure {
    Failure::of(client.who(), call, Some(200), (FailureKind::Malformed, Certainty::NothingChanged), message)
}
