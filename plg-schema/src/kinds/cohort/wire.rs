//! How cohorts speak to PostHog.

use crate::kinds::prelude::*;
use crate::kinds::{posthog, property};

/// A group or a condition without what the server adds to it.
fn comparable(node: &Json) -> Json {
    let Json::Object(node) = node else { return node.clone() };
    let mut node = node.clone();
    if let Some(Json::Array(values)) = node.get("values") {
        let values: Vec<Json> = values.iter().map(comparable).collect();
        node.insert("values".into(), values.into());
        return Json::Object(node);
    }
    if node.get("negation") == Some(&Json::Bool(false)) {
        node.remove("negation");
    }
    match text(&node, "type") {
        "person" => property::comparable(&Json::Object(node)),
        _ => Json::Object(node),
    }
}

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

impl Wire for Cohorts {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::soft("cohorts")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        posthog::default(&mut live.fields, "name", "");
        posthog::default(&mut live.fields, "description", "");
        posthog::normalise(&mut live.fields, "filters", |filters| {
            let filters = posthog::compact(filters, &["bytecode", "bytecode_error", "conditionHash"]);
            match filters.get("properties") {
                Some(properties) => json!({ "properties": comparable(properties) }),
                None => filters,
            }
        });
        Some(live)
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
                help: "take the cohort out of them first, or leave it behind: deploy once with `on_destroy: keep`",
            }),
            ("feature_flag", Some(after)) if is_behavioral(after) && !is_behavioral(before) => Some(Hold {
                says: "it cannot be found by what people did, as active flags use it".into(),
                help: "declare another cohort for these conditions, or take this one out of the flags first",
            }),
            _ => None,
        }
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "all" | "any" => &["filters"],
            _ => itself(word),
        }
    }

    fn write_only(&self) -> &'static [&'static str] {
        &["_create_in_folder", "_create_static_person_ids"]
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
        mention::in_query(live.fields.get("filters"))
    }
}
