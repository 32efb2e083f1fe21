//! Insights: addressed by number or short id, soft deleted by PATCH, put on dashboards by their own `dashboards`.

mod list;
mod query;
mod schema;

use super::body::{self, Field, Holds, WHOLE, is_set, number_at, refuse, truthy, wrong};
use super::dashboard::{self, tiles};
use super::{Cx, Fault, Outcome, alert, whole};
use crate::message::Reply;
use crate::store::Store;
use serde_json::{Map, Value, json};

pub(crate) use query::source_kind;

pub(crate) const INSIGHTS: &str = "posthog.insights";
/// Short ids with the number they stand for.
const SHORT_IDS: &str = "posthog.insight_short_ids";

const FIELDS: &[Field] = &[
    Field::new("name", Holds::Text { max: 400, blank: true }).or_null(),
    Field::new("derived_name", Holds::Text { max: 400, blank: true }).or_null(),
    Field::new("query", Holds::Json).or_null(),
    Field::new("filters", Holds::Json),
    Field::new("order", WHOLE).or_null(),
    Field::new("deleted", Holds::Flag),
    Field::new("dashboards", Holds::Json),
    Field::new("description", Holds::Text { max: 400, blank: true }).or_null(),
    Field::new("favorited", Holds::Flag),
    Field::new("saved", Holds::Flag),
];

pub(crate) fn route(cx: &mut Cx, tail: &[&str]) -> Outcome {
    let method = cx.request.method.clone();
    match (method.as_str(), tail) {
        ("GET", []) => list::list(cx),
        ("POST", []) => create(cx),
        ("GET", ["activity"] | [_, "activity"]) => cx.activity(),
        ("GET", ["my_last_viewed" | "trend" | "funnel"]) => {
            Err(Fault::forbidden("This action does not support personal API key access"))
        }
        ("DELETE", [_]) => cx.no_destroy(),
        ("GET", [id]) => {
            let basic = cx.request.query("basic") == Some("true");
            let row = find(cx, id).filter(|row| !is_set(row, "deleted")).ok_or_else(Fault::not_found)?;
            Ok(Reply::json(200, show(cx, row, basic)))
        }
        ("PATCH" | "PUT", [id]) => update(cx, id),
        (_, [] | [_]) => cx.no_method(),
        _ => Err(Fault::not_found()),
    }
}

/// An insight of a project that is not deleted.
pub(crate) fn live(store: &Store, project: u64, id: u64) -> Option<&Value> {
    let row = store.get(INSIGHTS, &id.to_string())?;
    (row["team_id"].as_u64() == Some(project) && !is_set(row, "deleted")).then_some(row)
}

/// Digits are a number first and a short id second.
fn find<'a>(cx: &'a Cx, id: &str) -> Option<&'a Value> {
    let ours = |row: &&Value| row["team_id"].as_u64() == Some(cx.project);
    let numbered = id.parse::<u64>().ok().and_then(|id| cx.store.get(INSIGHTS, &id.to_string()));
    if let Some(row) = numbered.filter(ours) {
        return Some(row);
    }
    let key = cx.store.get(SHORT_IDS, id)?.as_u64()?;
    cx.store.get(INSIGHTS, &key.to_string()).filter(ours)
}

fn read(cx: &Cx) -> Result<Map<String, Value>, Fault> {
    if let Some(value) = cx.body.get("query").filter(|q| !q.is_null())
        && let Err(why) = query::check(value)
    {
        return Err(Fault::parse(why));
    }
    let mut read = body::read(FIELDS, &cx.body, cx.request.method == "PATCH")?;
    if let Some(ids) = read.remove("dashboards") {
        read.insert("dashboards".into(), json!(dashboards(cx, &ids)?));
    }
    if read.get("filters").is_some_and(|f| !f.is_object()) {
        return Err(wrong("filters", "Filters must be a dictionary"));
    }
    if let Some(tags) = body::tags(cx)? {
        read.insert("tags".into(), tags);
    }
    Ok(read)
}

/// The dashboards named in a body; every one must be there and not deleted.
fn dashboards(cx: &Cx, ids: &Value) -> Result<Vec<u64>, Fault> {
    let Some(ids) = ids.as_array() else {
        return Err(Fault::not_a_list("dashboards", ids));
    };
    ids.iter().map(|id| known(id, "dashboards", |id| dashboard::live(cx.store, cx.project, id).is_some())).collect()
}

/// A row named by its number, which `there` must know.
pub(crate) fn known(id: &Value, attr: &str, there: impl Fn(u64) -> bool) -> Result<u64, Fault> {
    let number = match id {
        Value::Number(_) | Value::String(_) => whole(id),
        other => {
            let kind = match other {
                Value::Bool(_) => "bool",
                Value::Array(_) => "list",
                Value::Null => "NoneType",
                _ => "dict",
            };
            let detail = format!("Incorrect type. Expected pk value, received {kind}.");
            return Err(refuse(attr, "incorrect_type", &detail));
        }
    };
    let Some(number) = number else {
        return Err(refuse(attr, "incorrect_type", "Incorrect type. Expected pk value, received str."));
    };
    u64::try_from(number)
        .ok()
        .filter(|id| there(*id))
        .ok_or_else(|| refuse(attr, "does_not_exist", &format!("Invalid pk \"{number}\" - object does not exist.")))
}

/// A new insight with these fields; on no dashboard yet.
pub(crate) fn insert(cx: &mut Cx, fields: Map<String, Value>) -> u64 {
    let (now, user) = (cx.now(), cx.user());
    let id = cx.store.next_number(INSIGHTS);
    let short = short_id();
    let mut row = json!({
        "id": id, "short_id": short, "team_id": cx.project, "name": null, "derived_name": null, "query": null,
        "filters": {}, "order": null, "deleted": false, "description": null, "favorited": false, "saved": true,
        "tags": [], "created_at": now, "created_by": user, "updated_at": now, "last_modified_at": now,
        "last_modified_by": user, "is_sample": false, "_tiles": [],
    });
    body::merge(&mut row, fields);
    cx.store.put(SHORT_IDS, &short, json!(id));
    cx.store.put(INSIGHTS, &id.to_string(), row);
    id
}

fn short_id() -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let bytes = uuid::Uuid::new_v4().into_bytes();
    bytes.iter().filter(|b| **b < 248).map(|b| char::from(LETTERS[usize::from(b % 62)])).take(8).collect()
}

/// A copy of an insight, on no dashboard.
pub(crate) fn duplicate(cx: &mut Cx, id: u64) -> u64 {
    let old = cx.store.get(INSIGHTS, &id.to_string()).and_then(Value::as_object).cloned().unwrap_or_default();
    let keep = ["derived_name", "query", "filters", "description", "tags", "saved", "favorited"];
    let mut fields: Map<String, Value> =
        old.iter().filter(|(k, _)| keep.contains(&k.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect();
    if let Some(name) = old.get("name").and_then(Value::as_str).filter(|n| !n.is_empty()) {
        fields.insert("name".into(), json!(format!("{name} (Copy)")));
    }
    insert(cx, fields)
}

/// Deletes or restores an insight and nothing around it.
pub(crate) fn set_deleted(store: &mut Store, id: u64, deleted: bool) {
    let key = id.to_string();
    if let Some(mut row) = store.get(INSIGHTS, &key).cloned() {
        row["deleted"] = json!(deleted);
        store.put(INSIGHTS, &key, row);
    }
}

fn create(cx: &mut Cx) -> Outcome {
    let mut read = read(cx)?;
    let on = read.remove("dashboards");
    let id = insert(cx, read);
    for dashboard in on.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64) {
        tiles::attach(cx.store, dashboard, id);
    }
    answer(cx, 201, id)
}

fn answer(cx: &Cx, status: u16, id: u64) -> Outcome {
    let row = cx.store.get(INSIGHTS, &id.to_string()).ok_or_else(Fault::not_found)?;
    Ok(Reply::json(status, show(cx, row, false)))
}

fn update(cx: &mut Cx, id: &str) -> Outcome {
    // Only the JSON value false restores; the word does not.
    let restoring = cx.body.get("deleted") == Some(&Value::Bool(false));
    let row = find(cx, id).filter(|row| restoring || !is_set(row, "deleted"));
    let mut row = row.cloned().ok_or_else(Fault::not_found)?;
    let id = number_at(&row, "id");
    let mut read = read(cx)?;
    let on = read.remove("dashboards");
    let (now, user) = (cx.now(), cx.user());
    if ["name", "description", "filters"].iter().any(|key| read.get(*key).is_some_and(|new| *new != row[*key])) {
        row["last_modified_at"] = json!(now);
        row["last_modified_by"] = user;
    }
    row["updated_at"] = json!(now);
    row["is_sample"] = json!(false);
    read.entry("saved").or_insert(json!(true));
    let deleting = read.get("deleted") == Some(&json!(true));
    body::merge(&mut row, read);
    let alertable = alert::is_alertable(&row);
    cx.store.put(INSIGHTS, &id.to_string(), row);
    if let Some(on) = on.as_ref().and_then(Value::as_array) {
        place(cx.store, id, &on.iter().filter_map(Value::as_u64).collect::<Vec<_>>());
    }
    if deleting {
        for (dashboard, _) in tiles::links(cx.store, id) {
            tiles::detach(cx.store, dashboard, id);
        }
    }
    if deleting || !alertable {
        alert::remove_of(cx.store, id);
    }
    answer(cx, 200, id)
}

/// Puts an insight on exactly these dashboards.
fn place(store: &mut Store, id: u64, on: &[u64]) {
    let now: Vec<u64> = tiles::links(store, id)
        .into_iter()
        .filter(|(d, t)| tiles::live_tile(store, *d, *t).is_some())
        .map(|(d, _)| d)
        .collect();
    for dashboard in now.iter().filter(|d| !on.contains(d)) {
        tiles::detach(store, *dashboard, id);
    }
    for dashboard in on.iter().filter(|d| !now.contains(d)) {
        tiles::attach(store, *dashboard, id);
    }
}

/// An insight as the API writes it; `basic` leaves out what a query would compute.
pub(crate) fn show(cx: &Cx, row: &Value, basic: bool) -> Value {
    const OWN: [&str; 18] = [
        "id",
        "short_id",
        "name",
        "derived_name",
        "order",
        "deleted",
        "description",
        "favorited",
        "saved",
        "tags",
        "created_at",
        "created_by",
        "updated_at",
        "last_modified_at",
        "last_modified_by",
        "is_sample",
        "query",
        "filters",
    ];
    let mut out: Map<String, Value> = OWN.iter().map(|key| ((*key).to_owned(), row[*key].clone())).collect();
    if row["query"].is_null() {
        let source = json!({"kind": "TrendsQuery", "series": []});
        out.insert("query".into(), json!({"kind": "InsightVizNode", "source": source, "full": true}));
    } else {
        out.insert("filters".into(), json!({}));
    }
    let mut on = Vec::new();
    let mut shown = Vec::new();
    for (dashboard, tile) in tiles::links_of(row) {
        if dashboard::live(cx.store, cx.project, dashboard).is_none() {
            continue;
        }
        if let Some(tile) = tiles::live_tile(cx.store, dashboard, tile) {
            on.push(json!(dashboard));
            shown.push(json!({"id": tile["id"], "dashboard_id": dashboard, "deleted": tile["deleted"]}));
        }
    }
    out.insert("dashboards".into(), Value::Array(on));
    out.insert("dashboard_tiles".into(), Value::Array(shown));
    out.insert("last_refresh".into(), Value::Null);
    out.insert("last_viewed_at".into(), Value::Null);
    out.insert("user_access_level".into(), json!("manager"));
    out.insert("effective_restriction_level".into(), json!(21));
    out.insert("effective_privilege_level".into(), json!(37));
    if !basic {
        for key in [
            "cache_target_age",
            "next_allowed_client_refresh",
            "result",
            "hasMore",
            "columns",
            "timezone",
            "query_status",
            "hogql",
            "types",
            "resolved_date_range",
            "filters_hash",
        ] {
            out.insert(key.to_owned(), Value::Null);
        }
        out.insert("is_cached".into(), json!(false));
        out.insert("alerts".into(), alert::of_insight(cx, number_at(row, "id")));
    }
    Value::Object(out)
}

/// Whether a query parameter says yes.
fn says_yes(value: Option<&str>) -> Option<bool> {
    value.filter(|v| !v.is_empty()).map(|v| truthy(body::flag(&json!(v)).as_ref()))
}
