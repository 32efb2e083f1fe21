//! Actions: named sets of steps; names are unique among those that are not deleted.

use super::{Cx, Fault, Fields, OPTIONAL, Outcome, flagged, pattern, shown, text, whole};
use crate::Reply;
use serde_json::{Map, Value, json};

/// The table of actions, by id.
pub(crate) const ACTIONS: &str = "posthog.actions";
/// `project:name` of actions that are not deleted, to their id.
const NAMES: &str = "posthog.action_names";
const MATCHINGS: [&str; 3] = ["contains", "regex", "exact"];

/// Answers `actions/…`.
pub(crate) fn route(cx: &mut Cx, tail: &[&str]) -> Outcome {
    match (cx.method(), tail) {
        ("GET", []) => list(cx),
        ("POST", []) => post(cx),
        ("GET", ["activity"] | [_, "activity"]) => cx.activity(),
        ("DELETE", [_]) => cx.no_destroy(),
        ("GET", [id]) => Ok(Reply::json(200, show(cx, &cx.row(ACTIONS, id)?))),
        ("PATCH" | "PUT", [id]) => update(cx, id),
        ("GET", [id, "references"]) => {
            let row = cx.row(ACTIONS, id)?;
            Ok(Reply::json(200, json!(references(cx, row.get("id").and_then(Value::as_i64).unwrap_or(0)))))
        }
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

fn list(cx: &Cx) -> Outcome {
    let search = cx.search()?;
    let rows: Vec<&Map<String, Value>> = cx
        .rows(ACTIONS)
        .rev()
        .map(|(_, row)| row)
        .filter(|row| !flagged(row, "deleted"))
        .filter(|row| search.as_deref().is_none_or(|words| text(row, "name").to_lowercase().contains(words)))
        .collect();
    let counts = cx.request.query("include_reference_count").is_some_and(|v| v == "1" || v == "true");
    let render = |row: &&Map<String, Value>| {
        let mut out = show(cx, row);
        if counts && let Some(id) = row.get("id").and_then(Value::as_i64) {
            out["reference_count"] = json!(references(cx, id).len());
        }
        out
    };
    if cx.request.query("limit").is_some() {
        return Ok(cx.page_of(&rows, 100, render));
    }
    let (offset, _) = cx.window(usize::MAX);
    let results: Vec<Value> = rows.iter().skip(offset).map(render).collect();
    Ok(Reply::json(200, json!({ "results": results })))
}

fn post(cx: &mut Cx) -> Outcome {
    let fields = read(cx, 0)?;
    let id = cx.next_id(ACTIONS);
    let now = cx.now();
    let row = json!({
        "id": id,
        "name": null,
        "description": "",
        "post_to_slack": false,
        "slack_message_format": "",
        "steps": [],
        "created_at": now,
        "created_by": cx.user(),
        "pinned_at": null,
        "deleted": false,
        "creation_context": null,
        "is_calculating": false,
        "last_calculated_at": now,
        "team_id": cx.project,
        "is_action": true,
        "bytecode_error": null,
        "tags": [],
        "user_access_level": "manager",
    });
    let Value::Object(mut row) = row else { return Err(Fault::not_found()) };
    row.extend(fields);
    save(cx, id, row.clone());
    Ok(Reply::json(201, show(cx, &row)))
}

fn update(cx: &mut Cx, id: &str) -> Outcome {
    let mut row = cx.row(ACTIONS, id)?;
    let number = row.get("id").and_then(Value::as_u64).unwrap_or(0);
    let fields = read(cx, number)?;
    row.extend(fields);
    save(cx, number, row.clone());
    Ok(Reply::json(200, show(cx, &row)))
}

fn save(cx: &mut Cx, id: u64, row: Map<String, Value>) {
    let place = |row: &Map<String, Value>| format!("{}:{}", cx.project, text(row, "name"));
    let old = cx.find(ACTIONS, &id.to_string()).map(&place);
    let new = place(&row);
    if let Some(old) = old
        && cx.store.get(NAMES, &old) == Some(&json!(id))
    {
        cx.store.remove(NAMES, &old);
    }
    // Restoring does not check the name, so an older holder may keep it.
    if !flagged(&row, "deleted") && cx.store.get(NAMES, &new).is_none() {
        cx.store.put(NAMES, &new, json!(id));
    }
    cx.put(ACTIONS, &id.to_string(), row);
}

fn read(cx: &Cx, id: u64) -> Result<Map<String, Value>, Fault> {
    let mut read = cx.fields();
    read.string("name", OPTIONAL.null().max(400))?;
    read.string("description", OPTIONAL.blank())?;
    read.boolean("post_to_slack", OPTIONAL)?;
    read.string("slack_message_format", OPTIONAL.blank().max(1200))?;
    read.list("steps", OPTIONAL)?;
    if let Some(Value::Array(sent)) = read.get("steps") {
        let steps: Vec<Value> = sent.iter().map(step).collect::<Result<_, _>>()?;
        read.keep("steps", json!(steps))?;
    }
    read.boolean("deleted", OPTIONAL)?;
    read.json("pinned_at", OPTIONAL.null())?;
    if read.get("pinned_at").is_some_and(|v| !v.is_null()) {
        read.keep("pinned_at", json!(cx.now()))?;
    }
    read.tags(cx.settings.tagging)?;
    let fields = read.done();
    if let Some(name) = fields.get("name").and_then(Value::as_str)
        && let Some(holder) = cx.store.get(NAMES, &format!("{}:{name}", cx.project)).and_then(Value::as_u64)
        && holder != id
    {
        let detail = format!("This project already has an action with this name, ID {holder}");
        return Err(Fault::validation("unique", detail).at("name"));
    }
    Ok(fields)
}

/// One step with all its keys.
fn step(sent: &Value) -> Result<Value, Fault> {
    let Some(sent) = sent.as_object() else { return Err(super::not_an_object(sent).under("steps")) };
    let mut read = Fields::new(sent, false);
    let any = OPTIONAL.null().verbatim();
    let mut fields = || -> Result<(), Fault> {
        read.string("event", any)?;
        read.list("properties", any)?;
        read.string("selector", any)?;
        for (name, matching) in
            [("tag_name", ""), ("text", "text_matching"), ("href", "href_matching"), ("url", "url_matching")]
        {
            read.string(name, any)?;
            if !matching.is_empty() {
                read.choice(matching, &MATCHINGS, any)?;
            }
            let is_pattern = read.get(matching) == Some(&json!("regex"));
            if let Some(Value::String(text)) = read.get(name).filter(|_| is_pattern)
                && let Err(why) = pattern::check(text)
            {
                return Err(Fault::invalid_input(name, format!("Invalid regular expression: {why}")));
            }
        }
        Ok(())
    };
    fields().map_err(|fault| fault.under("steps"))?;
    let read = read.done();
    let mut step = Map::new();
    for key in [
        "event",
        "properties",
        "selector",
        "tag_name",
        "text",
        "text_matching",
        "href",
        "href_matching",
        "url",
        "url_matching",
    ] {
        step.insert(key.to_owned(), read.get(key).cloned().unwrap_or(Value::Null));
    }
    if step.get("url_matching").is_some_and(Value::is_null) {
        step.insert("url_matching".into(), json!("contains"));
    }
    let regex = read.get("selector").and_then(Value::as_str).map(selector_regex);
    step.insert("selector_regex".into(), json!(regex));
    Ok(Value::Object(step))
}

/// A selector as a pattern over a chain of elements, innermost first.
fn selector_regex(selector: &str) -> String {
    let mut pattern = String::from("(^|;)");
    let mut direct = false;
    for (n, part) in selector.split_whitespace().rev().enumerate() {
        if part == ">" {
            direct = true;
            continue;
        }
        if n > 0 {
            pattern.push_str(if direct { "" } else { "(.*;)?" });
        }
        direct = false;
        let (tag, rest) = part.split_at(part.find(['.', '#', '[', ':']).unwrap_or(part.len()));
        pattern.push_str(tag);
        for class in rest.split('.').filter(|c| !c.is_empty() && !c.starts_with(['#', '[', ':'])) {
            pattern.push_str(&format!(r".*?\.{class}"));
        }
        pattern.push_str("([-_a-zA-Z0-9\\.:\"= \\[\\]\\(\\),]*?)?($|;|:([^;^\\s]*(;|$|\\s)))");
    }
    pattern
}

/// What, not deleted, uses an action.
fn references(cx: &Cx, id: i64) -> Vec<Value> {
    let mut found = Vec::new();
    let mut look = |table: &str, kind: &str, place: &str, uses: &dyn Fn(&Map<String, Value>) -> bool| {
        for (key, row) in cx.rows(table).filter(|(_, row)| !flagged(row, "deleted")).filter(|(_, row)| uses(row)) {
            let id = row.get("short_id").or_else(|| row.get("id")).cloned().unwrap_or(json!(key));
            let at = super::python_str(&id);
            let name = ["name", "derived_name"].iter().map(|k| text(row, k)).find(|t| !t.is_empty()).unwrap_or("");
            let url = format!("/project/{}/{place}/{at}", cx.project);
            found.push(json!({ "type": kind, "id": at, "name": name, "url": url }));
        }
    };
    let node =
        |row: &Map<String, Value>, keys: &[&str]| keys.iter().any(|k| row.get(*k).is_some_and(|v| has_node(v, id)));
    look("posthog.insights", "insight", "insights", &|row| node(row, &["query"]));
    look("posthog.experiments", "experiment", "experiments", &|row| {
        node(row, &["metrics", "metrics_secondary", "exposure_criteria"])
    });
    look("posthog.cohorts", "cohort", "cohorts", &|row| row.get("filters").is_some_and(|v| has_step(v, id)));
    look("posthog.hog_functions", "hog_function", "pipeline/destinations", &|row| {
        let actions = row.get("filters").and_then(|f| f.get("actions")).and_then(Value::as_array);
        actions.is_some_and(|a| a.iter().any(|a| a.get("id").and_then(whole) == Some(id)))
    });
    found
}

fn has_node(value: &Value, id: i64) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|v| has_node(v, id)),
        Value::Object(map) => {
            map.get("kind").and_then(Value::as_str) == Some("ActionsNode") && map.get("id").and_then(whole) == Some(id)
                || map.values().any(|v| has_node(v, id))
        }
        _ => false,
    }
}

fn has_step(value: &Value, id: i64) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|v| has_step(v, id)),
        Value::Object(map) => {
            let is = |kind: &str, key: &str| {
                map.get(kind).and_then(Value::as_str) == Some("actions") && map.get(key).and_then(whole) == Some(id)
            };
            is("event_type", "key") || is("seq_event_type", "seq_event") || map.values().any(|v| has_step(v, id))
        }
        _ => false,
    }
}
