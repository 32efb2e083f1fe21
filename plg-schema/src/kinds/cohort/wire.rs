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

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "all" | "any" => &["filters"],
            _ => itself(word),
        }
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
