//! When a live query is still the one declared.

use crate::kinds::filter;
use plg_core::Map;
use plg_core::hollow::is_hollow;
use plg_core::wire::same;
use serde_json::{Value as Json, json};

/// Whether a live query says what is wanted. The server adds versions and the web app adds how
/// things look; keys that change the numbers count even where none was declared.
pub(super) fn covers(want: &Json, live: &Json) -> bool {
    says(&plain(want), &plain(live))
}

fn says(want: &Json, live: &Json) -> bool {
    match (want, live) {
        (Json::Object(want), Json::Object(live)) => {
            want.iter().all(|(key, want)| live.get(key).map_or(is_hollow(want), |live| says(want, live)))
                && live.iter().all(|(key, live)| want.contains_key(key) || is_harmless(key, live))
        }
        (Json::Array(want), Json::Array(live)) => {
            want.len() == live.len() && want.iter().zip(live).all(|(want, live)| says(want, live))
        }
        _ => same(want, live),
    }
}

/// A query as it is wanted, with what people set of how it looks: as far as it is of the kind that it was, and shows
/// as many things.
pub(super) fn with_looks(want: &Json, live: &Json) -> Json {
    match (want, live) {
        (Json::Object(want), Json::Object(live)) if want.get("kind") == live.get("kind") => {
            let own = want.iter().map(|(key, value)| {
                (key.clone(), live.get(key).map_or_else(|| value.clone(), |live| with_looks(value, live)))
            });
            let looks = live.iter().filter(|(key, value)| {
                !want.contains_key(*key) && *key != VERSION && is_harmless(key, &plain_value(key, value))
            });
            own.chain(looks.map(|(key, value)| (key.clone(), value.clone()))).collect::<Map>().into()
        }
        (Json::Array(want), Json::Array(live)) if want.len() == live.len() => {
            want.iter().zip(live).map(|(want, live)| with_looks(want, live)).collect()
        }
        _ => want.clone(),
    }
}

/// What the server notes of a node: which form of the query language it is written in. It is never sent.
const VERSION: &str = "version";

/// Keys that change what is counted, wherever they stand in a query, each with what PostHog takes where it is not
/// written: the web app writes these out.
static TELLING: &[(&str, Usual)] = &[
    ("aggregationProperty", Usual::None),
    ("aggregationPropertyType", Usual::Text("event")),
    ("aggregationType", Usual::Text("count")),
    ("aggregation_group_type_index", Usual::None),
    ("binCount", Usual::None),
    ("breakdown", Usual::None),
    ("breakdownAttributionType", Usual::Text("first_touch")),
    ("breakdownAttributionValue", Usual::None),
    ("breakdown_group_type_index", Usual::None),
    ("breakdown_hide_other_aggregation", Usual::None),
    ("breakdown_histogram_bin_count", Usual::None),
    ("breakdown_limit", Usual::None),
    ("breakdown_normalize_url", Usual::None),
    ("breakdown_path_cleaning", Usual::None),
    ("breakdown_type", Usual::Text("event")),
    ("breakdowns", Usual::None),
    ("compare", Usual::None),
    ("compare_to", Usual::None),
    ("computedAs", Usual::Text("non_cumulative")),
    ("conversionGoal", Usual::None),
    ("cumulative", Usual::None),
    ("date_from", Usual::Text("-7d")),
    ("date_to", Usual::None),
    ("edgeLimit", Usual::Number(50)),
    ("endPoint", Usual::None),
    ("excludeEvents", Usual::None),
    ("exclusions", Usual::None),
    ("explicitDate", Usual::None),
    ("filterTestAccounts", Usual::None),
    ("filters", Usual::None),
    ("fixedProperties", Usual::None),
    ("formula", Usual::None),
    ("formulaNodes", Usual::None),
    ("formulas", Usual::None),
    ("funnelAggregateByHogQL", Usual::None),
    ("funnelFromStep", Usual::None),
    ("funnelOrderType", Usual::Text("ordered")),
    ("funnelPathsFilter", Usual::None),
    ("funnelStepReference", Usual::Text("total")),
    ("funnelToStep", Usual::None),
    ("funnelVizType", Usual::Text("steps")),
    ("funnelWindowInterval", Usual::Number(14)),
    ("funnelWindowIntervalUnit", Usual::Text("day")),
    ("hideWeekends", Usual::None),
    ("includeEventTypes", Usual::None),
    ("interval", Usual::Text("day")),
    ("intervalCount", Usual::Number(1)),
    ("localPathCleaningFilters", Usual::None),
    ("math", Usual::Text("total")),
    ("math_group_type_index", Usual::None),
    ("math_hogql", Usual::None),
    ("math_multiplier", Usual::Number(1)),
    ("math_property", Usual::None),
    ("math_property_revenue_currency", Usual::None),
    ("math_property_type", Usual::Text("event_properties")),
    ("maxEdgeWeight", Usual::None),
    ("minEdgeWeight", Usual::None),
    ("minimumOccurrences", Usual::Number(1)),
    ("nodes", Usual::None),
    ("optionalInFunnel", Usual::None),
    ("pathGroupings", Usual::None),
    ("pathReplacements", Usual::None),
    ("pathsHogQLExpression", Usual::None),
    ("period", Usual::Text("Day")),
    ("properties", Usual::None),
    ("retentionCustomBrackets", Usual::None),
    ("retentionReference", Usual::Text("total")),
    ("retentionType", Usual::Text("retention_first_time")),
    ("samplingFactor", Usual::None),
    ("series", Usual::None),
    ("startPoint", Usual::None),
    ("stepLimit", Usual::Number(5)),
    ("stickinessCriteria", Usual::Once),
    ("timeWindowMode", Usual::Text("strict_calendar_dates")),
    ("totalIntervals", Usual::Number(8)),
    ("variables", Usual::None),
];

/// What PostHog takes where a key is not written.
enum Usual {
    /// Nothing.
    None,
    /// This text.
    Text(&'static str),
    /// This number.
    Number(i64),
    /// At least once.
    Once,
}

impl Usual {
    fn is(&self, value: &Json) -> bool {
        match self {
            Usual::None => false,
            Usual::Text(text) => value.as_str() == Some(text),
            Usual::Number(number) => same(&json!(number), value),
            Usual::Once => value.get("value") == Some(&json!(1)) && value.get("operator") == Some(&json!("gte")),
        }
    }
}

/// What PostHog takes for looks that are not written.
const LOOKS: &[(&str, &str)] = &[("display", "ActionsLineGraph"), ("yAxisScaleType", "linear")];

/// Keys that are switched on where nothing is written.
const ON: &[&str] = &["displayLabel", "displayIfCrossed"];

/// A query without what goes without saying, and its filters in one form.
fn plain(query: &Json) -> Json {
    match query {
        Json::Array(list) => list.iter().map(plain).collect(),
        Json::Object(map) => {
            // What a node is called is taken from what it counts.
            let names_itself = map.contains_key("kind") || map.contains_key("type");
            let goes_without_saying = |key: &str, value: &Json| {
                let is_named_after = names_itself && key == "name";
                let is_usual = usual(key).is_some_and(|usual| usual.is(value));
                let is_usual_look = LOOKS.iter().any(|(look, usual)| key == *look && value.as_str() == Some(usual));
                let is_on = ON.contains(&key) && *value == Json::Bool(true);
                key == VERSION || is_named_after || is_usual || is_usual_look || is_on
            };
            let kept = map.iter().filter(|(key, value)| !goes_without_saying(key, value));
            kept.map(|(key, value)| (key.clone(), plain_value(key, value))).collect::<Map>().into()
        }
        other => other.clone(),
    }
}

fn plain_value(key: &str, value: &Json) -> Json {
    match key {
        "properties" | "fixedProperties" => filter::comparable(value),
        "variables" => by_code(value),
        // Cohorts, in no order.
        "breakdown" if value.is_array() => {
            let mut list = value.as_array().cloned().unwrap_or_default();
            list.sort_by_key(Json::to_string);
            list.into()
        }
        // Off is something here, where it is nothing elsewhere.
        _ if ON.contains(&key) && *value == Json::Bool(false) => json!("off"),
        _ => plain(value),
    }
}

/// Variables by their codes: their ids are written anew when one of them was made again.
fn by_code(variables: &Json) -> Json {
    let Some(map) = variables.as_object() else { return variables.clone() };
    let coded = map.iter().map(|(id, variable)| {
        let code = variable.get("code_name").and_then(Json::as_str).unwrap_or(id);
        let mut plain = variable.clone();
        if let Some(plain) = plain.as_object_mut() {
            plain.remove("variableId");
        }
        (code.to_owned(), plain)
    });
    coded.collect::<Map>().into()
}

fn usual(key: &str) -> Option<&'static Usual> {
    TELLING.iter().find(|(telling, _)| *telling == key).map(|(_, usual)| usual)
}

/// Whether a key that nobody declared changes nothing about what is counted.
fn is_harmless(key: &str, value: &Json) -> bool {
    if is_hollow(value) || usual(key).is_some_and(|usual| usual.is(value)) {
        return true;
    }
    if usual(key).is_some() {
        return false;
    }
    match value {
        Json::Object(map) => map.iter().all(|(key, value)| is_harmless(key, value)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_without_saying_is_no_change() {
        let want = json!({ "kind": "InsightVizNode", "source": {
            "kind": "TrendsQuery", "interval": "day", "trendsFilter": { "display": "ActionsLineGraph" },
            "series": [{ "kind": "EventsNode", "event": "a", "name": "a", "math": "total",
                "properties": [{ "key": "plan", "type": "event", "operator": "exact", "value": ["pro"] }] }],
        } });
        let live = json!({ "kind": "InsightVizNode", "version": 3, "full": true, "source": {
            "kind": "TrendsQuery", "version": 5, "trendsFilter": { "display": "ActionsLineGraph", "showLegend": true },
            "dateRange": { "date_from": "-7d", "date_to": null, "explicitDate": false },
            "breakdownFilter": { "breakdown_type": "event" }, "filterTestAccounts": false,
            "properties": { "type": "AND", "values": [{ "type": "AND", "values": [] }] },
            "series": [{ "kind": "EventsNode", "event": "a", "name": "A", "version": 1,
                "properties": [{ "key": "plan", "label": "Plan", "type": "event", "value": "pro" }] }],
        } });
        assert!(covers(&want, &live));
        let sent = with_looks(&want, &live);
        assert_eq!(sent.pointer("/source/trendsFilter/showLegend"), Some(&json!(true)));
        assert_eq!((sent.get("version"), sent.pointer("/source/version")), (None, None));
        let filter = json!([{ "key": "plan", "type": "event", "operator": "exact", "value": ["free"] }]);
        let mut other = live.clone();
        other["source"]["series"][0]["properties"] = filter.clone();
        assert!(!covers(&want, &other));
        let mut other = live.clone();
        other["source"]["properties"] = json!({ "type": "AND", "values": [{ "type": "AND", "values": filter }] });
        assert!(!covers(&want, &other));
    }

    #[test]
    fn a_label_that_is_switched_off_counts() {
        let line = |shown: &Json| json!({ "goalLines": [{ "label": "Goal", "value": 5, "displayLabel": shown }] });
        assert!(!covers(&line(&json!(false)), &line(&json!(true))));
        assert!(covers(&line(&json!(false)), &line(&json!(false))));
        assert!(covers(&json!({ "goalLines": [{ "label": "Goal", "value": 5 }] }), &line(&json!(true))));
    }
}
