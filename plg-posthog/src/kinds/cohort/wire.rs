//! How cohorts speak to PostHog.

use super::form::{self, IDS, SNAPSHOT, levels};
use crate::kinds::posthog;
use crate::kinds::prelude::*;
use plg_core::hollow::is_hollow;

#[derive(Debug)]
pub(super) struct Cohorts;

/// Whether it is found by what people did.
fn is_behavioral(fields: &Map) -> bool {
    fn walk(json: &Json) -> bool {
        match json {
            Json::Array(list) => list.iter().any(walk),
            Json::Object(map) => map.get("type").and_then(Json::as_str) == Some("behavioral") || map.values().any(walk),
            _ => false,
        }
    }
    fields.get("filters").is_some_and(walk)
}

/// What a request sends of it: who is in a static one is said once, when it is made.
fn body(want: &Map, is_new: bool) -> Map {
    let mut body = want.clone();
    let snapshot = body.shift_remove(SNAPSHOT);
    if is_new {
        if let Some(snapshot) = snapshot {
            body.insert("filters".to_owned(), snapshot);
        }
        if body.get("is_static") == Some(&Json::Bool(false)) {
            body.shift_remove("is_static");
        }
    } else {
        for once in ["is_static", "query", IDS] {
            body.shift_remove(once);
        }
    }
    body
}

/// Conditions as they are compared.
fn criteria(filters: &Json) -> Json {
    let properties = filters.get("properties").unwrap_or(&Json::Null);
    form::ordered(&form::comparable(&levels(properties)))
}

impl Wire for Cohorts {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::soft("cohorts")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        posthog::default(&mut live.fields, "name", "");
        posthog::default(&mut live.fields, "description", "");
        posthog::default(&mut live.fields, "is_static", false);
        let old = form::of_groups(live.fields.get("groups"));
        let filters = live.fields.get("filters").unwrap_or(&Json::Null);
        let filters = posthog::compact(filters, &["bytecode", "bytecode_error", "conditionHash"]);
        let filters = match (filters.get("properties").filter(|properties| !is_hollow(properties)), old) {
            (Some(properties), _) => json!({ "properties": levels(properties) }),
            (None, Some(old)) => json!({ "properties": levels(&old) }),
            (None, None) => filters,
        };
        if live.fields.get("is_static") == Some(&Json::Bool(true)) && !is_hollow(&filters) {
            live.fields.insert(SNAPSHOT.into(), filters.clone());
        }
        live.fields.insert("filters".into(), filters);
        Some(live)
    }

    fn create(&self, want: &Map) -> Call {
        self.collection(want).create(body(want, true))
    }

    fn revive(&self, want: &Map, prior: &Prior) -> Option<Call> {
        self.collection_of(prior).restore(prior, body(want, false))
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["is_static", "query", SNAPSHOT, IDS]
    }

    fn lost(&self) -> &'static str {
        "people added to the old one by hand or by an application"
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match field {
            "filters" | SNAPSHOT => same(&criteria(want), &criteria(live)),
            "query" => ["kind", "query"].iter().all(|key| want.get(key) == live.get(key)),
            _ => same(want, live),
        }
    }

    fn may_hold_back(&self) -> &'static [&'static str] {
        &["feature_flag", "insight", "cohort"]
    }

    fn holds_back(&self, before: &Map, after: Option<&Map>, kind: &str, other: &Live) -> Option<Hold> {
        let is_active = other.fields.get("active") == Some(&Json::Bool(true));
        match (kind, after) {
            ("feature_flag", _) if !is_active => None,
            (_, None) => Some(Hold {
                says: "it cannot be deleted, as these use it".into(),
                help: "remove the cohort from them first; or keep it: deploy once with `on_destroy: keep`",
            }),
            ("feature_flag", Some(after)) if is_behavioral(after) && !is_behavioral(before) => Some(Hold {
                says: "it cannot have conditions on events, as active flags use it".into(),
                help: "declare another cohort for these conditions, or remove this one from the flags first",
            }),
            _ => None,
        }
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "all" | "any" => &["filters", SNAPSHOT],
            "people" => &["is_static", "query", SNAPSHOT, IDS],
            _ => itself(word),
        }
    }

    fn write_only(&self) -> &'static [&'static str] {
        &["_create_in_folder", IDS]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_owned())
    }

    fn identity_is_unique(&self) -> bool {
        false
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["event", "action", "cohort"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        crate::query::in_query(live.fields.get("filters"))
    }
}
