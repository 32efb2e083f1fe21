//! Flags as the form saves them, early access features and scheduled changes.

use super::{made, with};
use serde_json::{Value, json};
use tests::stage::Stage;

/// What the form of a flag sends, whatever was clicked in it.
fn form(key: &str, filters: &Value) -> Value {
    let base = json!({ "groups": [], "multivariate": null, "payloads": {} });
    json!({
        "key": key, "name": "", "filters": with(&base, filters), "active": true, "deleted": false, "tags": [],
        "ensure_experience_continuity": false, "is_remote_configuration": false, "has_encrypted_payloads": false,
        "evaluation_runtime": "all", "bucketing_identifier": "distinct_id", "creation_context": "feature_flags",
    })
}

/// A condition set as the form has it, with what it notes for itself.
fn set(properties: &[Value], share: Value) -> Value {
    json!({ "properties": properties, "rollout_percentage": share, "variant": null, "sort_key": "a2f5", "description": null })
}

fn sets(sets: &[Value]) -> Value {
    json!({ "groups": sets })
}

fn person(operator: &str, value: Value) -> Value {
    json!({ "key": "$browser", "type": "person", "operator": operator, "value": value })
}

/// What conditions compare with, each as the form saves it.
fn comparisons() -> Vec<Value> {
    let version = |operator: &str, value: &str| json!({ "key": "app_version", "type": "person", "operator": operator, "value": value });
    let date = |operator: &str, value: &str| json!({ "key": "joined", "type": "person", "operator": operator, "value": value });
    vec![
        person("exact", json!(["Chrome", "Firefox"])),
        person("exact", json!("Chrome")),
        person("is_not", json!(["Safari"])),
        person("icontains", json!("rom")),
        person("not_icontains", json!("rom")),
        person("icontains_multi", json!(["rom", "ire"])),
        person("not_icontains_multi", json!(["rom"])),
        person("regex", json!("^C")),
        person("not_regex", json!("^C")),
        person("is_set", json!("is_set")),
        person("is_not_set", json!("is_not_set")),
        person("gt", json!("5")),
        person("gte", json!("5.5")),
        person("lt", json!("7")),
        person("lte", json!("7")),
        date("is_date_after", "-30d"),
        date("is_date_before", "2026-01-15"),
        date("is_date_exact", "2026-01-15"),
        version("semver_eq", "1.2.0"),
        version("semver_neq", "1.2.0"),
        version("semver_gt", "1.2.0"),
        version("semver_gte", "1.2.0"),
        version("semver_lt", "2.0.0"),
        version("semver_lte", "2.0.0"),
        version("semver_tilde", "1.2.0"),
        version("semver_caret", "1.2.0"),
        version("semver_wildcard", "1.2.*"),
        json!({ "key": "$geoip_country_code", "type": "person", "operator": "exact", "value": ["DE"], "label": "Country" }),
    ]
}

/// Flags with what each says beside the form.
fn forms(cohort: &Value) -> Vec<(String, Value, Value)> {
    let mut all: Vec<(String, Value, Value)> = Vec::new();
    let mut add = |key: &str, filters: Value, more: Value| all.push((key.to_owned(), filters, more));
    for (n, test) in comparisons().into_iter().enumerate() {
        add(&format!("compares-{n}"), sets(&[set(&[test], json!(100))]), json!({}));
    }
    let everybody = || sets(&[set(&[], json!(100))]);
    for (n, share) in [json!(0), json!(100), json!(33.33), json!(null)].into_iter().enumerate() {
        add(&format!("share-{n}"), sets(&[set(&[], share)]), json!({}));
    }
    let member = |operator: &str| json!({ "key": "id", "type": "cohort", "operator": operator, "value": cohort, "cohort_name": "Condition 0" });
    add("members", sets(&[set(&[member("in")], json!(50)), set(&[member("not_in")], json!(10))]), json!({}));
    let plain = json!({ "key": "id", "type": "cohort", "value": cohort });
    add("members-of-old", sets(&[set(&[plain], json!(100))]), json!({}));
    let group = |index: i64| json!({ "key": "industry", "type": "group", "group_type_index": index, "operator": "exact", "value": ["retail"], "group_key_names": {} });
    let of = |index: i64, set: Value| with(&set, &json!({ "aggregation_group_type_index": index }));
    add("of-groups", sets(&[of(0, set(&[group(0)], json!(20)))]), json!({}));
    add(
        "of-groups-at-the-top",
        json!({ "aggregation_group_type_index": 1, "groups": [set(&[group(1)], json!(20))] }),
        json!({}),
    );
    add(
        "of-groups-and-people",
        sets(&[
            of(0, set(&[], json!(20))),
            with(
                &set(&[person("exact", json!(["Chrome"]))], json!(5)),
                &json!({ "aggregation_group_type_index": null }),
            ),
        ]),
        json!({}),
    );
    let variants = |shares: &[(&str, f64)]| {
        let variants: Vec<Value> =
            shares.iter().map(|(key, share)| json!({ "key": key, "name": "", "rollout_percentage": share })).collect();
        json!({ "variants": variants })
    };
    let halves = variants(&[("control", 50.0), ("test", 50.0)]);
    add("variants", json!({ "groups": everybody()["groups"], "multivariate": halves }), json!({}));
    add(
        "variants-by-thirds",
        json!({
            "groups": everybody()["groups"],
            "multivariate": variants(&[("one", 33.33), ("two", 33.33), ("three", 33.34)]),
        }),
        json!({}),
    );
    add(
        "variants-with-names",
        json!({
            "groups": [with(&set(&[member("in")], json!(100)), &json!({ "variant": "test", "description": "Our own people" })), set(&[], json!(30))],
            "multivariate": { "variants": [
                { "key": "control", "name": "As it was", "rollout_percentage": 50 },
                { "key": "test", "name": "The new one", "rollout_percentage": 50 },
            ] },
            "payloads": { "test": "{\"color\": \"red\", \"sizes\": [1, 2.5]}", "control": "\"plain\"" },
        }),
        json!({ "tags": ["growth", "owner:anna"], "name": "The new onboarding" }),
    );
    add("payload", json!({ "groups": everybody()["groups"], "payloads": { "true": "{\"limit\": 5}" } }), json!({}));
    add("payload-of-a-number", json!({ "groups": everybody()["groups"], "payloads": { "true": "5" } }), json!({}));
    add("payload-of-a-text", json!({ "groups": everybody()["groups"], "payloads": { "true": "\"five\"" } }), json!({}));
    add(
        "configuration",
        json!({ "groups": everybody()["groups"], "payloads": { "true": "{\"limit\": 5}" } }),
        json!({ "is_remote_configuration": true }),
    );
    add(
        "configuration-kept-secret",
        json!({ "groups": everybody()["groups"], "payloads": { "true": "{\"token\": \"hush\"}" } }),
        json!({ "is_remote_configuration": true, "has_encrypted_payloads": true }),
    );
    for (key, more) in [
        ("off", json!({ "active": false })),
        ("on-servers", json!({ "evaluation_runtime": "server" })),
        ("in-browsers", json!({ "evaluation_runtime": "client" })),
        ("by-device", json!({ "bucketing_identifier": "device_id" })),
        ("kept-after-sign-in", json!({ "ensure_experience_continuity": true })),
        ("in-contexts", json!({ "evaluation_contexts": ["web", "checkout"], "evaluation_contexts_match_mode": "all" })),
        ("of-years-ago", json!({})),
        ("of-times-to-come", json!({})),
        ("early", json!({})),
        ("opens", json!({ "active": false })),
    ] {
        add(key, everybody(), more);
    }
    all
}

/// Early access features as their form saves them, with a flag that is there or one that is made beside it.
fn features(stage: &Stage, flag: &Value) -> usize {
    let feature = |name: &str, more: Value| {
        let base = json!({
            "name": name, "description": "", "stage": "draft", "documentation_url": "", "feature_flag_id": null,
            "payload": {}, "_create_in_folder": null,
        });
        made(stage, "early_access_feature", &with(&base, &more));
    };
    feature("Early", json!({ "stage": "beta", "feature_flag_id": flag }));
    feature("Exports", json!({ "stage": "alpha", "description": "To warehouses.", "payload": { "limit": 5 } }));
    feature("Dark mode", json!({ "stage": "concept", "documentation_url": "https://docs.example.com/dark" }));
    feature("Old search", json!({ "stage": "archived", "documentation_url": "http://docs.example.com/search" }));
    feature("Boards", json!({ "stage": "general-availability", "assignee": { "type": "role", "id": "0190-role" } }));
    5
}

/// What is scheduled, as the tab of a flag saves it.
fn scheduled(stage: &Stage, flag: &Value, split: &Value) -> usize {
    let change = |flag: &Value, payload: Value, more: Value| {
        let base = json!({
            "record_id": flag.to_string(), "model_name": "FeatureFlag", "payload": payload,
            "scheduled_at": "2100-12-24T09:00:00.000Z",
        });
        made(stage, "scheduled_changes", &with(&base, &more))
    };
    let switch = |on: bool| json!({ "operation": "update_status", "value": on });
    change(flag, switch(true), json!({ "is_recurring": false, "recurrence_interval": null, "end_date": null }));
    change(flag, switch(false), json!({ "is_recurring": true, "recurrence_interval": "weekly" }));
    change(
        flag,
        switch(true),
        json!({ "is_recurring": true, "cron_expression": "0 9 * * 1-5", "end_date": "2101-01-01T00:00:00Z" }),
    );
    let rests = change(flag, switch(true), json!({ "is_recurring": true, "recurrence_interval": "monthly" }));
    super::done(stage, "PATCH", &format!("scheduled_changes/{rests}"), &json!({ "is_recurring": false }));
    let joins = json!({ "groups": [set(&[person("exact", json!(["Chrome"]))], json!(20))], "payloads": {}, "multivariate": null });
    change(flag, json!({ "operation": "add_release_condition", "value": joins }), json!({}));
    let shares = json!({
        "variants": [
            { "key": "control", "name": "", "rollout_percentage": 10 },
            { "key": "test", "name": "", "rollout_percentage": 90 },
        ],
        "payloads": {},
    });
    change(split, json!({ "operation": "update_variants", "value": shares }), json!({}));
    // One that PostHog did already, and one that nobody could ever do.
    change(split, switch(true), json!({ "scheduled_at": "2020-01-01T09:00:00Z" }));
    change(split, json!({ "operation": "update_status", "value": "soon" }), json!({}));
    8
}

/// Makes them, and what hangs on them; how many.
pub(super) fn fill(stage: &Stage, cohorts: &[Value]) -> usize {
    let mut count = 0;
    let mut ids = std::collections::BTreeMap::new();
    for (key, filters, more) in forms(&cohorts[0]) {
        let id = made(stage, "feature_flags", &with(&form(&key, &filters), &more));
        ids.insert(key, id);
        count += 1;
    }
    let need = |key: &str, value: Value| json!({ "key": ids[key].to_string(), "type": "flag", "operator": "flag_evaluates_to", "value": value });
    for (key, test) in [
        ("needs", need("share-1", json!(true))),
        ("needs-off", need("share-1", json!(false))),
        ("needs-a-variant", need("variants", json!("test"))),
    ] {
        made(stage, "feature_flags", &form(key, &sets(&[set(&[test], json!(100))])));
        count += 1;
    }
    count + features(stage, &ids["early"]) + scheduled(stage, &ids["opens"], &ids["variants"])
}
