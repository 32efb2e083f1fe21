//! A project that grew in the web app: insights of every kind as its forms save them, with what they write out though it
//! goes without saying, with looks that people clicked together, and with the ids that they make up.

use serde_json::{Map, Value, json};
use tests::stage::Stage;

const P: &str = "/api/projects/12345";

/// What the import leaves out of it, told to whoever imports: looks that people clicked together, which stay theirs.
pub(crate) const LEFT_OUT: &[&str] = &[
    "query.source.trendsFilter.confidenceLevel",
    "query.source.trendsFilter.movingAverageIntervals",
    "query.source.trendsFilter.hiddenLegendIndexes",
    "query.source.trendsFilter.resultCustomizationBy",
    "query.source.trendsFilter.resultCustomizations",
    "query.source.funnelsFilter.layout",
    "query.source.funnelsFilter.hiddenLegendBreakdowns",
    "query.tableSettings",
];

/// A base with members in it replaced or added, by paths such as `source/interval`.
fn with(base: &Value, changes: &[(&str, Value)]) -> Value {
    let mut all = base.clone();
    for (path, value) in changes {
        let mut place = &mut all;
        for key in path.split('/') {
            place = match key.parse::<usize>() {
                Ok(index) => &mut place[index],
                Err(_) => &mut place[key],
            };
        }
        *place = value.clone();
    }
    all
}

fn event(name: &str) -> Value {
    json!({ "kind": "EventsNode", "event": name, "name": name, "math": "total" })
}

fn viz(source: Value) -> Value {
    json!({ "kind": "InsightVizNode", "source": source })
}

/// Filters as the form keeps them: a group of groups.
fn grouped(filters: &[Value]) -> Value {
    json!({ "type": "AND", "values": [{ "type": "AND", "values": filters }] })
}

/// The comparisons that filters can make, each as the form saves it.
fn filters(cohort: &Value) -> Vec<Value> {
    let event = |operator: &str, value: Value| json!({ "key": "$browser", "type": "event", "operator": operator, "value": value });
    vec![
        event("exact", json!(["Chrome", "Firefox"])),
        event("is_not", json!(["Safari"])),
        event("icontains", json!("rom")),
        event("not_icontains", json!("rom")),
        event("regex", json!("^C")),
        event("not_regex", json!("^C")),
        event("is_set", json!("is_set")),
        event("is_not_set", json!("is_not_set")),
        event("gt", json!(5)),
        event("lt", json!("5")),
        event("gte", json!(5.5)),
        event("between", json!([1, 5])),
        json!({ "key": "$time", "type": "event", "operator": "is_date_before", "value": "-30d" }),
        json!({ "key": "$time", "type": "event", "operator": "is_date_exact", "value": "2026-01-15" }),
        json!({ "key": "$app_version", "type": "event", "operator": "semver_gte", "value": "1.2.0" }),
        json!({ "key": "$geoip_country_code", "type": "person", "operator": "exact", "value": ["DE"], "label": "Country" }),
        json!({ "key": "$session_duration", "type": "session", "operator": "gt", "value": 60 }),
        json!({ "key": "industry", "type": "group", "group_type_index": 0, "operator": "exact", "value": ["retail"] }),
        json!({ "key": "text", "type": "element", "operator": "icontains", "value": "Buy" }),
        json!({ "key": "id", "type": "cohort", "operator": "in", "value": cohort, "cohort_name": "Champions" }),
        json!({ "key": "id", "type": "cohort", "operator": "not_in", "value": cohort }),
        json!({ "key": "$feature/beta", "type": "feature", "operator": "exact", "value": ["true"] }),
        json!({ "key": "properties.$browser = 'Chrome'", "type": "hogql", "value": null }),
    ]
}

fn trends(cohort: &Value, action: &Value) -> Vec<Value> {
    let base = viz(json!({
        "kind": "TrendsQuery", "series": [event("$pageview")], "interval": "day", "trendsFilter": {},
        "breakdownFilter": { "breakdown_type": "event" }, "filterTestAccounts": false, "properties": [],
        "dateRange": { "date_from": "-7d", "date_to": null, "explicitDate": false },
    }));
    let mut all: Vec<Value> = filters(cohort)
        .iter()
        .enumerate()
        .map(|(n, filter)| {
            let place = if n % 2 == 0 {
                ("source/properties", grouped(std::slice::from_ref(filter)))
            } else {
                ("source/series/0/properties", json!([filter]))
            };
            with(&base, &[place])
        })
        .collect();
    for math in [
        "total",
        "dau",
        "weekly_active",
        "monthly_active",
        "unique_session",
        "first_time_for_user",
        "first_matching_event_for_user",
    ] {
        all.push(with(&base, &[("source/series/0/math", json!(math))]));
    }
    for math in ["sum", "avg", "min", "max", "median", "p75", "p90", "p95", "p99"] {
        all.push(with(
            &base,
            &[("source/series/0/math", json!(math)), ("source/series/0/math_property", json!("$session_seconds"))],
        ));
        all.push(with(
            &base,
            &[("source/series/0/math", json!(format!("{math}_count_per_actor").replace("sum", "avg")))],
        ));
    }
    for more in [
        json!({ "math": "unique_group", "math_group_type_index": 0 }),
        json!({ "math": "hogql", "math_hogql": "count()" }),
        json!({ "math": "sum", "math_property": "$amount", "math_property_type": "person_properties" }),
        json!({ "math": "sum", "math_property": "$amount", "math_property_revenue_currency": { "static": "EUR" } }),
        json!({ "custom_name": "Views", "version": 1 }),
    ] {
        let mut line = event("$pageview");
        line.as_object_mut().expect("it is one").extend(more.as_object().cloned().unwrap_or_default());
        all.push(with(&base, &[("source/series/0", line)]));
    }
    all.push(with(
        &base,
        &[("source/series/0", json!({ "kind": "EventsNode", "event": null, "name": "All events", "math": "dau" }))],
    ));
    all.push(with(
        &base,
        &[("source/series/0", json!({ "kind": "ActionsNode", "id": action, "name": "Buying", "math": "total" }))],
    ));
    all.push(with(
        &base,
        &[("source/series/0", json!({ "kind": "GroupNode", "operator": "OR", "name": "$pageview, $screen", "nodes": [event("$pageview"), event("$screen")], "math": "total" }))],
    ));
    for breakdown in [
        json!({ "breakdown": "$browser", "breakdown_type": "event" }),
        json!({ "breakdown": "$geoip_city_name", "breakdown_type": "person" }),
        json!({ "breakdown": "$entry_utm_source", "breakdown_type": "session" }),
        json!({ "breakdown": "industry", "breakdown_type": "group", "breakdown_group_type_index": 0 }),
        json!({ "breakdown": [cohort, "all"], "breakdown_type": "cohort" }),
        json!({ "breakdown": "properties.$browser", "breakdown_type": "hogql" }),
        json!({ "breakdowns": [{ "property": "$browser", "type": "event" }, { "property": "$os", "type": "person" }] }),
        json!({ "breakdown": "$browser", "breakdown_type": "event", "breakdown_limit": 10, "breakdown_hide_other_aggregation": true }),
        json!({ "breakdown": "$current_url", "breakdown_type": "event", "breakdown_normalize_url": true, "breakdown_path_cleaning": true }),
        json!({ "breakdown": "$seconds", "breakdown_type": "event", "breakdown_histogram_bin_count": 8 }),
    ] {
        all.push(with(&base, &[("source/breakdownFilter", breakdown)]));
    }
    for (from, to, exact) in [
        ("-30d", None, false),
        ("mStart", None, false),
        ("-1mStart", Some("-1mEnd"), false),
        ("all", None, false),
        ("2026-01-01", Some("2026-03-31"), false),
        ("2026-01-01T08:00:00", Some("2026-01-02T08:00:00"), true),
        ("-90d", Some("-30d"), false),
        ("yStart", None, false),
        ("-24h", None, false),
    ] {
        all.push(with(
            &base,
            &[("source/dateRange", json!({ "date_from": from, "date_to": to, "explicitDate": exact }))],
        ));
    }
    for interval in ["hour", "day", "week", "month", "minute"] {
        all.push(with(&base, &[("source/interval", json!(interval))]));
    }
    for display in [
        "ActionsLineGraph",
        "ActionsLineGraphCumulative",
        "ActionsAreaGraph",
        "ActionsBar",
        "ActionsStackedBar",
        "ActionsUnstackedBar",
        "ActionsBarValue",
        "BoldNumber",
        "ActionsPie",
        "ActionsTable",
        "WorldMap",
        "CalendarHeatmap",
    ] {
        all.push(with(&base, &[("source/trendsFilter", json!({ "display": display }))]));
    }
    for looks in [
        json!({ "showLegend": true, "showValuesOnSeries": true }),
        json!({ "showPercentStackView": true, "showLabelsOnSeries": true }),
        json!({ "aggregationAxisFormat": "duration", "aggregationAxisPrefix": "~", "decimalPlaces": 2 }),
        json!({ "aggregationAxisFormat": "numeric", "aggregationAxisPostfix": " units", "minDecimalPlaces": 1 }),
        json!({ "yAxisScaleType": "log10", "showTrendLines": true }),
        json!({ "smoothingIntervals": 7 }),
        json!({ "smoothingIntervals": 1, "yAxisScaleType": "linear" }),
        json!({ "goalLines": [{ "label": "Goal", "value": 100, "displayLabel": true }, { "label": "More", "value": 250.5, "borderColor": "#f00", "displayIfCrossed": false }] }),
        json!({ "showAlertThresholdLines": true, "showMultipleYAxes": true }),
        json!({ "showConfidenceIntervals": true, "confidenceLevel": 90 }),
        json!({ "showMovingAverage": true, "movingAverageIntervals": 7 }),
        json!({ "hideWeekends": true }),
        json!({ "hiddenLegendIndexes": [0] }),
        json!({ "resultCustomizationBy": "position", "resultCustomizations": { "0": { "assignmentBy": "position", "color": "preset-3" } } }),
    ] {
        all.push(with(&base, &[("source/trendsFilter", looks)]));
    }
    let three = json!([event("$pageview"), event("$screen"), event("$autocapture")]);
    for formulas in [
        json!({ "formulaNodes": [{ "formula": "A + B + C" }] }),
        json!({ "formulaNodes": [{ "formula": "A / B", "custom_name": "Share" }, { "formula": "(A+B)/C*100" }] }),
    ] {
        all.push(with(&base, &[("source/series", three.clone()), ("source/trendsFilter", formulas)]));
    }
    for compare in
        [json!({ "compare": false }), json!({ "compare": true }), json!({ "compare": true, "compare_to": "-1y" })]
    {
        all.push(with(&base, &[("source/compareFilter", compare)]));
    }
    all.push(with(&base, &[("source/filterTestAccounts", json!(true)), ("source/samplingFactor", json!(0.1))]));
    all
}

fn funnels(cohort: &Value) -> Vec<Value> {
    let step = |name: &str| json!({ "kind": "EventsNode", "event": name, "name": name });
    let base = viz(json!({
        "kind": "FunnelsQuery", "series": [step("$pageview"), step("$screen"), step("$autocapture")],
        "funnelsFilter": { "funnelVizType": "steps" }, "interval": "day", "filterTestAccounts": false, "properties": [],
    }));
    let mut all = vec![base.clone()];
    for filter in [
        json!({ "funnelVizType": "trends" }),
        json!({ "funnelVizType": "time_to_convert", "binCount": 10 }),
        json!({ "funnelVizType": "time_to_convert", "funnelFromStep": 0, "funnelToStep": 2 }),
        json!({ "funnelOrderType": "strict" }),
        json!({ "funnelOrderType": "unordered", "funnelStepReference": "previous" }),
        json!({ "funnelWindowInterval": 2, "funnelWindowIntervalUnit": "week" }),
        json!({ "layout": "horizontal", "funnelVizType": "steps" }),
        json!({ "exclusions": [{ "kind": "EventsNode", "event": "$exception", "name": "$exception", "funnelFromStep": 0, "funnelToStep": 1 }] }),
        json!({ "breakdownAttributionType": "first_touch" }),
        json!({ "funnelAggregateByHogQL": "properties.$session_id" }),
        json!({ "hiddenLegendBreakdowns": ["Chrome"] }),
        json!({ "goalLines": [{ "label": "Half", "value": 50 }], "showTrendLines": true }),
    ] {
        all.push(with(&base, &[("source/funnelsFilter", filter)]));
    }
    for attribution in ["last_touch", "all_events"] {
        let filter = json!({ "breakdownAttributionType": attribution });
        let breakdown = json!({ "breakdown": "$browser", "breakdown_type": "event" });
        all.push(with(&base, &[("source/funnelsFilter", filter), ("source/breakdownFilter", breakdown)]));
    }
    let filter = json!({ "breakdownAttributionType": "step", "breakdownAttributionValue": 1 });
    all.push(with(
        &base,
        &[
            ("source/funnelsFilter", filter),
            ("source/breakdownFilter", json!({ "breakdown": [cohort], "breakdown_type": "cohort" })),
        ],
    ));
    for line in [
        json!({ "kind": "EventsNode", "event": "$screen", "name": "$screen", "custom_name": "Seen", "optionalInFunnel": true }),
        json!({ "kind": "EventsNode", "event": "$screen", "name": "$screen", "math": "first_time_for_user" }),
        json!({ "kind": "EventsNode", "event": "$screen", "name": "$screen", "properties": [filters(cohort)[0]] }),
        json!({ "kind": "EventsNode", "event": null, "name": "All events" }),
    ] {
        all.push(with(&base, &[("source/series/1", line)]));
    }
    all.push(with(&base, &[("source/aggregation_group_type_index", json!(0))]));
    all.push(with(
        &base,
        &[("source/properties", grouped(&filters(cohort)[0..2])), ("source/dateRange", json!({ "date_from": "-30d" }))],
    ));
    all
}

fn retentions() -> Vec<Value> {
    let entity = json!({ "id": "$pageview", "kind": "EventsNode", "name": "$pageview", "type": "events", "order": 0, "uuid": "0190a1" });
    let base = viz(json!({
        "kind": "RetentionQuery", "filterTestAccounts": false,
        "retentionFilter": {
            "period": "Day", "totalIntervals": 8, "retentionType": "retention_first_time",
            "targetEntity": entity, "returningEntity": entity,
        },
    }));
    let mut all = vec![base.clone()];
    for (key, value) in [
        ("period", json!("Week")),
        ("period", json!("Month")),
        ("period", json!("Hour")),
        ("totalIntervals", json!(11)),
        ("retentionType", json!("retention_recurring")),
        ("retentionType", json!("retention_first_ever_occurrence")),
        ("retentionReference", json!("previous")),
        ("cumulative", json!(true)),
        ("meanRetentionCalculation", json!("weighted")),
        ("minimumOccurrences", json!(3)),
        ("timeWindowMode", json!("24_hour_windows")),
        ("retentionCustomBrackets", json!([1, 6, 23])),
        ("dashboardDisplay", json!("graph_only")),
        ("showTrendLines", json!(true)),
        ("targetEntity", json!({ "id": null, "name": "All events", "type": "events" })),
    ] {
        all.push(with(&base, &[(format!("source/retentionFilter/{key}").as_str(), value)]));
    }
    let sum = [
        ("source/retentionFilter/aggregationType", json!("sum")),
        ("source/retentionFilter/aggregationProperty", json!("$amount")),
    ];
    all.push(with(&base, &sum));
    all.push(with(
        &base,
        &[("source/breakdownFilter", json!({ "breakdowns": [{ "property": "$browser", "type": "event" }] }))],
    ));
    all
}

fn others() -> Vec<Value> {
    let paths = viz(
        json!({ "kind": "PathsQuery", "pathsFilter": { "includeEventTypes": ["$pageview"] }, "filterTestAccounts": false }),
    );
    let mut all = vec![paths.clone()];
    for filter in [
        json!({ "includeEventTypes": ["$pageview", "$screen", "custom_event"], "stepLimit": 5, "edgeLimit": 50 }),
        json!({ "includeEventTypes": ["hogql"], "pathsHogQLExpression": "properties.$tab" }),
        json!({ "includeEventTypes": ["$pageview"], "startPoint": "/pricing", "endPoint": "/done", "stepLimit": 8 }),
        json!({ "includeEventTypes": [], "excludeEvents": ["/login"], "pathGroupings": ["/blog/*"], "minEdgeWeight": 2, "maxEdgeWeight": 90 }),
        json!({ "includeEventTypes": ["$pageview"], "pathReplacements": true, "showFullUrls": true, "localPathCleaningFilters": [{ "alias": "/ID", "regex": "/[0-9]+" }] }),
    ] {
        all.push(with(&paths, &[("source/pathsFilter", filter)]));
    }
    let along = json!({
        "funnelPathType": "funnel_path_between_steps", "funnelStep": 2,
        "funnelSource": { "kind": "FunnelsQuery", "series": [
            { "kind": "EventsNode", "event": "$pageview", "name": "$pageview" }, { "kind": "EventsNode", "event": "$screen", "name": "$screen" },
        ], "funnelsFilter": { "funnelWindowInterval": 14, "funnelWindowIntervalUnit": "day" } },
    });
    all.push(with(&paths, &[("source/funnelPathsFilter", along)]));
    let line = json!([{ "kind": "EventsNode", "event": "$pageview", "name": "$pageview", "math": "total" }]);
    let sticky = viz(json!({ "kind": "StickinessQuery", "series": line, "interval": "day", "stickinessFilter": {} }));
    all.push(sticky.clone());
    for filter in [
        json!({ "display": "ActionsBar", "showLegend": true }),
        json!({ "computedAs": "cumulative" }),
        json!({ "stickinessCriteria": { "operator": "gte", "value": 3 } }),
        json!({ "stickinessCriteria": { "operator": "exact", "value": 2 }, "computedAs": "non_cumulative" }),
    ] {
        all.push(with(&sticky, &[("source/stickinessFilter", filter)]));
    }
    all.push(with(
        &sticky,
        &[("source/intervalCount", json!(2)), ("source/compareFilter", json!({ "compare": true }))],
    ));
    let life = viz(
        json!({ "kind": "LifecycleQuery", "series": line, "interval": "week", "lifecycleFilter": { "showValuesOnSeries": true } }),
    );
    all.push(life.clone());
    all.push(with(
        &life,
        &[("source/lifecycleFilter", json!({ "toggledLifecycles": ["new", "dormant"], "showLegend": true }))],
    ));
    all.push(with(
        &life,
        &[("source/dateRange", json!({ "date_from": "-30d" })), ("source/filterTestAccounts", json!(true))],
    ));
    for (source, more) in [
        (json!({ "query": "SELECT 1" }), json!({})),
        (
            json!({ "query": "SELECT event, count() AS n FROM events GROUP BY event" }),
            json!({ "display": "ActionsBar", "chartSettings": { "xAxis": { "column": "event" }, "yAxis": [{ "column": "n" }] } }),
        ),
        (
            json!({ "query": "SELECT 1 WHERE {filters}", "filters": { "dateRange": { "date_from": "-30d" }, "properties": [{ "key": "$browser", "type": "event", "operator": "exact", "value": ["Chrome"] }] } }),
            json!({}),
        ),
        (
            json!({ "query": "SELECT count() FROM events" }),
            json!({ "display": "BoldNumber", "chartSettings": { "goalLines": [{ "label": "Goal", "value": 5 }] } }),
        ),
        (
            json!({ "query": "SELECT 2" }),
            json!({ "display": "ActionsTable", "tableSettings": { "columns": [{ "column": "2" }] } }),
        ),
    ] {
        let mut source = source;
        source["kind"] = json!("HogQLQuery");
        let mut node =
            Map::from_iter([("kind".to_owned(), json!("DataVisualizationNode")), ("source".to_owned(), source)]);
        node.extend(more.as_object().cloned().unwrap_or_default());
        all.push(node.into());
    }
    all
}

/// Makes what insights refer to, and the insights; how many these are.
pub(crate) fn fill(stage: &Stage) -> usize {
    let conditions = json!({ "type": "OR", "values": [{ "type": "AND", "values": [
        { "type": "person", "key": "$browser", "operator": "exact", "value": ["Chrome"] },
    ] }] });
    let made = |path: &str, body: Value| stage.click("POST", &format!("{P}/{path}/"), &body)["id"].clone();
    let count = stage.look(&format!("{P}/cohorts/"))["results"].as_array().map_or(0, Vec::len);
    let cohort =
        made("cohorts", json!({ "name": format!("Champions {count}"), "filters": { "properties": conditions } }));
    let action = made("actions", json!({ "name": format!("Buying {count}"), "steps": [{ "event": "$pageview" }] }));
    if count == 0 {
        made(
            "feature_flags",
            json!({ "key": "beta", "filters": { "groups": [{ "properties": [], "rollout_percentage": 100 }] } }),
        );
    }
    let queries = [trends(&cohort, &action), funnels(&cohort), retentions(), others()].concat();
    for (n, query) in queries.iter().enumerate() {
        made("insights", json!({ "name": format!("Insight {count} {n}"), "query": query, "saved": true }));
    }
    queries.len()
}
