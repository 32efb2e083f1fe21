//! The query schema: known node kinds, what each must have, and no member it does not know.

use super::members::{FILTERS, WORDS};
use super::parts;
use super::schema::{BASE, CHARTS, NODES, OPEN, SERIES};
use serde_json::{Map, Value};

/// Why a query is refused, in the manner of the schema's validator.
pub(crate) fn check(query: &Value) -> Result<(), String> {
    let Some(node) = query.as_object() else { return Err(format!("query must be an object, got {query}")) };
    check_node(node, "query")
}

/// The kind of a query, or of what it shows.
pub(crate) fn source_kind(query: &Value) -> &str {
    let source = query.get("source").unwrap_or(query);
    source.get("kind").or_else(|| query.get("kind")).and_then(Value::as_str).unwrap_or_default()
}

fn check_node(members: &Map<String, Value>, at: &str) -> Result<(), String> {
    let Some(kind) = members.get("kind").and_then(Value::as_str) else {
        return Err(format!("{at}.kind: Unable to extract tag using discriminator 'kind'"));
    };
    let Some(node) = NODES.iter().find(|n| n.kind == kind) else {
        return if OPEN.contains(&kind) {
            Ok(())
        } else {
            Err(format!("{at}.kind: Input tag '{kind}' does not match any of the expected tags"))
        };
    };
    if let Some(missing) = node.required.iter().find(|key| members.get(**key).is_none_or(Value::is_null)) {
        return Err(format!("{at}.{kind}.{missing}: Field required"));
    }
    let known = |key: &String| [BASE, node.own, node.shared].iter().any(|keys| keys.contains(&key.as_str()));
    if let Some(extra) = members.keys().find(|key| !known(key)) {
        return Err(format!("{at}.{kind}.{extra}: Extra inputs are not permitted"));
    }
    if let Some(source) = members.get("source").filter(|s| !s.is_null()) {
        check_source(kind, source, at)?;
    }
    for key in ["series", "nodes"] {
        if let Some(series) = members.get(key).filter(|s| !s.is_null()) {
            check_series(series, &format!("{at}.{kind}.{key}"))?;
        }
    }
    if kind == "HogQLQuery" && !members["query"].is_string() {
        return Err(format!("{at}.HogQLQuery.query: Input should be a valid string"));
    }
    if kind == "EventsQuery" && !members["select"].is_array() {
        return Err(format!("{at}.EventsQuery.select: Input should be a valid list"));
    }
    check_words(members, &format!("{at}.{kind}"))?;
    for (filter, known) in FILTERS {
        let Some(value) = members.get(*filter).filter(|v| !v.is_null()) else { continue };
        let at = format!("{at}.{kind}.{filter}");
        let Some(value) = value.as_object() else { return Err(format!("{at}: Input should be a valid dictionary")) };
        if let Some(extra) = value.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(format!("{at}.{extra}: Extra inputs are not permitted"));
        }
        check_words(value, &at)?;
        if let Some(source) = value.get("funnelSource").filter(|_| *filter == "funnelPathsFilter") {
            check_source("FunnelPathsFilter", source, &at)?;
        }
    }
    parts::check(kind, members, &format!("{at}.{kind}"))
}

fn check_source(kind: &str, source: &Value, at: &str) -> Result<(), String> {
    let at = format!("{at}.{kind}.source");
    let Some(members) = source.as_object() else { return Err(format!("{at}: Input should be a valid dictionary")) };
    check_node(members, &at)?;
    let of = members["kind"].as_str().unwrap_or_default();
    let fits = match kind {
        "InsightVizNode" => CHARTS.contains(&of),
        "DataVisualizationNode" => of == "HogQLQuery" || of == "TrendsQuery",
        "FunnelPathsFilter" => of == "FunnelsQuery",
        _ => true,
    };
    if fits { Ok(()) } else { Err(format!("{at}: Input tag '{of}' does not match any of the expected tags")) }
}

fn check_series(series: &Value, at: &str) -> Result<(), String> {
    let Some(nodes) = series.as_array() else { return Err(format!("{at}: Input should be a valid list")) };
    for (index, node) in nodes.iter().enumerate() {
        let at = format!("{at}.{index}");
        let Some(members) = node.as_object() else { return Err(format!("{at}: Input should be a valid dictionary")) };
        check_node(members, &at)?;
        if !members["kind"].as_str().is_some_and(|kind| SERIES.contains(&kind)) {
            return Err(format!("{at}.kind: Input should be one of {}", SERIES.join(", ")));
        }
    }
    Ok(())
}

fn check_words(members: &Map<String, Value>, at: &str) -> Result<(), String> {
    for (key, words) in WORDS {
        if let Some(value) = members.get(*key).filter(|v| !v.is_null())
            && !value.as_str().is_some_and(|word| words.contains(&word))
        {
            return Err(format!("{at}.{key}: Input should be one of {}", words.join(", ")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_query_is_refused_for_what_it_lacks_and_for_what_nobody_knows() {
        let refused = |query: Value| check(&query).err().unwrap_or_default();
        assert!(
            refused(json!({"kind": "InsightVizNode", "source": {"kind": "RetentionQuery"}}))
                .contains("retentionFilter")
        );
        assert!(refused(json!({"kind": "TrendsQuery", "series": [], "serie": 1})).contains("serie: Extra"));
        assert!(refused(json!({"kind": "NoSuchQuery"})).contains("NoSuchQuery"));
        assert!(refused(json!({"series": []})).contains("discriminator"));
        assert!(
            refused(json!({"kind": "InsightVizNode", "source": {"kind": "HogQLQuery", "query": "select 1"}}))
                .contains("HogQLQuery")
        );
        assert!(
            refused(json!({"kind": "FunnelsQuery", "series": [{"kind": "ActionsNode"}]}))
                .contains("id: Field required")
        );
        let retention = json!({"targetEntity": {"id": "a", "type": "events"}, "period": "Week", "totalIntervals": 8});
        assert_eq!(refused(json!({"kind": "RetentionQuery", "retentionFilter": retention})), "");
    }
}
