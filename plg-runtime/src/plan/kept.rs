//! What an API makes of a field that it does not keep as it was sent: whether its answer is still the same, and words
//! for it.

use crate::store::Unkept;
use plg_core::Term;
use plg_core::wire::same;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fmt::Display;

/// The most characters of a value that are said.
const MOST: usize = 200;

/// Whether what is live is still as the API left it. What is as it was sent is all right at any time, and keys that the
/// API added itself are its own; one that nobody knew of is a change.
pub(super) fn stands(sent: Option<&Json>, left: Option<&Json>, now: Option<&Json>) -> bool {
    let there = |side: Option<&Json>| side.is_some_and(|side| !side.is_null());
    match (sent, left, now) {
        (_, left, now) if !there(left) && !there(now) => true,
        (_, Some(left), Some(now)) if same(left, now) => true,
        (Some(sent), _, Some(now)) if same(sent, now) => true,
        (Some(Json::Object(sent)), Some(Json::Object(left)), Some(Json::Object(now))) => {
            let keys: BTreeSet<&String> = sent.keys().chain(left.keys()).chain(now.keys()).collect();
            keys.into_iter().all(|key| match (sent.get(key), left.get(key)) {
                (Some(sent), left) => stands(Some(sent), left, now.get(key)),
                (None, Some(_)) => true,
                (None, None) => now.get(key).is_none_or(is_hollow),
            })
        }
        (Some(Json::Array(sent)), Some(Json::Array(left)), Some(Json::Array(now))) => {
            if is_reordered(sent, left) {
                return is_reordered(left, now);
            }
            let parts = || sent.iter().zip(left).zip(now);
            sent.len() == left.len()
                && left.len() == now.len()
                && parts().all(|((sent, left), now)| stands(Some(sent), Some(left), Some(now)))
        }
        _ => false,
    }
}

/// Whether two lists have the same items, each as often, in whatever order.
fn is_reordered(a: &[Json], b: &[Json]) -> bool {
    let mut rest: Vec<&Json> = b.iter().collect();
    let found = |item: &Json| rest.iter().position(|other| same(item, other)).map(|place| rest.swap_remove(place));
    a.len() == b.len() && a.iter().map(found).all(|found| found.is_some())
}

/// The same of a list that is declared. What is not known yet is in no answer.
fn is_in_another_order(to: &[Term], left: &[Json]) -> bool {
    to.iter().map(Term::json).collect::<Option<Vec<Json>>>().is_some_and(|to| is_reordered(&to, left))
}

fn is_hollow(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// What an answer has of a field, part by part.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// What is missing or otherwise, with its value: "`foo` (1) is not in its answer".
    pub(crate) lost: Vec<String>,
    /// Keys that the API added, with their values.
    pub(crate) added: Vec<String>,
}

impl Kept {
    /// Of a field that is declared as `to`, with its variables by name.
    pub(crate) fn of(field: &str, to: &Term, unkept: &Unkept) -> Kept {
        let mut kept = Kept::default();
        match &unkept.left {
            Some(left) => kept.part(field, to, Some(left)),
            None if unkept.absent => kept.part(field, to, None),
            None => kept.lost.push(format!("`{field}` differs from the value sent")),
        }
        if kept == Kept::default() {
            kept.lost.extend(unkept.left.as_ref().map(|left| format!("`{field}` stays {}", short(left))));
        }
        kept
    }

    fn part(&mut self, path: &str, to: &Term, left: Option<&Json>) {
        match (to, left) {
            (Term::Null, None) => {}
            (to, None) => self.lost.push(format!("`{path}` ({}) is not in its answer", named(to))),
            (to, Some(left)) if to == left => {}
            (Term::Map(to), Some(Json::Object(left))) => {
                for (key, value) in to.iter() {
                    self.part(&format!("{path}.{key}"), value, left.get(key));
                }
                let added = left.iter().filter(|(key, value)| !to.contains_key(key) && !is_hollow(value));
                self.added.extend(added.map(|(key, value)| format!("`{path}.{key}` is {}", short(value))));
            }
            (Term::List(to), Some(Json::Array(left))) if to.len() == left.len() && !is_in_another_order(to, left) => {
                for (place, (to, left)) in to.iter().zip(left).enumerate() {
                    self.part(&format!("{path}[{place}]"), to, Some(left));
                }
            }
            (_, Some(left)) => self.lost.push(format!("`{path}` stays {}", short(left))),
        }
    }

    /// What a deploy says of it, after the address: which API did what, and what may be the reason.
    pub(crate) fn warning(&self, field: &str, provider: &str) -> String {
        if self.lost.is_empty() {
            return format!("{provider} added to `{field}`: {}; plg leaves it so", self.added.join(", "));
        }
        format!(
            "{provider} did not store `{field}` as sent: {}; it may need a paid feature, a permission or a newer server",
            self.lost.join(", ")
        )
    }
}

/// A declared value, cut where it is long; a variable by its name.
fn named(term: &Term) -> String {
    match term {
        Term::Env(name) => format!("env(\"{name}\")"),
        term => short(term),
    }
}

/// A value, cut where it is long.
fn short(value: &impl Display) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn is_left(sent: Json, left: Json, now: Json) -> bool {
        stands(Some(&sent), Some(&left), Some(&now))
    }

    #[test]
    fn an_answer_stands_as_long_as_nothing_declared_moves() {
        let rows = [
            // Otherwise than sent, and so again.
            (json!(5), json!("5"), json!("5"), true),
            (json!(5), json!("5"), json!(5), true),
            (json!(5), json!("5"), json!("6"), false),
            (json!([]), json!(null), json!(null), true),
            (json!(""), json!(null), json!("theirs"), false),
            // Keys that are missing, or the API's own.
            (json!({ "a": 1, "b": 2 }), json!({ "a": 1 }), json!({ "a": 1 }), true),
            (json!({ "a": 1, "b": 2 }), json!({ "a": 1 }), json!({ "a": 1, "b": 2 }), true),
            (json!({ "a": 1, "b": 2 }), json!({ "a": 1 }), json!({ "a": 1, "b": 3 }), false),
            (json!({ "a": 1, "b": 2 }), json!({ "a": 1 }), json!({ "a": 2 }), false),
            (json!({ "a": 1 }), json!({ "a": 1, "at": 5 }), json!({ "a": 1, "at": 6 }), true),
            (json!({ "a": 1 }), json!({ "a": 1, "at": 5 }), json!({ "a": 1, "new": 6 }), false),
            (json!({ "a": 1 }), json!({ "a": 1, "at": 5 }), json!({ "a": 1, "new": [] }), true),
            // Where the order means nothing to the API, it means nothing later.
            (json!([1, 2, 3]), json!([3, 1, 2]), json!([2, 3, 1]), true),
            (json!([1, 2, 3]), json!([3, 1, 2]), json!([2, 3, 4]), false),
            (json!([1, 2, 3]), json!([1, 2]), json!([2, 1]), false),
            (json!([{ "a": 1 }]), json!([{ "a": 1, "id": 7 }]), json!([{ "a": 1, "id": 8 }]), true),
            (json!([{ "a": 1 }]), json!([{ "a": 1, "id": 7 }]), json!([{ "a": 2, "id": 7 }]), false),
        ];
        for (sent, left, now, expected) in rows {
            assert_eq!(is_left(sent.clone(), left.clone(), now.clone()), expected, "{sent} {left} {now}");
        }
        assert!(stands(Some(&json!(1)), None, None) && stands(Some(&json!(1)), None, Some(&json!(1))));
        assert!(!stands(Some(&json!(1)), None, Some(&json!(2))));
    }

    #[test]
    fn what_is_lost_is_said_with_its_value_and_what_is_added_apart() {
        let kept = |to: Json, left: Option<Json>| {
            let to = Term::from(to);
            let unkept = Unkept { sent: to.clone(), absent: left.is_none(), left };
            let Kept { lost, added } = Kept::of("f", &to, &unkept);
            (lost.join("; "), added.join("; "))
        };
        let rows = [
            (json!(1), None, "`f` (1) is not in its answer", ""),
            (json!(1), Some(json!("1")), r#"`f` stays "1""#, ""),
            (json!({ "a": 1, "b": [2] }), Some(json!({ "a": 1 })), "`f.b` ([2]) is not in its answer", ""),
            (json!({ "a": 1 }), Some(json!({ "a": 1, "id": 5 })), "", "`f.id` is 5"),
            (json!([{ "a": 1 }]), Some(json!([{ "a": 2 }])), "`f[0].a` stays 2", ""),
            (json!([1, 2]), Some(json!([2, 1])), "`f` stays [2,1]", ""),
            (json!(["a", "b"]), Some(json!([])), "`f` stays []", ""),
        ];
        for (to, left, lost, added) in rows {
            assert_eq!(kept(to, left), (lost.to_owned(), added.to_owned()));
        }
        let secret = |absent: bool| {
            let unkept = Unkept { sent: Term::Env("TOKEN".into()), left: None, absent };
            Kept::of("f", &unkept.sent, &unkept).lost
        };
        assert_eq!(secret(true), [r#"`f` (env("TOKEN")) is not in its answer"#]);
        assert_eq!(secret(false), ["`f` differs from the value sent"]);
    }
}
