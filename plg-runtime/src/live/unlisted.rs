//! What is remembered and stands in no list: asked for by its id before it is called gone. Rows slip between two pages
//! when others are removed meanwhile, and a replica does not have yet what was just made.

use super::by_id::by_id;
use super::found::{Key, LiveState, Subject, client_of};
use super::list::list;
use crate::error::Error;
use crate::http::Clients;
use crate::store::{Entry, State};
use jiff::{SignedDuration, Timestamp};
use plg_core::{Live, Prior, Spec};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How many may be missing from one list before it is asked for once more.
const SEVERAL: usize = 3;

/// How long an API may take until it shows what was written.
const SHOWN_WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// How long is waited before each further look for what was just written.
const LOOKS: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2)];

/// Looks for what no list shows, and waits for it no more than once.
#[derive(Debug)]
pub(super) struct Unlisted {
    looks: std::slice::Iter<'static, Duration>,
    now: Timestamp,
}

/// One that is remembered.
struct Missing {
    key: Key,
    spec: &'static Spec,
    prior: Prior,
    /// The names it has or had.
    names: Vec<String>,
    /// Whether it was written so lately that an API may not show it yet.
    is_new: bool,
}

impl Unlisted {
    pub(super) fn new(client: &Clients) -> Self {
        // An API that is part of this process shows everything at once.
        let looks = if client.is_immediate() { &[][..] } else { &LOOKS[..] };
        Unlisted { looks: looks.iter(), now: client.now() }
    }

    /// Adds to the lists what is there all the same.
    pub(super) async fn ask(
        &mut self,
        client: &Clients,
        gate: &Arc<Semaphore>,
        state: &State,
        seen: &mut LiveState,
        subjects: Vec<&Subject<'_>>,
    ) -> Result<(), Error> {
        let mut missing: Vec<Missing> =
            subjects.into_iter().filter_map(|subject| self.missing(state, seen, subject)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let mut counts: BTreeMap<&Key, usize> = BTreeMap::new();
        for one in &missing {
            *counts.entry(&one.key).or_default() += 1;
        }
        let lists = missing.iter().map(|one| &one.key).filter(|key| counts[key] > SEVERAL);
        let lists: BTreeSet<Key> =
            lists.chain(missing.iter().filter(|one| one.has_no_place()).map(|one| &one.key)).cloned().collect();
        again(client, gate, seen, lists).await?;
        loop {
            missing.retain(|one| !one.is_listed(seen));
            found(client, gate, seen, &missing).await?;
            missing.retain(|one| one.is_new && !one.is_listed(seen));
            if missing.is_empty() {
                return Ok(());
            }
            let Some(pause) = self.looks.next() else { return Ok(()) };
            client.pause(*pause).await;
            let lists = missing.iter().filter(|one| one.has_no_place()).map(|one| one.key.clone());
            again(client, gate, seen, lists.collect()).await?;
        }
    }

    fn missing(&self, state: &State, seen: &LiveState, subject: &Subject<'_>) -> Option<Missing> {
        let (id, key) = (subject.id.as_ref()?, subject.key()?);
        if seen.lists.get(&key)?.with_id(id).is_some() {
            return None;
        }
        let mut all = state.resources.values();
        let own = state.resources.get(subject.address);
        let entry = own.or_else(|| all.find(|entry| entry.id == *id && entry.is_in(subject.spec, subject.account)))?;
        let mut fields = entry.fields.known();
        // Where it was made is where it is, whatever the declaration says now; how it is talked to is as it is said now.
        let ways = subject.spec.wire.ways();
        for (parent, now) in &subject.within {
            if ways.contains(&parent.as_str()) || !fields.contains_key(parent) {
                fields.insert(parent.clone(), now.clone());
            }
        }
        let names = subject.spec.wire.identity(&fields).into_iter().collect();
        let prior = Prior { id: id.clone(), outputs: entry.outputs.to_map(), fields };
        Some(Missing { key, spec: subject.spec, prior, names, is_new: self.is_new(entry) })
    }

    fn is_new(&self, entry: &Entry) -> bool {
        let ages = [&entry.updated_at, &entry.created_at].into_iter().filter_map(|at| at.parse::<Timestamp>().ok());
        // Clocks differ: what seems to come from the future is new as well.
        ages.map(|at| self.now.duration_since(at).abs()).any(|age| age < SHOWN_WITHIN)
    }
}

impl Missing {
    /// Whether only its list tells whether it is there.
    fn has_no_place(&self) -> bool {
        self.spec.wire.by_id(&self.prior).is_none()
    }

    fn is_listed(&self, seen: &LiveState) -> bool {
        seen.lists.get(&self.key).is_some_and(|listed| listed.with_id(&self.prior.id).is_some())
    }
}

/// Asks for lists once more, and adds the rows that were not in them.
async fn again(
    client: &Clients,
    gate: &Arc<Semaphore>,
    seen: &mut LiveState,
    keys: BTreeSet<Key>,
) -> Result<(), Error> {
    let mut tasks = JoinSet::new();
    for key in keys {
        let Some(client) = client_of(client, &key) else { continue };
        let gate = gate.clone();
        tasks.spawn(async move {
            let _permit = gate.acquire().await;
            let rows = list(&client, key.1, &key.2, 0).await;
            (key, rows)
        });
    }
    while let Some(task) = tasks.join_next().await {
        let Ok((key, rows)) = task else { continue };
        let (Some(spec), Some(listed)) = (plg_core::linked::find(key.1), seen.lists.get_mut(&key)) else { continue };
        for live in rows? {
            if listed.with_id(&live.id).is_none() {
                listed.add(spec, live);
            }
        }
    }
    Ok(())
}

/// Asks for each by its id, and adds those that are there.
async fn found(
    client: &Clients,
    gate: &Arc<Semaphore>,
    seen: &mut LiveState,
    missing: &[Missing],
) -> Result<(), Error> {
    let mut tasks = JoinSet::new();
    for (place, one) in missing.iter().enumerate().filter(|(_, one)| !one.has_no_place()) {
        let client = client.of(one.spec.provider(), one.key.0);
        let (gate, spec, prior) = (gate.clone(), one.spec, one.prior.clone());
        tasks.spawn(async move {
            let _permit = gate.acquire().await;
            (place, by_id(&client, spec, &prior).await)
        });
    }
    let mut lives: Vec<(usize, Live)> = Vec::new();
    while let Some(task) = tasks.join_next().await {
        let Ok((place, answer)) = task else { continue };
        lives.extend(answer?.map(|live| (place, live)));
    }
    lives.sort_by_key(|(place, _)| *place);
    for (place, live) in lives {
        let one = &missing[place];
        let Some(listed) = seen.lists.get_mut(&one.key) else { continue };
        let own = one.spec.wire.identity(&live.fields);
        let mut names = own.iter().chain(&one.names);
        // One that is hidden, and whose name something else has by now, stays hidden.
        let is_followed = live.archived && names.any(|name| listed.like(name).any(|other| !other.archived));
        if !is_followed && listed.with_id(&live.id).is_none() {
            listed.add(one.spec, live);
        }
    }
    Ok(())
}
