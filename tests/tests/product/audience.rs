//! Cohorts as the editor saves them: each condition in groups of groups, with what an earlier choice left behind.

use super::{P, made};
use serde_json::{Value, json};
use tests::stage::Stage;

/// Groups as the editor writes them: one group of alternatives in another one.
fn groups(outer: &str, inner: &[(&str, &[Value])]) -> Value {
    let groups: Vec<Value> = inner.iter().map(|(word, leaves)| json!({ "type": word, "values": leaves })).collect();
    json!({ "properties": { "type": outer, "values": groups } })
}

fn all(leaf: &Value) -> Value {
    groups("OR", &[("AND", std::slice::from_ref(leaf))])
}

fn person(key: &str, operator: &str, value: Value) -> Value {
    json!({ "type": "person", "key": key, "operator": operator, "value": value, "negation": false })
}

fn behavior(value: &str, more: Value) -> Value {
    let base = json!({
        "type": "behavioral", "key": "$pageview", "event_type": "events", "value": value, "negation": false,
        "time_value": 30, "time_interval": "day",
    });
    super::with(&base, &more)
}

/// The conditions, each of which is a cohort of its own.
fn leaves(action: &Value) -> Vec<Value> {
    vec![
        person("$browser", "exact", json!(["Chrome", "Firefox"])),
        person("$browser", "is_not", json!(["Safari"])),
        person("email", "icontains", json!("@example.com")),
        person("email", "not_icontains", json!("@example.com")),
        person("email", "regex", json!("^a")),
        person("$os", "is_set", json!("is_set")),
        person("$os", "is_not_set", json!("is_not_set")),
        person("logins", "gte", json!("5")),
        person("logins", "lt", json!("2.5")),
        person("joined", "is_date_after", json!("-30d")),
        person("joined", "is_date_before", json!("2026-01-15")),
        json!({ "type": "person_metadata", "key": "created_at", "operator": "is_date_after", "value": "-14d", "negation": false }),
        behavior("performed_event", json!({})),
        behavior("performed_event", json!({ "explicit_datetime": "-30d", "time_value": null, "time_interval": null })),
        behavior("performed_event", json!({ "explicit_datetime": "2026-01-01", "explicit_datetime_to": "2026-02-01" })),
        behavior("performed_event", json!({ "key": action, "event_type": "actions" })),
        behavior(
            "performed_event",
            json!({ "event_filters": [{ "key": "$browser", "type": "event", "operator": "exact", "value": ["Chrome"] }] }),
        ),
        behavior(
            "performed_event",
            json!({ "event_filters": [
                { "key": "text", "type": "element", "operator": "icontains", "value": "Buy" },
                { "key": "properties.$browser = 'Chrome'", "type": "hogql", "value": null },
            ] }),
        ),
        behavior("performed_event_multiple", json!({ "operator": "gte", "operator_value": 5 })),
        behavior(
            "performed_event_multiple",
            json!({ "operator": "exact", "operator_value": 2, "time_interval": "week" }),
        ),
        behavior(
            "performed_event_multiple",
            json!({ "operator": "lte", "operator_value": 3, "time_interval": "month" }),
        ),
        behavior("performed_event_first_time", json!({})),
        behavior(
            "performed_event_sequence",
            json!({ "seq_event": "$screen", "seq_event_type": "events", "seq_time_value": 2, "seq_time_interval": "day" }),
        ),
        behavior(
            "performed_event_regularly",
            json!({ "operator": "gte", "operator_value": 3, "min_periods": 3, "total_periods": 4, "time_value": 1, "time_interval": "week" }),
        ),
        behavior("stopped_performing_event", json!({ "seq_time_value": 7, "seq_time_interval": "day" })),
        behavior("restarted_performing_event", json!({ "seq_time_value": 7, "seq_time_interval": "day" })),
    ]
}

/// Makes them; their ids, of which the first is one that flags and surveys can use.
pub(super) fn fill(stage: &Stage) -> Vec<Value> {
    let action = made(stage, "actions", &json!({ "name": "Buying", "steps": [{ "event": "$pageview" }] }));
    let cohort = |name: String, more: Value| {
        let base = json!({ "name": name, "description": "", "is_static": false, "groups": [] });
        made(stage, "cohorts", &super::with(&base, &more))
    };
    let mut ids: Vec<Value> = leaves(&action)
        .iter()
        .enumerate()
        .map(|(n, leaf)| cohort(format!("Condition {n}"), json!({ "filters": all(leaf) })))
        .collect();
    let chrome = || person("$browser", "exact", json!(["Chrome"]));
    let left = || json!({ "type": "person", "key": "left", "operator": "is_set", "value": "is_set", "negation": true });
    let member = |negation: bool| json!({ "type": "cohort", "key": "id", "value": ids[0], "negation": negation });
    for (name, filters) in [
        ("Without those who left", groups("AND", &[("AND", &[chrome(), left()])])),
        ("Some of them", groups("AND", &[("AND", &[chrome(), member(false)])])),
        ("None of them", groups("AND", &[("AND", &[chrome(), member(true)])])),
        ("Either way", groups("OR", &[("AND", &[chrome(), left()]), ("AND", &[member(false)])])),
        (
            "Both ways",
            groups("AND", &[("OR", &[chrome(), person("$os", "exact", json!(["Linux"]))]), ("AND", &[member(false)])]),
        ),
        ("Did not", groups("AND", &[("AND", &[chrome(), behavior("performed_event", json!({ "negation": true }))])])),
    ] {
        ids.push(cohort(name.to_owned(), json!({ "filters": filters })));
    }
    let query = json!({ "kind": "HogQLQuery", "query": "SELECT person_id FROM events" });
    ids.push(cohort("From a query".to_owned(), json!({ "is_static": true, "query": query })));
    let snapshot = groups("AND", &[("AND", &[chrome()])]);
    ids.push(cohort("As they were".to_owned(), json!({ "is_static": true, "filters": snapshot })));
    ids.push(cohort("One by one".to_owned(), json!({ "is_static": true, "_create_static_person_ids": [] })));
    let id = ids[ids.len() - 1].to_string();
    stage.click("PATCH", &format!("{P}/cohorts/{id}/"), &json!({ "description": "Chosen by hand." }));
    ids
}
