//! A workspace and a project as people leave them, filled without anything of ours.

use plg_sandbox::{Sandbox, SandboxRequest};
use serde_json::{Value, json};

/// One request, which has to work.
fn send(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> Value {
    let mut request = SandboxRequest::new(method, path);
    request.headers =
        vec![("authorization".into(), "Bearer k".into()), ("content-type".into(), "application/json".into())];
    request.body = body.to_string().into_bytes();
    let reply = sandbox.answer(&request);
    let answer = reply.body.unwrap_or_default();
    assert!(reply.status < 300, "{method} {path} {body}: {} {answer}", reply.status);
    answer
}

fn attio(sandbox: &Sandbox, path: &str, data: Value) -> Value {
    send(sandbox, "POST", path, &json!({ "data": data }))["data"].clone()
}

fn archive(sandbox: &Sandbox, path: &str) {
    send(sandbox, "PATCH", path, &json!({ "data": { "is_archived": true } }));
}

fn posthog(sandbox: &Sandbox, path: &str, body: Value) -> Value {
    send(sandbox, "POST", &format!("/api/projects/12345/{path}/"), &body)
}

/// Fills both.
pub(crate) fn fill(sandbox: &Sandbox) {
    crm(sandbox);
    product(sandbox);
}

fn crm(sandbox: &Sandbox) {
    let tenants = attio(
        sandbox,
        "/v2/objects",
        json!({ "api_slug": "tenants", "singular_noun": "Mandant (Kündigung)", "plural_noun": "Mandanten" }),
    );
    let tenants = tenants["id"]["object_id"].as_str().unwrap_or_default().to_owned();
    let attribute = |object: &str, slug: &str, title: &str, ty: &str, more: Value| {
        let mut data = json!({
            "api_slug": slug, "title": title, "type": ty, "description": null, "is_required": false,
            "is_unique": false, "is_multiselect": false, "config": {},
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            data[key] = value.clone();
        }
        attio(sandbox, &format!("/v2/objects/{object}/attributes"), data)
    };
    for ty in
        ["text", "number", "checkbox", "date", "timestamp", "rating", "location", "phone-number", "actor-reference"]
    {
        attribute("tenants", &ty.replace('-', "_"), &format!("Ein {ty}"), ty, json!({}));
    }
    attribute("people", "score", "Score", "number", json!({ "description": "How far they got.\n\nOut of ten." }));
    attribute("companies", "score", "Score", "number", json!({ "description": "One line\nand another" }));
    attribute(
        "deals",
        "amount",
        "Amount in €",
        "currency",
        json!({
        "config": { "currency": { "default_currency_code": "EUR", "display_type": "code" } } }),
    );
    attribute(
        "deals",
        "tenant",
        "Tenant",
        "record-reference",
        json!({
        "is_multiselect": true, "config": { "record_reference": { "allowed_objects": [tenants, "people"] } } }),
    );
    attribute(
        "tenants",
        "seats",
        "Seats",
        "number",
        json!({
        "is_required": true, "default_value": { "type": "static", "template": [{ "value": 5 }] } }),
    );
    attribute(
        "tenants",
        "since",
        "Since",
        "date",
        json!({
        "default_value": { "type": "dynamic", "template": "P30D" } }),
    );
    let level = attribute("tenants", "level", "Level \"of care\"", "select", json!({ "is_multiselect": true }));
    let level = level["id"]["attribute_id"].as_str().unwrap_or_default().to_owned();
    for title in ["High", "high!", "Höchst 🎉", "10%", "Self", "Gone"] {
        let option =
            attio(sandbox, &format!("/v2/objects/tenants/attributes/{level}/options"), json!({ "title": title }));
        if title == "Gone" {
            let id = option["id"]["option_id"].as_str().unwrap_or_default();
            archive(sandbox, &format!("/v2/objects/tenants/attributes/{level}/options/{id}"));
        }
    }
    let old = attribute("people", "old", "Old", "text", json!({}));
    archive(
        sandbox,
        &format!("/v2/objects/people/attributes/{}", old["id"]["attribute_id"].as_str().unwrap_or_default()),
    );
    let phase = attribute("deals", "phase", "Phase", "status", json!({}));
    let phase = phase["id"]["attribute_id"].as_str().unwrap_or_default().to_owned();
    for (title, target, celebrate) in
        [("Open", Some("P0Y0M7DT0H0M0S"), false), ("Odd", Some("P1DT2H"), false), ("Won 🎉", None, true)]
    {
        attio(
            sandbox,
            &format!("/v2/objects/deals/attributes/{phase}/statuses"),
            json!({ "title": title, "celebration_enabled": celebrate, "target_time_in_status": target }),
        );
    }
    let list = attio(
        sandbox,
        "/v2/lists",
        json!({
        "name": "Zielgruppe 2026", "api_slug": "zielgruppe", "parent_object": "companies",
        "workspace_access": "full-access", "workspace_member_access": [] }),
    );
    entries(sandbox, list["id"]["list_id"].as_str().unwrap_or_default());
    let events = [
        "note.created",
        "note-content.updated",
        "task.updated",
        "comment.resolved",
        "list.created",
        "list-entry.updated",
        "list-attribute.created",
        "object-attribute.updated",
        "workspace-member.created",
        "call-recording.created",
        "record.merged",
    ];
    let mut subscriptions: Vec<Value> =
        events.iter().map(|event| json!({ "event_type": event, "filter": null })).collect();
    subscriptions.push(json!({ "event_type": "record.created", "filter": {
        "$and": [{ "field": "id.object_id", "operator": "equals", "value": tenants }] } }));
    attio(
        sandbox,
        "/v2/webhooks",
        json!({ "target_url": "https://hooks.example.com/a?b=c", "subscriptions": subscriptions }),
    );
    attio(
        sandbox,
        "/v2/webhooks",
        json!({ "target_url": "https://hooks.example.com/filtered", "subscriptions": [
        { "event_type": "record.updated", "filter": { "$or": [
            { "field": "id.attribute_id", "operator": "equals", "value": level } ] } },
        { "event_type": "task.created", "filter": null } ] }),
    );
}

/// What people keep about the entries of a list.
fn entries(sandbox: &Sandbox, list: &str) {
    let attribute = |slug: &str, title: &str, ty: &str, config: Value| {
        let made = attio(
            sandbox,
            &format!("/v2/lists/{list}/attributes"),
            json!({
                "api_slug": slug, "title": title, "type": ty, "description": null, "is_required": false,
                "is_unique": false, "is_multiselect": false, "config": config,
            }),
        );
        format!("/v2/lists/{list}/attributes/{}", made["id"]["attribute_id"].as_str().unwrap_or_default())
    };
    attribute("notiz", "Notiz", "text", json!({}));
    attribute(
        "wert",
        "Wert",
        "currency",
        json!({ "currency": { "default_currency_code": "CHF", "display_type": "symbol" } }),
    );
    archive(sandbox, &attribute("alt", "Alt", "number", json!({})));
    let fit = attribute("score", "Passt's?", "select", json!({}));
    for title in ["Gut", "Schlecht", "?"] {
        attio(sandbox, &format!("{fit}/options"), json!({ "title": title }));
    }
    let step = attribute("phase", "Phase", "status", json!({}));
    for (title, target, celebrate) in [("Neu", Some("P0Y0M2DT0H0M0S"), false), ("Gewonnen", None, true)] {
        let status = json!({ "title": title, "celebration_enabled": celebrate, "target_time_in_status": target });
        attio(sandbox, &format!("{step}/statuses"), status);
    }
}

fn product(sandbox: &Sandbox) {
    for event in ["$pageview", "$feature_flag_called", "signup_completed", "Signup completed", "Bücher gekauft"] {
        let properties = json!({ "$browser": "x" });
        sandbox.ingest(event, properties.as_object().expect("it is an object")).expect("it is stored");
    }
    let id = |answer: &Value| answer["id"].clone();
    let action = id(&posthog(
        sandbox,
        "actions",
        json!({
        "name": "Signup completed", "description": "", "tags": ["Growth"], "steps": [
            { "event": "signup_completed", "properties": [{ "key": "plan", "type": "event", "operator": "exact", "value": ["pro"] }], "url": "/join", "url_matching": "contains" },
            { "event": "$pageview", "url": "/pricing", "url_matching": "exact" },
            { "event": "$autocapture", "text": "Buy \"now\"", "tag_name": "button" },
            { "event": "never_sent" } ] }),
    ));
    let trial = id(&posthog(
        sandbox,
        "cohorts",
        json!({
        "name": "Trial 2026!", "description": "People who try.", "filters": { "properties": { "type": "AND", "values": [
            { "type": "AND", "values": [
                { "type": "person", "key": "plan", "operator": "exact", "value": ["trial", "Testphase ü"] },
                { "type": "person", "key": "seats", "operator": "gt", "value": 1 } ] } ] } } }),
    ));
    posthog(
        sandbox,
        "cohorts",
        json!({ "name": "Active", "filters": { "properties": { "type": "OR", "values": [
        { "type": "OR", "values": [
            { "type": "behavioral", "key": "signup_completed", "event_type": "events", "value": "performed_event_multiple",
              "time_value": 7, "time_interval": "day", "operator": "gte", "operator_value": 3 },
            { "type": "cohort", "key": "id", "value": trial } ] },
        { "type": "AND", "values": [
            { "type": "behavioral", "key": action, "event_type": "actions", "value": "performed_event", "time_value": 30, "time_interval": "day" },
            { "type": "behavioral", "key": "$pageview", "event_type": "events", "value": "performed_event", "time_value": 7, "time_interval": "day", "negation": true } ] } ] } } }),
    );
    posthog(
        sandbox,
        "cohorts",
        json!({ "name": "Chosen by hand", "is_static": true, "filters": { "properties": { "type": "AND", "values": [
        { "type": "AND", "values": [{ "type": "person", "key": "plan", "operator": "exact", "value": ["pro"] }] }] } } }),
    );
    let flag = id(&posthog(
        sandbox,
        "feature_flags",
        json!({
        "key": "new-onboarding", "name": "The \"new\" onboarding.", "active": false, "tags": [], "filters": {
            "groups": [
                { "properties": [{ "key": "id", "type": "cohort", "operator": "in", "value": trial }], "rollout_percentage": 50, "variant": "test-1" },
                { "properties": [{ "key": "email", "type": "person", "operator": "icontains", "value": "@example.com" }], "rollout_percentage": 100 },
                { "properties": [], "rollout_percentage": 12.5 } ],
            "multivariate": { "variants": [
                { "key": "control", "name": "Control", "rollout_percentage": 33.34 },
                { "key": "test-1", "name": "Test 1", "rollout_percentage": 66.66 } ] },
            "payloads": { "control": "{\"color\": \"blau\", \"n\": [1, 2.5, null]}" } } }),
    ));
    posthog(
        sandbox,
        "feature_flags",
        json!({ "key": "named_variants", "name": "", "active": true, "filters": {
        "groups": [{ "properties": [], "rollout_percentage": 100 }],
        "multivariate": { "variants": [
            { "key": "control", "name": "The one we have", "rollout_percentage": 50 },
            { "key": "test", "rollout_percentage": 50 } ] } } }),
    );
    posthog(
        sandbox,
        "feature_flags",
        json!({ "key": "by-company", "name": "", "active": true, "filters": {
        "groups": [{ "properties": [], "rollout_percentage": 100 }], "aggregation_group_type_index": null } }),
    );
    posthog(
        sandbox,
        "experiments",
        json!({
        "name": "Onboarding, erster Versuch", "feature_flag_key": "named_variants", "type": "product", "allow_unknown_events": true,
        "metrics": [
            { "kind": "ExperimentMetric", "metric_type": "mean", "goal": "increase", "source": { "kind": "EventsNode", "event": "signup_completed" } },
            { "kind": "ExperimentMetric", "metric_type": "funnel", "series": [{ "kind": "ActionsNode", "id": action }] } ],
        "metrics_secondary": [
            { "kind": "ExperimentMetric", "metric_type": "mean", "source": { "kind": "EventsNode", "event": "$pageview", "math": "unique_session" } } ] }),
    );
    shared(sandbox, &flag, &action);
    posthog(
        sandbox,
        "surveys",
        json!({
        "name": "NPS – Frühling", "type": "popover", "questions": [
            { "type": "rating", "question": "Wie zufrieden?", "display": "number", "scale": 10, "isNpsQuestion": true, "lowerBoundLabel": "nicht" },
            { "type": "single_choice", "question": "Why <b>so</b>?", "choices": ["A & B", "\"C\""], "hasOpenChoice": true, "branching": { "type": "specific_question", "index": 3 } },
            { "type": "link", "question": "Call us", "link": "mailto:us@example.com", "branching": { "type": "end" } },
            { "type": "open", "question": "Anything else?", "optional": true } ],
        "conditions": { "url": "/app", "urlMatchType": "icontains", "events": { "values": [{ "name": "Bücher gekauft" }] },
                        "actions": { "values": [{ "id": action }] } },
        "linked_flag_id": flag, "schedule": "recurring", "iteration_count": 4, "iteration_frequency_days": 30 }),
    );
    posthog(
        sandbox,
        "surveys",
        json!({ "name": "Branches by answer", "type": "popover", "questions": [
        { "type": "rating", "question": "How is it?", "display": "emoji", "scale": 5,
          "branching": { "type": "response_based", "responseValues": { "negative": 1, "positive": "end" } } },
        { "type": "open", "question": "What is wrong?" } ] }),
    );
    let dashboard = id(&posthog(
        sandbox,
        "dashboards",
        json!({ "name": "Bücher 2026!", "description": "", "pinned": true, "tags": ["woche", "a"] }),
    ));
    let twin = id(&posthog(sandbox, "dashboards", json!({ "name": "Twin" })));
    posthog(sandbox, "dashboards", json!({ "name": "Twin" }));
    let insight = |name: &str, on: Vec<&Value>, query: Value| {
        posthog(sandbox, "insights", json!({ "name": name, "dashboards": on, "query": query, "saved": true }))
    };
    let signups = insight(
        "Signups",
        vec![&dashboard],
        json!({ "kind": "InsightVizNode", "source": { "kind": "TrendsQuery",
        "series": [
            { "kind": "ActionsNode", "id": action, "name": "Signup completed", "math": "dau" },
            { "kind": "EventsNode", "event": "signup_completed", "name": "signup_completed", "math": "sum", "math_property": "seats" },
            { "kind": "EventsNode", "event": "$pageview", "name": "$pageview", "math": "total" }],
        "interval": "week", "dateRange": { "date_from": "-90d" }, "trendsFilter": { "display": "ActionsBar" },
        "breakdownFilter": { "breakdown": "plan", "breakdown_type": "person" } } }),
    );
    let paths = insight(
        "Paths",
        vec![&dashboard, &twin],
        json!({ "kind": "InsightVizNode", "source": { "kind": "PathsQuery",
        "pathsFilter": { "includeEventTypes": ["$pageview"], "edgeLimit": 50 }, "dateRange": { "date_from": "-7d" } } }),
    );
    insight(
        "SQL",
        vec![],
        json!({ "kind": "DataVisualizationNode", "source": { "kind": "HogQLQuery",
        "query": "SELECT event,\n  count()\nFROM events\nWHERE event != 'a\\b'" } }),
    );
    insight(
        "Funnel",
        vec![],
        json!({ "kind": "InsightVizNode", "source": { "kind": "FunnelsQuery",
        "series": [
            { "kind": "EventsNode", "event": "$pageview", "name": "$pageview" },
            { "kind": "ActionsNode", "id": action, "name": "Signup completed" }],
        "funnelsFilter": { "funnelVizType": "steps", "funnelOrderType": "strict", "funnelWindowInterval": 30, "funnelWindowIntervalUnit": "day" } } }),
    );
    insight(
        "Retention",
        vec![],
        json!({ "kind": "InsightVizNode", "source": { "kind": "RetentionQuery",
        "retentionFilter": { "targetEntity": { "id": "signup_completed", "name": "signup_completed", "type": "events" },
                             "returningEntity": { "id": "$pageview", "name": "$pageview", "type": "events" },
                             "retentionType": "retention_first_time", "period": "Week", "totalIntervals": 8 } } }),
    );
    insight(
        "Lifecycle",
        vec![],
        json!({ "kind": "InsightVizNode", "source": { "kind": "LifecycleQuery",
        "series": [{ "kind": "EventsNode", "event": "$pageview", "name": "$pageview", "math": "total" }], "interval": "day" } }),
    );
    insight(
        "Stickiness",
        vec![],
        json!({ "kind": "InsightVizNode", "source": { "kind": "StickinessQuery",
        "series": [{ "kind": "EventsNode", "event": "$pageview", "name": "$pageview", "math": "total" }],
        "interval": "week", "dateRange": { "date_from": "-30d" } } }),
    );
    insight(
        "Everything",
        vec![],
        json!({ "kind": "InsightVizNode", "source": { "kind": "TrendsQuery",
        "series": [{ "kind": "EventsNode", "event": null, "math": "total" }], "interval": "day" } }),
    );
    sent(sandbox, &dashboard, &id(&signups), &id(&paths));
    settings(sandbox, &trial, &dashboard);
    for (content, date) in [
        ("Launched 🚀", "2026-03-01T00:00:00Z"),
        ("Outage", "2026-03-02T10:15:00Z"),
        ("At some moment", "2026-03-02T10:15:00.250000Z"),
    ] {
        posthog(sandbox, "annotations", json!({ "content": content, "date_marker": date, "scope": "project" }));
    }
}

/// What several experiments share, and features that people switch on.
fn shared(sandbox: &Sandbox, flag: &Value, action: &Value) {
    let id = |answer: &Value| answer["id"].clone();
    posthog(
        sandbox,
        "early_access_feature",
        json!({ "name": "Export „neu“", "description": "Into warehouses.", "stage": "beta",
                "documentation_url": "https://docs.example.com/export", "payload": { "limit": 5, "für": ["a"] } }),
    );
    posthog(
        sandbox,
        "early_access_feature",
        json!({ "name": "Ideas", "stage": "concept", "documentation_url": "http://intranet/ideas" }),
    );
    let held = id(&posthog(
        sandbox,
        "experiment_holdouts",
        json!({ "name": "Held out", "description": "Sees none.", "filters": [{ "properties": [], "rollout_percentage": 2.5, "variant": "holdout" }] }),
    ));
    for _ in 0..2 {
        posthog(
            sandbox,
            "experiment_holdouts",
            json!({ "name": "Twin", "filters": [{ "properties": [], "rollout_percentage": 1, "variant": "holdout" }] }),
        );
    }
    let metric = |name: &str, query: Value| {
        id(&posthog(
            sandbox,
            "experiment_saved_metrics",
            json!({ "name": name, "description": "", "query": query, "tags": ["Kern"], "allow_unknown_events": true }),
        ))
    };
    let source = |event: &str| json!({ "kind": "EventsNode", "event": event });
    let uses = metric(
        "Nutzung",
        json!({ "kind": "ExperimentMetric", "metric_type": "ratio", "goal": "decrease",
                "numerator": { "kind": "ActionsNode", "id": action }, "denominator": source("signup_completed") }),
    );
    let steps = metric(
        "Schritte",
        json!({ "kind": "ExperimentMetric", "metric_type": "funnel", "series": [source("signup_completed"), source("Bücher gekauft")],
                "conversion_window": 14, "conversion_window_unit": "day" }),
    );
    let unread = metric(
        "Unread",
        json!({ "kind": "ExperimentMetric", "metric_type": "retention", "start_event": source("$pageview"), "completion_event": source("$pageview"),
                "retention_window_start": 1, "retention_window_end": 7, "retention_window_unit": "day", "start_handling": "first_seen" }),
    );
    let saved = |all: &[(&Value, &str)]| -> Value {
        all.iter().map(|(id, ty)| json!({ "id": id, "metadata": { "type": ty } })).collect()
    };
    let key = sandbox_flag_key(sandbox, flag);
    for (name, metrics) in [
        ("Shared", saved(&[(&steps, "secondary"), (&uses, "primary")])),
        ("Unread shared", saved(&[(&uses, "primary"), (&unread, "primary")])),
    ] {
        posthog(
            sandbox,
            "experiments",
            json!({ "name": name, "feature_flag_key": key, "type": "product", "metrics": [], "metrics_secondary": [],
                    "saved_metrics_ids": metrics, "holdout_id": held }),
        );
    }
}

fn sandbox_flag_key(sandbox: &Sandbox, flag: &Value) -> Value {
    send(sandbox, "GET", &format!("/api/projects/12345/feature_flags/{flag}/"), &Value::Null)["key"].clone()
}

/// What people set for the whole project.
fn settings(sandbox: &Sandbox, cohort: &Value, dashboard: &Value) {
    let filters = json!([
        { "key": "id", "type": "cohort", "value": cohort, "operator": "not_in", "cohort_name": "Team" },
        { "key": "email", "type": "person", "value": "@example.com", "operator": "not_icontains" },
        { "key": "$host", "value": "^localhost", "operator": "not_regex" },
    ]);
    let body = json!({
        "timezone": "Europe/Lisbon", "week_start_day": 1, "base_currency": "EUR", "business_model": "b2b",
        "test_account_filters": filters, "test_account_filters_default_checked": true,
        "path_cleaning_filters": [{ "regex": "/[0-9]+", "alias": "/ID", "order": 0 }],
        "person_display_name_properties": ["name", "email"], "primary_dashboard": dashboard, "app_urls": ["https://example.com"],
        "autocapture_opt_out": true, "capture_console_log_opt_in": false, "session_recording_opt_in": true,
        "session_recording_sample_rate": 0.4, "session_recording_masking_config": { "maskAllInputs": false },
        "session_recording_network_payload_capture_config": { "recordBody": true },
        "modifiers": { "personsOnEventsMode": "disabled", "debug": true }, "survey_config": { "appearance": { "color": "red" } },
        "feature_flag_policy_config": { "require_tags": true },
    });
    send(sandbox, "PATCH", "/api/projects/12345/", &body);
}

/// What is sent to people, and who is told when something is wrong.
fn sent(sandbox: &Sandbox, dashboard: &Value, signups: &Value, paths: &Value) {
    let alert = |name: &str, insight: &Value, condition: &str, configuration: Value, more: Value| {
        let mut body = json!({
            "name": name, "insight": insight, "subscribed_users": [1], "condition": { "type": condition },
            "threshold": { "configuration": configuration },
            "config": { "type": "TrendsAlertConfig", "series_index": 1, "check_ongoing_interval": true },
            "calculation_interval": "weekly",
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        posthog(sandbox, "alerts", body)
    };
    alert(
        "Zu wenig",
        signups,
        "absolute_value",
        json!({ "type": "absolute", "bounds": { "lower": -0.5 } }),
        // An interval that is not over yet is always low: only an upper bound can be watched while it goes on.
        json!({
            "skip_weekend": true,
            "config": { "type": "TrendsAlertConfig", "series_index": 1, "check_ongoing_interval": false },
        }),
    );
    alert(
        "Eingebrochen 7%",
        signups,
        "relative_decrease",
        json!({ "type": "percentage", "bounds": { "upper": 0.07 } }),
        json!({ "enabled": false }),
    );
    let subscription = |body: Value| posthog(sandbox, "subscriptions", body);
    subscription(json!({
        "title": "Jeden Montag", "insight": signups, "target_type": "email", "target_value": "a@example.com,b@example.com",
        "frequency": "weekly", "interval": 2, "byweekday": ["monday", "friday"], "start_date": "2099-01-05T09:30:00Z",
        "until_date": "2100-01-01T00:00:00Z" }));
    subscription(json!({
        "title": "Board", "dashboard": dashboard, "dashboard_export_insights": [signups, paths], "target_type": "webhook",
        "target_value": "https://example.com/board", "frequency": "monthly", "interval": 1, "byweekday": ["monday"],
        "bysetpos": -1, "start_date": "2099-01-01T00:00:00Z", "enabled": false }));
    for (name, body) in [
        (
            "seats",
            json!({ "property_type": "Numeric", "description": "How many they bought.", "verified": true, "tags": ["Billing"] }),
        ),
        ("Tarif (alt)", json!({ "hidden": true })),
    ] {
        let seen = json!({ name: 3 });
        sandbox.ingest("signup_completed", seen.as_object().expect("it is an object")).expect("it is stored");
        let rows = send(sandbox, "GET", "/api/projects/12345/property_definitions/?limit=100", &Value::Null);
        let rows = rows["results"].as_array().cloned().unwrap_or_default();
        let id = rows.iter().find(|row| row["name"] == name).map(|row| row["id"].clone()).unwrap_or_default();
        let id = id.as_str().unwrap_or_default();
        send(sandbox, "PATCH", &format!("/api/projects/12345/property_definitions/{id}/"), &body);
    }
}
