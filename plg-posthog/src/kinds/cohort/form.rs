//! Cohorts in one form, whichever they were saved in.

use crate::kinds::prelude::*;
use crate::kinds::{posthog, property};
use plg_core::hollow::is_hollow;
use plg_core::source::read;

/// The conditions of a static cohort as they are compared: PostHog keeps them where it keeps those of others, and
/// refuses to change them.
pub(super) const SNAPSHOT: &str = "snapshot";

/// Who is put into a static cohort, one by one: PostHog never shows it.
pub(super) const IDS: &str = "_create_static_person_ids";

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

/// A group or a condition without what the server adds to it, and without what PostHog does not look at.
pub(super) fn comparable(node: &Json) -> Json {
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
        "behavioral" => behavioral(node),
        _ => Json::Object(node),
    }
}

/// The keys that PostHog looks at in what people did, beside those that every one has: what an editor left from an
/// earlier choice is not among them.
fn looked_at(value: &str) -> Option<&'static [&'static str]> {
    Some(match value {
        "performed_event" => {
            &["time_value", "time_interval", "explicit_datetime", "explicit_datetime_to", "event_filters"]
        }
        "performed_event_multiple" => &[
            "time_value",
            "time_interval",
            "explicit_datetime",
            "explicit_datetime_to",
            "event_filters",
            "operator",
            "operator_value",
        ],
        "performed_event_first_time" => &["time_value", "time_interval", "event_filters"],
        "stopped_performing_event" => {
            &["time_value", "time_interval", "seq_time_value", "seq_time_interval", "event_filters"]
        }
        "restarted_performing_event" => &["time_value", "time_interval", "seq_time_value", "seq_time_interval"],
        "performed_event_sequence" => {
            &["time_value", "time_interval", "seq_event", "seq_event_type", "seq_time_value", "seq_time_interval"]
        }
        "performed_event_regularly" => {
            &["time_value", "time_interval", "operator", "operator_value", "min_periods", "total_periods"]
        }
        _ => return None,
    })
}

fn behavioral(mut node: Map) -> Json {
    let value = text(&node, "value").to_owned();
    let Some(looked_at) = looked_at(&value) else { return Json::Object(node) };
    node.retain(|key, _| {
        ["type", "key", "event_type", "value", "negation"].contains(&key.as_str()) || looked_at.contains(&key.as_str())
    });
    if node.contains_key("explicit_datetime") {
        // It wins over the other; one that only counts back says the same as a time until now.
        node.remove("time_value");
        node.remove("time_interval");
        let span = read::ago(text(&node, "explicit_datetime"));
        if let (Some(ago), false) = (span, node.contains_key("explicit_datetime_to")) {
            node.remove("explicit_datetime");
            node.insert("time_value".into(), ago.0.count.into());
            node.insert("time_interval".into(), ago.0.unit.as_str().into());
        }
    } else {
        node.remove("explicit_datetime_to");
    }
    for moment in ["explicit_datetime", "explicit_datetime_to"] {
        posthog::normalise(&mut node, moment, |text| {
            text.as_str().map_or_else(|| text.clone(), |text| moment_of(text).into())
        });
    }
    for count in ["time_value", "seq_time_value", "operator_value", "min_periods", "total_periods"] {
        posthog::normalise(&mut node, count, |n| read::number(n).map_or_else(|| n.clone(), Json::from));
    }
    if looked_at.contains(&"operator") {
        whole_counts(&mut node, if value == "performed_event_regularly" { "exact" } else { "eq" });
    }
    match node.get("event_filters").and_then(Json::as_array) {
        Some(filters) if !filters.is_empty() => {
            let filters: Vec<Json> = filters.iter().map(event_filter).collect();
            node.insert("event_filters".into(), filters.into());
        }
        _ => {
            node.remove("event_filters");
        }
    }
    Json::Object(node)
}

/// Times are counted whole: more than two is three or more.
fn whole_counts(node: &mut Map, exact: &str) {
    let count = node.get("operator_value").and_then(Json::as_i64);
    let (operator, by) = match text(node, "operator") {
        "gt" => ("gte", 1),
        "lt" => ("lte", -1),
        "gte" => ("gte", 0),
        "lte" => ("lte", 0),
        "eq" | "exact" | "" => (exact, 0),
        _ => return,
    };
    node.insert("operator".into(), operator.into());
    if let Some(count) = count {
        node.insert("operator_value".into(), count.saturating_add(by).into());
    }
}

/// A moment in one spelling; days without a time zone are taken as they are.
fn moment_of(text: &str) -> String {
    let text = text.trim();
    let spelt = text.replacen(' ', "T", 1);
    let utc = plg_core::text::utc(&spelt).or_else(|| plg_core::text::utc(&format!("{spelt}Z")));
    match utc {
        Some(utc) => utc.strip_suffix("T00:00:00Z").map_or_else(|| utc.clone(), str::to_owned),
        None => text.to_owned(),
    }
}

/// A filter of an event without what the web app notes beside it.
fn event_filter(filter: &Json) -> Json {
    let mut filter = property::comparable(filter);
    if let Some(filter) = filter.as_object_mut() {
        filter.remove("label");
        if text(filter, "type") == "hogql" {
            // An expression compares with nothing.
            filter.remove("operator");
            filter.remove("value");
        }
    }
    filter
}

/// Conditions in one order: all of them hold, or any, whichever stands first.
pub(super) fn ordered(node: &Json) -> Json {
    match node {
        Json::Object(map) => {
            let mut map: Map = map.iter().map(|(key, value)| (key.clone(), ordered(value))).collect();
            if let Some(Json::Array(values)) = map.get_mut("values")
                && values.iter().all(Json::is_object)
            {
                values.sort_by_cached_key(sorted_by);
            }
            Json::Object(map)
        }
        Json::Array(list) => list.iter().map(ordered).collect(),
        other => other.clone(),
    }
}

/// A text by which equal conditions are equal, whichever key stands first.
fn sorted_by(node: &Json) -> String {
    match node {
        Json::Object(map) => {
            let mut all: Vec<String> = map.iter().map(|(key, value)| format!("{key}:{}", sorted_by(value))).collect();
            all.sort();
            format!("{{{}}}", all.join(","))
        }
        Json::Array(list) => format!("[{}]", list.iter().map(sorted_by).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}
