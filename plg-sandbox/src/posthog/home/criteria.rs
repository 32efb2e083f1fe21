//! Whom a cohort holds, in words.

use crate::home::html::{escaped, text};
use serde_json::Value;
use std::collections::BTreeMap;

/// What ids in conditions stand for.
pub(super) struct IdNames {
    /// Cohorts by their id.
    pub(super) cohorts: BTreeMap<u64, String>,
    /// Actions by their id.
    pub(super) actions: BTreeMap<u64, String>,
}

impl IdNames {
    /// The names of rows, by id.
    pub(super) fn of(rows: &[Value]) -> BTreeMap<u64, String> {
        rows.iter().filter_map(|row| Some((row["id"].as_u64()?, text(row, "name").to_owned()))).collect()
    }
}

/// The conditions as a list, groups in groups.
pub(super) fn write(out: &mut String, cohort: &Value, named: &IdNames) {
    if cohort["is_static"] == true {
        out.push_str("<p class=\"note\">People are put into it by hand.</p>\n");
        return;
    }
    let properties = cohort.pointer("/filters/properties").unwrap_or(&Value::Null);
    // A group of one says no more than what is in it.
    let mut inner = properties;
    while let Some([only]) = inner.get("values").and_then(Value::as_array).map(Vec::as_slice) {
        inner = only;
    }
    if inner.get("values").is_some() {
        group(out, inner, named);
    } else if inner.get("type").is_some() {
        out.push_str(&format!("<p>People who {}.</p>\n", escaped(&words(inner, named))));
    } else {
        out.push_str("<p class=\"note\">No conditions.</p>\n");
    }
}

fn group(out: &mut String, group: &Value, named: &IdNames) {
    let how = if text(group, "type") == "OR" { "any" } else { "all" };
    out.push_str(&format!("<p class=\"note\">People of whom {how} of this is true:</p>\n<ul class=\"criteria\">"));
    for one in group.get("values").and_then(Value::as_array).into_iter().flatten() {
        out.push_str("<li>");
        match one.get("values").and_then(Value::as_array).map(Vec::as_slice) {
            Some([only]) if only.get("values").is_none() => out.push_str(&escaped(&words(only, named))),
            Some(_) => self::group(out, one, named),
            None => out.push_str(&escaped(&words(one, named))),
        }
        out.push_str("</li>");
    }
    out.push_str("</ul>\n");
}

/// One condition, as in "people who …".
fn words(leaf: &Value, named: &IdNames) -> String {
    let is_not = leaf["negation"] == true;
    match text(leaf, "type") {
        "behavioral" => behaviour(leaf, is_not, named),
        "cohort" => {
            let id = leaf["value"].as_u64().unwrap_or_default();
            let name = named.cohorts.get(&id).cloned().unwrap_or_else(|| format!("number {id}"));
            format!("{} in the cohort {name}", if is_not { "are not" } else { "are" })
        }
        _ => property(leaf, is_not),
    }
}

fn behaviour(leaf: &Value, is_not: bool, named: &IdNames) -> String {
    let what = match (text(leaf, "event_type"), &leaf["key"]) {
        ("actions", key) => {
            let id = key.as_u64().or_else(|| key.as_str()?.parse().ok()).unwrap_or_default();
            format!("the action {}", named.actions.get(&id).cloned().unwrap_or_else(|| format!("number {id}")))
        }
        (_, key) => plain(key),
    };
    let within = within(leaf, "");
    let did = if is_not { "did not do" } else { "did" };
    match text(leaf, "value") {
        "performed_event_multiple" => {
            let count = leaf["operator_value"].as_u64().unwrap_or_default();
            let how = match text(leaf, "operator") {
                "gte" => "at least ",
                "lte" => "at most ",
                "gt" => "more than ",
                "lt" => "fewer than ",
                _ => "",
            };
            let times = if count == 1 { "time" } else { "times" };
            format!("{did} {what} {how}{count} {times}{within}")
        }
        "performed_event_first_time" => format!("{did} {what} for the first time{within}"),
        "stopped_performing_event" => format!("did {what}{within}, and not{}", self::within(leaf, "seq_")),
        "restarted_performing_event" => format!("do {what} again, after a pause{within}"),
        "performed_event_regularly" => {
            let (least, all) = (plain(&leaf["min_periods"]), plain(&leaf["total_periods"]));
            format!("{did} {what} in {least} of {all} periods{within}")
        }
        "performed_event_sequence" => {
            format!("{did} {what}{within}, and then {}{}", plain(&leaf["seq_event"]), self::within(leaf, "seq_"))
        }
        _ => format!("{did} {what}{within}"),
    }
}

/// In which time, where that is said.
fn within(leaf: &Value, prefix: &str) -> String {
    if let (true, Some(since)) = (prefix.is_empty(), leaf["explicit_datetime"].as_str()) {
        return match leaf["explicit_datetime_to"].as_str() {
            Some(to) => format!(" from {} to {}", moment(since), moment(to)),
            None => format!(" since {}", moment(since)),
        };
    }
    let Some(count) = leaf[format!("{prefix}time_value")].as_u64() else { return String::new() };
    let unit = leaf[format!("{prefix}time_interval")].as_str().unwrap_or("day");
    if count == 1 { format!(" in the last {unit}") } else { format!(" in the last {count} {unit}s") }
}

fn property(leaf: &Value, is_not: bool) -> String {
    let (key, value) = (text(leaf, "key"), &leaf["value"]);
    let says = match text(leaf, "operator") {
        "is_set" => format!("have a {key}"),
        "is_not_set" => format!("have no {key}"),
        "is_not" => format!("have a {key} that is not {}", either(value)),
        "icontains" => format!("have a {key} with {} in it", either(value)),
        "not_icontains" => format!("have a {key} without {} in it", either(value)),
        "regex" => format!("have a {key} that matches {}", either(value)),
        "not_regex" => format!("have a {key} that does not match {}", either(value)),
        "gt" => format!("have a {key} of more than {}", either(value)),
        "gte" => format!("have a {key} of at least {}", either(value)),
        "lt" => format!("have a {key} of less than {}", either(value)),
        "lte" => format!("have a {key} of at most {}", either(value)),
        "is_date_before" => format!("have a {key} before {}", moment(&plain(value))),
        "is_date_after" => format!("have a {key} after {}", moment(&plain(value))),
        "is_date_exact" => format!("have a {key} on {}", moment(&plain(value))),
        _ => format!("have the {key} {}", either(value)),
    };
    if is_not { format!("do not {says}") } else { says }
}

/// A value as people write it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn either(value: &Value) -> String {
    let all: Vec<String> = value.as_array().map_or_else(|| vec![plain(value)], |all| all.iter().map(plain).collect());
    all.join(" or ")
}

/// `-7d` is 7 days ago; a date is a date.
fn moment(text: &str) -> String {
    let units = [("d", "day"), ("w", "week"), ("m", "month"), ("y", "year"), ("h", "hour")];
    let relative = units.iter().find_map(|(letter, unit)| {
        let count: u64 = text.strip_prefix('-')?.strip_suffix(letter)?.parse().ok()?;
        Some(if count == 1 { format!("1 {unit} ago") } else { format!("{count} {unit}s ago") })
    });
    relative.unwrap_or_else(|| text.get(..10).unwrap_or(text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn conditions_in_words() {
        let named = IdNames {
            cohorts: BTreeMap::from([(4, "Power users".to_owned())]),
            actions: BTreeMap::from([(7, "Upgraded".to_owned())]),
        };
        let did = |value: &str, more: Value| {
            let mut leaf = json!({ "type": "behavioral", "key": "feature_used", "event_type": "events", "value": value,
                "time_value": 30, "time_interval": "day", "negation": false });
            for (key, value) in more.as_object().into_iter().flatten() {
                leaf[key] = value.clone();
            }
            leaf
        };
        let person = |operator: &str, value: Value| json!({ "type": "person", "key": "plan", "operator": operator, "value": value });
        for (leaf, said) in [
            (did("performed_event", json!({})), "did feature_used in the last 30 days"),
            (
                did("performed_event", json!({ "negation": true, "time_value": 1 })),
                "did not do feature_used in the last day",
            ),
            (
                did("performed_event_multiple", json!({ "operator": "gte", "operator_value": 10 })),
                "did feature_used at least 10 times in the last 30 days",
            ),
            (
                did("stopped_performing_event", json!({ "seq_time_value": 7, "seq_time_interval": "day" })),
                "did feature_used in the last 30 days, and not in the last 7 days",
            ),
            (
                did("performed_event", json!({ "key": 7, "event_type": "actions", "explicit_datetime": "-7d" })),
                "did the action Upgraded since 7 days ago",
            ),
            (person("exact", json!(["trial", "free"])), "have the plan trial or free"),
            (person("gt", json!(1)), "have a plan of more than 1"),
            (person("is_date_before", json!("-7d")), "have a plan before 7 days ago"),
            (person("is_date_after", json!("2026-03-31T00:00:00Z")), "have a plan after 2026-03-31"),
            (person("is_not_set", Value::Null), "have no plan"),
            (
                json!({ "type": "cohort", "key": "id", "value": 4, "negation": true }),
                "are not in the cohort Power users",
            ),
        ] {
            assert_eq!(words(&leaf, &named), said);
        }
        let mut out = String::new();
        let groups = json!({ "filters": { "properties": { "type": "OR", "values": [
            { "type": "AND", "values": [person("exact", json!("<b>"))] },
            { "type": "AND", "values": [person("is_set", Value::Null), person("lt", json!(3))] },
        ] } } });
        write(&mut out, &groups, &named);
        assert!(out.contains("any of this") && out.contains("all of this") && out.contains("&lt;b&gt;"), "{out}");
        assert_eq!(out.matches("<li>").count(), 4, "{out}");
    }
}
