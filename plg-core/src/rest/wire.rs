//! How raw resources speak to their API: as their declarations say.

use super::says::{BODY, CREATE, HOW, How, OWN, Removes, WITHIN, at};
use crate::wire::{
    Call, Ending, Listing, Live, Map, Paging, Prior, Removal, RestCollection, RowAt, Wire, id_text, includes, itself,
    pick, segment,
};
use serde_json::{Value as Json, json};

/// The raw resources of an API.
#[derive(Debug)]
pub struct RestWire {
    /// How its lists are paged.
    pub paged: Paging,
    /// Where the rows of a list are that is answered at once.
    pub whole: Paging,
    /// The key around the body of a write, and around an answer of one object.
    pub envelope: Option<&'static str>,
}

impl RestWire {
    /// Where the object of this id is.
    fn object(&self, fields: &Map, id: &str, path: Option<&str>) -> String {
        match path {
            Some(path) => filled(path, fields).replace("{id}", &segment(id)),
            None => self.collection(fields).object(id),
        }
    }

    fn own(&self, fields: &Map, id: &str) -> String {
        let path = How::of(fields).changes().and_then(|changes| changes.path);
        self.object(fields, id, path)
    }

    fn body(&self, body: Map) -> Json {
        match self.envelope {
            Some(key) => json!({ key: body }),
            None => body.into(),
        }
    }
}

/// A path with what `within` says in its holes.
fn filled(path: &str, fields: &Map) -> String {
    let within = fields.get(WITHIN).and_then(Json::as_object);
    within.into_iter().flatten().fold(path.to_owned(), |path, (hole, value)| {
        path.replace(&format!("{{{hole}}}"), &segment(&id_text(value).unwrap_or_default()))
    })
}

/// The keys of a body, without how it is asked for.
fn keys(fields: &Map) -> Map {
    fields.iter().filter(|(key, _)| !key.starts_with(OWN)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

impl Wire for RestWire {
    fn collection(&self, fields: &Map) -> RestCollection {
        let create = fields.get(CREATE).and_then(Json::as_str).unwrap_or_default();
        RestCollection {
            path: filled(create, fields),
            query: "",
            paging: self.paged,
            envelope: self.envelope,
            ending: Ending::Delete,
        }
    }

    fn listing(&self, want: &Map) -> Listing {
        let how = How::of(want);
        Listing {
            path: filled(how.list(), want),
            paging: if how.is_paged() { self.paged } else { self.whole },
            rows: Some(how.rows(want.contains_key(WITHIN))),
        }
    }

    fn read(&self, json: Json) -> Option<Live> {
        self.read_row(json, &self.listing(&Map::new()))
    }

    fn read_row(&self, json: Json, listing: &Listing) -> Option<Live> {
        let Json::Object(mut fields) = json else { return None };
        if let Some(Json::Object(inside)) = self.envelope.and_then(|key| fields.get_mut(key)) {
            fields = std::mem::take(inside);
        }
        let RowAt { id, by, gone, .. } = listing.rows.as_ref()?;
        let gone = gone.as_ref().and_then(|gone| serde_json::from_str::<Json>(gone).ok());
        if gone.is_some_and(|gone| includes(&gone, &Json::Object(fields.clone()))) {
            return None;
        }
        let id = match at(&fields, id)? {
            // An id that is made of several: the last is its own.
            Json::Object(parts) => parts.values().next_back()?.clone(),
            id => id.clone(),
        };
        fields.insert(HOW.to_owned(), json!({ "by": by }));
        Some(Live {
            id: id_text(&id)?,
            outputs: Map::from_iter([("id".to_owned(), id)]),
            created: fields.get("created_at").and_then(Json::as_str).map(str::to_owned),
            fields,
            ..Live::default()
        })
    }

    fn of_answer(&self, answer: Json, _: Option<&str>, want: &Map) -> Option<Live> {
        self.read_row(answer, &self.listing(want))
    }

    /// Without a key any answer is taken for the object that was asked for.
    fn answers(&self, want: &Map, live: &Map) -> bool {
        let name = |fields: &Map| self.identity(fields).map(|name| name.trim().to_lowercase());
        !How::of(want).is_keyed() || name(want).is_none_or(|asked| name(live) == Some(asked))
    }

    fn by_id(&self, prior: &Prior) -> Option<Call> {
        Some(Call::bare("GET", self.own(&prior.fields, &prior.id)))
    }

    fn create(&self, want: &Map) -> Call {
        Call::new("POST", self.collection(want).path, self.body(keys(want)))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let changes = How::of(want).changes()?;
        let part = keys(&if changes.whole { want.clone() } else { pick(want, changed) });
        let path = self.object(want, &prior.id, changes.path);
        (!part.is_empty()).then(|| Call::new(changes.method, path, self.body(part)))
    }

    fn remove(&self, prior: &Prior) -> Removal {
        let how = How::of(&prior.fields);
        match how.removes() {
            Removes::Delete(path) => {
                let path = path.or(how.changes().and_then(|changes| changes.path));
                Removal::Delete(Call::bare("DELETE", self.object(&prior.fields, &prior.id, path)))
            }
            Removes::Set(set) => {
                let method = how.changes().map_or("PATCH", |changes| changes.method);
                Removal::Delete(Call::new(method, self.own(&prior.fields, &prior.id), self.body(set.clone())))
            }
            Removes::Keep => Removal::Keep("its declaration says that its API removes none"),
        }
    }

    fn parents(&self) -> &'static [&'static str] {
        &[CREATE, HOW, WITHIN]
    }

    fn ways(&self) -> &'static [&'static str] {
        &[HOW]
    }

    fn is_fixed(&self, _: &str, want: &Map) -> bool {
        How::of(want).changes().is_none()
    }

    /// What tells it apart, as far as all of it is known.
    fn identity(&self, fields: &Map) -> Option<String> {
        let all: Option<Vec<String>> = How::of(fields)
            .by()
            .map(|place| match at(fields, place)? {
                Json::String(text) if text.is_empty() => None,
                Json::Null | Json::Array(_) | Json::Object(_) => None,
                Json::String(text) => Some(text.clone()),
                plain => Some(plain.to_string()),
            })
            .collect();
        all.filter(|all| !all.is_empty()).map(|all| all.join(" · "))
    }

    // Whether the API keeps them apart, nobody knows.
    fn identity_is_unique(&self) -> bool {
        false
    }

    /// An API adds to what it is sent, at every depth: what is declared is compared.
    fn same(&self, _: &str, want: &Json, live: &Json) -> bool {
        includes(want, live)
    }

    fn keys_in(&self) -> Option<&'static str> {
        Some(BODY)
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "create" => &[CREATE],
            "within" => &[WITHIN],
            "list" | "key" | "id" | "update" | "remove" | "paged" => &[HOW],
            BODY | "description" => &[],
            _ => itself(word),
        }
    }
}
