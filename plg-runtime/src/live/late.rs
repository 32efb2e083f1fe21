//! Objects that a create made which had been given up: nobody manages them, and they are told until they are gone.

use super::found::{LateObject, LiveState};
use super::list::list;
use super::listed::Listed;
use crate::declared::environment::Environment;
use crate::declared::graph::StackGraph;
use crate::declared::terms::sent;
use crate::error::Error;
use crate::http::Clients;
use crate::store::{Entry, State, Watched};
use jiff::{SignedDuration, Timestamp};
use plg_core::{Live, linked};
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
    graph: Option<&StackGraph>,
    state: &State,
    environment: &Environment,
    seen: &mut LiveState,
) -> Result<Vec<LateObject>, Error> {
    let now = client.now();
    let mut all: Vec<LateObject> = Vec::new();
    for watched in state.watched.iter().filter(|watched| is_watched(watched, now)) {
        let account = watched.account();
        if !client.has(account) {
            continue;
        }
        let ours = managed(graph, state, seen, watched);
        for live in made_by(client, watched, environment, seen).await? {
            let is_told =
                all.iter().any(|late| late.kind == watched.kind && late.id == live.id && late.account == account.0);
            if !is_told && !ours.contains(&live.id) {
                all.push(LateObject {
                    address: watched.address.clone(),
                    kind: watched.kind.clone(),
                    account: account.0.to_owned(),
                    id: live.id.clone(),
                });
            }
        }
    }
    Ok(all)
}

/// The live objects with this id, one an account and a kind, of those that arrived after all. An account may stand
/// before the id: `marketing/7`.
pub(crate) async fn late_objects(
    client: &Clients,
    state: &State,
    environment: &Environment,
    named: &str,
) -> Result<Vec<(Watched, Live)>, Error> {
    let mut seen = LiveState::default();
    let mut all: Vec<(Watched, Live)> = Vec::new();
    for watched in state.watched.iter().filter(|watched| is_watched(watched, client.now())) {
        let account = watched.account();
        let id = named.strip_prefix(account.0).and_then(|rest| rest.strip_prefix('/')).unwrap_or(named);
        let is_found = |(other, _): &(Watched, Live)| other.kind == watched.kind && other.account == watched.account;
        if all.iter().any(is_found) || !client.has(account) {
            continue;
        }
        let ours = managed(None, state, &seen, watched);
        let made = made_by(client, watched, environment, &mut seen).await?;
        if let Some(live) = made.into_iter().find(|live| live.id == id && !ours.contains(&live.id)) {
            all.push((watched.clone(), Live::clone(&live)));
        }
    }
    Ok(all)
}

/// Ids that an address of a create's kind, in its account, stands for: remembered or just found.
fn managed(graph: Option<&StackGraph>, state: &State, seen: &LiveState, watched: &Watched) -> BTreeSet<String> {
    let (kind, account) = (watched.kind.as_str(), watched.account());
    let remembered = state
        .resources
        .values()
        .filter(|entry| entry.kind == kind && entry.account == watched.account)
        .map(|entry| entry.id.clone());
    // Ids are told apart within a kind and an account only.
    let account_of = |address: &str| {
        let declared = graph.and_then(|graph| graph.get(address)).map(|node| node.account);
        declared.or_else(|| state.resources.get(address).map(Entry::account))
    };
    let is_there = |address: &str| address.split('.').next() == Some(kind) && account_of(address) == Some(account);
    let of_kind = seen.looks.iter().filter(|(address, _)| is_there(address));
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
