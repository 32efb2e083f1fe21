//! Queries as they are shown: brought to the form of today, whatever they were stored as.

use crate::posthog::insight_variable::rows as variables;
use crate::store::Store;
use serde_json::{Map, Value, json};

/// Kinds whose form has changed, with the version that is shown.
const VERSIONS: &[(&str, u64)] = &[
    ("TrendsQuery", 5),
    ("StickinessQuery", 5),
    ("FunnelsQuery", 2),
    ("LifecycleQuery", 2),
    ("CalendarHeatmapQuery", 2),
    ("RetentionQuery", 2),
    ("DataVisualizationNode", 2),
];

/// A stored query as it is shown.
pub(crate) fn shown(store: &Store, project: u64, query: &Value) -> Value {
    let mut out = query.clone();
    node(&mut out);
    for place in ["/variables", "/source/variables"] {
        if let Some(stored) = out.pointer_mut(place).filter(|stored| stored.is_object()) {
            *stored = variables::current(store, project, stored);
        }
    }
    out
}

fn node(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(node),
        Value::Object(members) => {
            let kind = members.get("kind").and_then(Value::as_str).unwrap_or_default();
            if let Some((kind, version)) = VERSIONS.iter().find(|(known, _)| *known == kind) {
                let older = members.get("version").and_then(Value::as_u64).unwrap_or(1) < *version;
                if older {
                    rewrite(kind, members);
                    members.insert("version".into(), json!(version));
                }
            }
            members.values_mut().for_each(node);
        }
        _ => {}
    }
}

/// What is said in another way today.
fn rewrite(kind: &str, members: &mut Map<String, Value>) {
    let filter = match kind {
        "RetentionQuery" => "retentionFilter",
        "TrendsQuery" => "trendsFilter",
        "StickinessQuery" => "stickinessFilter",
        "FunnelsQuery" => "funnelsFilter",
        "DataVisualizationNode" => "chartSettings",
        _ => return series(members),
    };
    series(members);
    let Some(Value::Object(filter)) = members.get_mut(filter) else { return };
    if kind == "RetentionQuery"
        && let Some(shown) = filter.shift_remove("showMean")
    {
        let mean = if shown == true { "simple" } else { "none" };
        filter.entry("meanRetentionCalculation").or_insert(json!(mean));
    }
    if kind == "DataVisualizationNode"
        && let Some(total) = filter.shift_remove("showPieTotal")
    {
        let pie = filter.entry("pie").or_insert(json!({}));
        if pie.is_object() {
            pie["showTotal"] = total;
        }
    }
    if let Some(old) = filter.shift_remove("hidden_legend_indexes") {
        filter.entry("hiddenLegendIndexes").or_insert(old);
    }
    customised(filter);
}

/// Series of before said what they are by what they have.
fn series(members: &mut Map<String, Value>) {
    for one in members.get_mut("series").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(one) = one.as_object_mut().filter(|one| !one.contains_key("kind")) else { continue };
        let kind = if one.contains_key("id") { "ActionsNode" } else { "EventsNode" };
        one.insert("kind".into(), json!(kind));
    }
}

/// Customisations of the other mode are left out.
fn customised(filter: &mut Map<String, Value>) {
    let by = filter.get("resultCustomizationBy").and_then(Value::as_str).unwrap_or("value").to_owned();
    if let Some(Value::Object(all)) = filter.get_mut("resultCustomizations") {
        all.retain(|_, one| one.get("assignmentBy").and_then(Value::as_str).is_none_or(|mode| mode == by));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_shown_in_the_form_of_today() {
        let store = Store::in_memory();
        let shown = |query: Value| shown(&store, 1, &query);
        let viz = json!({"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": []}});
        assert_eq!(shown(viz)["source"]["version"], json!(5));
        let mean = json!({"kind": "RetentionQuery", "retentionFilter": {"showMean": true}});
        assert_eq!(shown(mean)["retentionFilter"], json!({"meanRetentionCalculation": "simple"}));
        let pie = json!({"kind": "DataVisualizationNode", "chartSettings": {"showPieTotal": false}});
        assert_eq!(shown(pie)["chartSettings"], json!({"pie": {"showTotal": false}}));
        let sql = json!({"kind": "HogQLQuery", "variables": {"x": {"code_name": "gone", "variableId": "x"}}});
        assert_eq!(shown(sql)["variables"], json!({}));
    }
}
