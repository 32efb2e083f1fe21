//! Records, and what they have in common with list entries: values by attribute.

use super::error::Problem;
use super::validate::{self, Field, Kind, Shape, is_uuid};
use super::{Answer, Call, attribute, choice, data, filter, fixture, id, names, new_id, object, stamp, text, value};
use crate::{Settings, Store};
use jiff::{SignedDuration, Span, Timestamp, Zoned, tz::TimeZone};
use serde_json::{Map, Value, json};

const BODY: Shape = Shape { fields: &[Field::required("values", Kind::Map)], strict: false };
const QUERY_LIMIT: u64 = 500;

fn table(object: &str) -> String {
    format!("attio.records.{object}")
}

/// Whether an object has a record.
pub(super) fn exists(store: &Store, object: &str, record: &str) -> bool {
    store.get(&table(object), record).is_some()
}

/// What happens to values that are there already.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mode<'a> {
    Overwrite,
    /// Values of multiselect attributes are added.
    Append,
    /// Only those of one attribute are added.
    AppendTo(&'a str),
}

/// Puts `given` over `held`, both checked against the attributes of `parent`.
pub(super) fn write(
    call: &mut Call,
    parent: &str,
    owner: &str,
    held: &Map<String, Value>,
    given: &Map<String, Value>,
    mode: Mode,
) -> Result<Map<String, Value>, Problem> {
    let (now, actor) = (call.now(), call.actor());
    let mut values = held.clone();
    for (reference, input) in given {
        let Some(row) =
            attribute::lookup(call.store, call.settings, parent, reference).filter(|row| row["is_archived"] != true)
        else {
            return Err(Problem::unknown(format!("Cannot find attribute with slug/ID \"{reference}\".")));
        };
        if row["is_writable"] != true {
            let message = format!("Attribute with slug \"{}\" is not writable.", text(row, "api_slug"));
            return Err(Problem::refused("system_edit_unauthorized", message));
        }
        let parsed = value::parse(call, row, input)?;
        let attribute_id = id(row, "attribute_id").to_owned();
        let append = row["is_multiselect"] == true
            && match mode {
                Mode::Overwrite => false,
                Mode::Append => true,
                Mode::AppendTo(only) => only == attribute_id,
            };
        let mut all: Vec<Value> = parsed.into_iter().map(|parts| wrap(&now, &actor, parts)).collect();
        if append {
            for old in values.get(&attribute_id).and_then(Value::as_array).into_iter().flatten() {
                if !all.iter().any(|new| value::essence(new) == value::essence(old)) {
                    all.push(old.clone());
                }
            }
        }
        values.insert(attribute_id, Value::Array(all));
    }
    complete(call, parent, &mut values, held.is_empty())?;
    claim(call, parent, owner, held, &values)?;
    Ok(values)
}

fn wrap(now: &str, actor: &Value, parts: Map<String, Value>) -> Value {
    let mut value = json!({"active_from": now, "active_until": null, "created_by_actor": actor});
    if let Value::Object(map) = &mut value {
        map.extend(parts);
    }
    value
}

/// Fills in defaults of what is new, and misses what is required.
fn complete(call: &Call, parent: &str, values: &mut Map<String, Value>, new: bool) -> Result<(), Problem> {
    let (now, actor) = (call.now(), call.actor());
    for row in attribute::all(call.store, call.settings, parent).filter(|row| row["is_archived"] != true) {
        let attribute_id = id(row, "attribute_id");
        let empty = values.get(attribute_id).and_then(Value::as_array).is_none_or(Vec::is_empty);
        if !empty {
            continue;
        }
        if new && !values.contains_key(attribute_id) {
            let defaults = defaults(call, row);
            if !defaults.is_empty() {
                let all = defaults.into_iter().map(|parts| wrap(&now, &actor, parts)).collect();
                values.insert(attribute_id.to_owned(), all);
                continue;
            }
        }
        if row["is_required"] == true {
            let message = format!("Required value for attribute with ID \"{attribute_id}\" was not provided.");
            return Err(Problem::refused("missing_value", message));
        }
    }
    Ok(())
}

fn defaults(call: &Call, row: &Value) -> Vec<Map<String, Value>> {
    let (kind, default) = (text(row, "type"), &row["default_value"]);
    let parts = match (text(default, "type"), kind) {
        ("static", _) => {
            return default["template"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_object)
                .cloned()
                .collect();
        }
        ("dynamic", "actor-reference") => {
            let actor = call.actor();
            json!({"referenced_actor_type": actor["type"], "referenced_actor_id": actor["id"], "attribute_type": kind})
        }
        ("dynamic", _) => {
            let Some(then) = later(call.settings.clock(), text(default, "template")) else { return Vec::new() };
            let value = if kind == "date" { then.strftime("%Y-%m-%d").to_string() } else { stamp(then) };
            json!({"value": value, "attribute_type": kind})
        }
        _ => return Vec::new(),
    };
    parts.as_object().cloned().into_iter().collect()
}

fn later(now: Timestamp, duration: &str) -> Option<Timestamp> {
    if let Ok(exact) = duration.parse::<SignedDuration>() {
        return now.checked_add(exact).ok();
    }
    let span: Span = duration.parse().ok()?;
    Zoned::new(now, TimeZone::UTC).checked_add(span).ok().map(|then| then.timestamp())
}

/// Keeps the index of unique values; refuses one that another record has.
fn claim(
    call: &mut Call,
    parent: &str,
    owner: &str,
    held: &Map<String, Value>,
    values: &Map<String, Value>,
) -> Result<(), Problem> {
    let unique: Vec<(String, String)> = attribute::all(call.store, call.settings, parent)
        .filter(|row| row["is_unique"] == true && row["is_writable"] == true)
        .map(|row| (id(row, "attribute_id").to_owned(), text(row, "api_slug").to_owned()))
        .collect();
    for (attribute_id, slug) in &unique {
        let scope = format!("values.{attribute_id}");
        if keys(values.get(attribute_id)).any(|key| names::is_taken(call.store, &scope, &key, owner)) {
            let message = format!(
                "The value provided for attribute with slug \"{slug}\" conflicts with one already in the system."
            );
            return Err(Problem::refused("uniqueness_conflict", message));
        }
    }
    for (attribute_id, _) in &unique {
        let scope = format!("values.{attribute_id}");
        for key in keys(held.get(attribute_id)) {
            names::release(call.store, &scope, &key);
        }
        for key in keys(values.get(attribute_id)) {
            names::claim(call.store, &scope, &key, owner);
        }
    }
    Ok(())
}

/// Frees the unique values of what is removed.
pub(super) fn forget(call: &mut Call, parent: &str, held: &Map<String, Value>) {
    // Without values nothing can conflict or be missing but required attributes, which do not matter here.
    let _ = claim(call, parent, "", held, &Map::new());
}

fn keys(values: Option<&Value>) -> impl Iterator<Item = String> {
    values.and_then(Value::as_array).into_iter().flatten().map(|v| match value::essence(v) {
        Value::String(s) => s,
        other => other.to_string(),
    })
}

/// Values by slug in API order, empty ones too, choices as they are now.
pub(super) fn render(store: &Store, settings: &Settings, parent: &str, values: &Value) -> Value {
    let mut out = Map::new();
    for row in attribute::all(store, settings, parent).filter(|row| row["is_archived"] != true) {
        let attribute_id = id(row, "attribute_id");
        let mut all = values[attribute_id].clone();
        for one in all.as_array_mut().into_iter().flatten() {
            for (key, choice_id) in [("option", "option_id"), ("status", "status_id")] {
                if let Some(choice) = one.get(key).and_then(|c| choice::current(store, attribute_id, id(c, choice_id)))
                {
                    one[key] = choice;
                }
            }
        }
        out.insert(text(row, "api_slug").to_owned(), if all.is_null() { json!([]) } else { all });
    }
    Value::Object(out)
}

fn show(call: &Call, object: &Value, row: &Value) -> Value {
    let path = match text(object, "api_slug") {
        "people" => "person".to_owned(),
        "companies" => "company".to_owned(),
        slug => format!("{slug}/record"),
    };
    json!({
        "id": row["id"],
        "created_at": row["created_at"],
        "web_url": format!("https://app.attio.com/{}/{path}/{}", fixture::SLUG, id(row, "record_id")),
        "values": render(call.store, call.settings, id(object, "object_id"), &row["_values"]),
    })
}

fn values(call: &Call) -> Result<Map<String, Value>, Problem> {
    let mut body = call.data(&BODY)?;
    Ok(taken(body.remove("values")))
}

/// The object that a checked value is.
pub(super) fn taken(value: Option<Value>) -> Map<String, Value> {
    match value {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

fn find(call: &Call, object: &Value) -> Result<Value, Problem> {
    let reference = call.part(3);
    let row = is_uuid(reference).then(|| call.store.get(&table(id(object, "object_id")), reference).cloned()).flatten();
    row.ok_or_else(|| Problem::missing(format!("Record with ID \"{reference}\" not found.")))
}

fn insert(call: &mut Call, object: &Value, given: &Map<String, Value>) -> Answer {
    let (object_id, record_id) = (id(object, "object_id"), new_id());
    let (now, actor) = (call.now(), call.actor());
    let mut values = write(call, object_id, &record_id, &Map::new(), given, Mode::Overwrite)?;
    if let Some(row) = attribute::lookup(call.store, call.settings, object_id, "record_id") {
        let parts = json!({"value": record_id, "attribute_type": "text"});
        values.insert(id(row, "attribute_id").to_owned(), json!([wrap(&now, &actor, taken(Some(parts)))]));
    }
    let row = json!({
        "id": {"workspace_id": call.workspace, "object_id": object_id, "record_id": record_id},
        "created_at": now,
        "_values": values,
    });
    call.store.put(&table(object_id), &record_id, row.clone());
    data(show(call, object, &row))
}

fn change(call: &mut Call, object: &Value, mut row: Value, given: &Map<String, Value>, mode: Mode) -> Answer {
    let (object_id, record_id) = (id(object, "object_id"), id(&row, "record_id").to_owned());
    let held = taken(Some(row["_values"].take()));
    row["_values"] = Value::Object(write(call, object_id, &record_id, &held, given, mode)?);
    call.store.put(&table(object_id), &record_id, row.clone());
    data(show(call, object, &row))
}

pub(super) fn create(call: &mut Call) -> Answer {
    let given = values(call)?;
    let object = object::for_records(call, call.part(1))?;
    insert(call, &object, &given)
}

pub(super) fn assert(call: &mut Call) -> Answer {
    let given = values(call)?;
    let object = object::for_records(call, call.part(1))?;
    let object_id = id(&object, "object_id");
    let Some(reference) = call.request.query("matching_attribute") else {
        let issue = json!({
            "code": "invalid_type", "path": ["matching_attribute"], "message": "Required",
            "expected": "string", "received": "undefined",
        });
        return Err(Problem::issues("Query params validation error.", vec![issue]));
    };
    let Some(matching) = attribute::lookup(call.store, call.settings, object_id, reference).cloned() else {
        let message = format!("No attribute was found for matching_attribute slug/ID \"{reference}\".");
        return Err(Problem::unknown(message));
    };
    if matching["is_unique"] != true {
        let message = "The matching attribute specified is not a unique attribute.";
        return Err(Problem::refused("matching_attribute_definition_not_unique", message));
    }
    let attribute_id = id(&matching, "attribute_id");
    let input = given.get(text(&matching, "api_slug")).or_else(|| given.get(attribute_id));
    let Some(input) = input.filter(|v| !v.is_null()) else {
        let message = format!("Required value for attribute with ID \"{attribute_id}\" was not provided.");
        return Err(Problem::refused("missing_value", message));
    };
    let sought: Value = value::parse(call, &matching, input)?.into_iter().map(Value::Object).collect();
    let mut found: Vec<String> = keys(Some(&sought))
        .filter_map(|key| names::find(call.store, &format!("values.{attribute_id}"), &key))
        .collect();
    found.dedup();
    match found.as_slice() {
        [] => insert(call, &object, &given),
        [one] => match call.store.get(&table(object_id), one).cloned() {
            Some(row) => change(call, &object, row, &given, Mode::AppendTo(attribute_id)),
            None => insert(call, &object, &given),
        },
        _ => Err(Problem::refused("multiple_match_results", "Multiple records match the given values.")),
    }
}

pub(super) fn get(call: &mut Call) -> Answer {
    let object = object::for_records(call, call.part(1))?;
    let row = find(call, &object)?;
    data(show(call, &object, &row))
}

pub(super) fn append(call: &mut Call) -> Answer {
    update(call, Mode::Append)
}

pub(super) fn overwrite(call: &mut Call) -> Answer {
    update(call, Mode::Overwrite)
}

fn update(call: &mut Call, mode: Mode) -> Answer {
    let given = values(call)?;
    let object = object::for_records(call, call.part(1))?;
    let row = find(call, &object)?;
    change(call, &object, row, &given, mode)
}

pub(super) fn delete(call: &mut Call) -> Answer {
    let object = object::for_records(call, call.part(1))?;
    let row = find(call, &object)?;
    let object_id = id(&object, "object_id");
    forget(call, object_id, &taken(Some(row["_values"].clone())));
    call.store.remove(&table(object_id), id(&row, "record_id"));
    Ok(json!({}))
}

pub(super) fn query(call: &mut Call) -> Answer {
    let asked = Query::read(call)?;
    let object = object::for_records(call, call.part(1))?;
    let object_id = id(&object, "object_id");
    asked.check(call, object_id)?;
    let rows = call.store.rows(&table(object_id)).map(|(_, row)| show(call, &object, row));
    data(asked.select(rows, "values"))
}

/// The body of a query for records or entries.
pub(super) struct Query {
    filter: Value,
    sorts: Vec<Value>,
    limit: usize,
    offset: usize,
}

impl Query {
    pub(super) fn read(call: &Call) -> Result<Query, Problem> {
        let body = validate::object(&call.request.body)?;
        let whole = |key: &str, default: u64| match body.get(key) {
            None | Some(Value::Null) => Some(default),
            Some(value) => value.as_u64().filter(|n| key != "limit" || *n <= QUERY_LIMIT),
        };
        let bad = |key: &str| {
            Problem::issues(
                "Body payload validation error.",
                vec![json!({"code": "invalid", "path": [key], "message": "Invalid input"})],
            )
        };
        Ok(Query {
            filter: body.get("filter").cloned().unwrap_or_default(),
            sorts: body.get("sorts").and_then(Value::as_array).cloned().unwrap_or_default(),
            limit: whole("limit", QUERY_LIMIT).and_then(|n| usize::try_from(n).ok()).ok_or_else(|| bad("limit"))?,
            offset: whole("offset", 0).and_then(|n| usize::try_from(n).ok()).ok_or_else(|| bad("offset"))?,
        })
    }

    pub(super) fn check(&self, call: &Call, parent: &str) -> Result<(), Problem> {
        if self.filter.is_null() {
            return Ok(());
        }
        filter::check(&self.filter, &|slug| attribute::lookup(call.store, call.settings, parent, slug).is_some())
    }

    /// The rows asked for; `values` is the key they have theirs under.
    pub(super) fn select(&self, rows: impl Iterator<Item = Value>, values: &str) -> Value {
        let mut rows: Vec<Value> = rows.filter(|row| filter::passes(&self.filter, &row[values])).collect();
        if !self.sorts.is_empty() {
            filter::sort(&mut rows, values, &self.sorts);
        }
        rows.into_iter().skip(self.offset).take(self.limit).collect()
    }
}
