//! The same things written another way: none of it is a difference.

use super::touch::{edited, filters};
use serde_json::{Value, json};
use tests::stage::Stage;

/// What is written another way.
pub(crate) struct Rewritten {
    pub(crate) address: &'static str,
    pub(crate) what: &'static str,
    pub(crate) body: fn(&Stage, &Value) -> Value,
}

const fn row(address: &'static str, what: &'static str, body: fn(&Stage, &Value) -> Value) -> Rewritten {
    Rewritten { address, what, body }
}

fn reversed(value: &mut Value) {
    if let Some(list) = value.as_array_mut() {
        list.reverse();
    }
}

pub(crate) static REWRITTEN: &[Rewritten] = &[
    row("attribute.Spent", "no description", |_, _| json!({ "description": null })),
    row("attribute.Spent", "settings with nulls", |_, now| {
        let config = &now["data"]["config"];
        assert!(config["record_reference"]["allowed_object_ids"].is_null(), "{config}");
        json!({ "config": { "currency": config["currency"] } })
    }),
    row(
        "attribute.Partners",
        "objects by slug, in another order",
        |_, _| json!({ "config": { "record_reference": { "allowed_objects": ["people", "companies"] } } }),
    ),
    row("attribute.Partners", "objects by id", |_, now| {
        let ids = now["data"]["config"]["record_reference"]["allowed_object_ids"].clone();
        assert!(ids.is_array(), "{now}");
        json!({ "config": { "record_reference": { "allowed_objects": ids } } })
    }),
    row(
        "attribute.Renews",
        "a duration in weeks",
        |_, _| json!({ "default_value": { "type": "dynamic", "template": "P1W" } }),
    ),
    row("status.Phase.Open", "a duration in full", |_, _| json!({ "target_time_in_status": "P0Y0M7DT0H0M0S" })),
    row("webhook.Changes", "an empty filter, in another order", |_, now| {
        edited(&now["data"], "subscriptions", |subscriptions| {
            for subscription in subscriptions.as_array_mut().expect("a list") {
                if subscription["filter"].is_null() {
                    subscription["filter"] = json!({ "$and": [] });
                }
                for join in ["$and", "$or"] {
                    if let Some(tests) = subscription["filter"].get_mut(join) {
                        reversed(tests);
                    }
                }
            }
            reversed(subscriptions);
        })
    }),
    row("event.Used", "tags in another order and case", |_, _| json!({ "tags": ["DAILY ", "core"] })),
    row("property.Seats", "tags in another order and case", |_, _| json!({ "tags": ["CORE", "billing"] })),
    row("person_property.Plan", "tags in another order and case", |_, _| json!({ "tags": ["CORE", "billing"] })),
    row("action.Upgrades", "tags in another order and case", |_, _| json!({ "tags": ["MONEY", "core", "core"] })),
    row("feature_flag.Exports", "tags in another order and case", |_, _| json!({ "tags": [" EXPORTS", "beta"] })),
    row("shared_metric.Uses", "tags in another order and case", |_, _| json!({ "tags": ["USAGE", "core"] })),
    row("dashboard.Growth", "tags in another order and case", |_, _| json!({ "tags": ["GROWTH", "weekly"] })),
    row("insight.UsesByDay", "tags in another order and case", |_, _| json!({ "tags": ["DAILY", "core"] })),
    row("action.Upgrades", "steps with nulls", |_, now| {
        edited(now, "steps", |steps| {
            for step in steps.as_array_mut().expect("a list") {
                step["selector"] = Value::Null;
                step["text"] = Value::Null;
            }
        })
    }),
    row("feature_flag.Exports", "nulls, numbers and payloads", |_, now| {
        filters(now, |f| {
            f["groups"][0]["rollout_percentage"] = json!(50.0);
            f["groups"][0]["variant"] = Value::Null;
            f["groups"][1]["description"] = Value::Null;
            f["payloads"]["true"] = json!("{ \"formats\":[\"csv\"],\"limit\" : 5 }");
        })
    }),
    row("feature_flag.Exports", "the cohort's name, as the server adds it", |_, now| {
        filters(now, |f| {
            f["groups"][0]["properties"][0]["cohort_name"] = json!("Pros");
            f["groups"][0]["properties"][0]["label"] = json!("people on pro");
        })
    }),
    row("feature_flag.Limits", "everybody, without saying so", |_, now| {
        filters(now, |f| f["groups"][0]["rollout_percentage"] = Value::Null)
    }),
    row("feature_flag.Onboarding", "what an experiment keeps there", |_, now| {
        filters(now, |f| f["aggregation_group_type_index"] = Value::Null)
    }),
    row("cohort.Regulars", "nulls, and numbers as text", |_, now| {
        edited(now, "filters", |f| {
            fn walk(value: &mut Value) {
                if let Some(list) = value.get_mut("values").and_then(Value::as_array_mut) {
                    list.iter_mut().for_each(walk);
                } else if value["type"] == "behavioral" {
                    value["negation"] = json!(false);
                    value["event_filters"] = Value::Null;
                    value["time_value"] = json!(value["time_value"].to_string());
                }
            }
            walk(&mut f["properties"]);
        })
    }),
    row("experiment.Guided", "metrics under other ids", |_, now| {
        edited(now, "metrics", |metrics| {
            for (place, metric) in metrics.as_array_mut().expect("a list").iter_mut().enumerate() {
                metric["uuid"] = json!(format!("00000000-0000-4000-8000-00000000000{place}"));
            }
        })
    }),
    row("experiment.Guided", "shared metrics in another order", |_, now| {
        let saved = now["saved_metrics"].as_array().expect("a list").iter().rev();
        let written = saved.map(|s| json!({ "id": s["saved_metric"], "metadata": s["metadata"] }));
        json!({ "saved_metrics_ids": written.collect::<Vec<_>>() })
    }),
    row("experiment.Guided", "statistics that people tuned", |_, now| {
        edited(now, "stats_config", |config| config["bayesian"]["prior"] = json!("weak"))
    }),
    row("cohort.Busy", "conditions in another order, and more on the same day", |_, now| {
        edited(now, "filters", |f| {
            let values = f["properties"]["values"][0]["values"].as_array_mut().expect("a list");
            values[0]["explicit_datetime"] = json!("2026-01-01T00:00:00Z");
            values[0]["operator"] = json!("gt");
            values[0]["operator_value"] = json!(2);
            values.reverse();
        })
    }),
    row("survey.Nps", "who is asked, as the web app sends it", |_, now| {
        let mut filters = now["targeting_flag"]["filters"].clone();
        filters["groups"][0]["variant"] = Value::Null;
        filters["groups"][0]["description"] = json!("");
        json!({
            "targeting_flag_filters": filters, "conditions": now["conditions"],
            "linked_flag_id": now["linked_flag"]["id"],
        })
    }),
    row("survey.Nps", "questions under other ids", |_, now| {
        edited(now, "questions", |questions| {
            for question in questions.as_array_mut().expect("a list") {
                question.as_object_mut().expect("an object").remove("id");
            }
        })
    }),
    row("survey.Nps", "dates with an offset", |_, _| json!({ "start_date": "2026-01-05T00:00:00.000000+00:00" })),
    row("survey.Nps", "what people chose beside it", |_, now| {
        edited(now, "appearance", |a| a["borderColor"] = json!("#c9c6c6"))
    }),
    row("dashboard.Growth", "filters beside the declared one", |_, now| {
        edited(now, "filters", |f| {
            f["date_to"] = json!(null);
            f["explicitDate"] = json!(false);
            f["properties"] = json!([{ "type": "AND", "values": f["properties"] }]);
        })
    }),
    row("dashboard.Growth", "colours in another order", |_, now| edited(now, "breakdown_colors", reversed)),
    row("dashboard.Growth", "values of variables under other ids", |_, now| {
        let values = now["variables"].as_object().expect("an object").values();
        json!({ "variables": values.map(|value| ("other".to_owned(), value.clone())).collect::<serde_json::Map<_, _>>() })
    }),
    row("dashboard_tile.Growth.UsesByDay", "a colour on a tile that says none", |_, _| json!({ "color": "white" })),
    row(
        "dashboard_tile.Growth.Text1",
        "blanks around a text",
        |_, now| json!({ "text": { "id": now["text"]["id"], "body": "\n## How it is used  " } }),
    ),
    row("insight.UsesByDay", "dashboards in another order", |_, now| edited(now, "dashboards", reversed)),
    row("insight.UsesByDay", "a query with what is so anyway", |_, now| {
        edited(now, "query", |q| {
            q["full"] = json!(true);
            q["source"]["version"] = json!(2);
            q["source"]["filterTestAccounts"] = json!(false);
            q["source"]["properties"] = json!([]);
            q["source"]["dateRange"]["date_to"] = Value::Null;
            q["source"]["dateRange"]["explicitDate"] = json!(false);
        })
    }),
    row("insight.Retention", "a query with what is so anyway", |_, now| {
        edited(now, "query", |q| q["source"]["properties"] = json!([]))
    }),
    row("alert.Dropped", "settings with a null", |_, now| {
        edited(now, "config", |c| c["check_ongoing_interval"] = json!(true))
    }),
    row("subscription.Digest", "days in another order", |_, _| json!({ "byweekday": ["friday", "monday"] })),
    row("subscription.Digest", "dates with an offset", |_, _| json!({ "start_date": "2099-01-05T09:00:00+00:00" })),
    row(
        "annotation.Launch",
        "dates with an offset",
        |_, _| json!({ "date_marker": "2026-11-01T00:00:00.000000+00:00" }),
    ),
    row("destination.Exported", "events by other names", |_, now| {
        edited(now, "filters", |f| f["events"][0]["name"] = json!("Somebody's"))
    }),
];
