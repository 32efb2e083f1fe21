//! What others add beside what is declared, field by field: it is no drift, it is told, and no write takes it away.

use super::fields::{id, me};
use super::touch::{edited, filters};
use serde_json::{Value, json};
use tests::stage::Stage;

/// Something that others add.
pub(crate) struct Addition {
    pub(crate) address: &'static str,
    /// The field, in the API's word.
    pub(crate) field: &'static str,
    pub(crate) body: fn(&Stage, &Value) -> Value,
    /// Where it is in the object, and whether it is still there.
    pub(crate) is_there: fn(&Stage, &Value) -> bool,
    /// The word of the field whose own part is changed and repaired meanwhile; none where nothing of it is declared.
    pub(crate) beside: Option<&'static str>,
    /// Whether a plan names it: the rest is the API's own as a rule.
    pub(crate) is_told: bool,
}

fn has(list: &Value, item: &Value) -> bool {
    list.as_array().is_some_and(|list| list.contains(item))
}

/// A list with one more item.
fn with(list: &Value, item: Value) -> Value {
    let mut list = list.as_array().cloned().unwrap_or_default();
    list.push(item);
    list.into()
}

pub(crate) static ADDITIONS: &[Addition] = &[
    Addition {
        address: "property_group.Billing",
        field: "properties",
        body: |_, now| edited(now, "properties", |all| all[2]["validation_rules"] = json!({ "minimum": 1 })),
        is_there: |_, now| now["properties"][2]["validation_rules"]["minimum"] == 1,
        beside: Some("descriptions"),
        is_told: false,
    },
    Addition {
        address: "project_settings.Settings",
        field: "modifiers",
        body: |_, _| json!({ "modifiers": { "debug": true } }),
        is_there: |_, now| now["modifiers"]["debug"] == true,
        beside: Some("persons_on_events"),
        is_told: false,
    },
    Addition {
        address: "project_settings.Settings",
        field: "path_cleaning_filters",
        body: |_, now| edited(now, "path_cleaning_filters", |rules| rules[0]["order"] = json!(1)),
        is_there: |_, now| now["path_cleaning_filters"][0]["order"] == 1,
        beside: None,
        is_told: false,
    },
    Addition {
        address: "project_settings.Settings",
        field: "feature_flag_policy_config",
        body: |_, now| edited(now, "feature_flag_policy_config", |policy| policy["later"] = json!(true)),
        is_there: |_, now| now["feature_flag_policy_config"]["later"] == true,
        beside: None,
        is_told: false,
    },
    Addition {
        address: "insight.Funnel",
        field: "dashboards",
        body: |stage, now| json!({ "dashboards": with(&now["dashboards"], id(stage, "dashboards", "Details")) }),
        is_there: |stage, now| has(&now["dashboards"], &id(stage, "dashboards", "Details")),
        beside: None,
        is_told: true,
    },
    Addition {
        address: "insight.UsesByDay",
        field: "query",
        body: |_, now| edited(now, "query", |q| q["source"]["trendsFilter"]["showLegend"] = json!(true)),
        is_there: |_, now| now["query"]["source"]["trendsFilter"]["showLegend"] == true,
        beside: Some("shows"),
        is_told: false,
    },
    Addition {
        address: "list.Targets",
        field: "workspace_member_access",
        body: |stage, _| json!({ "workspace_member_access": [{ "workspace_member_id": me(stage), "level": "read-only" }] }),
        is_there: |stage, now| now["data"]["workspace_member_access"][0]["workspace_member_id"] == me(stage),
        beside: None,
        is_told: true,
    },
    Addition {
        address: "experiment.Guided",
        field: "saved_metrics_ids",
        body: |stage, now| {
            const METRICS: &str = "/api/projects/12345/experiment_saved_metrics/";
            let there = stage.look(METRICS)["results"].as_array().cloned().unwrap_or_default();
            let made = there.into_iter().find(|metric| metric["name"] == "Theirs").unwrap_or_else(|| {
                let source = &now["metrics"][0]["source"];
                let query = json!({ "kind": "ExperimentMetric", "metric_type": "mean", "source": source });
                stage.click("POST", METRICS, &json!({ "name": "Theirs", "query": query }))
            });
            let saved = now["saved_metrics"].as_array().cloned().unwrap_or_default();
            let kept = saved.iter().map(|one| json!({ "id": one["saved_metric"], "metadata": one["metadata"] }));
            let all: Vec<Value> =
                kept.chain([json!({ "id": made["id"], "metadata": { "type": "secondary" } })]).collect();
            json!({ "saved_metrics_ids": all })
        },
        is_there: |_, now| {
            now["saved_metrics"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "Theirs"))
        },
        beside: Some("shared"),
        is_told: true,
    },
    Addition {
        address: "subscription.Digest",
        field: "target_value",
        body: |_, _| json!({ "target_value": "boss@example.com, team@example.com, new@example.com" }),
        is_there: |_, now| now["target_value"].as_str().is_some_and(|to| to.contains("new@example.com")),
        // What is touched takes them all away.
        beside: None,
        is_told: true,
    },
    Addition {
        address: "subscription.Board",
        field: "dashboard_export_insights",
        body: |stage, now| {
            let all = with(&now["dashboard_export_insights"], id(stage, "insights", "Funnel"));
            json!({ "dashboard_export_insights": all })
        },
        is_there: |stage, now| has(&now["dashboard_export_insights"], &id(stage, "insights", "Funnel")),
        beside: None,
        is_told: true,
    },
    Addition {
        address: "feature_flag.Shade",
        field: "variants",
        body: |_, now| filters(now, |f| f["multivariate"]["variants"][0]["name"] = json!("The bright one")),
        is_there: |_, now| now["filters"]["multivariate"]["variants"][0]["name"] == "The bright one",
        beside: Some("variants"),
        is_told: true,
    },
    Addition {
        address: "feature_flag.Exports",
        field: "groups",
        body: |_, now| filters(now, |f| f["groups"][1]["description"] = json!("All the others")),
        is_there: |_, now| now["filters"]["groups"][1]["description"] == "All the others",
        beside: Some("release"),
        is_told: true,
    },
    Addition {
        address: "dashboard.Growth",
        field: "variables",
        body: |_, now| {
            edited(now, "variables", |v| v["mine"] = json!({ "code_name": "mine", "variableId": "mine", "value": 1 }))
        },
        is_there: |_, now| now["persisted_variables"].to_string().contains("mine"),
        beside: Some("variables"),
        is_told: false,
    },
    Addition {
        address: "dashboard.Growth",
        field: "breakdown_colors",
        body: |_, now| {
            edited(now, "breakdown_colors", |all| {
                all.as_array_mut().expect("a list").push(json!({ "breakdownValue": "free", "colorToken": "preset-1" }));
            })
        },
        is_there: |_, now| now["breakdown_colors"].to_string().contains("free"),
        beside: Some("colours"),
        is_told: true,
    },
    Addition {
        address: "dashboard_tile.Growth.Funnel",
        field: "layouts",
        body: |_, now| edited(now, "layouts", |l| l["sm"]["minW"] = json!(2)),
        is_there: |_, now| now["layouts"]["sm"]["minW"] == 2,
        beside: Some("at"),
        is_told: false,
    },
    Addition {
        address: "dashboard.Growth",
        field: "filters",
        body: |_, now| edited(now, "filters", |f| f["date_to"] = json!("-1d")),
        is_there: |_, now| now["filters"]["date_to"] == "-1d",
        beside: None,
        is_told: false,
    },
    Addition {
        address: "survey.Nps",
        field: "appearance",
        body: |_, now| edited(now, "appearance", |a| a["backgroundColor"] = json!("#eeeeee")),
        is_there: |_, now| now["appearance"]["backgroundColor"] == "#eeeeee",
        beside: Some("appearance"),
        is_told: false,
    },
    Addition {
        address: "survey.Nps",
        field: "conditions",
        body: |_, now| {
            let mut change = edited(now, "conditions", |c| c["selector"] = json!("#checkout"));
            change["linked_flag_id"] = now["linked_flag"]["id"].clone();
            change
        },
        is_there: |_, now| now["conditions"]["selector"] == "#checkout",
        beside: None,
        is_told: true,
    },
    Addition {
        address: "survey.Nps",
        field: "translations",
        body: |_, now| edited(now, "translations", |t| t["fr"] = json!({ "name": "Note" })),
        is_there: |_, now| now["translations"]["fr"]["name"] == "Note",
        beside: None,
        is_told: true,
    },
    Addition {
        address: "survey.Quick",
        field: "targeting",
        body: |_, now| {
            let pros = json!({ "key": "plan", "type": "person", "operator": "exact", "value": ["pro"] });
            let filters = json!({ "groups": [{ "properties": [pros], "rollout_percentage": 100 }] });
            json!({ "targeting_flag_filters": filters, "conditions": now["conditions"] })
        },
        is_there: |_, now| now["targeting_flag"]["filters"]["groups"][0]["properties"][0]["key"] == "plan",
        beside: None,
        is_told: true,
    },
    Addition {
        address: "destination.Exported",
        field: "inputs",
        body: |_, now| edited(now, "inputs", |i| i["thread_ts"] = json!({ "value": "7.1" })),
        is_there: |_, now| now["inputs"]["thread_ts"]["value"] == "7.1",
        beside: Some("inputs"),
        is_told: false,
    },
];
