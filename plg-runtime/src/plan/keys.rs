//! Keys that move from one declaration to another in one plan: who frees a key goes before who takes it.
//!
//! Where that goes round in a circle, as when two swap, one of them has a parking name meanwhile. What cannot be done
//! in any order is refused before anything is.

use super::change::Change;
use super::prior::{Inputs, declared_and_resolved, key_and_parents};
use super::step::Step;
use crate::declared::terms::sent;
use crate::error::Problem;
use crate::live::key_of;
use plg_core::wire::text;
use plg_core::{AccountName, Map, Removal, Spec, linked};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A kind, an account, the parents and a key within them: one object can have it.
type Key = (&'static str, AccountName, String, String);

/// What each step has, and will have.
struct Held {
    spec: &'static Spec,
    now: Option<Key>,
    then: Option<Key>,
}

/// Orders steps by the keys they free and take.
pub(super) fn order(inputs: &Inputs, steps: &mut [Step], removals: &mut [Step]) -> Vec<Problem> {
    // Most plans move no key, or have nothing yet that could have one.
    let may_take = |step: &Step| match step.change {
        Change::Create | Change::Replace => true,
        _ => linked::find(&step.kind).is_some_and(|spec| {
            let is_key = |field: &str| spec.key_fields().any(|key| key == field);
            step.fields.iter().any(|field| is_key(&field.field))
        }),
    };
    let is_anything_held = !removals.is_empty() || steps.iter().any(|step| step.id.is_some());
    if !is_anything_held || !steps.iter().any(may_take) {
        return Vec::new();
    }
    let of_step = |step: &Step| of(inputs, step);
    let held: Vec<Option<Held>> = steps.iter().map(of_step).chain(removals.iter().map(|s| left(inputs, s))).collect();
    let is_taker = |held: &Held| held.then.is_some() && held.then != held.now;
    let takers: Vec<usize> = (0..steps.len()).filter(|place| held[*place].as_ref().is_some_and(is_taker)).collect();
    if takers.is_empty() {
        return Vec::new();
    }
    let holders: HashMap<&Key, usize> =
        held.iter().enumerate().filter_map(|(place, held)| Some((held.as_ref()?.now.as_ref()?, place))).collect();
    let mut problems = Vec::new();
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for place in takers {
        let Some(Held { spec, then: Some(key), .. }) = &held[place] else { continue };
        match holders.get(key).copied().filter(|holder| *holder != place) {
            Some(holder) => taken.push((place, holder)),
            None => problems.extend(of_a_stranger(inputs, &steps[place], spec, key)),
        }
    }
    let count = steps.len();
    let mut parked = BTreeSet::new();
    for (taker, holder) in &taken {
        let step = if *holder < count { &steps[*holder] } else { &removals[*holder - count] };
        match frees(step, held[*holder].as_ref()) {
            Frees::First => {}
            Frees::Parked => drop(parked.insert(*holder)),
            Frees::Never => problems.push(kept(&steps[*taker], step, &held[*taker])),
        }
    }
    problems.extend(circles(inputs, steps, removals, &held, &taken, &mut parked));
    for (taker, holder) in taken {
        let address = if holder < count { &steps[holder].address } else { &removals[holder - count].address };
        let address = address.clone();
        steps[taker].takes_from.push(address);
    }
    for holder in parked {
        let Some(key) = held[holder].as_ref().and_then(|held| held.now.as_ref()) else { continue };
        let step = if holder < count { &mut steps[holder] } else { &mut removals[holder - count] };
        step.parking = Some(parking(&key.3, step.id.as_deref().unwrap_or_default()));
    }
    problems
}

/// A name that nobody else has, and every kind takes.
fn parking(key: &str, id: &str) -> String {
    let plain = |text: &str, most: usize| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).take(most).collect()
    };
    let kept: String = key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(24).collect();
    format!("{}_moving_{}", if kept.is_empty() { "key" } else { &kept }, plain(id, 12))
}

/// What a declaration has and will have, where its kind keeps keys apart.
fn of(inputs: &Inputs, step: &Step) -> Option<Held> {
    let node = inputs.graph.get(&step.address).filter(|node| !node.is_marker())?;
    if !node.spec.wire.identity_is_unique() || matches!(step.change, Change::Read | Change::Await) {
        return None;
    }
    let (declared, resolved) = key_and_parents(inputs, node);
    let is_known = key_of(node, &declared).iter().all(|term| term.unresolved().is_none());
    let then = if is_known { key((node.spec, node.account), &resolved, &resolved) } else { None };
    let entry = step.renamed_from.as_ref().unwrap_or(&step.address);
    let entry = inputs.state.resources.get(entry);
    // What is made has nothing to free, whatever is remembered of it.
    let now = match (inputs.seen.live(&step.address), entry) {
        _ if step.change == Change::Create => None,
        (Some(live), entry) => {
            let mut within = resolved.into_owned();
            within.extend(entry.into_iter().flat_map(|entry| entry.fields.known()));
            key((node.spec, node.account), &live.fields, &within)
        }
        (None, Some(entry)) => {
            let applied = sent(&entry.fields, inputs.environment);
            key((node.spec, node.account), &applied, &applied)
        }
        (None, None) => None,
    };
    Some(Held { spec: node.spec, now, then })
}

/// The key held by a resource that is removed.
fn left(inputs: &Inputs, step: &Step) -> Option<Held> {
    let (entry, spec) = (inputs.state.resources.get(&step.address)?, linked::find(&step.kind)?);
    let gone = entry.existing || !spec.wire.identity_is_unique() || step.address.contains('@');
    // What is gone already holds nothing.
    let gone = gone || (inputs.seen.fresh && inputs.seen.live(&step.address).is_none());
    let applied = sent(&entry.fields, inputs.environment);
    let fields = inputs.seen.live(&step.address).map_or(&applied, |live| &live.fields);
    let now = if gone { None } else { key((spec, entry.account()), fields, &applied) };
    Some(Held { spec, now, then: None })
}

fn key((spec, account): (&'static Spec, AccountName), fields: &Map, within: &Map) -> Option<Key> {
    let identity = spec.wire.identity(fields).filter(|identity| !identity.is_empty())?;
    let parents: Vec<Json> = spec.wire.parents().iter().filter_map(|parent| within.get(*parent)).map(plain).collect();
    Some((spec.keyword, account, Json::from(parents).to_string(), identity))
}

fn plain(value: &Json) -> Json {
    value.as_str().map_or_else(|| value.clone(), Json::from)
}

enum Frees {
    /// It does so by itself: it is changed, made anew or deleted.
    First,
    /// It keeps its key where it goes, so that it has to take another one first.
    Parked,
    /// It stays as it is.
    Never,
}

fn frees(step: &Step, held: Option<&Held>) -> Frees {
    let Some(held) = held else { return Frees::Never };
    match step.change {
        Change::Delete => Frees::First,
        Change::Archive if held.spec.movable_key().is_some() => Frees::Parked,
        Change::Update | Change::Replace | Change::Revive | Change::Adopt if held.then != held.now => Frees::First,
        _ => Frees::Never,
    }
}

fn kept(taker: &Step, holder: &Step, held: &Option<Held>) -> Problem {
    let key = held.as_ref().and_then(|held| held.then.as_ref()).map_or("", |(.., key)| key);
    let place = if holder.place.is_empty() { String::new() } else { format!(" ({})", holder.place) };
    Problem {
        address: taker.address.clone(),
        place: taker.place.clone(),
        message: format!("its key \"{key}\" is the key of {}{place}, which stays as it is", holder.address),
        hint: format!(
            "give {} another key, or declare it under its new name with `was: {}`{}",
            taker.address,
            holder.address.split_once('.').map_or(holder.address.as_str(), |(_, name)| name),
            if holder.change == Change::Forget { ", or remove it with --include-adopted" } else { "" }
        ),
    }
}

/// Somebody else's object, or one that is archived, has the key that something is to move to.
fn of_a_stranger(inputs: &Inputs, step: &Step, spec: &'static Spec, key: &Key) -> Option<Problem> {
    // What is made would have been found by it, and adopted.
    if step.change == Change::Create {
        return None;
    }
    let node = inputs.graph.get(&step.address)?;
    let (_, resolved) = declared_and_resolved(inputs, node, &BTreeSet::new());
    let listing = spec.wire.listing(&resolved);
    let other = inputs
        .seen
        .like(node.account, spec, &listing, &key.3)
        .into_iter()
        .find(|live| step.id.as_ref() != Some(&live.id))?;
    // People see what is soft-deleted as gone, and so does the API.
    if other.archived
        && !matches!(
            spec.wire.remove(&crate::plan::prior(spec.wire, &Map::new(), None, Some(other))?),
            Removal::Archive(_)
        )
    {
        return None;
    }
    let (what, hint) = if other.archived {
        ("an archived one", "rename the archived one in the web app, or choose another key")
    } else {
        ("another one", "rename or remove the other one in the web app, or choose another key")
    };
    Some(Problem {
        address: step.address.clone(),
        place: step.place.clone(),
        message: format!("its key would become \"{}\", and {what} has that: the {} {}", key.3, spec.keyword, other.id),
        hint: hint.into(),
    })
}

/// Breaks every circle of steps that wait for each other by a parking name, and says where that cannot be done.
fn circles(
    inputs: &Inputs,
    steps: &[Step],
    removals: &[Step],
    held: &[Option<Held>],
    taken: &[(usize, usize)],
    parked: &mut BTreeSet<usize>,
) -> Vec<Problem> {
    let all: Vec<&Step> = steps.iter().chain(removals).collect();
    let place: BTreeMap<&str, usize> = all.iter().enumerate().map(|(n, step)| (step.address.as_str(), n)).collect();
    let mut waits: Vec<Vec<usize>> = vec![Vec::new(); all.len()];
    for (n, step) in steps.iter().enumerate() {
        waits[n].extend(step.depends.iter().filter_map(|address| place.get(address.as_str())));
    }
    // What goes waits for whoever needed it last time.
    for (n, step) in all.iter().enumerate() {
        let before = inputs.state.resources.get(step.renamed_from.as_deref().unwrap_or(&step.address));
        for needed in before.into_iter().flat_map(|entry| &entry.depends) {
            if let Some(gone) = place.get(needed.as_str()).filter(|gone| **gone >= steps.len()) {
                waits[*gone].push(n);
            }
        }
    }
    let mut problems = Vec::new();
    for (taker, holder) in taken {
        // With a parking name nobody waits for more than that.
        if !parked.contains(holder) {
            if reaches(&waits, *holder, *taker) {
                let is_movable = held[*holder].as_ref().is_some_and(|held| held.spec.movable_key().is_some());
                if is_movable && all[*holder].change != Change::Replace {
                    parked.insert(*holder);
                    continue;
                }
                problems.push(in_two(all[*taker], all[*holder]));
            }
            waits[*taker].push(*holder);
        }
    }
    problems
}

/// Whether one waits for another, however far.
fn reaches(waits: &[Vec<usize>], from: usize, to: usize) -> bool {
    let (mut open, mut seen) = (vec![from], BTreeSet::new());
    while let Some(place) = open.pop() {
        if place == to {
            return true;
        }
        if seen.insert(place) {
            open.extend(&waits[place]);
        }
    }
    false
}

fn in_two(taker: &Step, holder: &Step) -> Problem {
    Problem {
        address: taker.address.clone(),
        place: taker.place.clone(),
        message: format!("it takes the key of {} ({}), which waits for it in turn", holder.address, holder.place),
        hint: format!(
            "deploy twice: first give {} a key that no object has, then declare it as it is here",
            holder.address
        ),
    }
}

/// The field and the value that move something out of the way.
pub(crate) fn moved_aside(spec: &Spec, fields: &Map, parking: &str) -> Option<(&'static str, Map)> {
    let field = spec.movable_key()?;
    let is_there = !text(fields, field).is_empty();
    is_there.then(|| (field, Map::from_iter([(field.to_owned(), Json::from(parking))])))
}
