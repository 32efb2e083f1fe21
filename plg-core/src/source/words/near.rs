//! A value as near to what is there as the language gets, and the parts of it that have no words.
//!
//! One key that the language does not know must not keep all the rest from being told in words. So what is there is put
//! together anew, part by part, out of a value that can be read: a part that makes it unreadable is left out, and told as it
//! is.

use crate::Map;
use serde_json::Value as Json;

/// How often it is tried whether something can be read.
const TRIES: usize = 300;

/// The most parts that are left out: where there are more, it is another thing altogether.
const MOST: usize = 4;

/// What can be read, and what was left out of it.
pub(super) struct Nearest {
    /// The fields, readable.
    pub(super) fields: Map,
    /// What is otherwise there, by its path in the API's words; nothing where it is not there.
    pub(super) left: Vec<(String, Option<Json>)>,
}

/// One step of a path.
#[derive(Debug, Clone)]
enum At {
    Key(String),
    Place(usize),
}

/// Fields as near to `side` as they can be read, where `base` can: those of `changed` are told apart. Nothing where too
/// much of them is left out.
pub(super) fn nearest(
    base: Map,
    side: &Map,
    changed: &[&str],
    is_read: &mut dyn FnMut(&Map) -> bool,
) -> Option<Nearest> {
    if !is_read(&base) {
        return None;
    }
    let mut approach = Approach { root: base.into(), is_read, tries: 0, left: Vec::new() };
    for field in changed {
        let mut path = vec![At::Key((*field).to_owned())];
        match side.get(*field) {
            Some(value) => approach.part(&mut path, value),
            None => approach.without(&path),
        }
    }
    let Approach { root, left, tries, .. } = approach;
    let Json::Object(fields) = root else { return None };
    (left.len() <= MOST && tries < TRIES).then_some(Nearest { fields, left })
}

struct Approach<'a> {
    root: Json,
    is_read: &'a mut dyn FnMut(&Map) -> bool,
    tries: usize,
    left: Vec<(String, Option<Json>)>,
}

impl Approach<'_> {
    fn reads(&mut self) -> bool {
        self.tries += 1;
        self.tries < TRIES && self.root.as_object().is_some_and(|fields| (self.is_read)(fields))
    }

    /// Makes the part at a path what `side` is, as far as that can be read.
    fn part(&mut self, path: &mut Vec<At>, side: &Json) {
        if !self.tried(path, side) {
            self.left.push((said(path), Some(side.clone())));
        }
    }

    /// The same; whether any of it could be.
    fn tried(&mut self, path: &mut Vec<At>, side: &Json) -> bool {
        let before = get(&self.root, path).cloned();
        if before.as_ref() == Some(side) {
            return true;
        }
        set(&mut self.root, path, Some(side.clone()));
        if self.reads() {
            return true;
        }
        match (&before, side) {
            (Some(base @ Json::Object(own)), Json::Object(map)) => {
                set(&mut self.root, path, Some(base.clone()));
                self.keys(path, map);
                for key in own.keys().filter(|key| !map.contains_key(*key)) {
                    path.push(At::Key(key.clone()));
                    self.without(path);
                    path.pop();
                }
                true
            }
            (Some(base @ Json::Array(own)), Json::Array(list)) if own.len() == list.len() => {
                set(&mut self.root, path, Some(base.clone()));
                for (place, value) in list.iter().enumerate() {
                    path.push(At::Place(place));
                    self.part(path, value);
                    path.pop();
                }
                true
            }
            (Some(base @ Json::Array(own)), Json::Array(list)) => {
                let known: Vec<Json> = list.iter().filter(|item| own.contains(item)).cloned().collect();
                set(&mut self.root, path, Some(known.into()));
                let reads = self.reads();
                if reads {
                    self.items(path, own, list);
                } else {
                    set(&mut self.root, path, Some(base.clone()));
                }
                reads
            }
            (None, Json::Object(_)) if self.peeled(path, side) => true,
            _ => {
                set(&mut self.root, path, before);
                false
            }
        }
    }

    /// Key after key; what could not be is tried once more beside the others, as some belong together.
    fn keys(&mut self, path: &mut Vec<At>, side: &Map) {
        let mut open: Vec<&String> = side.keys().collect();
        loop {
            let before = open.len();
            open.retain(|key| {
                path.push(At::Key((*key).clone()));
                let done = side.get(*key).is_some_and(|value| self.tried(path, value));
                path.pop();
                !done
            });
            if open.is_empty() || open.len() == before {
                break;
            }
        }
        for key in open {
            path.push(At::Key(key.clone()));
            self.left.push((said(path), side.get(key).cloned()));
            path.pop();
        }
    }

    /// Item after item, where those that `own` has are there already.
    fn items(&mut self, path: &mut Vec<At>, own: &[Json], list: &[Json]) {
        let mut place = 0;
        for (now, item) in list.iter().enumerate() {
            if own.contains(item) {
                place += 1;
                continue;
            }
            self.list(path, |list| list.insert(place.min(list.len()), item.clone()));
            path.push(At::Place(place));
            if self.reads() || self.peeled(path, item) {
                place += 1;
                path.pop();
                continue;
            }
            path.pop();
            self.list(path, |list| drop(list.remove(place)));
            path.push(At::Place(now));
            self.left.push((said(path), Some(item.clone())));
            path.pop();
        }
    }

    fn list(&mut self, path: &[At], change: impl FnOnce(&mut Vec<Json>)) {
        if let Some(Json::Array(list)) = get_mut(&mut self.root, path) {
            change(list);
        }
    }

    /// Something new without the one key of it that keeps it from being read.
    fn peeled(&mut self, path: &[At], value: &Json) -> bool {
        let mut all = Vec::new();
        keys_inside(value, &mut Vec::new(), &mut all);
        for inside in all {
            set(&mut self.root, path, Some(value.clone()));
            let whole: Vec<At> = path.iter().chain(&inside).cloned().collect();
            let gone = get(&self.root, &whole).cloned();
            set(&mut self.root, &whole, None);
            if self.reads() {
                self.left.push((said(&whole), gone));
                return true;
            }
        }
        set(&mut self.root, path, Some(value.clone()));
        false
    }

    /// Takes out what `side` does not have; where that cannot be read, it is told that it is not there.
    fn without(&mut self, path: &[At]) {
        let before = get(&self.root, path).cloned();
        if before.is_none() {
            return;
        }
        set(&mut self.root, path, None);
        if !self.reads() {
            set(&mut self.root, path, before);
            self.left.push((said(path), None));
        }
    }
}

/// The keys of objects inside a value, at every depth, the deepest first.
fn keys_inside(value: &Json, path: &mut Vec<At>, out: &mut Vec<Vec<At>>) {
    let mut inside = |at: At, value: &Json, is_key: bool| {
        path.push(at);
        keys_inside(value, path, out);
        if is_key {
            out.push(path.clone());
        }
        path.pop();
    };
    match value {
        Json::Object(map) => map.iter().for_each(|(key, value)| inside(At::Key(key.clone()), value, true)),
        Json::Array(list) => {
            list.iter().enumerate().for_each(|(place, value)| inside(At::Place(place), value, false));
        }
        _ => {}
    }
}

/// A path as text: `filters.values[0].key`.
fn said(path: &[At]) -> String {
    let mut out = String::new();
    for at in path {
        match at {
            At::Key(key) if out.is_empty() => out.push_str(key),
            At::Key(key) => out.push_str(&format!(".{key}")),
            At::Place(place) => out.push_str(&format!("[{place}]")),
        }
    }
    out
}

/// What is at a path that [`Nearest::left`] names.
pub(super) fn at<'a>(fields: &'a Map, path: &str) -> Option<&'a Json> {
    fn below<'a>(value: &'a Json, path: &str) -> Option<&'a Json> {
        if path.is_empty() {
            return Some(value);
        }
        if let Some(rest) = path.strip_prefix('[') {
            let (place, rest) = rest.split_once(']')?;
            return below(value.get(place.parse::<usize>().ok()?)?, rest);
        }
        let path = path.strip_prefix('.').unwrap_or(path);
        // A key may have dots in it.
        let map = value.as_object()?;
        let fits = |key: &&String| {
            path.strip_prefix(key.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let key = map.keys().filter(fits).max_by_key(|key| key.len())?;
        below(map.get(key)?, path.strip_prefix(key.as_str())?)
    }
    let end = path.find(['.', '[']).unwrap_or(path.len());
    below(fields.get(&path[..end])?, &path[end..])
}

fn get<'a>(root: &'a Json, path: &[At]) -> Option<&'a Json> {
    path.iter().try_fold(root, |value, at| match at {
        At::Key(key) => value.get(key),
        At::Place(place) => value.get(*place),
    })
}

fn get_mut<'a>(root: &'a mut Json, path: &[At]) -> Option<&'a mut Json> {
    path.iter().try_fold(root, |value, at| match at {
        At::Key(key) => value.get_mut(key),
        At::Place(place) => value.get_mut(*place),
    })
}

/// Sets what is at a path, or takes the key out.
fn set(root: &mut Json, path: &[At], value: Option<Json>) {
    let Some((last, around)) = path.split_last() else { return };
    match (last, get_mut(root, around), value) {
        (At::Key(key), Some(Json::Object(map)), Some(value)) => drop(map.insert(key.clone(), value)),
        (At::Key(key), Some(Json::Object(map)), None) => drop(map.shift_remove(key)),
        (At::Place(place), Some(Json::Array(list)), Some(value)) if *place < list.len() => list[*place] = value,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Reads what has no key `odd` in it, and no list of more than three.
    fn reads(value: &Json) -> bool {
        match value {
            Json::Object(map) => map.iter().all(|(key, value)| key != "odd" && reads(value)),
            Json::Array(list) => list.len() < 4 && list.iter().all(reads),
            _ => true,
        }
    }

    fn near(base: Json, side: Json) -> Option<(Json, Vec<String>)> {
        let map = |value: Json| Map::from_iter([("f".to_owned(), value)]);
        let mut is_read = |fields: &Map| fields.values().all(reads);
        let found = nearest(map(base), &map(side), &["f"], &mut is_read)?;
        let side = |value: Option<Json>| value.map_or("nothing".to_owned(), |value| value.to_string());
        let left = found.left.into_iter().map(|(path, value)| format!("{path} {}", side(value))).collect();
        Some((found.fields["f"].clone(), left))
    }

    #[test]
    fn only_what_cannot_be_read_is_left_out() {
        let rows = [
            (json!({ "a": 1 }), json!({ "a": 2, "odd": 3 }), json!({ "a": 2 }), vec!["f.odd 3"]),
            (
                json!({ "all": [{ "a": 1 }, { "b": 1 }] }),
                json!({ "all": [{ "a": 2, "odd": [1] }, { "b": 3 }] }),
                json!({ "all": [{ "a": 2 }, { "b": 3 }] }),
                vec!["f.all[0].odd [1]"],
            ),
            // What comes with what is new is left out of it alone.
            (
                json!([{ "a": 1 }]),
                json!([{ "a": 1 }, { "b": 1, "in": { "odd": 1 } }]),
                json!([{ "a": 1 }, { "b": 1, "in": {} }]),
                vec!["f[1].in.odd 1"],
            ),
            (json!({}), json!({ "new": { "a": 1, "odd": 2 } }), json!({ "new": { "a": 1 } }), vec!["f.new.odd 2"]),
            (json!({ "a": 1, "b": 1 }), json!({ "a": 1, "odd": 1 }), json!({ "a": 1 }), vec!["f.odd 1"]),
        ];
        for (base, side, wanted, left) in rows {
            let left = left.into_iter().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(near(base.clone(), side.clone()), Some((wanted, left)), "{base} {side}");
        }
        assert_eq!(near(json!({ "odd": 1 }), json!({})), None, "there is nothing to begin with");
        let many = json!([{ "odd": 1 }, { "odd": 2 }, { "odd": 3 }]);
        assert_eq!(near(json!([{}, {}, {}]), many.clone()).unwrap().1.len(), 3);
        let five = json!({ "a": many, "b": { "odd": 1 }, "c": { "odd": 1 } });
        assert_eq!(near(json!({ "a": [{}, {}, {}], "b": {}, "c": {} }), five), None, "it is another thing");
    }

    #[test]
    fn what_is_left_is_found_by_its_path() {
        let fields = Map::from_iter([("f".to_owned(), json!({ "a.b": [{ "c": 1 }], "a": 2 }))]);
        assert_eq!(at(&fields, "f.a.b[0].c"), Some(&json!(1)));
        assert_eq!((at(&fields, "f.a"), at(&fields, "f.x"), at(&fields, "g")), (Some(&json!(2)), None, None));
    }
}
