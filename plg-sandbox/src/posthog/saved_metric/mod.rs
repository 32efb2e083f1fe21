//! Shared metrics: experiment metrics with a name of their own.

pub(crate) mod rows;

use super::call::Cx;
use super::fault::{Fault, Outcome};
use super::fields::{OPTIONAL, REQUIRED};
use super::json::{shown, text};
use crate::message::Reply;
use crate::posthog::experiment::metric;
use crate::posthog::feature_flag::filters::items;
use rows::METRICS;
use serde_json::{Map, Value, json};

/// Answers `experiment_saved_metrics/…`.
pub(crate) fn route(cx: &mut Cx, tail: &[&str]) -> Outcome {
    match (cx.method(), tail) {
        ("GET", []) => {
            let search = cx.search()?;
            let found = |row: &&Map<String, Value>| {
                search.as_deref().is_none_or(|words| text(row, "name").to_lowercase().contains(words))
            };
            let rows: Vec<_> = cx.rows(METRICS).rev().map(|(_, row)| row).filter(found).collect();
            Ok(cx.page_of(&rows, 100, |row| show(cx, row)))
        }
        ("POST", []) => post(cx),
        ("GET", ["activity"] | [_, "activity"]) => cx.activity(),
        ("GET", [id]) => Ok(Reply::json(200, show(cx, &cx.row(METRICS, id)?))),
        ("PATCH" | "PUT", [id]) => update(cx, id),
        ("DELETE", [id]) => delete(cx, id),
        (_, [] | [_]) => cx.no_method(),
        _ => Err(Fault::not_found_as("Endpoint not found.")),
    }
}

fn show(cx: &Cx, row: &Map<String, Value>) -> Value {
    let mut out = shown(row);
    if !cx.settings.tagging {
        out.insert("tags".into(), json!([]));
    }
    Value::Object(out)
}

fn post(cx: &mut Cx) -> Outcome {
    let mut fields = read(cx, 0)?;
    match fields.get_mut("query") {
        Some(Value::Object(query)) if !query.is_empty() => {
            check_kind(query)?;
            query.insert("uuid".into(), json!(uuid::Uuid::new_v4().to_string()));
        }
        _ => return Err(Fault::invalid("Query is required to create a saved metric")),
    }
    let id = cx.next_id(METRICS);
    let now = cx.now();
    let row = json!({
        "id": id,
        "name": "",
        "description": null,
        "query": null,
        "tags": [],
        "created_by": cx.user(),
        "created_at": now,
        "updated_at": now,
        "user_access_level": "manager",
    });
    let Value::Object(mut row) = row else { return Err(Fault::not_found()) };
    row.extend(fields);
    cx.put(METRICS, &id.to_string(), row.clone());
    Ok(Reply::json(201, show(cx, &row)))
}

fn update(cx: &mut Cx, id: &str) -> Outcome {
    let mut row = cx.row(METRICS, id)?;
    let number = row.get("id").and_then(Value::as_u64).unwrap_or(0);
    let mut fields = read(cx, number)?;
    if let Some(Value::Object(query)) = fields.get_mut("query") {
        check_kind(query)?;
        let own = row.get("query").and_then(|q| q.get("uuid")).cloned().unwrap_or(Value::Null);
        if query.get("uuid").is_some_and(|sent| !sent.is_null() && *sent != own) {
            return Err(Fault::invalid("Saved metric UUID cannot be changed"));
        }
        query.insert("uuid".into(), own);
    }
    row.extend(fields);
    row.insert("updated_at".into(), json!(cx.now()));
    cx.put(METRICS, id, row.clone());
    Ok(Reply::json(200, show(cx, &row)))
}

fn delete(cx: &mut Cx, id: &str) -> Outcome {
    let number = cx.row(METRICS, id)?.get("id").cloned().unwrap_or(Value::Null);
    let attached: Vec<(String, Map<String, Value>)> = cx
        .rows("posthog.experiments")
        .filter(|(_, row)| items(row, "_saved").iter().any(|s| s.get("saved_metric") == Some(&number)))
        .map(|(key, row)| (key.to_owned(), row.clone()))
        .collect();
    for (key, mut row) in attached {
        if let Some(Value::Array(saved)) = row.get_mut("_saved") {
            saved.retain(|s| s.get("saved_metric") != Some(&number));
        }
        cx.put("posthog.experiments", &key, row);
    }
    cx.store.remove(METRICS, id);
    Ok(Reply::empty(204))
}

fn read(cx: &Cx, id: u64) -> Result<Map<String, Value>, Fault> {
    let mut read = cx.fields();
    read.string("name", REQUIRED.max(400))?;
    read.string("description", OPTIONAL.null().blank().max(400))?;
    read.object("query", OPTIONAL)?;
    read.tags(cx.settings.tagging)?;
    let fields = read.done();
    if let Some(name) = fields.get("name").and_then(Value::as_str) {
        let name = name.to_lowercase();
        let own = |row: &Map<String, Value>| row.get("id").and_then(Value::as_u64) == Some(id);
        if cx.rows(METRICS).any(|(_, row)| !own(row) && text(row, "name").to_lowercase() == name) {
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
