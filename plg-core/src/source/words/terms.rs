//! What of a value differs, as small as it can be said.

use crate::Term;
use std::collections::HashSet;

/// A path, with what is there and what should be.
pub type Leaf = (String, Option<Term>, Option<Term>);

/// The smallest parts that differ: `groups[0].rollout_percentage`, not all of `groups`.
///
/// Keys that only `from` has are an API's own, and no difference, unless there is no other.
pub fn differences(path: &str, from: Option<&Term>, to: Option<&Term>, out: &mut Vec<Leaf>) {
    let before = out.len();
    parts(path, from, to, |from, to| includes(to, from), out);
    if out.len() == before {
        parts(path, from, to, Term::is_same, out);
    }
    // A kind may tell apart what is equal JSON, such as lists in which one item stands twice: no change is without a line.
    if out.len() == before {
        out.push((path.to_owned(), from.cloned(), to.cloned()));
    }
}

/// The smallest parts that differ, with all that only `from` has: for JSON in which nothing is an API's own.
pub fn every_difference(path: &str, from: Option<&Term>, to: Option<&Term>, out: &mut Vec<Leaf>) {
    differences(path, from, to, out);
    if let (Some(from), Some(to)) = (from, to) {
        let mut gone = Vec::new();
        also_gone(path, (from, to), from, &mut gone);
        for leaf in gone {
            // Part of what is told as a whole already.
            let is_told = |told: &Leaf| leaf.0 == told.0 || leaf.0.starts_with(&format!("{}.", told.0));
            if !out.iter().any(is_told) {
                out.push(leaf);
            }
        }
    }
}

/// Adds keys that were applied and are declared no more, where something beside them differs: they go as well. Keys that
/// an API has of its own were never applied.
pub fn also_gone(path: &str, (from, to): (&Term, &Term), applied: &Term, out: &mut Vec<Leaf>) {
    match (from, to, applied) {
        (Term::Map(from), Term::Map(to), Term::Map(applied)) => {
            for (key, applied) in applied.iter() {
                let at = format!("{path}.{key}");
                match (from.get(key), to.get(key)) {
                    (Some(from), Some(to)) => also_gone(&at, (from, to), applied, out),
                    (Some(from), None) if out.iter().all(|(told, ..)| *told != at) => {
                        out.push((at, Some(from.clone()), None));
                    }
                    _ => {}
                }
            }
        }
        (Term::List(from), Term::List(to), Term::List(applied))
            if from.len() == to.len() && to.len() == applied.len() =>
        {
            for (place, ((from, to), applied)) in from.iter().zip(to).zip(applied).enumerate() {
                also_gone(&format!("{path}[{place}]"), (from, to), applied, out);
            }
        }
        _ => {}
    }
}

/// Whether what is there is as it should be.
type Alike = fn(&Term, &Term) -> bool;

fn parts(path: &str, from: Option<&Term>, to: Option<&Term>, alike: Alike, out: &mut Vec<Leaf>) {
    match (from, to) {
        (Some(from), Some(to)) if alike(from, to) => {}
        (Some(Term::Map(from)), Some(Term::Map(to))) => {
            let before = out.len();
            for (key, to) in to.iter() {
                parts(&format!("{path}.{key}"), from.get(key), Some(to), alike, out);
            }
            if out.len() == before {
                let gone = from.iter().filter(|(key, _)| !to.contains_key(key));
                out.extend(gone.map(|(key, value)| (format!("{path}.{key}"), Some(value.clone()), None)));
            }
        }
        (Some(Term::List(from)), Some(Term::List(to))) if from.len() == to.len() => {
            let by = names(from, to);
            for (place, (from, to)) in from.iter().zip(to).enumerate() {
                let name = by.and_then(|by| to.get(by)).filter(|name| by.is_some_and(|by| from.get(by) == Some(name)));
                let item = name.map_or_else(|| format!("{path}[{place}]"), |name| at(path, name));
                parts(&item, Some(from), Some(to), alike, out);
            }
        }
        (Some(Term::List(from)), Some(Term::List(to))) => match names(from, to) {
            Some(by) => by_name(path, by, from, to, alike, out),
            None => lists(path, from, to, alike, out),
        },
        (from, to) => out.push((path.to_owned(), from.cloned(), to.cloned())),
    }
}

/// Whether what is there says all that should be: it may have more keys, at every depth.
fn includes(want: &Term, live: &Term) -> bool {
    match (want, live) {
        (Term::Map(want), Term::Map(live)) => {
            want.iter().all(|(key, term)| live.get(key).is_some_and(|now| includes(term, now)))
        }
        (Term::List(want), Term::List(live)) => {
            want.len() == live.len() && want.iter().zip(live).all(|(want, live)| includes(want, live))
        }
        (want, live) => want.is_same(live),
    }
}

/// What the items of both are told apart by: `key` of a flag's variants, `id` or `name` elsewhere. Nothing where some
/// have none, or two the same.
fn names(from: &[Term], to: &[Term]) -> Option<&'static str> {
    let told_apart = |by: &str, items: &[Term]| {
        let mut seen = HashSet::new();
        items.iter().all(|item| item.get(by).and_then(Term::as_str).is_some_and(|name| seen.insert(name)))
    };
    ["key", "id", "name"].into_iter().find(|by| told_apart(by, from) && told_apart(by, to))
}

fn by_name(path: &str, by: &str, from: &[Term], to: &[Term], alike: Alike, out: &mut Vec<Leaf>) {
    let find = |items: &'_ [Term], name: &Term| items.iter().position(|item| item.get(by) == Some(name));
    for item in to {
        let name = item.get(by).unwrap_or(&Term::Null);
        parts(&at(path, name), find(from, name).map(|place| &from[place]), Some(item), alike, out);
    }
    for item in from {
        let name = item.get(by).unwrap_or(&Term::Null);
        if find(to, name).is_none() {
            parts(&at(path, name), Some(item), None, alike, out);
        }
    }
}

fn at(path: &str, name: &Term) -> String {
    format!("{path}[{}]", name.as_str().unwrap_or_default())
}

/// Lists of which one is longer: what they begin and end with alike is left out.
fn lists(path: &str, from: &[Term], to: &[Term], alike: Alike, out: &mut Vec<Leaf>) {
    let both = |(from, to): &(&Term, &Term)| alike(from, to);
    let start = from.iter().zip(to).take_while(both).count();
    let end = from[start..].iter().rev().zip(to[start..].iter().rev()).take_while(both).count();
    let (from, to) = (&from[start..from.len() - end], &to[start..to.len() - end]);
    for place in 0..from.len().max(to.len()) {
        parts(&format!("{path}[{}]", start + place), from.get(place), to.get(place), alike, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn said(from: Json, to: Json) -> Vec<String> {
        let mut out = Vec::new();
        differences("f", Some(&from.into()), Some(&to.into()), &mut out);
        let side = |side: Option<Term>| side.map_or("nothing".to_owned(), |term| term.to_string());
        out.into_iter().map(|(path, from, to)| format!("{path}: {} → {}", side(from), side(to))).collect()
    }

    #[test]
    fn items_are_told_apart_by_their_key_where_some_come_or_go() {
        let two = json!([{ "key": "control", "share": 50 }, { "key": "test", "share": 50 }]);
        let three =
            json!([{ "key": "control", "share": 50 }, { "key": "other", "share": 10 }, { "key": "test", "share": 40 }]);
        assert_eq!(
            said(two.clone(), three.clone()),
            [r#"f[other]: nothing → {"key":"other","share":10}"#, "f[test].share: 50 → 40"]
        );
        assert_eq!(said(three, two), ["f[test].share: 40 → 50", r#"f[other]: {"key":"other","share":10} → nothing"#]);
    }

    #[test]
    fn an_item_with_a_key_is_called_by_it_where_it_is_still_in_its_place() {
        let two = json!([{ "key": "control", "share": 50 }, { "key": "test", "share": 50 }]);
        let moved = json!([{ "key": "control", "share": 40 }, { "key": "test", "share": 60 }]);
        assert_eq!(said(two.clone(), moved), ["f[control].share: 50 → 40", "f[test].share: 50 → 60"]);
        let renamed = json!([{ "key": "control", "share": 50 }, { "key": "new", "share": 50 }]);
        assert_eq!(said(two, renamed), [r#"f[1].key: "test" → "new""#]);
    }

    #[test]
    fn a_list_of_plain_values_shows_what_came_or_went() {
        assert_eq!(said(json!(["a", "b", "d"]), json!(["a", "b", "c", "d"])), [r#"f[2]: nothing → "c""#]);
        assert_eq!(said(json!(["a", "b", "c"]), json!(["a", "c"])), [r#"f[1]: "b" → nothing"#]);
        assert_eq!(said(json!([]), json!([{ "name": "one" }])), [r#"f[one]: nothing → {"name":"one"}"#]);
        assert_eq!(said(json!([1, 1]), json!([1])), ["f[1]: 1 → nothing"]);
    }

    #[test]
    fn a_key_that_is_gone_is_said_where_nothing_else_differs() {
        assert_eq!(said(json!({ "a": 1, "b": 2 }), json!({ "a": 1 })), ["f.b: 2 → nothing"]);
        assert_eq!(said(json!({ "a": 1, "id": 2 }), json!({ "a": 3 })), ["f.a: 1 → 3"]);
    }

    #[test]
    fn what_was_applied_and_goes_is_said_beside_what_differs() {
        let gone = |from: Json, to: Json, applied: Json| {
            let (from, to) = (Term::from(from), Term::from(to));
            let mut out = Vec::new();
            differences("f", Some(&from), Some(&to), &mut out);
            also_gone("f", (&from, &to), &applied.into(), &mut out);
            out.into_iter().map(|(path, ..)| path).collect::<Vec<_>>()
        };
        let live = json!({ "a": 1, "b": 2, "own": 0, "in": { "c": 1, "own": 0 }, "of": [{ "d": 1, "e": 2 }] });
        let applied = json!({ "a": 1, "b": 2, "in": { "c": 1 }, "of": [{ "d": 1, "e": 2 }] });
        let to = json!({ "a": 3, "in": {}, "of": [{ "d": 1 }] });
        assert_eq!(gone(live, to, applied.clone()), ["f.a", "f.b", "f.in.c", "f.of[0].e"]);
        assert_eq!(gone(json!({ "a": 1, "b": 2 }), json!({ "a": 1 }), applied), ["f.b"], "and once");
    }

    #[test]
    fn of_json_that_is_nobody_elses_every_key_that_goes_is_said() {
        let said = |from: Json, to: Json| {
            let mut out = Vec::new();
            every_difference("f", Some(&from.into()), Some(&to.into()), &mut out);
            out.into_iter().map(|(path, ..)| path).collect::<Vec<_>>()
        };
        let before = json!({ "color": "red", "n": 3, "new": [1] });
        assert_eq!(said(before, json!({ "color": "blue", "n": 3 })), ["f.color", "f.new"]);
        assert_eq!(said(json!({ "x": 1 }), json!({ "y": 1 })), ["f.y", "f.x"]);
        assert_eq!(said(json!({ "x": 1 }), json!({})), ["f.x"], "and once");
    }

    #[test]
    fn whatever_differs_is_said() {
        let some = [json!(null), json!([]), json!({}), json!({ "a": null }), json!([{ "a": [1, 1.0] }]), json!("")];
        for from in &some {
            for to in &some {
                assert!(!said(from.clone(), to.clone()).is_empty(), "{from} {to}");
            }
        }
    }

    #[test]
    fn keys_of_the_api_alone_are_not_said_beside_what_differs() {
        let live = json!([{ "share": 1, "own": 0 }, { "share": 2, "own": 0 }]);
        assert_eq!(said(live.clone(), json!([{ "share": 1 }, { "share": 3 }])), ["f[1].share: 2 → 3"]);
        assert_eq!(said(live, json!([{ "share": 1 }])), [r#"f[1]: {"share":2,"own":0} → nothing"#]);
    }
}
