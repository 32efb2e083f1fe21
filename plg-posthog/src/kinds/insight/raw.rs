//! What is wrong with a query that is written as PostHog's own JSON.

use crate::kinds::prelude::*;

/// Kinds of nodes, each with the members it must have.
const NODES: &[(&str, &[&str])] = &[
    ("InsightVizNode", &["source"]),
    ("DataVisualizationNode", &["source"]),
    ("DataTableNode", &["source"]),
    ("TrendsQuery", &["series"]),
    ("FunnelsQuery", &["series"]),
    ("StickinessQuery", &["series"]),
    ("LifecycleQuery", &["series"]),
    ("RetentionQuery", &["retentionFilter"]),
    ("PathsQuery", &["pathsFilter"]),
    ("HogQLQuery", &["query"]),
    ("EventsQuery", &["select"]),
    ("ActionsNode", &["id"]),
    ("GroupNode", &["nodes", "operator"]),
    ("DataWarehouseNode", &["id", "id_field", "table_name", "timestamp_field", "distinct_id_field"]),
];

/// What each of these shows; others show anything.
const SHOWN: &[(&str, &[&str])] = &[
    (
        "InsightVizNode",
        &[
            "TrendsQuery",
            "FunnelsQuery",
            "RetentionQuery",
            "PathsQuery",
            "StickinessQuery",
            "LifecycleQuery",
            "WebStatsTableQuery",
            "WebOverviewQuery",
        ],
    ),
    ("DataVisualizationNode", &["HogQLQuery", "TrendsQuery"]),
];

/// What a line of an insight can be.
const SERIES: &[&str] = &["EventsNode", "ActionsNode", "DataWarehouseNode", "GroupNode"];

/// The kind of what a query shows, and that itself.
pub(in crate::kinds) fn source(query: &Json) -> Option<(&str, &Json)> {
    let source = query.get("source").unwrap_or(query);
    Some((source.get("kind")?.as_str()?, source))
}

/// Says what PostHog would refuse in a query; its members that nobody knows are for PostHog to say.
pub(super) fn check(query: &Json, at: plg_core::Site, report: &mut Report) {
    if let Err(message) = node(query) {
        report.error(crate::codes::SHOWS_NOTHING, at, message);
    }
}

fn node(query: &Json) -> Result<&str, String> {
    let Some(kind) = query.get("kind").and_then(Json::as_str) else {
        let help = "write `query { \"kind\": \"InsightVizNode\", \"source\": { … } }`";
        return Err(format!("a query and each part of it needs a \"kind\"\nhelp: {help}"));
    };
    let needed = NODES.iter().find(|(known, _)| *known == kind).map_or(&[][..], |(_, needed)| needed);
    if let Some(missing) = needed.iter().find(|key| query.get(**key).is_none_or(Json::is_null)) {
        return Err(format!("a `{kind}` needs \"{missing}\"\nhelp: write `\"{missing}\": …` in it"));
    }
    if let Some(source) = query.get("source").filter(|source| !source.is_null()) {
        let shown = node(source)?;
        if let Some((_, can)) = SHOWN.iter().find(|(known, _)| *known == kind)
            && !can.contains(&shown)
        {
            return Err(format!("a `{kind}` shows no `{shown}`\nhelp: write one of {}", can.join(", ")));
        }
    }
    for key in ["series", "nodes"] {
        let Some(lines) = query.get(key).filter(|lines| !lines.is_null()) else { continue };
        let Some(lines) = lines.as_array() else {
            return Err(format!("\"{key}\" is a list\nhelp: write `\"{key}\": [{{ \"kind\": \"EventsNode\", … }}]`"));
        };
        for line in lines {
            let line = node(line)?;
            if !SERIES.contains(&line) {
                return Err(format!("`{line}` cannot be counted\nhelp: write one of {}", SERIES.join(", ")));
            }
        }
    }
    for (key, is_right, what) in [
        ("query", Json::is_string as fn(&Json) -> bool, "text"),
        ("select", Json::is_array, "a list"),
        ("retentionFilter", Json::is_object, "an object"),
        ("pathsFilter", Json::is_object, "an object"),
    ] {
        if needed.contains(&key) && !query.get(key).is_some_and(is_right) {
            return Err(format!("\"{key}\" of a `{kind}` is {what}\nhelp: write {what} there"));
        }
    }
    Ok(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_told_apart() {
        for good in [
            json!({ "kind": "InsightVizNode", "source": { "kind": "TrendsQuery", "series": [{ "kind": "EventsNode", "event": "a" }] } }),
            json!({ "kind": "DataVisualizationNode", "source": { "kind": "HogQLQuery", "query": "SELECT 1" } }),
            json!({ "kind": "RetentionQuery", "retentionFilter": { "period": "Week" } }),
            json!({ "kind": "SomethingNew", "any": 1 }),
        ] {
            assert_eq!(node(&good).err(), None, "{good}");
        }
        for bad in [
            json!([]),
            json!({ "series": [] }),
            json!({ "kind": 1 }),
            json!({ "kind": "InsightVizNode" }),
            json!({ "kind": "InsightVizNode", "source": {} }),
            json!({ "kind": "InsightVizNode", "source": "TrendsQuery" }),
            json!({ "kind": "InsightVizNode", "source": { "kind": "HogQLQuery", "query": "SELECT 1" } }),
            json!({ "kind": "DataVisualizationNode", "source": { "kind": "HogQLQuery", "query": 1 } }),
            json!({ "kind": "TrendsQuery", "series": {} }),
            json!({ "kind": "TrendsQuery", "series": [{ "event": "a" }] }),
            json!({ "kind": "TrendsQuery", "series": [{ "kind": "ActionsNode" }] }),
            json!({ "kind": "TrendsQuery", "series": [{ "kind": "HogQLQuery", "query": "SELECT 1" }] }),
            json!({ "kind": "RetentionQuery", "retentionFilter": [] }),
        ] {
            assert!(node(&bad).unwrap_err().contains("\nhelp: "), "{bad}");
        }
    }
}
