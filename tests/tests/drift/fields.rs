//! Every field of every kind: how it is changed behind our back, or why it cannot be.

use super::touch::{edited, filters};
use serde_json::{Value, json};
use tests::stage::Stage;

/// A change to one field.
#[derive(Debug)]
pub(crate) struct Touch {
    pub(crate) address: &'static str,
    /// The field, as it is written in a stack; `description` for the doc comment.
    pub(crate) word: &'static str,
    pub(crate) body: fn(&Stage, &Value) -> Value,
    /// Fields that the API changes with it.
    pub(crate) also: &'static [&'static str],
}

const fn touch(address: &'static str, word: &'static str, body: fn(&Stage, &Value) -> Value) -> Touch {
    Touch { address, word, body, also: &[] }
}

const fn moving(
    address: &'static str,
    word: &'static str,
    also: &'static [&'static str],
    body: fn(&Stage, &Value) -> Value,
) -> Touch {
    Touch { address, word, body, also }
}

/// The member of the workspace whose key it is.
pub(crate) fn me(stage: &Stage) -> Value {
    stage.look("/v2/self")["authorized_by_workspace_member_id"].clone()
}

/// An object's id that another one refers to.
pub(crate) fn id(stage: &Stage, list: &str, name: &str) -> Value {
    let rows = stage.look(&format!("/api/projects/12345/{list}/"));
    let row = rows["results"].as_array().into_iter().flatten().find(|row| row["name"] == name);
    row.unwrap_or_else(|| panic!("there is no {name}"))["id"].clone()
}

pub(crate) static TOUCHES: &[Touch] = &[
    touch("object.Tenants", "slug", |_, _| json!({ "api_slug": "renters" })),
    touch("object.Tenants", "singular", |_, _| json!({ "singular_noun": "Renter" })),
    touch("object.Tenants", "plural", |_, _| json!({ "plural_noun": "Renters" })),
    touch("attribute.Code", "slug", |_, _| json!({ "api_slug": "product_code" })),
    touch("attribute.Code", "title", |_, _| json!({ "title": "Another" })),
    touch("attribute.Code", "description", |_, _| json!({ "description": "By somebody" })),
    touch("attribute.Code", "required", |_, _| json!({ "is_required": false })),
    touch("attribute.Code", "unique", |_, _| json!({ "is_unique": false })),
    touch(
        "attribute.Code",
        "default",
        |_, _| json!({ "default_value": { "type": "static", "template": [{ "value": "old" }] } }),
    ),
    touch("attribute.Renews", "default", |_, _| json!({ "default_value": { "type": "dynamic", "template": "P8D" } })),
    touch(
        "attribute.Spent",
        "holds",
        |_, _| json!({ "config": { "currency": { "default_currency_code": "USD", "display_type": "symbol" } } }),
    ),
    touch(
        "attribute.Partners",
        "holds",
        |_, _| json!({ "config": { "record_reference": { "allowed_objects": ["companies"] } } }),
    ),
    touch("relationship_end.Owner.Back", "slug", |_, _| json!({ "api_slug": "renters" })),
    touch("relationship_end.Owner.Back", "title", |_, _| json!({ "title": "Renters" })),
    touch("option.Plans.Free", "title", |_, _| json!({ "title": "Gratis" })),
    touch("status.Phase.Open", "title", |_, _| json!({ "title": "Begun" })),
    touch("status.Phase.Open", "target", |_, _| json!({ "target_time_in_status": "P8D" })),
    touch("status.Phase.Won", "celebrate", |_, _| json!({ "celebration_enabled": false })),
    touch("list.Targets", "slug", |_, _| json!({ "api_slug": "aims" })),
    touch("list.Targets", "title", |_, _| json!({ "name": "Aims" })),
    moving("list.Targets", "access", &["workspace_member_access"], |stage, _| {
        json!({
            "workspace_access": "read-only",
            "workspace_member_access": [{ "workspace_member_id": me(stage), "level": "full-access" }],
        })
    }),
    touch("webhook.Changes", "url", |_, _| json!({ "target_url": "https://example.com/elsewhere" })),
    touch(
        "webhook.Changes",
        "on",
        |_, _| json!({ "subscriptions": [{ "event_type": "note.created", "filter": null }] }),
    ),
    touch("property_group.Billing", "title", |_, _| json!({ "name": "Money" })),
    touch("property_group.Billing", "description", |_, _| json!({ "description": "By somebody" })),
    touch("property_group.Billing", "properties", |_, now| {
        edited(now, "properties", |all| all[2]["property_type"] = json!("String"))
    }),
    touch("property_group.Billing", "descriptions", |_, now| {
        edited(now, "properties", |all| all[2]["description"] = json!("By somebody"))
    }),
    touch("event.Used", "primary_property", |_, _| json!({ "primary_property": "plan" })),
    touch("event.Used", "owner", |_, _| json!({ "owner": null })),
    touch("event.Used", "description", |_, _| json!({ "description": "By somebody" })),
    touch("event.Used", "tags", |_, _| json!({ "tags": ["core"] })),
    touch("event.Used", "verified", |_, _| json!({ "verified": false })),
    moving("event.Beep", "hidden", &["verified"], |_, _| json!({ "hidden": false })),
    touch("property.Seats", "description", |_, _| json!({ "description": "By somebody" })),
    touch("property.Seats", "holds", |_, _| json!({ "property_type": "String" })),
    touch("property.Seats", "tags", |_, _| json!({ "tags": ["core"] })),
    touch("property.Seats", "verified", |_, _| json!({ "verified": false })),
    moving("property.Noise", "hidden", &["verified"], |_, _| json!({ "hidden": false })),
    touch("person_property.Plan", "description", |_, _| json!({ "description": "By somebody" })),
    touch("person_property.Plan", "holds", |_, _| json!({ "property_type": "Numeric" })),
    touch("person_property.Plan", "tags", |_, _| json!({ "tags": ["core"] })),
    touch("person_property.Plan", "verified", |_, _| json!({ "verified": false })),
    moving("person_property.Quiet", "hidden", &["verified"], |_, _| json!({ "hidden": false })),
    touch("action.Upgrades", "title", |_, _| json!({ "name": "Going up" })),
    touch("action.Upgrades", "description", |_, _| json!({ "description": "By somebody" })),
    touch("action.Upgrades", "on", |_, _| json!({ "steps": [{ "event": "plan_upgraded" }] })),
    touch("action.Upgrades", "tags", |_, _| json!({ "tags": ["core"] })),
    touch("cohort.Regulars", "title", |_, _| json!({ "name": "The usual ones" })),
    touch("cohort.Regulars", "description", |_, _| json!({ "description": "By somebody" })),
    touch("cohort.Regulars", "all", |_, now| edited(now, "filters", |f| f["properties"]["type"] = json!("OR"))),
    touch("cohort.Paying", "any", |_, now| edited(now, "filters", |f| f["properties"]["type"] = json!("AND"))),
    touch("feature_flag.Exports", "key", |_, _| json!({ "key": "outgoing" })),
    touch("feature_flag.Exports", "description", |_, _| json!({ "name": "By somebody" })),
    touch("feature_flag.Exports", "rollout", |_, now| {
        filters(now, |f| f["groups"][1]["rollout_percentage"] = json!(25))
    }),
    touch("feature_flag.Exports", "release", |_, now| {
        filters(now, |f| f["groups"][0]["properties"][1]["value"] = json!("6"))
    }),
    touch("feature_flag.Shade", "variants", |_, now| {
        filters(now, |f| {
            f["multivariate"]["variants"][0]["rollout_percentage"] = json!(30);
            f["multivariate"]["variants"][1]["rollout_percentage"] = json!(70);
        })
    }),
    touch("feature_flag.Shade", "names", |_, now| {
        filters(now, |f| f["multivariate"]["variants"][1]["name"] = json!("At night"))
    }),
    touch("feature_flag.Exports", "payload", |_, now| {
        filters(now, |f| f["payloads"]["true"] = json!("{\"limit\": 6}"))
    }),
    touch("feature_flag.Shade", "payloads", |_, now| filters(now, |f| f["payloads"]["dark"] = json!("\"light\""))),
    touch("feature_flag.Exports", "active", |_, _| json!({ "active": false })),
    touch("feature_flag.Exports", "persist", |_, _| json!({ "ensure_experience_continuity": false })),
    touch("feature_flag.Exports", "evaluated", |_, _| json!({ "evaluation_runtime": "all" })),
    touch("feature_flag.Shade", "bucketed_by", |_, _| json!({ "bucketing_identifier": "distinct_id" })),
    touch("feature_flag.Limits", "remote_config", |_, _| json!({ "is_remote_configuration": false })),
    touch("feature_flag.Exports", "tags", |_, _| json!({ "tags": ["beta"] })),
    touch("scheduled_change.OpenShops", "does", |_, now| {
        edited(now, "payload", |payload| payload["value"]["groups"][0]["rollout_percentage"] = json!(60))
    }),
    touch("scheduled_change.Yearly", "every", |_, _| json!({ "recurrence_interval": "monthly" })),
    touch("scheduled_change.Nightly", "cron", |_, _| json!({ "cron_expression": "0 21 * * 1-5" })),
    touch("scheduled_change.Nightly", "until", |_, _| json!({ "end_date": "2102-01-01T00:00:00Z" })),
    touch("scheduled_change.Yearly", "paused", |_, _| json!({ "is_recurring": false })),
    touch("early_access_feature.PreviewsFirst", "title", |_, _| json!({ "name": "First looks" })),
    touch("early_access_feature.PreviewsFirst", "description", |_, _| json!({ "description": "By somebody" })),
    touch("early_access_feature.PreviewsFirst", "stage", |_, _| json!({ "stage": "beta" })),
    touch(
        "early_access_feature.PreviewsFirst",
        "docs",
        |_, _| json!({ "documentation_url": "https://docs.example.com/other" }),
    ),
    touch("early_access_feature.PreviewsFirst", "payload", |_, _| json!({ "payload": { "limit": 6 } })),
    touch("experiment_holdout.Held", "title", |_, _| json!({ "name": "Left out" })),
    touch("experiment_holdout.Held", "description", |_, _| json!({ "description": "By somebody" })),
    touch(
        "experiment_holdout.Held",
        "share",
        |_, _| json!({ "filters": [{ "properties": [], "rollout_percentage": 7 }] }),
    ),
    touch("shared_metric.Uses", "title", |_, _| json!({ "name": "Usage" })),
    touch("shared_metric.Uses", "description", |_, _| json!({ "description": "By somebody" })),
    touch("shared_metric.Uses", "metric", |_, now| edited(now, "query", |q| q["goal"] = json!("decrease"))),
    touch("shared_metric.Uses", "tags", |_, _| json!({ "tags": ["core"] })),
    touch("experiment.Guided", "title", |_, _| json!({ "name": "By the hand" })),
    touch("experiment.Guided", "description", |_, _| json!({ "description": "By somebody" })),
    touch("experiment.Guided", "metrics", |_, now| edited(now, "metrics", |m| m[1]["conversion_window"] = json!(9))),
    touch("experiment.Guided", "secondary", |_, _| json!({ "metrics_secondary": [] })),
    touch("experiment.Guided", "shared", |stage, _| {
        let upgrading = id(stage, "experiment_saved_metrics", "Upgrading");
        json!({ "saved_metrics_ids": [{ "id": upgrading, "metadata": { "type": "secondary" } }] })
    }),
    touch("experiment.Guided", "shared_secondary", |stage, _| {
        let uses = id(stage, "experiment_saved_metrics", "Uses");
        json!({ "saved_metrics_ids": [{ "id": uses, "metadata": { "type": "primary" } }] })
    }),
    touch(
        "experiment.Guided",
        "holdout",
        |stage, _| json!({ "holdout_id": id(stage, "experiment_holdouts", "Others") }),
    ),
    touch("experiment.Guided", "stats", |_, now| {
        edited(now, "stats_config", |config| config["method"] = json!("frequentist"))
    }),
    touch("experiment.Guided", "confidence", |_, now| {
        edited(now, "stats_config", |config| config["bayesian"]["ci_level"] = json!(0.8))
    }),
    touch("experiment.Guided", "baseline", |_, now| {
        edited(now, "stats_config", |config| config["baseline_variant_key"] = json!("control"))
    }),
    touch("experiment.Guided", "variance_reduction", |_, now| {
        edited(now, "stats_config", |config| config["cuped"]["lookback_days"] = json!(3))
    }),
    touch("experiment.Guided", "exposure", |_, now| {
        edited(now, "exposure_criteria", |criteria| criteria["filterTestAccounts"] = json!(true))
    }),
    touch("experiment.Guided", "running_time", |_, now| {
        edited(now, "running_time_calculation", |time| time["minimum_detectable_effect"] = json!(5))
    }),
    touch("experiment.Guided", "excluded", |_, _| json!({ "excluded_variants": [] })),
    touch("experiment.Guided", "matured_only", |_, _| json!({ "only_count_matured_users": false })),
    touch("experiment.Guided", "conclusion", |_, _| json!({ "conclusion": "lost" })),
    touch("experiment.Guided", "conclusion_comment", |_, _| json!({ "conclusion_comment": "By somebody" })),
    touch("survey.Nps", "title", |_, _| json!({ "name": "Score" })),
    touch("survey.Nps", "description", |_, _| json!({ "description": "By somebody" })),
    touch("survey.Nps", "questions", |_, now| edited(now, "questions", |q| q[2]["question"] = json!("And why?"))),
    touch("survey.Nps", "shown", |_, now| {
        let mut change = edited(now, "conditions", |c| {
            c["url"] = json!("/other");
            c["actions"] = json!({ "values": [{ "id": c["actions"]["values"][0]["id"] }] });
        });
        change["linked_flag_id"] = now["linked_flag"]["id"].clone();
        change
    }),
    touch(
        "survey.Nps",
        "repeats",
        |_, _| json!({ "schedule": "recurring", "iteration_count": 6, "iteration_frequency_days": 60 }),
    ),
    touch("survey.Nps", "appearance", |_, now| edited(now, "appearance", |a| a["position"] = json!("left"))),
    touch("survey.Nps", "starts", |_, _| json!({ "start_date": "2026-01-06T00:00:00Z" })),
    touch("survey.Nps", "ends", |_, _| json!({ "end_date": "2098-01-05T00:00:00Z" })),
    touch("survey.Nps", "limit", |_, _| json!({ "responses_limit": 5 })),
    touch("survey.Nps", "sampling", |_, _| {
        json!({
            "response_sampling_limit": 50, "response_sampling_interval": 2, "response_sampling_interval_type": "week",
            "response_sampling_start_date": "2099-02-01T00:00:00Z",
        })
    }),
    touch("survey.Nps", "language", |_, _| json!({ "base_language": "fr" })),
    touch("survey.Nps", "translations", |_, now| {
        edited(now, "translations", |t| t["de"]["thankYouMessageHeader"] = json!("Vielen Dank!"))
    }),
    touch("survey.Nps", "partial_answers", |_, _| json!({ "enable_partial_responses": false })),
    touch("survey.Reach", "embeddable", |_, _| json!({ "enable_iframe_embedding": false })),
    touch("dashboard.Growth", "title", |_, _| json!({ "name": "Growing" })),
    touch("dashboard.Growth", "description", |_, _| json!({ "description": "By somebody" })),
    touch("dashboard.Growth", "pinned", |_, _| json!({ "pinned": false })),
    touch("dashboard.Growth", "tags", |_, _| json!({ "tags": ["growth"] })),
    touch("dashboard.Growth", "filters", |_, _| json!({ "filters": { "date_from": "-14d" } })),
    touch("dashboard.Growth", "variables", |_, now| {
        edited(now, "variables", |all| {
            for entry in all.as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
                entry["value"] = json!("IT");
            }
        })
    }),
    touch("dashboard.Growth", "colours", |_, now| {
        edited(now, "breakdown_colors", |c| c[0]["colorToken"] = json!("preset-9"))
    }),
    touch("dashboard.Growth", "theme", |_, _| json!({ "data_color_theme_id": 2 })),
    touch("dashboard.Growth", "editors", |_, _| json!({ "restriction_level": 21 })),
    touch(
        "dashboard_tile.Growth.Text1",
        "text",
        |_, now| json!({ "text": { "id": now["text"]["id"], "body": "By somebody" } }),
    ),
    touch(
        "dashboard_tile.Growth.Button1",
        "button",
        |_, now| json!({ "button_tile": { "id": now["button_tile"]["id"], "url": "/flags", "text": "Open the list" } }),
    ),
    touch("dashboard_tile.Growth.Funnel", "at", |_, now| edited(now, "layouts", |l| l["sm"]["y"] = json!(20))),
    touch("dashboard_tile.Growth.Funnel", "narrow", |_, now| edited(now, "layouts", |l| l["xs"]["y"] = json!(20))),
    touch("dashboard_tile.Growth.Funnel", "colour", |_, _| json!({ "color": "black" })),
    touch("dashboard_tile.Growth.Funnel", "described", |_, _| json!({ "show_description": false })),
    touch("dashboard_tile.Growth.Funnel", "transparent", |_, _| json!({ "transparent_background": false })),
    touch("dashboard_tile.Growth.Funnel", "filters", |_, _| json!({ "filters_overrides": { "date_from": "-14d" } })),
    touch("insight.UsesByDay", "title", |_, _| json!({ "name": "Usage" })),
    touch("insight.UsesByDay", "description", |_, _| json!({ "description": "By somebody" })),
    touch("insight.UsesByDay", "on", |stage, _| json!({ "dashboards": [id(stage, "dashboards", "Growth")] })),
    touch("insight.UsesByDay", "shows", |_, now| edited(now, "query", |q| q["source"]["interval"] = json!("month"))),
    touch("insight.UsesByDay", "tags", |_, _| json!({ "tags": ["core"] })),
    touch("action.Buys", "pinned", |_, _| json!({ "pinned_at": null })),
    touch("insight_variable.Regions", "title", |_, _| json!({ "name": "Parts of the world" })),
    touch("insight_variable.Country", "holds", |_, _| json!({ "type": "List" })),
    touch("insight_variable.Country", "default", |_, _| json!({ "default_value": "FR" })),
    touch("insight_variable.Regions", "values", |_, _| json!({ "values": ["EU", "US", "Asia"] })),
    moving(
        "insight_variable.Regions",
        "multi",
        &["default_value"],
        |_, _| json!({ "is_multi": false, "default_value": "EU" }),
    ),
    touch("insight_variable.Regions", "values_from", |_, _| json!({ "values_query": "SELECT 'EU'" })),
    touch("insight_variable.Regions", "connection", |_, _| json!({ "values_query_connection_id": "another" })),
    touch("alert.Converts", "watches", |_, now| {
        edited(now, "config", |c| c["metric"] = json!("conversion_from_start"))
    }),
    touch(
        "alert.Converts",
        "quiet",
        |_, _| json!({ "schedule_restriction": { "blocked_windows": [{ "start": "22:00", "end": "06:00" }] } }),
    ),
    touch("alert.Odd", "when", |_, now| edited(now, "detector_config", |d| d["operator"] = json!("and"))),
    touch("alert.Odd", "investigation", |_, _| json!({ "investigation_gates_notifications": false })),
    touch("subscription.Board", "count", |_, _| json!({ "count": 20 })),
    touch("annotation.Sale", "tags", |_, _| json!({ "tags": ["sale"] })),
    touch("annotation.Dip", "by", |_, _| json!({ "creation_type": "USR" })),
    touch("alert.Dropped", "title", |_, _| json!({ "name": "Fallen" })),
    touch(
        "alert.Dropped",
        "when",
        |_, _| json!({ "threshold": { "configuration": { "type": "percentage", "bounds": { "upper": 0.3 } } } }),
    ),
    touch("alert.Dropped", "users", |_, _| json!({ "subscribed_users": [] })),
    touch("alert.Dropped", "line", |_, now| edited(now, "config", |c| c["series_index"] = json!(0))),
    touch("alert.Dropped", "checked", |_, _| json!({ "calculation_interval": "daily" })),
    touch("alert.Dropped", "ongoing", |_, now| edited(now, "config", |c| c["check_ongoing_interval"] = json!(false))),
    touch("alert.Dropped", "skip_weekend", |_, _| json!({ "skip_weekend": false })),
    touch("alert.Dropped", "enabled", |_, _| json!({ "enabled": false })),
    touch(
        "subscription.Board",
        "sends",
        |stage, _| json!({ "dashboard_export_insights": [id(stage, "insights", "Funnel")] }),
    ),
    touch("subscription.Digest", "title", |_, _| json!({ "title": "Weekly" })),
    touch("subscription.Digest", "to", |_, _| json!({ "target_value": "team@example.com" })),
    touch("subscription.Digest", "every", |_, _| json!({ "interval": 3 })),
    touch("subscription.Digest", "on", |_, _| json!({ "byweekday": ["tuesday"] })),
    touch("subscription.Digest", "nth", |_, _| json!({ "bysetpos": 2 })),
    touch("subscription.Digest", "from", |_, _| json!({ "start_date": "2099-01-06T09:00:00Z" })),
    touch("subscription.Digest", "until", |_, _| json!({ "until_date": "2101-01-01T00:00:00Z" })),
    touch("subscription.Digest", "enabled", |_, _| json!({ "enabled": false })),
    touch("annotation.Launch", "content", |_, _| json!({ "content": "They launched" })),
    touch("annotation.Launch", "on_date", |_, _| json!({ "date_marker": "2026-11-02T00:00:00Z" })),
    touch("annotation.Launch", "scope", |_, _| json!({ "scope": "organization" })),
    touch("annotation.Launch", "emoji", |_, _| json!({ "emoji": "🎉" })),
    touch("annotation.Launch", "hidden", |_, _| json!({ "hidden_in_user_interface": true })),
    touch("destination.Exported", "title", |_, _| json!({ "name": "Exports" })),
    touch("destination.Exported", "description", |_, _| json!({ "description": "By somebody" })),
    touch("destination.Exported", "on", |_, now| edited(now, "filters", |f| f["actions"] = json!([]))),
    touch("destination.Exported", "with", |_, now| edited(now, "filters", |f| f["properties"] = json!([]))),
    touch("destination.Exported", "without_test_users", |_, now| {
        edited(now, "filters", |f| f["filter_test_accounts"] = json!(false))
    }),
    touch("destination.Exported", "inputs", |_, now| {
        edited(now, "inputs", |i| i["channel"] = json!({ "value": "C9" }))
    }),
    touch("destination.InAttio", "attributes", |_, now| {
        edited(now, "inputs", |i| i["personAttributes"] = json!({ "value": { "last_use": "{person.properties.at}" } }))
    }),
    touch("destination.Mapped", "mappings", |_, now| edited(now, "mappings", |m| m[0]["name"] = json!("Others"))),
    touch("destination.Exported", "once", |_, _| json!({ "masking": { "ttl": 60, "hash": "{person.id}" } })),
    touch("destination.Exported", "enabled", |_, _| json!({ "enabled": false })),
    touch("transformation.Masked", "title", |_, _| json!({ "name": "Covered" })),
    touch("transformation.Masked", "on", |_, now| edited(now, "filters", |f| f["events"] = json!([]))),
    touch("transformation.Masked", "with", |_, now| edited(now, "filters", |f| f["properties"] = json!([]))),
    touch("transformation.Masked", "inputs", |_, now| {
        edited(now, "inputs", |i| i["maskWith"] = json!({ "value": "-" }))
    }),
    touch("transformation.Masked", "order", |_, _| json!({ "execution_order": 9 })),
    touch("transformation.Masked", "enabled", |_, _| json!({ "enabled": false })),
    touch("internal_destination.Fallen", "title", |_, _| json!({ "name": "Fell" })),
    touch("internal_destination.Fallen", "on", |_, now| {
        edited(now, "filters", |f| {
            f["events"][0]["id"] = json!("$activity_log_entry_created");
            f["properties"] = json!([]);
        })
    }),
    touch("internal_destination.Fallen", "inputs", |_, now| {
        edited(now, "inputs", |i| i["url"] = json!({ "value": "https://example.com/elsewhere" }))
    }),
    touch("internal_destination.Fallen", "enabled", |_, _| json!({ "enabled": false })),
    touch("source_webhook.Payments", "title", |_, _| json!({ "name": "Money" })),
    touch("source_webhook.Payments", "inputs", |_, now| {
        edited(now, "inputs", |i| i["event"] = json!({ "value": "paid" }))
    }),
    touch("source_webhook.Payments", "enabled", |_, _| json!({ "enabled": false })),
    touch("project_settings.Settings", "test_account_filters", |_, now| {
        edited(now, "test_account_filters", |filters| filters[1]["value"] = json!("@example.org"))
    }),
    touch(
        "project_settings.Settings",
        "primary_dashboard",
        |stage, _| json!({ "primary_dashboard": id(stage, "dashboards", "Details") }),
    ),
    touch("project_settings.Settings", "timezone", |_, _| json!({ "timezone": "Europe/Lisbon" })),
    touch("project_settings.Settings", "week_starts", |_, _| json!({ "week_start_day": 0 })),
    touch("project_settings.Settings", "currency", |_, _| json!({ "base_currency": "USD" })),
    touch("project_settings.Settings", "business_model", |_, _| json!({ "business_model": "b2c" })),
    touch(
        "project_settings.Settings",
        "human_friendly_comparison_periods",
        |_, _| json!({ "human_friendly_comparison_periods": false }),
    ),
    touch(
        "project_settings.Settings",
        "without_test_users",
        |_, _| json!({ "test_account_filters_default_checked": false }),
    ),
    touch(
        "project_settings.Settings",
        "path_cleaning",
        |_, _| json!({ "path_cleaning_filters": [{ "regex": "/x", "alias": "/y" }] }),
    ),
    touch("project_settings.Settings", "data_attributes", |_, _| json!({ "data_attributes": ["data-attr"] })),
    touch(
        "project_settings.Settings",
        "person_names",
        |_, _| json!({ "person_display_name_properties": ["plan", "email"] }),
    ),
    touch(
        "project_settings.Settings",
        "persons_on_events",
        |_, _| json!({ "modifiers": { "personsOnEventsMode": "disabled" } }),
    ),
    touch("project_settings.Settings", "anonymize_ips", |_, _| json!({ "anonymize_ips": false })),
    touch("project_settings.Settings", "cookieless", |_, _| json!({ "cookieless_server_hash_mode": 0 })),
    touch("project_settings.Settings", "app_urls", |_, _| json!({ "app_urls": [] })),
    touch("project_settings.Settings", "recording_domains", |_, _| json!({ "recording_domains": null })),
    touch("project_settings.Settings", "autocapture", |_, _| json!({ "autocapture_opt_out": false })),
    touch("project_settings.Settings", "capture_exceptions", |_, _| json!({ "autocapture_exceptions_opt_in": false })),
    touch("project_settings.Settings", "capture_web_vitals", |_, _| json!({ "autocapture_web_vitals_opt_in": null })),
    touch("project_settings.Settings", "capture_dead_clicks", |_, _| json!({ "capture_dead_clicks": false })),
    touch("project_settings.Settings", "capture_console_log", |_, _| json!({ "capture_console_log_opt_in": true })),
    touch("project_settings.Settings", "capture_performance", |_, _| json!({ "capture_performance_opt_in": true })),
    touch("project_settings.Settings", "heatmaps", |_, _| json!({ "heatmaps_opt_in": false })),
    touch("project_settings.Settings", "surveys", |_, _| json!({ "surveys_opt_in": false })),
    touch("project_settings.Settings", "recordings", |_, _| json!({ "session_recording_opt_in": false })),
    touch("project_settings.Settings", "recording_sample", |_, _| json!({ "session_recording_sample_rate": "0.50" })),
    touch(
        "project_settings.Settings",
        "recording_minimum_milliseconds",
        |_, _| json!({ "session_recording_minimum_duration_milliseconds": 500 }),
    ),
    touch("project_settings.Settings", "recorded", |_, _| json!({ "session_recording_linked_flag": null })),
    touch(
        "project_settings.Settings",
        "recorded_network",
        |_, _| json!({ "session_recording_network_payload_capture_config": { "recordBody": true } }),
    ),
    touch(
        "project_settings.Settings",
        "masking",
        |_, _| json!({ "session_recording_masking_config": { "maskAllInputs": false } }),
    ),
    touch(
        "project_settings.Settings",
        "flag_confirmation",
        |_, _| json!({ "feature_flag_confirmation_enabled": false }),
    ),
    touch(
        "project_settings.Settings",
        "flag_confirmation_message",
        |_, _| json!({ "feature_flag_confirmation_message": "Really?" }),
    ),
    touch("project_settings.Settings", "persist_flags", |_, _| json!({ "flags_persistence_default": false })),
    touch("project_settings.Settings", "require_flag_contexts", |_, _| json!({ "require_evaluation_contexts": true })),
    touch(
        "project_settings.Settings",
        "require_flag_tags",
        |_, _| json!({ "feature_flag_policy_config": { "require_tags": true } }),
    ),
];

/// Fields that nobody can change behind our back, by kind: why.
pub(crate) static EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("dashboard", "tiles", "each tile is an object of its own"),
    ("dashboard_tile", "insight", "a tile shows what it was made for"),
    ("attribute", "on", "an attribute stays on its object"),
    ("attribute", "multiple", "no request changes it"),
    ("attribute", "back", "the other end is an attribute of its own"),
    ("relationship_end", "on", "an attribute stays on its object"),
    ("relationship_end", "multiple", "no request changes it"),
    ("seed", "of", "a record stays with its object"),
    ("seed", "values", "they are told by the attributes' slugs: tests of their own"),
    ("seed", "by", "another key finds another record"),
    ("member", "email", "members are only referred to"),
    ("view", "on", "views are only referred to"),
    ("view", "title", "views are only referred to"),
    ("list", "of", "no request changes it"),
    ("list", "members", "whom people give access is theirs: see what others add"),
    ("event", "name", "no request changes it"),
    ("event", "properties", "only the application knows them"),
    ("event", "schema", "each group that it has is a row of its own"),
    ("event_schema", "group", "another group is another row"),
    ("property", "name", "no request changes it, and another name is another property"),
    ("person_property", "name", "no request changes it, and another name is another property"),
    ("feature_flag", "secret_payload", "nobody sees it, and its declaration says no more than a variable's name"),
    ("feature_flag", "contexts", "the plan of the sandbox's organization has none"),
    ("feature_flag", "contexts_match", "the plan of the sandbox's organization has none"),
    ("scheduled_change", "flag", "no request changes it"),
    ("scheduled_change", "at", "another time is another scheduled change, which replaces it"),
    ("early_access_feature", "flag", "no request changes it"),
    ("experiment", "flag", "no request changes it"),
    ("experiment", "kind", "no request changes it"),
    ("experiment", "state", "what was launched is no draft again: a test of its own"),
    ("experiment", "ship", "it is sent once, and people may change the flag afterwards: a test of its own"),
    ("cohort", "people", "other people are another cohort, which replaces it"),
    ("survey", "kind", "another kind is another survey, which replaces it"),
    ("insight_variable", "code", "no request changes it, and another code is another variable"),
    ("alert", "insight", "no request changes it"),
    ("annotation", "on", "a note somewhere else is another note, which replaces it"),
    ("subscription", "summary", "it needs an organization that lets AI read its data"),
    ("subscription", "summary_guide", "PostHog has switched it on for some accounts"),
    ("destination", "template", "no request changes it"),
    ("transformation", "template", "no request changes it"),
    ("internal_destination", "template", "no request changes it"),
    ("source_webhook", "template", "no request changes it"),
    ("posthog_rest", "create", "another place is another object, which replaces it"),
    ("posthog_rest", "within", "another place is another object, which replaces it"),
    ("posthog_rest", "list", "it says how it is asked for"),
    ("posthog_rest", "key", "it says how it is asked for"),
    ("posthog_rest", "id", "it says how it is asked for"),
    ("posthog_rest", "update", "it says how it is asked for"),
    ("posthog_rest", "remove", "it says how it is asked for"),
    ("posthog_rest", "paged", "it says how it is asked for"),
    ("posthog_rest", "body", "each of its keys is a field: tests of their own"),
    ("attio_rest", "create", "another place is another object, which replaces it"),
    ("attio_rest", "within", "another place is another object, which replaces it"),
    ("attio_rest", "list", "it says how it is asked for"),
    ("attio_rest", "key", "it says how it is asked for"),
    ("attio_rest", "id", "it says how it is asked for"),
    ("attio_rest", "update", "it says how it is asked for"),
    ("attio_rest", "remove", "it says how it is asked for"),
    ("attio_rest", "paged", "it says how it is asked for"),
    ("attio_rest", "body", "each of its keys is a field: tests of their own"),
];
