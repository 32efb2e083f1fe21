//! Which part of an answer no declaration makes again, key by key.
//!
//! A plan compares declared fields, so it is empty although an object says more than its declaration. Here the whole
//! answer is held against the request that would make the object anew: each key of it is in that request, or says
//! nothing, or is what every new object says, or is noise that the kind gives a reason for. The rest is named.

use crate::hollow::is_hollow;
use crate::wire::same;
use serde_json::Value as Json;

/// Keys of an answer that no declaration has to say. A key below others is written with dots; lists are no level of
/// their own, `*` is any key, and `**` is any number of keys.
#[derive(Debug, Clone, Copy)]
pub struct Noise {
    /// Why nothing is lost without them.
    pub because: &'static str,
    /// The keys, each with everything below it.
    pub keys: &'static [&'static str],
}

/// How the answers of a kind are read, beyond its declared fields.
#[derive(Debug, Clone, Copy)]
pub struct Answers {
    /// Keys that no declaration has to say.
    pub noise: &'static [&'static [Noise]],
    /// What a new object says by itself, as JSON: such a value needs no word, and any other does, even one that says
    /// nothing.
    pub usual: &'static [(&'static str, &'static str)],
    /// Keys of an answer with the key that a request has in their place.
    pub called: &'static [(&'static str, &'static str)],
    /// Where in an answer a field is, if not under its own name.
    pub placed: &'static [(&'static str, &'static str)],
}

impl Answers {
    /// Everything in an answer is for a declaration to say, under its own name.
    pub const BLANK: Answers = Answers { noise: &[], usual: &[], called: &[], placed: &[] };

    /// Where in an answer a field is.
    pub fn place(&self, field: &'static str) -> &'static str {
        self.placed.iter().find(|(of, _)| *of == field).map_or(field, |(_, place)| place)
    }

    /// Whether a field holds what a new object says by itself.
    pub(super) fn is_usual(&self, field: &str, value: &Json) -> bool {
        let mut all = self.usual.iter().filter(|(key, _)| *key == field);
        all.any(|(_, usual)| serde_json::from_str::<Json>(usual).is_ok_and(|usual| usual == *value))
    }

    /// What of an answer is not in the request that would make its object anew, but below the keys of `said`, each
    /// with the first value and how often it is there.
    pub fn unsaid(&self, answer: &Json, request: &Json, said: &[&str]) -> Vec<Unsaid> {
        let walk = AnswerWalk { answers: self, said };
        let mut all: Vec<Unsaid> = Vec::new();
        for one in walk.node(&mut Vec::new(), answer, Some(request)).left {
            match all.iter_mut().find(|known| known.key == one.key) {
                Some(known) => known.count += 1,
                None => all.push(one),
            }
        }
        all
    }
}

impl Answers {
    /// What people may mean by a field of an answer: without what is noise, usual or says nothing.
    pub(super) fn meant(&self, field: &str, value: &Json) -> Option<Json> {
        let place = self.placed.iter().find(|(of, _)| *of == field).map_or(field, |(_, place)| place);
        let mut path: Vec<&str> = place.split('.').collect();
        (AnswerWalk { answers: self, said: &[] }).meant(&mut path, value)
    }
}

/// Something in an answer that no declaration says.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsaid {
    /// Where it is.
    pub key: String,
    /// The first value there.
    pub value: Json,
    /// In how many places of a list.
    pub count: usize,
}

/// What is left of a part of an answer.
#[derive(Default)]
struct Remainder {
    left: Vec<Unsaid>,
    /// Whether some of it is noise: then the parts are named, and not the whole.
    noisy: bool,
}

impl Remainder {
    const NOISE: Remainder = Remainder { left: Vec::new(), noisy: true };

    fn join(&mut self, other: Remainder) {
        self.left.extend(other.left);
        self.noisy |= other.noisy;
    }
}

struct AnswerWalk<'a> {
    answers: &'a Answers,
    said: &'a [&'a str],
}

impl AnswerWalk<'_> {
    fn node<'a>(&self, path: &mut Vec<&'a str>, answer: &'a Json, request: Option<&Json>) -> Remainder {
        if self.is_noise(path) {
            return Remainder::NOISE;
        }
        let request = request.filter(|request| !request.is_null());
        match (answer, request) {
            (Json::Object(map), Some(Json::Object(sent))) => {
                let mut rest = Remainder::default();
                for (key, value) in map {
                    path.push(key);
                    let sent = sent.get(key).or_else(|| sent.get(self.called(path)?));
                    rest.join(self.node(path, value, sent));
                    path.pop();
                }
                rest
            }
            (Json::Array(list), Some(Json::Array(sent))) => self.list(path, list, sent),
            // Whether values differ is the comparison's to say.
            (_, Some(_)) => Remainder::default(),
            (_, None) => self.missing(path, answer),
        }
    }

    /// Items with the items of the request that say most of them.
    fn list<'a>(&self, path: &mut Vec<&'a str>, list: &'a [Json], sent: &[Json]) -> Remainder {
        let mut rest = Remainder::default();
        let mut open: Vec<&Json> = sent.iter().collect();
        for item in list {
            let mut best: Option<(usize, Remainder)> = None;
            for (place, sent) in open.iter().enumerate() {
                let tried = self.node(path, item, Some(sent));
                if best.as_ref().is_none_or(|(_, best)| tried.left.len() < best.left.len()) {
                    best = Some((place, tried));
                }
                if best.as_ref().is_some_and(|(_, best)| best.left.is_empty()) {
                    break;
                }
            }
            match best {
                Some((place, tried)) => {
                    open.remove(place);
                    rest.join(tried);
                }
                None => rest.join(self.missing(path, item)),
            }
        }
        rest
    }

    /// What no request says.
    fn missing<'a>(&self, path: &mut Vec<&'a str>, answer: &'a Json) -> Remainder {
        if self.is_noise(path) {
            return Remainder::NOISE;
        }
        let usual: Vec<Json> = self.usual(path).collect();
        let whole = |path: &[&str]| Unsaid { key: path.join("."), value: answer.clone(), count: 1 };
        let is_usual = if usual.is_empty() || answer.is_null() {
            is_hollow(answer)
        } else {
            usual.iter().any(|usual| same(usual, answer))
        };
        if is_usual {
            return Remainder::default();
        }
        let mut rest = Remainder::default();
        match answer {
            Json::Object(map) if !map.is_empty() => {
                for (key, value) in map {
                    path.push(key);
                    rest.join(self.missing(path, value));
                    path.pop();
                }
            }
            Json::Array(list) if !list.is_empty() => {
                list.iter().for_each(|item| rest.join(self.missing(path, item)));
            }
            _ => rest.left.push(whole(path)),
        }
        if !rest.left.is_empty() && !rest.noisy {
            rest.left = vec![whole(path)];
        }
        rest
    }

    fn meant<'a>(&self, path: &mut Vec<&'a str>, value: &'a Json) -> Option<Json> {
        let is_usual = self.usual(path).any(|usual| same(&usual, value));
        if self.is_noise(path) || is_hollow(value) || is_usual {
            return None;
        }
        Some(match value {
            Json::Object(map) => {
                let mut part = |(key, value): (&'a String, &'a Json)| {
                    path.push(key);
                    let meant = self.meant(path, value);
                    path.pop();
                    Some((key.clone(), meant?))
                };
                Json::Object(map.iter().filter_map(&mut part).collect())
            }
            // Items keep their places.
            Json::Array(list) => {
                list.iter().map(|item| self.meant(path, item).unwrap_or_else(|| empty(item))).collect()
            }
            plain => plain.clone(),
        })
    }

    fn is_noise(&self, path: &[&str]) -> bool {
        let mut keys = self.answers.noise.iter().copied().flatten().flat_map(|noise| noise.keys);
        !path.is_empty() && (keys.any(|key| fits(key, path)) || self.said.iter().any(|key| fits(key, path)))
    }

    fn usual(&self, path: &[&str]) -> impl Iterator<Item = Json> {
        let fitting = self.answers.usual.iter().filter(move |(key, _)| fits(key, path));
        fitting.filter_map(|(_, text)| serde_json::from_str(text).ok())
    }

    fn called(&self, path: &[&str]) -> Option<&'static str> {
        self.answers.called.iter().find(|(answer, _)| fits(answer, path)).map(|(_, request)| *request)
    }
}

/// Something of the same form that says nothing.
fn empty(value: &Json) -> Json {
    if value.is_object() { Json::Object(serde_json::Map::new()) } else { Json::Null }
}

/// Whether a path is the one of a pattern.
fn fits(pattern: &str, path: &[&str]) -> bool {
    let (first, rest) = pattern.split_once('.').map_or((pattern, None), |(first, rest)| (first, Some(rest)));
    match (first, rest) {
        ("**", Some(rest)) => (0..path.len()).any(|from| fits(rest, &path[from..])),
        ("**", None) => true,
        (key, rest) => {
            let Some((own, below)) = path.split_first() else { return false };
            (key == "*" || key == *own) && rest.map_or(below.is_empty(), |rest| fits(rest, below))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOTES: Answers = Answers {
        noise: &[
            &[Noise { because: "the API gives it out", keys: &["id", "tiles.id", "**.bytecode"] }],
            &[Noise { because: "said by the tile", keys: &["tiles.insight", "owner.*"] }],
        ],
        usual: &[("scope", "\"project\""), ("enabled", "true")],
        called: &[("config.ids", "objects")],
        placed: &[("groups", "filters.groups")],
    };

    fn unsaid(answer: Json, request: Json) -> Vec<String> {
        let found = NOTES.unsaid(&answer, &request, &["filters.groups"]);
        found.into_iter().map(|one| format!("{} {}", one.key, one.count)).collect()
    }

    #[test]
    fn every_key_is_said_or_usual_or_noise_or_named() {
        let nothing: [&str; 0] = [];
        for (answer, request, left) in [
            (json!({ "id": 1, "name": "A", "text": "", "more": [null, {}] }), json!({ "name": "B" }), &nothing[..]),
            (json!({ "scope": "project", "enabled": true }), json!({}), &[]),
            (json!({ "scope": "all", "enabled": false }), json!({}), &["scope 1", "enabled 1"]),
            (json!({ "enabled": false }), json!({ "enabled": false }), &[]),
            (json!({ "flag": { "key": "a", "groups": [1] } }), json!({}), &["flag 1"]),
            (json!({ "flag": { "key": "a" } }), json!({ "flag": null }), &["flag 1"]),
            (json!({ "flag": { "key": "a", "note": "n" } }), json!({ "flag": { "key": "b" } }), &["flag.note 1"]),
            (json!({ "query": { "deep": { "bytecode": [1] } } }), json!({}), &[]),
            (json!({ "owner": { "name": "a", "mail": "b" } }), json!({}), &[]),
            (
                json!({ "config": { "ids": [1], "currency": "EUR" } }),
                json!({ "config": { "objects": [1] } }),
                &["config.currency 1"],
            ),
            (json!({ "filters": { "groups": [{ "note": 1 }], "x": 1 } }), json!({}), &["filters.x 1"]),
            (
                json!({ "tiles": [{ "id": 1, "insight": { "id": 4 } }, { "id": 2, "text": { "body": "Hi" } }, { "id": 3, "text": { "body": "Ho" } }] }),
                json!({}),
                &["tiles.text 2"],
            ),
            // Items are told apart by what they say, whatever their order.
            (
                json!({ "all": [{ "a": 1, "note": "n" }, { "b": 1 }] }),
                json!({ "all": [{ "b": 1 }, { "a": 1 }] }),
                &["all.note 1"],
            ),
            (json!({ "users": [1, 2, 3] }), json!({ "users": [1] }), &["users 2"]),
        ] {
            assert_eq!(unsaid(answer.clone(), request.clone()), left, "{answer} {request}");
        }
        assert_eq!(NOTES.place("groups"), "filters.groups");
    }
}
