//! Dashboards: soft deleted by PATCH, restored by PATCH, never by DELETE.

mod actions;
mod layout;
mod templates;
pub(crate) mod tiles;

use super::body::{self, ANY_LENGTH, Field, Holds, WHOLE, is_set, match_type, truthy, wrong, wrong_body};
use super::{Cx, Fault, Outcome};
use crate::message::Reply;
use crate::store::Store;
use serde_json::{Map, Value, json};

pub(crate) const DASHBOARDS: &str = "posthog.dashboards";

const FIELDS: &[Field] = &[
    Field::new("name", Holds::Text { max: 400, blank: true }).or_null(),
    Field::new("description", Holds::Text { max: ANY_LENGTH, blank: true }),
    Field::new("pinned", Holds::Flag),
    Field::new("deleted", Holds::Flag),
    Field::new("breakdown_colors", Holds::Json),
    Field::new("data_color_theme_id", WHOLE).or_null(),
    Field::new("restriction_level", WHOLE),
    Field::new("quick_filter_ids", Holds::Json).or_null(),
    Field::new("last_refresh", Holds::Moment).or_null(),
    Field::new("use_template", Holds::Text { max: ANY_LENGTH, blank: true }),
    Field::new("use_dashboard", WHOLE).or_null(),
    Field::new("delete_insights", Holds::Flag),
];

/// Fields that steer a request and are not kept.
const STEERING: [&str; 3] = ["use_template", "use_dashboard", "delete_insights"];

pub(crate) fn route(cx: &mut Cx, tail: &[&str]) -> Outcome {
    let method = cx.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list(cx),
        ("POST", []) => create(cx),
        ("POST", ["create_from_template_json"]) => templates::create(cx),
        ("DELETE", [_]) => cx.no_destroy(),
        ("GET", [id]) => retrieve(cx, id),
        ("PATCH" | "PUT", [id]) => update(cx, id),
        ("POST" | "PATCH", [id, action]) => actions::route(cx, id, action),
        ("GET", [_, _]) => Err(Fault::not_found()),
        (_, [] | [_] | [_, _]) => cx.no_method(),
        _ => Err(Fault::not_found()),
    }
}

/// A dashboard of a project that is not deleted.
pub(crate) fn live(store: &Store, project: u64, id: u64) -> Option<&Value> {
    of_project(store, project, id).filter(|row| !is_set(row, "deleted"))
}

fn of_project(store: &Store, project: u64, id: u64) -> Option<&Value> {
    store.get(DASHBOARDS, &id.to_string()).filter(|row| row["team_id"].as_u64() == Some(project))
}

/// The dashboard of a path that is not deleted.
fn find(cx: &Cx, id: &str) -> Result<Value, Fault> {
    let row = id.parse().ok().and_then(|id| live(cx.store, cx.project, id));
    row.cloned().ok_or_else(Fault::not_found)
}

fn list(cx: &mut Cx) -> Outcome {
    let cx: &Cx = cx;
    let search = cx.search()?;
    let tags: Vec<&str> = cx.request.query.iter().filter(|(k, _)| k == "tags").map(|(_, v)| v.as_str()).collect();
    let mode = cx.request.query("creation_mode").filter(|m| !m.is_empty());
    let generated = cx.request.query("exclude_generated") == Some("true");
    let mut rows: Vec<(&Value, Option<&'static str>)> = Vec::new();
    for (_, row) in cx.store.rows(DASHBOARDS) {
        let name = body::text_at(row, "name");
        let its_tags: Vec<&str> = row["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if row["team_id"].as_u64() != Some(cx.project)
            || is_set(row, "deleted")
            || mode.map_or(row["creation_mode"] == "unlisted", |m| row["creation_mode"] != m)
            || (generated && name.starts_with("Generated Dashboard: "))
            || (!tags.is_empty() && !its_tags.iter().any(|t| tags.contains(t)))
        {
            continue;
        }
        let Some(needle) = &search else {
            rows.push((row, None));
            continue;
        };
        let mut texts = vec![name, body::text_at(row, "description")];
        texts.extend(&its_tags);
        if let Some(found) = match_type(needle, &texts) {
            rows.push((row, Some(found)));
        }
    }
    rows.sort_by_key(|(row, found)| (*found, !is_set(row, "pinned"), body::text_at(row, "name")));
    Ok(cx.page_of(&rows, 100, |(row, found)| {
        let mut out = basic(row);
        if let Some(found) = found {
            out.insert("search_match_type".into(), json!(found));
        }
        Value::Object(out)
    }))
}

fn retrieve(cx: &mut Cx, id: &str) -> Outcome {
    let mut row = find(cx, id)?;
    row["last_accessed_at"] = json!(cx.now());
    keep(cx, &row);
    Ok(Reply::json(200, show(cx, &row)))
}

fn keep(cx: &mut Cx, row: &Value) {
    cx.store.put(DASHBOARDS, &body::number_at(row, "id").to_string(), row.clone());
}

/// Reads the writable fields that need no look at what is stored.
fn read(cx: &Cx) -> Result<Map<String, Value>, Fault> {
    let mut read = body::read(FIELDS, &cx.body, cx.request.method == "PATCH")?;
    if let Some(level) = read.get("restriction_level").filter(|l| !matches!(l.as_i64(), Some(21 | 37))) {
        return Err(Fault::invalid_choice("restriction_level", level));
    }
    if let Some(ids) = read.get("quick_filter_ids").filter(|ids| !ids.is_null()) {
        let Some(ids) = ids.as_array() else {
            return Err(Fault::not_a_list("quick_filter_ids", ids));
        };
        for id in ids {
            let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            if uuid::Uuid::parse_str(&text).is_err() {
                return Err(wrong("quick_filter_ids", &format!("Invalid UUID: {text}")));
            }
        }
        if let Some(first) = ids.first().and_then(Value::as_str) {
            return Err(wrong("quick_filter_ids", &format!("Quick filters not found: {first}")));
        }
    }
    if let Some(tags) = body::tags(cx)? {
        read.insert("tags".into(), tags);
    }
    if truthy(read.get("use_dashboard")) && truthy(read.get("use_template")) {
        return Err(wrong_body("`use_dashboard` and `use_template` cannot be used together"));
    }
    Ok(read)
}

/// `filters` and `variables` are taken from the raw body, and only if they say something.
fn raw_objects(cx: &Cx, row: &mut Value) -> Result<(), Fault> {
    for key in ["filters", "variables"] {
        if let Some(value) = cx.body.get(key).filter(|v| truthy(Some(v))) {
            if !value.is_object() {
                return Err(wrong_body("Filters must be a dictionary"));
            }
            row[key] = value.clone();
        }
    }
    Ok(())
}

/// A new row with every default.
fn blank(cx: &mut Cx) -> Value {
    let (now, user) = (cx.now(), cx.user());
    json!({
        "id": cx.store.next_number(DASHBOARDS), "team_id": cx.project, "name": null, "description": "",
        "pinned": false, "created_at": now, "created_by": user, "is_shared": false, "deleted": false,
        "creation_mode": "default", "filters": {}, "variables": {}, "breakdown_colors": [],
        "data_color_theme_id": null, "quick_filter_ids": [], "tags": [], "restriction_level": 21,
        "last_accessed_at": now, "last_refresh": null,
    })
}

fn create(cx: &mut Cx) -> Outcome {
    let mut read = read(cx)?;
    let template = read.get("use_template").and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
    let source = read.get("use_dashboard").and_then(Value::as_i64);
    if let Some(template) = &template
        && !templates::is_known(template)
    {
        return Err(wrong("use_template", &format!("Invalid template provided: {template}")));
    }
    let source = match source {
        None => None,
        Some(id) => match u64::try_from(id).ok().and_then(|id| live(cx.store, cx.project, id)) {
            Some(row) => Some(row.clone()),
            None => return Err(wrong("use_dashboard", "Invalid value provided")),
        },
    };
    let mut row = json!({});
    raw_objects(cx, &mut row)?;
    let raw = row;
    let mut row = blank(cx);
    read.retain(|key, _| !STEERING.contains(&key.as_str()));
    body::merge(&mut row, read);
    body::merge(&mut row, raw.as_object().cloned().unwrap_or_default());
    if template.is_some() {
        row["creation_mode"] = json!("template");
    }
    if source.is_some() {
        row["creation_mode"] = json!("duplicate");
    }
    keep(cx, &row);
    let id = body::number_at(&row, "id");
    if template.is_some() {
        templates::fill_default(cx, id);
    }
    if let Some(source) = source {
        let deep = truthy(cx.body.get("duplicate_tiles"));
        for tile in tiles::shown(cx.store, body::number_at(&source, "id")) {
            if deep { tiles::duplicate(cx, &tile, id) } else { tiles::copy(cx.store, &tile, id) }
        }
    }
    Ok(Reply::json(201, show(cx, &row)))
}

fn update(cx: &mut Cx, id: &str) -> Outcome {
    let restoring = cx.body.get("deleted").and_then(body::flag) == Some(Value::Bool(false));
    let row = id.parse().ok().and_then(|id| of_project(cx.store, cx.project, id));
    let row = row.filter(|row| restoring || !is_set(row, "deleted"));
    let mut row = row.cloned().ok_or_else(Fault::not_found)?;
    let id = body::number_at(&row, "id");
    let mut read = read(cx)?;
    raw_objects(cx, &mut row)?;
    let changes = tile_changes(cx)?;
    if is_set(&row, "deleted") && read.get("deleted") == Some(&json!(false)) {
        tiles::restore_all(cx.store, id);
    }
    if read.get("deleted") == Some(&json!(true)) {
        tiles::remove_all(cx.store, id, read.get("delete_insights") == Some(&json!(true)));
    }
    read.retain(|key, _| !STEERING.contains(&key.as_str()));
    body::merge(&mut row, read);
    keep(cx, &row);
    for change in &changes {
        tiles::patch(cx, id, change)?;
    }
    Ok(Reply::json(200, show(cx, &row)))
}

fn tile_changes(cx: &Cx) -> Result<Vec<Map<String, Value>>, Fault> {
    match cx.body.get("tiles") {
        None => Ok(Vec::new()),
        Some(Value::Array(tiles)) => {
            let object = |tile: &Value| tile.as_object().cloned();
            tiles.iter().map(object).collect::<Option<_>>().ok_or_else(body::crash)
        }
        Some(_) => Err(body::crash()),
    }
}

/// The shape of a list: no tiles, filters, variables or colours.
fn basic(row: &Value) -> Map<String, Value> {
    const OWN: [&str; 14] = [
        "id",
        "name",
        "description",
        "pinned",
        "created_at",
        "created_by",
        "last_accessed_at",
        "is_shared",
        "deleted",
        "creation_mode",
        "tags",
        "restriction_level",
        "last_refresh",
        "team_id",
    ];
    let mut out: Map<String, Value> = OWN.iter().map(|key| ((*key).to_owned(), row[*key].clone())).collect();
    let version = if row["restriction_level"] == 37 { "v1" } else { "v2" };
    out.insert("last_viewed_at".into(), Value::Null);
    out.insert("effective_restriction_level".into(), row["restriction_level"].clone());
    out.insert("effective_privilege_level".into(), json!(37));
    out.insert("user_access_level".into(), json!("manager"));
    out.insert("access_control_version".into(), json!(version));
    out
}

/// The shape of everything but a list.
pub(crate) fn show(cx: &Cx, row: &Value) -> Value {
    let mut out = basic(row);
    for key in ["filters", "variables", "breakdown_colors", "data_color_theme_id", "quick_filter_ids"] {
        out.insert(key.to_owned(), row[key].clone());
    }
    for (key, of) in [("persisted_filters", "filters"), ("persisted_variables", "variables")] {
        let value = if truthy(row.get(of)) { row[of].clone() } else { Value::Null };
        out.insert(key.to_owned(), value);
    }
    let shown = tiles::shown(cx.store, body::number_at(row, "id"));
    let shown: Vec<Value> = shown.iter().enumerate().map(|(order, tile)| tiles::show(cx, tile, order)).collect();
    out.insert("tiles".into(), Value::Array(shown));
    Value::Object(out)
}
