//! Replays recorded exchanges against the sandbox: the same requests must get the same answers.

use plg_sandbox::{ApiToken, Sandbox, SandboxRequest, Settings};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Of the length Attio's keys have.
const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// When an expected array is met.
#[derive(Clone, Copy, PartialEq)]
pub enum Arrays {
    /// Each expected element is met by some actual one, in order; an empty one must be empty.
    Contain,
    /// The elements are as many and met one by one.
    Equal,
}

/// Replays every case of a file, prints how many pass, and panics if one fails that is not listed in `known.json`.
///
/// # Panics
/// When a case fails that is not listed, or a listed one passes.
pub fn replay(file: &str, arrays: Arrays) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let cases = read(&dir.join(file));
    let known = read(&dir.join("known.json"));
    let cases = cases.as_array().expect("a file of cases is an array");
    let (mut failed, mut stale) = (Vec::new(), Vec::new());
    for case in cases {
        let id = case["id"].as_str().expect("a case has an id");
        match (run(case, arrays), known.get(id)) {
            (Ok(()), None) => {}
            (Ok(()), Some(_)) => stale.push(id),
            (Err(reason), None) => failed.push(format!("{id}: {reason}")),
            (Err(reason), Some(why)) => println!("known: {id}: {reason} ({why})"),
        }
    }
    println!("{file}: {} of {} pass", cases.len() - failed.len(), cases.len());
    assert!(failed.is_empty(), "{} of {} cases of {file} fail:\n{}", failed.len(), cases.len(), failed.join("\n"));
    assert!(stale.is_empty(), "listed in known.json, but they pass: {}", stale.join(", "));
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("the file is beside the tests");
    serde_json::from_str(&text).expect("the file is JSON")
}

/// Settings under which a case's preconditions hold.
fn settings(case: &Value) -> Result<Settings, String> {
    let mut settings =
        Settings { tokens: Some(BTreeMap::from([(KEY.into(), ApiToken::default())])), ..Settings::default() };
    for assumed in case["assumes"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        match assumed {
            "deals_enabled" => settings.deals = true,
            "deals_disabled" => settings.deals = false,
            "lists_plan" => settings.lists_plan = true,
            // The sandbox plays the newest API, in which the slug is always reserved.
            "workspaces_standard" | "era>=2026-10" => {}
            other => return Err(format!("unknown precondition `{other}`")),
        }
    }
    Ok(settings)
}

fn run(case: &Value, arrays: Arrays) -> Result<(), String> {
    let settings = settings(case)?;
    let mut saved = Map::from_iter([("uniq".into(), json!("k3x9")), ("project_id".into(), json!(settings.project))]);
    let sandbox = Sandbox::open(None, Some(settings)).map_err(|e| e.to_string())?;
    for (at, step) in case["steps"].as_array().into_iter().flatten().enumerate() {
        one(&sandbox, step, &mut saved, arrays).map_err(|reason| {
            format!("step {at} {} {}: {reason}", step["method"].as_str().unwrap_or_default(), step["path"])
        })?;
    }
    Ok(())
}

fn one(sandbox: &Sandbox, step: &Value, saved: &mut Map<String, Value>, arrays: Arrays) -> Result<(), String> {
    let path = fill_text(step["path"].as_str().unwrap_or_default(), saved);
    let mut request = SandboxRequest::new(step["method"].as_str().unwrap_or_default(), &path);
    request.origin = "http://localhost:8000".into();
    request.headers = vec![("authorization".into(), format!("Bearer {KEY}")), ("host".into(), "localhost:8000".into())];
    for (name, value) in step["headers"].as_object().into_iter().flatten() {
        let name = name.to_lowercase();
        request.headers.retain(|(other, _)| *other != name);
        // One that is null is not sent.
        if let Some(value) = value.as_str() {
            request.headers.push((name, fill_text(value, saved)));
        }
    }
    if let Some(body) = step.get("body").filter(|b| !b.is_null()) {
        request.headers.push(("content-type".into(), "application/json".into()));
        request.body = fill(body, saved).to_string().into_bytes();
    }
    let reply = sandbox.answer(&request);
    let body = reply.body.unwrap_or_default();
    let expect = &step["expect"];
    // Servers of several years differ in some: each of these is right.
    let is_status = |status: &Value| status.as_u64() == Some(reply.status.into());
    if !is_status(&expect["status"]) && !expect["status"].as_array().is_some_and(|all| all.iter().any(is_status)) {
        return Err(format!("expected {}, got {} {body}", expect["status"], reply.status));
    }
    for (name, pointer) in step["save"].as_object().into_iter().flatten() {
        let pointer = pointer.as_str().unwrap_or_default();
        let value = body.pointer(pointer).ok_or_else(|| format!("nothing at {pointer} of {body}"))?;
        saved.insert(name.clone(), value.clone());
    }
    if let Some(wanted) = expect.get("json") {
        meets(&body, &fill(wanted, saved), arrays).map_err(|reason| format!("{reason} in {body}"))?;
    }
    if let Some(unwanted) = expect.get("not_json")
        && meets(&body, &fill(unwanted, saved), arrays).is_ok()
    {
        return Err(format!("{unwanted} must not be in {body}"));
    }
    Ok(())
}

/// Puts what was saved in place of `{name}`; a string that is nothing else takes the value's type.
fn fill(value: &Value, saved: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => {
            let name = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            match name.and_then(|name| saved.get(name)) {
                Some(value) => value.clone(),
                None => Value::String(fill_text(text, saved)),
            }
        }
        Value::Array(items) => items.iter().map(|item| fill(item, saved)).collect(),
        Value::Object(map) => map.iter().map(|(k, v)| (fill_text(k, saved), fill(v, saved))).collect(),
        other => other.clone(),
    }
}

fn fill_text(text: &str, saved: &Map<String, Value>) -> String {
    saved.iter().fold(text.to_owned(), |text, (name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text.replace(&format!("{{{name}}}"), &value)
    })
}

fn meets(actual: &Value, wanted: &Value, arrays: Arrays) -> Result<(), String> {
    match (actual, wanted) {
        // Whatever it is, it is there.
        (_, Value::String(any)) if any == "*" => Ok(()),
        (_, Value::Object(wanted)) if wanted.is_empty() && arrays == Arrays::Equal => Ok(()),
        (Value::Object(actual), Value::Object(wanted)) => wanted.iter().try_for_each(|(key, wanted)| {
            let actual = actual.get(key).ok_or_else(|| format!("`{key}` is missing"))?;
            meets(actual, wanted, arrays).map_err(|reason| format!("{key}: {reason}"))
        }),
        (Value::Array(actual), Value::Array(wanted)) if wanted.is_empty() || arrays == Arrays::Equal => {
            if actual.len() != wanted.len() {
                return Err(format!("expected {} elements, got {}", wanted.len(), actual.len()));
            }
            actual.iter().zip(wanted).try_for_each(|(actual, wanted)| meets(actual, wanted, arrays))
        }
        (Value::Array(actual), Value::Array(wanted)) => {
            let mut rest = actual.iter();
            wanted.iter().try_for_each(|wanted| {
                let found = rest.any(|actual| meets(actual, wanted, arrays).is_ok());
                found.then_some(()).ok_or_else(|| format!("no element is {wanted}"))
            })
        }
        (actual, wanted) if actual == wanted => Ok(()),
        (Value::Number(actual), Value::Number(wanted)) if actual.as_f64() == wanted.as_f64() => Ok(()),
        (actual, wanted) => Err(format!("expected {wanted}, got {actual}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_contain_in_order_or_are_equal() {
        let actual = json!([{"a": 1}, {"a": 2, "b": 3}]);
        assert!(meets(&actual, &json!([{"a": 2}]), Arrays::Contain).is_ok());
        assert!(meets(&actual, &json!([{"a": 2}, {"a": 1}]), Arrays::Contain).is_err());
        assert!(meets(&actual, &json!([]), Arrays::Contain).is_err());
        assert!(meets(&actual, &json!([{"a": 2}]), Arrays::Equal).is_err());
        assert!(meets(&actual, &json!([{}, {"a": 2.0}]), Arrays::Equal).is_ok());
    }

    #[test]
    fn a_star_is_anything_that_is_there() {
        assert!(meets(&json!({"a": 5}), &json!({"a": "*"}), Arrays::Equal).is_ok());
        assert!(meets(&json!({}), &json!({"a": "*"}), Arrays::Equal).is_err());
    }

    #[test]
    fn a_variable_alone_keeps_its_type() {
        let saved = Map::from_iter([("id".into(), json!(5))]);
        assert_eq!(
            fill(&json!({"a": "{id}", "b": "x{id}", "c": "{other}"}), &saved),
            json!({"a": 5, "b": "x5", "c": "{other}"})
        );
    }
}
