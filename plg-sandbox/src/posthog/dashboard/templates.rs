//! Dashboards made from a template: a named one, or one that is sent.

use super::rows::{blank, keep};
use super::show::show;
use super::{cards, tiles};
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::{Fault, PosthogAnswer};
use crate::posthog::insight::rows as insights;
use crate::posthog::json::number_at;
use serde_json::{Map, Value, json};

/// The one template that every project has.
pub(crate) fn is_known(name: &str) -> bool {
    name == "DEFAULT_APP"
}

/// Puts the insights of the default template on a dashboard.
pub(crate) fn fill_default(call: &mut PosthogCall, dashboard: u64) {
    for (name, query) in default_insights() {
        let fields = [("name", json!(name)), ("query", query)];
        let id = insights::insert(call, fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect());
        tiles::attach(call.store, dashboard, id);
    }
}

fn default_insights() -> [(&'static str, Value); 3] {
    let page = |math: &str| json!({"kind": "EventsNode", "event": "$pageview", "name": "$pageview", "math": math});
    let chart = |source: Value| json!({"kind": "InsightVizNode", "source": source});
    [
        ("Daily active users (DAUs)", chart(json!({"kind": "TrendsQuery", "series": [page("dau")]}))),
        (
            "Weekly active users (WAUs)",
            chart(json!({"kind": "TrendsQuery", "interval": "week", "series": [page("dau")]})),
        ),
        ("Growth accounting", chart(json!({"kind": "LifecycleQuery", "series": [page("total")]}))),
    ]
}

/// `create_from_template_json`: answers 200, as nothing says 201.
pub(crate) fn create(call: &mut PosthogCall) -> PosthogAnswer {
    let template = match call.body.get("template") {
        Some(Value::Object(template)) => template.clone(),
        _ => return Err(Fault::invalid("template is a required property")),
    };
    check(&template)?;
    let mut row = blank(call);
    row["name"] = template["template_name"].clone();
    for (key, of) in [("description", "dashboard_description"), ("filters", "dashboard_filters"), ("tags", "tags")] {
        if let Some(value) = template.get(of).filter(|v| !v.is_null()) {
            row[key] = value.clone();
        }
    }
    keep(call, &row);
    let dashboard = number_at(&row, "id");
    for tile in template["tiles"].as_array().into_iter().flatten() {
        let looks: Map<String, Value> = ["layouts", "color"]
            .into_iter()
            .filter_map(|key| tile.get(key).filter(|v| !v.is_null()).map(|v| (key.to_owned(), v.clone())))
            .collect();
        if tile["type"] == "TEXT" {
            cards::add_text(call, dashboard, tile["body"].clone(), &looks);
            continue;
        }
        let fields = ["name", "description", "query"].map(|key| (key.to_owned(), tile[key].clone()));
        let id = insights::insert(call, fields.into_iter().collect());
        tiles::attach(call.store, dashboard, id);
        if let Some((_, tile)) = insights::links(call.store, id).first().copied() {
            tiles::change(call.store, dashboard, tile, |row| tiles::look(row, &looks));
        }
    }
    Ok(Reply::json(200, show(call, &row)))
}

/// The parts of the template's schema that every template must meet.
fn check(template: &Map<String, Value>) -> Result<(), Fault> {
    if !template.get("template_name").is_some_and(Value::is_string) {
        return Err(Fault::invalid("'template_name' is a required property"));
    }
    if template.get("dashboard_filters").is_some_and(|f| !f.is_object() && !f.is_null()) {
        return Err(Fault::invalid("'dashboard_filters' is not of type 'object'"));
    }
    if template.get("dashboard_description").is_some_and(|d| !d.is_string() && !d.is_null()) {
        return Err(Fault::invalid("'dashboard_description' is not of type 'string'"));
    }
    let tag = |tag: &Value| tag.is_string();
    if template.get("tags").is_some_and(|t| !t.is_null() && !t.as_array().is_some_and(|t| t.iter().all(tag))) {
        return Err(Fault::invalid("'tags' is not a list of strings"));
    }
    let tiles = template.get("tiles").and_then(Value::as_array);
    let Some(tiles) = tiles.filter(|t| !t.is_empty()) else {
        return Err(Fault::invalid("'tiles' is a required property and must not be empty"));
    };
    for tile in tiles {
        let fits = match tile["type"].as_str() {
            Some("INSIGHT") => tile["name"].is_string() && (tile["query"].is_object() || tile["filters"].is_object()),
            Some("TEXT") => tile["body"].is_string(),
            _ => false,
        };
        if !fits {
            return Err(Fault::invalid("a tile is not valid under any of the given schemas"));
        }
    }
    Ok(())
}
