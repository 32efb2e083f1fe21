//! Shared metrics: experiment metrics with a name of their own.

pub(crate) mod rows;

use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::json::{shown, text};
use crate::message::Reply;
use crate::posthog::experiment::metric;
use crate::posthog::experiment::rows::EXPERIMENTS;
use crate::posthog::feature_flag::filters::items;
use crate::posthog::field::{BodyField, Holds};
use rows::METRICS;
use serde_json::{Map, Value, json};

const FIELDS: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 400, blank: false }).required(),
    BodyField::new("description", Holds::Text { max: 400, blank: true }).or_null(),
    BodyField::new("query", Holds::Object),
];

/// Answers `experiment_saved_metrics/…`.
pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("GET", []) => {
            let search = call.search()?;
            let found = |row: &&Map<String, Value>| {
                search.as_deref().is_none_or(|words| text(row, "name").to_lowercase().contains(words))
            };
            let rows: Vec<_> = call.rows(METRICS).rev().map(|(_, row)| row).filter(found).collect();
            Ok(call.page_of(&rows, 100, |row| show(call, row)))
        }
        ("POST", []) => post(call),
        ("GET", ["activity"] | [_, "activity"]) => call.activity(),
        ("GET", [id]) => Ok(Reply::json(200, show(call, &call.row(METRICS, id)?))),
        ("PATCH" | "PUT", [id]) => update(call, id),
        ("DELETE", [id]) => delete(call, id),
        (_, [] | [_]) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn show(call: &PosthogCall, row: &Map<String, Value>) -> Value {
    let mut out = shown(row);
    if !call.settings.tagging {
        out.insert("tags".into(), json!([]));
    }
    Value::Object(out)
}

fn post(call: &mut PosthogCall) -> PosthogAnswer {
    let mut fields = read(call, 0)?;
    match fields.get_mut("query") {
        Some(Value::Object(query)) if !query.is_empty() => {
            check_kind(query)?;
            query.insert("uuid".into(), json!(uuid::Uuid::new_v4().to_string()));
        }
        _ => return Err(Fault::invalid("Query is required to create a saved metric")),
    }
    let id = call.next_id(METRICS);
    let now = call.now();
    let row = json!({
        "id": id,
        "name": "",
        "description": null,
        "query": null,
        "tags": [],
        "created_by": call.user(),
        "created_at": now,
        "updated_at": now,
        "user_access_level": "manager",
    });
    let Value::Object(mut row) = row else { return Err(Fault::not_found()) };
    row.extend(fields);
    call.put(METRICS, &id.to_string(), row.clone());
    Ok(Reply::json(201, show(call, &row)))
}

fn update(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let mut row = call.row(METRICS, id)?;
    let number = row.get("id").and_then(Value::as_u64).unwrap_or(0);
    let mut fields = read(call, number)?;
    if let Some(Value::Object(query)) = fields.get_mut("query") {
        check_kind(query)?;
        let own = row.get("query").and_then(|q| q.get("uuid")).cloned().unwrap_or(Value::Null);
        if query.get("uuid").is_some_and(|sent| !sent.is_null() && *sent != own) {
            return Err(Fault::invalid("Saved metric UUID cannot be changed"));
        }
        query.insert("uuid".into(), own);
    }
    row.extend(fields);
    row.insert("updated_at".into(), json!(call.now()));
    call.put(METRICS, id, row.clone());
    Ok(Reply::json(200, show(call, &row)))
}

fn delete(call: &mut PosthogCall, id: &str) -> PosthogAnswer {
    let number = call.row(METRICS, id)?.get("id").cloned().unwrap_or(Value::Null);
    let attached: Vec<(String, Map<String, Value>)> = call
        .rows(EXPERIMENTS)
        .filter(|(_, row)| items(row, "_saved").iter().any(|s| s.get("saved_metric") == Some(&number)))
        .map(|(key, row)| (key.to_owned(), row.clone()))
        .collect();
    for (key, mut row) in attached {
        if let Some(Value::Array(saved)) = row.get_mut("_saved") {
            saved.retain(|s| s.get("saved_metric") != Some(&number));
        }
        call.put(EXPERIMENTS, &key, row);
    }
    call.store.remove(METRICS, id);
    Ok(Reply::empty(204))
}

fn read(call: &PosthogCall, id: u64) -> Result<Map<String, Value>, Fault> {
    let mut read = call.reader();
    read.take(FIELDS)?;
    read.tags(call.settings.tagging)?;
    let fields = read.done();
    if let Some(name) = fields.get("name").and_then(Value::as_str) {
        let name = name.to_lowercase();
        let own = |row: &Map<String, Value>| row.get("id").and_then(Value::as_u64) == Some(id);
        if call.rows(METRICS).any(|(_, row)| !own(row) && text(row, "name").to_lowercase() == name) {
            return Err(Fault::invalid_input("name", "A shared metric with this name already exists."));
        }
    }
    Ok(fields)
}

fn check_kind(query: &Map<String, Value>) -> Result<(), Fault> {
    if text(query, "kind") == "ExperimentMetric" {
        return metric::check(query, "query");
    }
    Err(Fault::invalid("Metric kind must be ExperimentMetric"))
}
