//! Whether a function is told of an event.

use super::filled::as_text;
use crate::posthog::action::rows::ACTIONS;
use crate::posthog::captured::{name, property};
use crate::posthog::json::{is_set, text_at};
use crate::posthog::project_settings::rows::test_account_filters;
use crate::store::Store;
use serde_json::Value;

/// Whether an event sets a function off, by the function's filters.
///
/// # Errors
/// What of the filters the sandbox does not understand.
pub(super) fn is_told(filters: &Value, globals: &Value, store: &Store, project: u64) -> Result<bool, String> {
    let source = text_at(filters, "source");
    if !["", "events"].contains(&source) {
        return Err(format!("the sandbox knows no source `{source}`"));
    }
    let (events, actions) = (list(filters, "events"), list(filters, "actions"));
    let mut is_one = events.is_empty() && actions.is_empty();
    for event in events {
        let named = event["id"].is_null() || text_at(event, "id") == name(globals);
        is_one = is_one || (named && all_hold(list(event, "properties"), globals)?);
    }
    for action in actions {
        let id = as_text(&action["id"]);
        let row = store.get(ACTIONS, &id).filter(|row| !is_set(row, "deleted"));
        let row = row.ok_or_else(|| format!("there is no action {id}"))?;
        is_one = is_one || (does(row, globals)? && all_hold(list(action, "properties"), globals)?);
    }
    if !is_one || !all_hold(list(filters, "properties"), globals)? {
        return Ok(false);
    }
    let people = is_set(filters, "filter_test_accounts").then(|| test_account_filters(store, project));
    people.map_or(Ok(true), |tests| all_hold(&tests, globals))
}

fn list<'a>(row: &'a Value, key: &str) -> &'a [Value] {
    row[key].as_array().map_or(&[][..], Vec::as_slice)
}

/// Whether an event is one of an action's.
fn does(action: &Value, globals: &Value) -> Result<bool, String> {
    for step in list(action, "steps") {
        if let Some(key) = ["selector", "text", "href", "tag_name"].iter().find(|key| !text_at(step, key).is_empty()) {
            return Err(format!("the sandbox does not look at the `{key}` of an action"));
        }
        let event = text_at(step, "event");
        let url = match text_at(step, "url") {
            "" => true,
            url => {
                let is = property(globals, "event", "$current_url").map(as_text).unwrap_or_default();
                match text_at(step, "url_matching") {
                    "exact" => is == url,
                    "regex" => return Err("the sandbox does not match addresses by pattern".to_owned()),
                    _ => is.contains(url),
                }
            }
        };
        if (event.is_empty() || event == name(globals)) && url && all_hold(list(step, "properties"), globals)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn all_hold(tests: &[Value], globals: &Value) -> Result<bool, String> {
    for test in tests {
        if !holds(test, globals)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a comparison of a property holds.
fn holds(test: &Value, globals: &Value) -> Result<bool, String> {
    let (of, key) = (text_at(test, "type"), text_at(test, "key"));
    let Some(is) = property(globals, of, key) else {
        return Err(format!("the sandbox compares properties of events and of people, and no `{of}`"));
    };
    let said: Vec<String> = match &test["value"] {
        Value::Null => Vec::new(),
        Value::Array(all) => all.iter().map(as_text).collect(),
        one => vec![as_text(one)],
    };
    let own = as_text(is);
    let contains = || said.iter().any(|said| own.to_lowercase().contains(&said.to_lowercase()));
    let numbers = || Some((own.parse::<f64>().ok()?, said.first()?.parse::<f64>().ok()?));
    let compared = |fits: fn(f64, f64) -> bool| numbers().is_some_and(|(own, said)| fits(own, said));
    Ok(match text_at(test, "operator") {
        "" | "exact" => said.contains(&own) && !is.is_null(),
        "is_not" => !said.contains(&own),
        "icontains" => contains(),
        "not_icontains" => !contains(),
        "is_set" => !is.is_null(),
        "is_not_set" => is.is_null(),
        "gt" => compared(|own, said| own > said),
        "gte" | "min" => compared(|own, said| own >= said),
        "lt" => compared(|own, said| own < said),
        "lte" | "max" => compared(|own, said| own <= said),
        other => return Err(format!("the sandbox knows no comparison `{other}`")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(filters: &Value) -> Result<bool, String> {
        let mut store = Store::in_memory();
        let step = json!({ "event": "signed_up", "properties": [], "url": "/pricing", "url_matching": "contains" });
        store.put(ACTIONS, "7", json!({ "id": 7, "deleted": false, "steps": [step] }));
        let globals = json!({
            "event": { "event": "signed_up", "properties": { "plan": "pro", "seats": 3, "$current_url": "/pricing?a" } },
            "person": { "properties": { "email": "ada@example.com", "beta": true } },
        });
        is_told(filters, &globals, &store, 1)
    }

    #[test]
    fn of_events_actions_and_conditions() {
        let with = |test: Value| told(&json!({ "events": [{ "id": "signed_up" }], "properties": [test] }));
        assert_eq!(told(&json!({})), Ok(true));
        assert_eq!(told(&json!({ "events": [{ "id": null }] })), Ok(true));
        assert_eq!(told(&json!({ "events": [{ "id": "left" }] })), Ok(false));
        assert_eq!(told(&json!({ "events": [{ "id": "left" }], "actions": [{ "id": "7" }] })), Ok(true));
        assert!(told(&json!({ "actions": [{ "id": 8 }] })).is_err());
        assert!(told(&json!({ "source": "person-updates" })).is_err());
        for (test, holds) in [
            (json!({ "type": "event", "key": "plan", "operator": "exact", "value": ["pro", "team"] }), true),
            (json!({ "type": "event", "key": "plan", "operator": "is_not", "value": ["pro"] }), false),
            (json!({ "type": "event", "key": "seats", "operator": "gt", "value": 2 }), true),
            (json!({ "type": "event", "key": "seats", "operator": "lt", "value": "3" }), false),
            (json!({ "type": "event", "key": "none", "operator": "is_not_set" }), true),
            (json!({ "type": "person", "key": "email", "operator": "not_icontains", "value": "@EXAMPLE.com" }), false),
            (json!({ "type": "person", "key": "beta", "operator": "exact", "value": ["true"] }), true),
        ] {
            assert_eq!(with(test.clone()), Ok(holds), "{test}");
        }
        assert!(with(json!({ "type": "cohort", "key": "id", "value": 3 })).is_err());
        assert!(with(json!({ "type": "event", "key": "plan", "operator": "regex", "value": "p" })).is_err());
    }
}
