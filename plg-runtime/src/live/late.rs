//! Objects that a create made which had been given up: nobody manages them, and they are told until they are gone.

use super::found::{LateObject, LiveState};
use super::list::list;
use super::listed::Listed;
use crate::declared::environment::Environment;
use crate::declared::terms::sent;
use crate::error::Error;
use crate::http::Clients;
use crate::store::{State, Watched};
use jiff::{SignedDuration, Timestamp};
use plg_core::{AccountName, Live, linked};
use std::collections::BTreeSet;
use std::sync::Arc;

/// For how long after it was given up a create is looked out for.
pub(crate) const WATCHED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Whether a create is still looked out for, or something that it made was there when anybody looked.
pub(crate) fn is_watched(watched: &Watched, now: Timestamp) -> bool {
    let age = watched.at.parse::<Timestamp>().map(|at| now.duration_since(at));
    !watched.arrived.is_empty() || age.is_ok_and(|age| age < WATCHED_FOR)
}

/// Looks for what arrived after all. Lists that were asked for already are not asked for again.
pub(crate) async fn arrived(
    client: &Clients,
    state: &State,
    environment: &Environment,
    seen: &mut LiveState,
) -> Result<Vec<LateObject>, Error> {
    let now = client.now();
    let mut all: Vec<LateObject> = Vec::new();
    for watched in state.watched.iter().filter(|watched| is_watched(watched, now)) {
        let ours = managed(state, seen, watched.account(), &watched.kind);
        for live in made_by(client, watched, environment, seen).await? {
            let is_told = all.iter().any(|late| late.kind == watched.kind && late.id == live.id);
            if !is_told && !ours.contains(&live.id) {
                all.push(LateObject {
                    address: watched.address.clone(),
                    kind: watched.kind.clone(),
                    id: live.id.clone(),
                });
            }
        }
    }
    Ok(all)
}

/// The live object with this id, where it is one of those that arrived after all.
pub(crate) async fn late_object(
    client: &Clients,
    state: &State,
    environment: &Environment,
    id: &str,
) -> Result<Option<(Watched, Live)>, Error> {
    let mut seen = LiveState::default();
    for watched in state.watched.iter().filter(|watched| is_watched(watched, client.now())) {
        let ours = managed(state, &seen, watched.account(), &watched.kind);
        let made = made_by(client, watched, environment, &mut seen).await?;
        if let Some(live) = made.into_iter().find(|live| live.id == id && !ours.contains(&live.id)) {
            return Ok(Some((watched.clone(), Live::clone(&live))));
        }
    }
    Ok(None)
}

/// Ids of a kind that an address stands for, remembered or just found.
fn managed(state: &State, seen: &LiveState, account: AccountName, kind: &str) -> BTreeSet<String> {
    let remembered = state
        .resources
        .values()
        .filter(|entry| entry.kind == kind && entry.account() == account)
        .map(|entry| entry.id.clone());
    // Ids are told apart within a kind only.
    let of_kind = seen.looks.iter().filter(|(address, _)| address.split('.').next() == Some(kind));
    // What is only found by its name is managed where the plan adopts it.
    let found = of_kind.filter(|(_, look)| !look.adopted).filter_map(|(_, look)| Some(look.live.as_ref()?.id.clone()));
    remembered.chain(found).collect()
}

/// Everything live that the create could have made: of its name, and not there before it.
async fn made_by(
    client: &Clients,
    watched: &Watched,
    environment: &Environment,
    seen: &mut LiveState,
) -> Result<Vec<Arc<Live>>, Error> {
    let Some(spec) = linked::find(&watched.kind) else { return Ok(Vec::new()) };
    let sent = sent(&watched.fields, environment);
    let Some(identity) = spec.wire.identity(&sent).filter(|identity| !identity.is_empty()) else {
        return Ok(Vec::new());
    };
    let listing = spec.wire.listing(&sent);
    let key = (watched.account(), spec.keyword, listing);
    if !seen.lists.contains_key(&key) {
        let rows = list(&client.of(spec.provider(), key.0), spec.keyword, &key.2, 0).await?;
        seen.lists.insert(key.clone(), Listed::of(Some(spec), rows));
    }
    let like = seen.lists.get(&key).into_iter().flat_map(|listed| listed.like(&identity));
    Ok(like.filter(|live| !live.archived && !watched.known.contains(&live.id)).cloned().collect())
}
