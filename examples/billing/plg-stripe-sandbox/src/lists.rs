//! Lists, page by page, and what answers leave out unless they are asked for it.

use crate::form::nested;
use crate::refusal::{coded, missing, refused};
use crate::resource::{Resource, rows};
use plg_sandbox::{ApiAccount, Reply, SandboxRequest};
use serde_json::{Map, Value, json};

/// Parts of objects that are in an answer only where they are asked for.
const HIDDEN: [&str; 1] = ["applies_to"];

/// One page of a list, the newest first.
pub(crate) fn list(
    account: &ApiAccount<'_>,
    resource: &dyn Resource,
    request: &SandboxRequest,
) -> Result<Value, Reply> {
    let asked = nested(&request.query);
    let limit = match asked.get("limit").and_then(Value::as_str).map(str::parse::<usize>) {
        None => 10,
        Some(Ok(limit)) if (1..=100).contains(&limit) => limit,
        Some(_) => {
            let message = "Invalid integer: limit must be from 1 to 100";
            return Err(coded("parameter_invalid_integer", message, Some("limit")));
        }
    };
    let known = ["limit", "starting_after", "ending_before", "expand", "active"];
    if let Some(unknown) = asked.keys().find(|key| !known.contains(&&***key) && !resource.filters().contains(&&***key))
    {
        return Err(coded("parameter_unknown", format!("Received unknown parameter: {unknown}"), Some(unknown)));
    }
    let all: Vec<Value> = rows(account, resource).rev().map(|(_, row)| resource.now(account, row)).collect();
    let fits = |row: &&Value| asked.iter().all(|(key, wanted)| fits(row, key, wanted));
    let cursor = |name: &str| asked.get(name).and_then(Value::as_str);
    let place = |id: &str, param: &str| {
        all.iter().position(|row| row["id"] == id).ok_or_else(|| missing(resource.object(), id, Some(param)))
    };
    let (rest, has_more): (Vec<&Value>, bool) = match (cursor("starting_after"), cursor("ending_before")) {
        (Some(_), Some(_)) => return Err(refused("You can only use one of starting_after and ending_before.", None)),
        (None, Some(id)) => {
            let before: Vec<&Value> = all[..place(id, "ending_before")?].iter().filter(fits).collect();
            let from = before.len().saturating_sub(limit);
            (before[from..].to_vec(), from > 0)
        }
        (after, None) => {
            let from = after.map_or(Ok(0), |id| place(id, "starting_after").map(|place| place + 1))?;
            let rest: Vec<&Value> = all[from..].iter().filter(fits).collect();
            let has_more = rest.len() > limit;
            (rest.into_iter().take(limit).collect(), has_more)
        }
    };
    let url = format!("/v1/{}", resource.path());
    Ok(json!({ "object": "list", "url": url, "has_more": has_more, "data": rest }))
}

/// A list of nothing.
pub(crate) fn none(url: &str) -> Value {
    json!({ "object": "list", "url": url, "has_more": false, "data": [] })
}

/// Whether a row is one of those that a filter asks for.
fn fits(row: &Value, key: &str, wanted: &Value) -> bool {
    match (key, wanted) {
        ("active" | "inclusive", wanted) => {
            row[key].as_bool().map(|is| if is { "true" } else { "false" }) == wanted.as_str()
        }
        ("lookup_keys", Value::Array(keys)) => keys.contains(&row["lookup_key"]),
        ("ids", Value::Array(ids)) => ids.contains(&row["id"]),
        ("coupon", wanted) => row["promotion"]["coupon"] == *wanted,
        ("code", Value::String(code)) => row["code"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(code)),
        ("product" | "currency" | "type", wanted) => row[key] == *wanted,
        _ => true,
    }
}

/// What a request wants to see beside what is always there.
pub(crate) fn expanded(sent: &Map<String, Value>, request: &SandboxRequest) -> Vec<String> {
    let asked = nested(&request.query);
    let all = [sent.get("expand"), asked.get("expand")].into_iter().flatten().filter_map(Value::as_array).flatten();
    all.filter_map(Value::as_str).map(|path| path.trim_start_matches("data.").to_owned()).collect()
}

/// An answer without what it leaves out.
pub(crate) fn shown(mut body: Value, expand: &[String]) -> Value {
    let hide = |row: &mut Value| {
        if let Value::Object(row) = row {
            row.retain(|key, _| !HIDDEN.contains(&&**key) || expand.iter().any(|one| one == key));
        }
    };
    match body.get_mut("data") {
        Some(Value::Array(rows)) => rows.iter_mut().for_each(hide),
        _ => hide(&mut body),
    }
    body
}
