//! What destinations do when an event arrives, and what is kept of it.
//!
//! What Attio's templates write is handed on as requests; nothing is sent to anybody else. What the sandbox does not
//! understand of a destination makes that run fail, and its log says so.

use super::filled::{as_text, filled};
use super::rows::FUNCTIONS;
use super::{attio, told};
use crate::message::SandboxRequest;
use crate::posthog::captured::CapturedEvent;
use crate::posthog::json::{is_set, number_at, text_at};
use crate::settings::Settings;
use crate::store::Store;
use serde_json::{Map, Value, json};

/// Lines of functions' logs, by `function:number`.
const LOGS: &str = "posthog.hog_function_logs";

/// How often each function ran, and how that ended.
const COUNTS: &str = "posthog.hog_function_counts";

/// When a function may be told of the same again, by `function:hash`.
const MASKS: &str = "posthog.hog_function_masks";

/// So many lines are kept of each function.
const LINES: u64 = 50;

/// A destination that is set off, and what it writes, in order.
#[derive(Debug)]
pub(crate) struct DestinationRun {
    pub(crate) function: String,
    /// What people read.
    pub(crate) name: String,
    pub(crate) writes: Vec<SandboxRequest>,
}

/// The destinations of the project that an event sets off.
pub(crate) fn due(store: &mut Store, settings: &Settings, event: &CapturedEvent) -> Vec<DestinationRun> {
    let globals = event.globals(settings);
    let is_on = |row: &&Value| {
        row["team_id"].as_u64() == Some(settings.project)
            && row["type"] == "destination"
            && is_set(row, "enabled")
            && !is_set(row, "deleted")
    };
    let all: Vec<Value> = store.rows(FUNCTIONS).map(|(_, row)| row).filter(is_on).cloned().collect();
    let mut due = Vec::new();
    for function in all {
        let id = text_at(&function, "id");
        match one(store, settings, &function, &globals) {
            Ok(Some(writes)) => {
                due.push(DestinationRun {
                    function: id.to_owned(),
                    name: text_at(&function, "name").to_owned(),
                    writes,
                });
            }
            Ok(None) => {}
            Err(why) => ended(store, settings, id, Err(&why)),
        }
    }
    due
}

/// What one destination writes, if it is set off.
fn one(
    store: &mut Store,
    settings: &Settings,
    function: &Value,
    globals: &Value,
) -> Result<Option<Vec<SandboxRequest>>, String> {
    let template = text_at(&function["template"], "id");
    let has_mappings = function["mappings"].as_array().is_some_and(|all| !all.is_empty());
    if has_mappings || !told::is_told(&function["filters"], globals, store, settings.project)? {
        return Ok(None);
    }
    if is_masked(store, settings, function, globals)? {
        return Ok(None);
    }
    let inputs = inputs(function, globals)?;
    match attio::writes(template, &inputs) {
        Some(writes) => Ok(Some(writes)),
        None => {
            let id = text_at(function, "id");
            log(store, settings, id, "INFO", "set off; the sandbox sends nothing to anybody but its own Attio");
            Ok(None)
        }
    }
}

/// The inputs with everything filled in; those behind may name those before.
fn inputs(function: &Value, globals: &Value) -> Result<Map<String, Value>, String> {
    let mut all: Vec<(&String, &Value)> = function["inputs"].as_object().into_iter().flatten().collect();
    all.sort_by_key(|(_, input)| number_at(input, "order"));
    let mut globals = globals.clone();
    globals["inputs"] = json!({});
    for (key, input) in all {
        let value = filled(&input["value"], &globals).map_err(|why| format!("input `{key}`: {why}"))?;
        globals["inputs"][key] = value;
    }
    Ok(globals["inputs"].as_object().cloned().unwrap_or_default())
}

/// Whether the same was sent a short while ago.
fn is_masked(store: &mut Store, settings: &Settings, function: &Value, globals: &Value) -> Result<bool, String> {
    let masking = &function["masking"];
    if !masking.is_object() {
        return Ok(false);
    }
    let hash = filled(&masking["hash"], globals)?;
    let key = format!("{}:{}", text_at(function, "id"), as_text(&hash));
    let now = settings.clock().as_second();
    let mask = store.get(MASKS, &key).filter(|mask| mask["until"].as_i64().is_some_and(|until| now < until)).cloned();
    let Some(mut mask) = mask else {
        let until = now.saturating_add(masking["ttl"].as_i64().unwrap_or_default());
        store.put(MASKS, &key, json!({ "until": until, "held_back": 0 }));
        return Ok(false);
    };
    let held_back = number_at(&mask, "held_back") + 1;
    let passes = masking["threshold"].as_u64().is_some_and(|threshold| held_back >= threshold);
    mask["held_back"] = json!(if passes { 0 } else { held_back });
    store.put(MASKS, &key, mask);
    Ok(!passes)
}

/// Keeps how a run ended.
pub(crate) fn ended(store: &mut Store, settings: &Settings, function: &str, result: Result<&str, &str>) {
    let mut counts = counts(store, function);
    let (key, level, message) = match result {
        Ok(message) => ("succeeded", "INFO", message),
        Err(message) => ("failed", "ERROR", message),
    };
    counts[key] = json!(number_at(&counts, key) + 1);
    store.put(COUNTS, function, counts);
    log(store, settings, function, level, message);
}

fn log(store: &mut Store, settings: &Settings, function: &str, level: &str, message: &str) {
    let number = store.next_number(&format!("{LOGS}.{function}"));
    let at = settings.clock().strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string();
    let line = json!({
        "log_source_id": function, "instance_id": uuid::Uuid::new_v4().to_string(), "timestamp": at, "level": level,
        "message": message,
    });
    store.put(LOGS, &place(function, number), line);
    if let Some(old) = number.checked_sub(LINES) {
        store.remove(LOGS, &place(function, old));
    }
}

fn place(function: &str, number: u64) -> String {
    format!("{function}:{number:010}")
}

/// The lines of a function's log, the newest first.
pub(super) fn lines(store: &Store, function: &str) -> Vec<Value> {
    let own = store.rows(LOGS).rev().map(|(_, line)| line).filter(|line| line["log_source_id"] == function);
    let mut own: Vec<Value> = own.cloned().collect();
    own.sort_by(|one, other| text_at(other, "timestamp").cmp(text_at(one, "timestamp")));
    own
}

/// How often a function ran, by how that ended.
pub(super) fn counts(store: &Store, function: &str) -> Value {
    store.get(COUNTS, function).cloned().unwrap_or_else(|| json!({}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn the_same_is_held_back_for_a_while() {
        let mut store = Store::in_memory();
        let function = json!({ "id": "f", "masking": { "ttl": 60, "hash": "{person.id}", "threshold": 3 } });
        let mut at = |second: i64, who: &str| {
            let now = Timestamp::from_second(second).ok();
            let settings = Settings { now, ..Settings::default() };
            is_masked(&mut store, &settings, &function, &json!({ "person": { "id": who } }))
        };
        assert_eq!((at(0, "a"), at(1, "a"), at(1, "b")), (Ok(false), Ok(true), Ok(false)));
        assert_eq!((at(2, "a"), at(3, "a"), at(4, "a")), (Ok(true), Ok(false), Ok(true)));
        assert_eq!(at(60, "a"), Ok(false));
    }

    #[test]
    fn inputs_name_those_before_them() {
        let function = json!({ "inputs": {
            "text": { "value": "Hi {inputs.who}", "order": 1 }, "who": { "value": "{person.id}", "order": 0 },
        } });
        let inputs = inputs(&function, &json!({ "person": { "id": "ada" } })).expect("they are understood");
        assert_eq!(inputs["text"], "Hi ada");
    }
}
