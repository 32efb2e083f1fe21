//! How cohorts speak to PostHog.

use crate::kinds::prelude::*;
use crate::kinds::{posthog, property};
use plg_core::hollow::is_hollow;

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

/// Conditions in the two levels that PostHog's editor shows, whichever form they were saved in: single ones that stand
/// beside groups or alone, a flat list, and the groups of old.
pub(super) fn levels(properties: &Json) -> Json {
    let list = |of: &Json| of.as_array().cloned().unwrap_or_default();
    let (word, values) = match properties {
        Json::Array(flat) => ("AND", flat.clone()),
        Json::Object(top) if top.contains_key("values") => {
            let word = if text(top, "type") == "OR" { "OR" } else { "AND" };
            (word, list(properties.get("values").unwrap_or(&Json::Null)))
        }
        other => return comparable(other),
    };
    let is_group = |node: &Json| node.get("values").is_some();
    let (groups, single): (Vec<Json>, Vec<Json>) = values.into_iter().partition(is_group);
    let first = (!single.is_empty()).then(|| json!({ "type": word, "values": single }));
    let values: Vec<Json> = first.into_iter().chain(groups).collect();
    comparable(&json!({ "type": word, "values": values }))
}

/// What groups of old say in today's form, where it can: people fit one of them if they have all its properties.
pub(super) fn of_groups(groups: Option<&Json>) -> Option<Json> {
    let groups = groups?.as_array().filter(|groups| !groups.is_empty())?;
    let values = groups.iter().map(|group| {
        let properties = group.get("properties")?.as_array().filter(|properties| !properties.is_empty())?;
        let is_all =
            group.as_object()?.iter().all(|(key, value)| key == "properties" || key == "id" || is_hollow(value));
        let typed = properties.iter().map(|property| {
            let mut property = property.as_object()?.clone();
            posthog::default(&mut property, "type", "person");
            posthog::default(&mut property, "operator", "exact");
            Some(Json::Object(property))
        });
        let values: Option<Vec<Json>> = typed.collect();
        is_all.then_some(json!({ "type": "AND", "values": values? }))
    });
    Some(json!({ "type": "OR", "values": values.collect::<Option<Vec<Json>>>()? }))
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
        let old = of_groups(live.fields.get("groups"));
        let filters = live.fields.get("filters").unwrap_or(&Json::Null);
        let filters = posthog::compact(filters, &["bytecode", "bytecode_error", "conditionHash"]);
        let filters = match (filters.get("properties").filter(|properties| !is_hollow(properties)), old) {
            (Some(properties), _) => json!({ "properties": levels(properties) }),
            (None, Some(old)) => json!({ "properties": levels(&old) }),
            (None, None) => filters,
        };
        live.fields.insert("filters".into(), filters);
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

    fn refuses(&self, before: &Map, after: Option<&Map>) -> Option<Hold> {
        let is_static = before.get("is_static") == Some(&Json::Bool(true));
        let (now, then) = before.get("filters").zip(after?.get("filters"))?;
        (is_static && !self.same("filters", then, now)).then(|| Hold {
            says: "somebody put the people in it by hand, so that it has no conditions".into(),
            help: "give the declaration another title, so that a new cohort is made beside it",
        })
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
        crate::query::in_query(live.fields.get("filters"))
    }
}
