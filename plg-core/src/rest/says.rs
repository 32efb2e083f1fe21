//! What a declaration of a raw resource says, as it is remembered: how it is asked for is a field of what is wanted,
//! beside the keys of its body.

use super::words::{ApiPath, JsonPointer, RestRemoval, RestUpdate};
use crate::wire::{Map, RowAt, Want};
use crate::{Common, Json as Written, Term, Terms};
use serde_json::{Value as Json, json};

/// Where it is made: another path is another object.
pub(super) const CREATE: &str = "rest.create";

/// What the holes in its paths are filled with.
pub(super) const WITHIN: &str = "rest.within";

/// How it is listed, found, changed and removed.
pub(super) const HOW: &str = "rest.how";

/// What no key of a body begins with.
pub(super) const OWN: &str = "rest.";

/// The word that holds the keys that are declared.
pub(super) const BODY: &str = "body";

/// A declaration, whichever provider's.
#[derive(Debug, Clone, Copy)]
pub struct RestSaid<'a> {
    /// What every declaration has.
    pub common: &'a Common,
    /// Where it is made.
    pub create: ApiPath,
    /// Where the list of its kind is.
    pub list: Option<ApiPath>,
    /// What tells it apart in that list.
    pub key: Option<JsonPointer>,
    /// Where its id is.
    pub id: JsonPointer,
    /// What is sent.
    pub body: Written,
    /// What the holes in its paths are filled with.
    pub within: Written,
    /// How it is changed.
    pub update: RestUpdate,
    /// How it is removed.
    pub remove: RestRemoval,
    /// Whether its list has pages.
    pub paged: bool,
}

impl RestSaid<'_> {
    /// What should be: the keys of the body as fields, and how it is asked for.
    pub fn want(&self) -> Want {
        let pairs = pairs(self.body);
        let is_left = self.common.ignore.contains(&BODY);
        let want = pairs.iter().fold(Want::of(self.common), |want, (key, value)| {
            if is_left { want.set_create_only(key, value.term()) } else { want.set(key, value.term()) }
        });
        let within: Terms = self::pairs(self.within).iter().map(|(hole, value)| (*hole, value.term())).collect();
        let within = (!within.is_empty()).then_some(within);
        want.set(CREATE, self.create.0).set(HOW, Term::from(self.how())).set_some(WITHIN, within)
    }

    fn how(&self) -> Json {
        // Without a key it is whatever says the same of itself; what may be a secret, or is an object, says nothing.
        let tells =
            |value: &Written| !matches!(value, Written::Null | Written::Env(_) | Written::List(_) | Written::Object(_));
        let named = || pairs(self.body).iter().filter(|(_, value)| tells(value)).map(|(key, _)| pointer(key));
        let by: Vec<String> = self.key.map_or_else(|| named().collect(), |key| vec![key.0.to_owned()]);
        let changed = |method: &str, path: Option<ApiPath>, whole: bool| json!({ "method": method, "path": path.map(|path| path.0), "whole": whole });
        let update = match self.update {
            RestUpdate::patch(path) => changed("PATCH", path, false),
            RestUpdate::patch_all(path) => changed("PATCH", path, true),
            RestUpdate::put(path) => changed("PUT", path, true),
            RestUpdate::post(path) => changed("POST", path, true),
            RestUpdate::never => Json::Null,
        };
        let remove = match self.remove {
            RestRemoval::delete(path) => json!({ "delete": path.map(|path| path.0) }),
            RestRemoval::set(body) => json!({ "set": body.term().json() }),
            RestRemoval::keep => Json::Null,
        };
        json!({
            "list": self.list.unwrap_or(self.create).0,
            "id": self.id.0,
            "by": by,
            "keyed": self.key.is_some(),
            "update": update,
            "remove": remove,
            "paged": self.paged,
        })
    }
}

fn pairs(json: Written) -> &'static [(&'static str, Written)] {
    if let Written::Object(pairs) = json { pairs } else { &[] }
}

/// The place of a key.
fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// How something is asked for, as [`RestSaid::want`] says it.
#[derive(Clone, Copy)]
pub(super) struct How<'a>(&'a Json);

/// A request that changes it.
pub(super) struct Changes<'a> {
    pub(super) method: &'static str,
    pub(super) path: Option<&'a str>,
    /// With every key that is declared.
    pub(super) whole: bool,
}

/// How it is removed.
pub(super) enum Removes<'a> {
    Delete(Option<&'a str>),
    Set(&'a Map),
    Keep,
}

impl<'a> How<'a> {
    pub(super) fn of(fields: &'a Map) -> How<'a> {
        How(fields.get(HOW).unwrap_or(&Json::Null))
    }

    pub(super) fn list(self) -> &'a str {
        self.0["list"].as_str().unwrap_or_default()
    }

    pub(super) fn is_keyed(self) -> bool {
        self.0["keyed"] == true
    }

    pub(super) fn is_paged(self) -> bool {
        self.0["paged"] != false
    }

    /// Where what tells it apart is.
    pub(super) fn by(self) -> impl Iterator<Item = &'a str> {
        self.0["by"].as_array().into_iter().flatten().filter_map(Json::as_str)
    }

    /// How rows of its list are read.
    pub(super) fn rows(self, is_within: bool) -> RowAt {
        let gone = match self.removes() {
            Removes::Set(set) => Some(Json::Object(set.clone()).to_string()),
            _ => None,
        };
        RowAt {
            id: self.0["id"].as_str().unwrap_or("/id").to_owned(),
            by: self.by().map(str::to_owned).collect(),
            gone,
            is_within,
        }
    }

    pub(super) fn changes(self) -> Option<Changes<'a>> {
        let said = self.0["update"].as_object()?;
        let method = match said.get("method").and_then(Json::as_str) {
            Some("PUT") => "PUT",
            Some("POST") => "POST",
            _ => "PATCH",
        };
        Some(Changes {
            method,
            path: said.get("path").and_then(Json::as_str),
            whole: said.get("whole") == Some(&Json::Bool(true)),
        })
    }

    pub(super) fn removes(self) -> Removes<'a> {
        let said = &self.0["remove"];
        match said["set"].as_object() {
            Some(set) => Removes::Set(set),
            // What says nothing of itself, such as a kind that is asked what it can do, is deleted.
            None if said.is_null() && !self.0.is_null() => Removes::Keep,
            None => Removes::Delete(said["delete"].as_str()),
        }
    }
}

/// What stands at a place of an object.
pub(super) fn at<'a>(fields: &'a Map, pointer: &str) -> Option<&'a Json> {
    let rest = pointer.strip_prefix('/')?;
    let (first, rest) = rest.split_once('/').map_or((rest, None), |(first, rest)| (first, Some(rest)));
    let value = fields.get(&first.replace("~1", "/").replace("~0", "~"))?;
    rest.map_or(Some(value), |rest| value.pointer(&format!("/{rest}")))
}
