//! What is live: one list a kind and parent, fetched side by side, matched with what is declared
//! and what is remembered.

use super::by_id::by_id;
use super::found::{Key, LiveState, Lookup, Subject, client_of};
use super::late::arrived;
use super::list::list;
use super::listed::{Listed, Owners};
use super::lookup::{known, known_so_far};
use super::prefetch::{self, Prefetched};
use super::renamed::renamed;
use super::unlisted::Unlisted;
use crate::declared::environment::Environment;
use crate::declared::graph::StackGraph;
use crate::declared::terms::sent;
use crate::error::Error;
use crate::http::Clients;
use crate::store::State;
use jiff::Timestamp;
use plg_core::{Live, Map, Term, Terms, linked};
use serde_json::Value as Json;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many requests a refresh has under way at once.
const PARALLEL: usize = 16;

/// How often a parent found elsewhere than remembered can lead to another round of lists.
const ROUNDS: usize = 8;

/// What a look is made from.
#[derive(Clone, Copy)]
struct Remembered<'a> {
    graph: &'a StackGraph,
    state: &'a State,
    environment: &'a Environment,
    now: Timestamp,
}

/// Looks at everything declared and remembered, or at some of it alone.
pub(crate) async fn refresh(
    client: &Clients,
    graph: &StackGraph,
    state: &State,
    environment: &Environment,
    only: Option<&BTreeSet<String>>,
) -> Result<LiveState, Error> {
    let renamed = renamed(graph, state, environment);
    let at = client.now().to_string();
    let mut seen = LiveState { fresh: only.is_none(), renamed, at, ..LiveState::default() };
    if only.is_some_and(BTreeSet::is_empty) {
        return Ok(seen);
    }
    let about = Remembered { graph, state, environment, now: client.now() };
    let mut subjects = subjects(about, &seen.renamed, only);
    // Nobody is asked whose key was not asked for.
    subjects.retain(|subject| client.has(subject.account));
    let owners = Owners::of(state);
    let gate = Arc::new(Semaphore::new(PARALLEL));
    let mut prefetched: Option<Prefetched> = None;
    let mut unlisted = Unlisted::new(client);
    // Parents are remembered as a rule, so that one round is enough; a parent found elsewhere than
    // remembered makes another.
    for _ in 0..ROUNDS {
        let Placed { moved, missing } = place(about, &mut seen, &mut subjects, &mut prefetched);
        if moved.is_empty() {
            break;
        }
        if prefetched.is_none() {
            let wanted = prefetch::wanted(graph, &subjects);
            let (lists, found) = tokio::join!(fetch(client, &gate, missing), Prefetched::fetch(client, &gate, wanted));
            seen.lists.extend(lists?);
            prefetched = Some(found);
        } else {
            seen.lists.extend(fetch(client, &gate, missing).await?);
        }
        let placed = || moved.iter().map(|place| &subjects[*place]);
        unlisted.ask(client, &gate, state, &mut seen, placed().filter(|s| !is_by_name(graph, s)).collect()).await?;
        for subject in placed() {
            let look = find(about, &owners, &seen, subject);
            seen.looks.insert(subject.address.to_owned(), look);
        }
    }
    details(client, about, &mut seen, &subjects).await?;
    if seen.fresh {
        seen.late = arrived(client, Some(graph), state, environment, &mut seen).await?;
    }
    Ok(seen)
}

/// Everything to be looked for: what is declared, then what is only remembered.
fn subjects<'a>(
    about: Remembered<'a>,
    renamed: &BTreeMap<String, String>,
    only: Option<&BTreeSet<String>>,
) -> Vec<Subject<'a>> {
    let Remembered { graph, state, .. } = about;
    let wanted = |address: &str| only.is_none_or(|only| only.contains(address));
    let mut subjects: Vec<Subject> = Vec::new();
    for node in graph.nodes.iter().filter(|n| !n.is_marker() && wanted(&n.address)) {
        let entry = state.resources.get(renamed.get(&node.address).unwrap_or(&node.address));
        subjects.push(Subject {
            address: &node.address,
            spec: node.spec,
            account: node.account,
            want: Cow::Borrowed(&node.want.fields),
            id: entry.map(|e| e.id.clone()),
            listing: None,
            within: Map::new(),
        });
    }
    let moved: BTreeSet<&String> = renamed.values().collect();
    let is_left = |address: &String| wanted(address) && graph.get(address).is_none() && !moved.contains(address);
    let undeclared = state.resources.iter().filter(|(address, _)| is_left(address));
    subjects.extend(undeclared.filter_map(|(address, entry)| {
        Some(Subject {
            address,
            spec: linked::find(&entry.kind)?,
            account: entry.account(),
            want: Cow::Borrowed(&*entry.fields),
            id: Some(entry.id.clone()),
            listing: None,
            within: Map::new(),
        })
    }));
    subjects
}

/// What one round has to do.
struct Placed {
    /// The subjects whose list is another one than before, by place.
    moved: Vec<usize>,
    /// Lists that nobody asked for yet, with how many rows each has that are remembered.
    missing: BTreeMap<Key, usize>,
}

/// Says for each subject which list it is in, as far as its parents are known.
fn place(
    about: Remembered<'_>,
    seen: &mut LiveState,
    subjects: &mut [Subject<'_>],
    prefetched: &mut Option<Prefetched>,
) -> Placed {
    let mut placed = Placed { moved: Vec::new(), missing: BTreeMap::new() };
    for (place, subject) in subjects.iter_mut().enumerate() {
        let parents = parents(about, seen, subject);
        let Some(parents) = parents.json() else { continue };
        let listing = subject.spec.wire.listing(&parents);
        if subject.listing.as_ref() == Some(&listing) {
            continue;
        }
        let key = (subject.account, subject.spec.keyword, listing.clone());
        if !seen.lists.contains_key(&key) {
            match prefetched.as_mut().and_then(|lists| lists.take(about.graph, seen, subject)) {
                Some(listed) => drop(seen.lists.insert(key, listed)),
                None => *placed.missing.entry(key).or_default() += usize::from(subject.id.is_some()),
            }
        }
        subject.listing = Some(listing);
        subject.within = parents;
        placed.moved.push(place);
    }
    placed
}

/// The parents of a subject, as far as they are known.
fn parents(about: Remembered<'_>, seen: &LiveState, subject: &Subject<'_>) -> Terms {
    let Remembered { graph, state, .. } = about;
    // While nothing was looked at yet, what is remembered of parents has to do.
    let known = |address: &str, get: &str| known_so_far(graph, state, seen, address, get);
    let mut parents = subject.parents().resolved(&known).into_owned();
    // What every account has is in no state, but what is on them remembers where it is.
    if let Some(entry) = state.resources.get(seen.remembered_as(subject.address)) {
        for (parent, value) in parents.iter_mut() {
            let unseen = value.unresolved().is_some_and(|address| seen.look(address).is_none());
            if unseen && let Some(applied) = entry.fields.get(parent) {
                *value = applied.clone();
            }
        }
    }
    parents
}

async fn fetch(
    client: &Clients,
    gate: &Arc<Semaphore>,
    keys: BTreeMap<Key, usize>,
) -> Result<Vec<(Key, Listed)>, Error> {
    let mut tasks = tokio::task::JoinSet::new();
    for (key, expected) in keys {
        let Some(client) = client_of(client, &key) else { continue };
        let gate = gate.clone();
        tasks.spawn(async move {
            let _permit = gate.acquire().await;
            let rows = list(&client, key.1, &key.2, expected).await;
            (key, rows)
        });
    }
    let mut lists = Vec::new();
    while let Some(task) = tasks.join_next().await {
        if let Ok((key, rows)) = task {
            let listed = Listed::of(linked::find(key.1), rows?);
            lists.push((key, listed));
        }
    }
    Ok(lists)
}

/// What others make is whatever has its name: renamed, it is another one.
fn is_by_name(graph: &StackGraph, subject: &Subject<'_>) -> bool {
    graph.get(subject.address).is_some() && subject.spec.wire.made_elsewhere().is_some()
}

fn find(about: Remembered<'_>, owners: &Owners, seen: &LiveState, subject: &Subject<'_>) -> Lookup {
    let Remembered { graph, state, environment, now } = about;
    let Some(listing) = &subject.listing else { return Lookup::default() };
    let key = (subject.account, subject.spec.keyword, listing.clone());
    let Some(listed) = seen.lists.get(&key) else { return Lookup::default() };
    let by_id = subject.id.as_ref().filter(|_| !is_by_name(graph, subject)).and_then(|id| listed.with_id(id));
    // One that is archived may have been replaced since: an old backup of the state was put back.
    if let Some(live) = by_id
        && !(live.archived && succeeded(state, owners, subject, live, listed))
    {
        let late = late(state, now, owners, subject, live, listed);
        return Lookup { live: Some(live.clone()), late, ..Lookup::default() };
    }
    // What is only remembered is looked for by its id alone.
    if graph.get(subject.address).is_none() {
        return Lookup::default();
    }
    let referring = subject.want.resolved(&|a: &str, g: &str| known(graph, state, seen, a, g));
    let want = sent(&referring, environment);
    let wire = subject.spec.wire;
    let Some(identity) = wire.identity(&want).filter(|i| !i.is_empty()) else { return Lookup::default() };
    let same: Vec<&Arc<Live>> = listed.like(&identity).collect();
    let owner = |id: &str| owners.other((subject.spec, subject.account), id, subject.address);
    let known: Vec<String> = same.iter().map(|l| l.id.clone()).collect();
    // A replacement that was begun and not finished: what it was to replace still has the name.
    let begun = |l: &&Arc<Live>| owner(&l.id).filter(|o| *o == format!("{}@old-{}", subject.address, l.id));
    if let Some((old, owner)) = same.iter().find_map(|l| Some((*l, begun(l)?))) {
        return Lookup { live: Some(old.clone()), adopted: true, owner: Some(owner), known, ..Lookup::default() };
    }
    // What has ended by itself is nobody's to bring back: another one is made.
    let has_ended = |live: &Live| live.archived && wire.ended(live).is_some();
    let is_free = |live: &Live| owner(&live.id).is_none_or(|o| graph.get(&o).is_none() && !o.contains('@'));
    let free: Vec<&Arc<Live>> = same.into_iter().filter(|live| is_free(live) && !has_ended(live)).collect();
    let candidates: Vec<&Arc<Live>> =
        if free.iter().any(|l| !l.archived) { free.into_iter().filter(|l| !l.archived).collect() } else { free };
    // Of those that are archived the one is brought back that can become what is declared: whichever of them, as
    // nobody uses any.
    let is_alike = |live: &Live| {
        let fixed = wire.fixed().iter().filter_map(|field| Some((*field, want.get(*field)?)));
        fixed.into_iter().all(|(field, want)| live.fields.get(field).is_some_and(|now| wire.same(field, want, now)))
    };
    let candidates = match candidates[..] {
        [_, ..] if !wire.identity_is_unique() && candidates.iter().all(|live| live.archived) => {
            candidates.into_iter().rfind(|live| is_alike(live)).into_iter().collect()
        }
        _ => candidates,
    };
    match candidates[..] {
        [] => Lookup { known, ..Lookup::default() },
        [one] => Lookup { live: Some(one.clone()), adopted: true, owner: owner(&one.id), known, ..Lookup::default() },
        [first, ..] if wire.identity_is_unique() => {
            Lookup { live: Some(first.clone()), adopted: true, owner: owner(&first.id), known, ..Lookup::default() }
        }
        _ => Lookup { ambiguous: candidates.iter().map(|l| l.id.clone()).collect(), known, ..Lookup::default() },
    }
}

/// For how long a request that was given up may still arrive.
const LATEST: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// What has the same name and was not there when a request for it was given up.
fn late(
    state: &State,
    now: Timestamp,
    owners: &Owners,
    subject: &Subject,
    ours: &Live,
    listed: &Listed,
) -> Vec<String> {
    let entry = state.resources.get(subject.address);
    let Some(given_up) = entry.and_then(|entry| entry.given_up.as_deref()) else { return Vec::new() };
    let age = given_up.at.parse::<Timestamp>().map(|at| now.duration_since(at));
    if !age.is_ok_and(|age| age < LATEST) {
        return Vec::new();
    }
    let Some(identity) = subject.spec.wire.identity(&ours.fields) else { return Vec::new() };
    let others = listed.like(&identity).filter(|l| {
        l.id != ours.id
            && !l.archived
            && !given_up.known.contains(&l.id)
            && !owners.has((subject.spec, subject.account), &l.id)
    });
    others.map(|l| l.id.clone()).collect()
}

/// Whether something else that is nobody's has the name now that was remembered.
fn succeeded(state: &State, owners: &Owners, subject: &Subject, old: &Live, listed: &Listed) -> bool {
    let wire = subject.spec.wire;
    let Some(entry) = state.resources.get(subject.address) else { return false };
    let Some(name) =
        wire.identity(&entry.fields.known()).filter(|name| wire.identity(&old.fields).as_ref() != Some(name))
    else {
        return false;
    };
    listed.like(&name).any(|l| !l.archived && !owners.has((subject.spec, subject.account), &l.id))
}

/// Whether the row of a list lacks something declared that the object itself may have, or shows it as empty. What no answer had when it was
/// written is not asked for again.
fn is_left_out(about: Remembered<'_>, seen: &LiveState, subject: &Subject<'_>, live: &Live) -> bool {
    let wire = subject.spec.wire;
    let Some(node) = about.graph.get(subject.address).filter(|node| !node.existing()) else { return false };
    let entry = about.state.resources.get(seen.remembered_as(subject.address));
    let is_missed = |field: &str| entry.and_then(|entry| entry.unkept.get(field)).is_some_and(|unkept| unkept.absent);
    let says_something = |want: &Term| want.json().is_none_or(|want| !is_empty(&want));
    let mut missing = node.want.fields.iter().filter(|(field, want)| {
        let field = field.as_str();
        live.fields.get(field).map_or_else(|| !want.is_null(), |now| is_empty(now) && says_something(want))
            && !wire.parents().contains(&field)
            && !wire.write_only().contains(&field)
            && !is_missed(field)
    });
    missing.next().is_some() && wire.by_id(&subject.prior(live)).is_some()
}

/// What kinds read where an answer has nothing.
fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(map) => map.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

/// Fields by their names, also those of which nothing is known yet.
fn named(fields: &Terms) -> Map {
    fields.iter().map(|(field, term)| (field.clone(), term.json().unwrap_or_default())).collect()
}

/// What lists leave out, for the kinds that ask for it.
async fn details(
    client: &Clients,
    about: Remembered<'_>,
    seen: &mut LiveState,
    subjects: &[Subject<'_>],
) -> Result<(), Error> {
    let gate = Arc::new(Semaphore::new(PARALLEL));
    let mut tasks = tokio::task::JoinSet::new();
    for subject in subjects {
        let Some(live) = seen.live(subject.address) else { continue };
        let call = subject.spec.wire.detail(&live.id, &named(&subject.want));
        let left_out = || is_left_out(about, seen, subject, live).then(|| subject.prior(live));
        let Some(asked) = call.map(Ok).or_else(|| left_out().map(Err)) else { continue };
        let client = client.of(subject.spec.provider(), subject.account);
        let (gate, address, spec) = (gate.clone(), subject.address.to_owned(), subject.spec);
        tasks.spawn(async move {
            let _permit = gate.acquire().await;
            let answer = match asked {
                Ok(call) => client.read(&call).await.map(|json| spec.wire.read(json)),
                Err(known) => by_id(&client, spec, &known).await,
            };
            (address, answer)
        });
    }
    while let Some(task) = tasks.join_next().await {
        let Ok((address, answer)) = task else { continue };
        if let (Some(live), Some(look)) = (answer?, seen.looks.get_mut(&address)) {
            look.live = Some(Arc::new(live));
        }
    }
    Ok(())
}
