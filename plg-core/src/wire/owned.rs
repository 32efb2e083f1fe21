//! Which part of a field a declaration says, and which part stays with whoever added it.
//!
//! A write replaces a field as a whole in both APIs, so what others added has to be sent along with what is declared.
//! [`Owned`] says for each field how far a declaration goes; [`merged`] is the one place that puts both together: live,
//! without what was applied earlier and is declared no more, with what is declared. A field is as declared where that
//! changes nothing.

use super::{Map, same};
use serde_json::Value as Json;

/// How much of a field belongs to its declaration.
#[derive(Debug, Clone, Copy)]
pub enum Owned {
    /// All of it.
    Whole,
    /// An object: the keys of `known` are the declaration's, also where it leaves them out, and so is every key that it
    /// writes. All others stay as they are.
    Keys {
        /// What the language has words for.
        known: &'static [&'static str],
        /// Parts that are not the declaration's as a whole.
        inside: &'static [(&'static str, Owned)],
        /// Which of the other keys people write, so that a plan names them; the rest is the API's own.
        told: fn(&str) -> bool,
    },
    /// An object with free keys, to which people may add theirs: what was applied earlier and is declared no more goes.
    Entries {
        /// Which of the other keys a plan names.
        told: fn(&str) -> bool,
    },
    /// A list.
    Items {
        /// The keys by which items are told apart; none where an item is its own name, or only has a place.
        by: &'static [&'static str],
        /// Whether people may add items of their own.
        open: bool,
        /// What of an item is the declaration's.
        each: &'static Owned,
    },
    /// What a rule of the kind's own leaves of what is wanted and what is live.
    By(fn(&Json, &Json) -> Json),
    /// A text of mail addresses with commas in between, to which people may add theirs.
    Addresses,
}

/// Keys of an object that nobody is told of.
pub const UNTOLD: fn(&str) -> bool = |_| false;

impl Owned {
    /// An object of which only the keys that are written are declared.
    pub const WRITTEN: Owned = Owned::Keys { known: &[], inside: &[], told: UNTOLD };

    /// A collection to which people may add, told apart by these keys.
    pub const fn members(by: &'static [&'static str]) -> Owned {
        Owned::Items { by, open: true, each: &Owned::Whole }
    }
}

/// What a field becomes: what is declared, with what others added to it.
pub(super) fn merged(owned: &Owned, want: &Json, applied: Option<&Json>, live: &Json) -> Json {
    match (owned, want, live) {
        (Owned::Keys { known, inside, .. }, Json::Object(want), Json::Object(live)) => {
            let part = |key: &str| inside.iter().find(|(of, _)| *of == key).map_or(&Owned::Whole, |(_, owned)| owned);
            let own = want.iter().map(|(key, value)| {
                let before = applied.and_then(|applied| applied.get(key));
                (key.clone(), live.get(key).map_or_else(|| value.clone(), |now| merged(part(key), value, before, now)))
            });
            let others = live.iter().filter(|(key, _)| is_others(key, known, want));
            own.chain(others.map(|(key, value)| (key.clone(), value.clone()))).collect::<Map>().into()
        }
        (Owned::Entries { .. }, Json::Object(want), Json::Object(live)) => {
            let is_theirs = |(key, _): &(&String, &Json)| is_others(key, &[], want) && !was_applied(applied, key);
            let own = want.iter().map(|(key, value)| (key.clone(), value.clone()));
            own.chain(live.iter().filter(is_theirs).map(|(key, value)| (key.clone(), value.clone())))
                .collect::<Map>()
                .into()
        }
        (Owned::Items { by, open, each }, Json::Array(want), Json::Array(live)) => {
            let places = aligned(by, each, want, live);
            let item = |place: usize| {
                let now = places[place].map(|now| &live[now]);
                now.map_or_else(|| want[place].clone(), |now| merged(each, &want[place], None, now))
            };
            if !open {
                return (0..want.len()).map(item).collect();
            }
            let gone = dropped(by, each, applied, live);
            let kept = (0..live.len()).filter_map(|now| match places.iter().position(|place| *place == Some(now)) {
                Some(place) => Some(item(place)),
                None => (!gone.contains(&now)).then(|| live[now].clone()),
            });
            let new = (0..want.len()).filter(|place| places[*place].is_none()).map(|place| want[place].clone());
            kept.chain(new).collect()
        }
        (Owned::By(merge), ..) => merge(want, live),
        (Owned::Addresses, Json::String(want), Json::String(live)) => {
            let applied = applied.and_then(Json::as_str).and_then(addresses);
            match (addresses(want), addresses(live)) {
                (Some(wanted), Some(now)) => {
                    let all = merged(
                        &Owned::members(&[]),
                        &wanted.into(),
                        applied.map(Json::from).as_ref(),
                        &now.clone().into(),
                    );
                    let all: Vec<&str> = all.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
                    if all == now { live.as_str().into() } else { all.join(",").into() }
                }
                _ => want.as_str().into(),
            }
        }
        _ => want.clone(),
    }
}

/// What others added to a field, each part with its path below the field and whether it is an item of a collection.
pub(super) fn others(
    owned: &Owned,
    path: &str,
    want: &Json,
    applied: Option<&Json>,
    live: &Json,
    found: &mut Vec<Theirs>,
) {
    match (owned, want, live) {
        (Owned::Keys { known, inside, told }, Json::Object(want), Json::Object(live)) => {
            for (key, owned) in *inside {
                if let (Some(want), Some(live)) = (want.get(*key), live.get(*key)) {
                    let before = applied.and_then(|applied| applied.get(key));
                    others(owned, &format!("{path}.{key}"), want, before, live, found);
                }
            }
            let theirs =
                live.iter().filter(|(key, value)| is_others(key, known, want) && told(key) && !is_empty(value));
            found.extend(theirs.map(|(key, value)| Theirs {
                path: format!("{path}.{key}"),
                value: value.clone(),
                is_item: false,
            }));
        }
        (Owned::Entries { told }, Json::Object(want), Json::Object(live)) => {
            let is_theirs = |key: &str| is_others(key, &[], want) && !was_applied(applied, key) && told(key);
            found.extend(
                live.iter().filter(|(key, value)| is_theirs(key) && !is_empty(value)).map(|(key, value)| Theirs {
                    path: format!("{path}.{key}"),
                    value: value.clone(),
                    is_item: false,
                }),
            );
        }
        (Owned::Items { by, open, each }, Json::Array(want), Json::Array(live)) => {
            let places = aligned(by, each, want, live);
            let gone = if *open { dropped(by, each, applied, live) } else { Vec::new() };
            for (now, value) in live.iter().enumerate() {
                match places.iter().position(|place| *place == Some(now)) {
                    Some(place) => {
                        let name = by.first().and_then(|by| want[place].get(*by)).and_then(Json::as_str);
                        let at = name.map_or_else(|| format!("{path}[{place}]"), |name| format!("{path}[{name}]"));
                        others(each, &at, &want[place], None, value, found);
                    }
                    None if *open && !gone.contains(&now) => {
                        found.push(Theirs { path: path.to_owned(), value: value.clone(), is_item: true });
                    }
                    None => {}
                }
            }
        }
        (Owned::Addresses, Json::String(want), Json::String(live)) => {
            let list = |text: &str| addresses(text).map(Json::from);
            if let (Some(want), Some(live)) = (list(want), list(live)) {
                let applied = applied.and_then(Json::as_str).and_then(list);
                others(&Owned::members(&[]), path, &want, applied.as_ref(), &live, found);
            }
        }
        _ => {}
    }
}

/// Something that others added to a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Theirs {
    /// Where it is: `groups[0].description`.
    pub path: String,
    /// What is there.
    pub value: Json,
    /// Whether it is an item of the collection at this path.
    pub is_item: bool,
}

fn is_others(key: &str, known: &[&str], want: &Map) -> bool {
    !known.contains(&key) && !want.contains_key(key)
}

fn was_applied(applied: Option<&Json>, key: &str) -> bool {
    applied.is_some_and(|applied| applied.get(key).is_some())
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// Which live items were applied earlier.
fn dropped(by: &[&str], each: &Owned, applied: Option<&Json>, live: &[Json]) -> Vec<usize> {
    let applied = applied.and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    aligned(by, each, applied, live).into_iter().flatten().collect()
}

/// For each wanted item the place of the live one that it stands for.
fn aligned(by: &[&str], each: &Owned, want: &[Json], live: &[Json]) -> Vec<Option<usize>> {
    let mut taken = vec![false; live.len()];
    let mut places = vec![None; want.len()];
    let mut take = |places: &mut Vec<Option<usize>>, fits: &dyn Fn(usize, usize) -> bool| {
        for (place, found) in places.iter_mut().enumerate().filter(|(_, found)| found.is_none()) {
            *found = (0..live.len()).find(|now| !taken[*now] && fits(place, *now));
            if let Some(now) = found {
                taken[*now] = true;
            }
        }
    };
    let is_named_alike =
        |a: &Json, b: &Json| by.iter().all(|by| matches!((a.get(*by), b.get(*by)), (Some(a), Some(b)) if same(a, b)));
    if by.is_empty() {
        take(&mut places, &|place, now| same(&merged(each, &want[place], None, &live[now]), &live[now]));
        // Items without a key are matched by position.
        take(&mut places, &|place, now| place == now && want[place].is_object() && live[now].is_object());
    } else {
        let is_same = |place: usize, now: usize| same(&merged(each, &want[place], None, &live[now]), &live[now]);
        take(&mut places, &|place, now| is_named_alike(&want[place], &live[now]) && is_same(place, now));
        take(&mut places, &|place, now| is_named_alike(&want[place], &live[now]));
    }
    places
}

/// The mail addresses in a text, where it is nothing else.
fn addresses(text: &str) -> Option<Vec<&str>> {
    let all: Vec<&str> = text.split(',').map(str::trim).collect();
    all.iter().all(|one| one.contains('@') && !one.contains("://")).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SPLIT: Owned = Owned::Items {
        by: &["key"],
        open: false,
        each: &Owned::Keys { known: &["key", "share"], inside: &[], told: |_| true },
    };

    fn merge(owned: Owned, want: Json, applied: Json, live: Json) -> Json {
        merged(&owned, &want, Some(&applied), &live)
    }

    #[test]
    fn members_of_others_stay_and_those_applied_earlier_go() {
        let members = Owned::members(&[]);
        assert_eq!(merge(members, json!([1, 2]), json!([1, 3]), json!([9, 3, 1])), json!([9, 1, 2]));
        // Nobody else took it off, and nobody added it.
        assert_eq!(merge(members, json!([1]), json!([1]), json!([9])), json!([9, 1]));
        assert_eq!(merged(&members, &json!([]), None, &json!([9])), json!([9]));
        let by_id = Owned::members(&["id"]);
        let (own, other) = (json!({ "id": 1, "level": "all" }), json!({ "id": 9, "level": "some" }));
        let live = json!([other, { "id": 1, "level": "some" }]);
        assert_eq!(merge(by_id, json!([own]), json!([]), live), json!([other, own]));
    }

    #[test]
    fn items_are_the_declarations_and_keys_of_others_in_them_stay() {
        let live = json!([{ "key": "a", "share": 40, "name": "Ours?" }, { "key": "c", "share": 60 }]);
        let want = json!([{ "key": "a", "share": 50 }, { "key": "b", "share": 50 }]);
        let becomes = json!([{ "key": "a", "share": 50, "name": "Ours?" }, { "key": "b", "share": 50 }]);
        assert_eq!(merge(SPLIT, want.clone(), want.clone(), live.clone()), becomes);
        let mut found = Vec::new();
        others(&SPLIT, "variants", &want, None, &live, &mut found);
        let name = Theirs { path: "variants[a].name".into(), value: json!("Ours?"), is_item: false };
        assert_eq!(found, [name]);
    }

    #[test]
    fn entries_of_others_stay_and_those_applied_earlier_go() {
        let entries = Owned::Entries { told: |_| true };
        let (want, applied) = (json!({ "tier": 2 }), json!({ "tier": 1, "old": 1 }));
        let live = json!({ "tier": 1, "old": 1, "theirs": 3 });
        assert_eq!(merge(entries, want.clone(), applied.clone(), live.clone()), json!({ "tier": 2, "theirs": 3 }));
        let mut found = Vec::new();
        others(&entries, "metadata", &want, Some(&applied), &live, &mut found);
        assert_eq!(found, [Theirs { path: "metadata.theirs".into(), value: json!(3), is_item: false }]);
        // Nothing was applied yet: what is there is somebody's.
        assert_eq!(merged(&entries, &json!({}), None, &live), live);
    }

    #[test]
    fn what_only_has_a_place_is_followed_where_it_is_moved() {
        let sets =
            Owned::Items { by: &[], open: false, each: &Owned::Keys { known: &["to"], inside: &[], told: |_| true } };
        let live = json!([{ "to": 2, "note": "second" }, { "to": 1, "note": "first" }]);
        assert_eq!(
            merge(sets, json!([{ "to": 1 }, { "to": 2 }]), json!([]), live.clone()),
            json!([{ "to": 1, "note": "first" }, { "to": 2, "note": "second" }])
        );
        let one = json!([{ "to": 3 }, { "to": 1 }]);
        assert_eq!(
            merge(sets, one, json!([]), live),
            json!([{ "to": 3, "note": "second" }, { "to": 1, "note": "first" }])
        );
        // A known key that the declaration leaves out is not there.
        let more = Owned::Keys { known: &["to", "variant"], inside: &[], told: |_| true };
        assert_eq!(merge(more, json!({ "to": 1 }), json!({}), json!({ "to": 1, "variant": "b" })), json!({ "to": 1 }));
    }

    #[test]
    fn addresses_are_members_and_other_texts_are_not() {
        let merge =
            |want: &str, applied: &str, live: &str| merge(Owned::Addresses, json!(want), json!(applied), json!(live));
        assert_eq!(merge("a@x", "a@x,b@x", "c@x, b@x,a@x"), "c@x,a@x");
        assert_eq!(merge("a@x", "a@x", "c@x, a@x"), "c@x, a@x");
        assert_eq!(merge("https://x/a@b,c@d", "", "https://y/a@b"), "https://x/a@b,c@d");
        assert_eq!(merge("#general", "", "#random"), "#general");
    }
}
