//! One object that is known by its id, asked for by that alone: what no list shows may still be there.

use crate::http::{Certainty, Client, Failure, FailureKind};
use plg_core::wire::{Ending, segment};
use plg_core::{Call, Live, Map, Prior, Spec};
use serde_json::Value as Json;

/// Whose account was asked, and which.
type Who = (&'static plg_core::Provider, plg_core::AccountName);

/// What is there under the id that is known; nothing where it is gone.
///
/// # Errors
/// When the API does not say whether it is there.
pub(crate) async fn by_id(client: &Client, spec: &'static Spec, prior: &Prior) -> Result<Option<Live>, Failure> {
    match spec.wire.by_id(prior) {
        Some(call) => match client.read(&call).await {
            Ok(json) => read(client.who(), spec, &call, prior, json),
            Err(failure) if failure.kind == FailureKind::NotFound => Ok(None),
            Err(failure) => Err(failure),
        },
        None => listed(client, spec, prior).await,
    }
}

/// The same from its list, where an API has no other place that tells.
async fn listed(client: &Client, spec: &'static Spec, prior: &Prior) -> Result<Option<Live>, Failure> {
    match client.list(&spec.wire.collection_of(prior).listing(), 0).await {
        Ok(rows) => {
            let listing = spec.wire.listing(&prior.fields);
            let mut lives = rows.into_iter().filter_map(|row| spec.wire.read_row(row, &listing));
            Ok(lives.find(|live| live.id == prior.id).filter(|live| !is_gone(spec, prior, live)))
        }
        Err(failure) if failure.kind == FailureKind::NotFound => Ok(None),
        // Its parent is of another type by now.
        Err(failure) if failure.kind == FailureKind::Refused && !spec.wire.parents().is_empty() => Ok(None),
        Err(failure) => Err(failure),
    }
}

fn read(who: Who, spec: &'static Spec, call: &Call, prior: &Prior, json: Json) -> Result<Option<Live>, Failure> {
    let listing = spec.wire.listing(&prior.fields);
    let is_row = json.get("id").is_some() || json.get("data").and_then(|data| data.get("id")).is_some();
    match spec.wire.read_row(json, &listing) {
        Some(live) if live.id == prior.id => Ok(Some(live).filter(|live| !is_gone(spec, prior, live))),
        // Asked for by a name that something else has now, or one of those that nobody is to see.
        Some(_) if !call.path.contains(&segment(&prior.id)) => Ok(None),
        None if is_row => Ok(None),
        Some(_) | None => {
            let message = format!("the answer does not say whether {} exists", prior.id);
            Err(Failure::of(who, call, Some(200), (FailureKind::Malformed, Certainty::NothingChanged), message))
        }
    }
}

/// Whether a row is of something that people see as gone. What a kind asks for in any case, as its list leaves out the
/// archived, is restored instead.
fn is_gone(spec: &Spec, prior: &Prior, live: &Live) -> bool {
    live.archived
        && matches!(spec.wire.collection_of(prior).ending, Ending::Mark(_))
        && spec.wire.detail(&live.id, &Map::new()).is_none()
}
