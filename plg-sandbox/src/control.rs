//! The sandbox's own endpoints, under `/_sandbox/`.

use crate::faults::{Faults, Rule};
use crate::{Reply, Sandbox, SandboxRequest, Settings};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Answers one control request.
pub(crate) fn handle(sandbox: &Sandbox, request: &SandboxRequest) -> Reply {
    let parts = request.segments();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let answer = match (request.method.as_str(), parts.as_slice()) {
        ("POST", ["_sandbox", "reset"]) => sandbox.reset().map(|()| json!({})).map_err(|e| (500, e.to_string())),
        ("GET", ["_sandbox", "settings"]) => shown(&sandbox.settings()),
        ("PATCH", ["_sandbox", "settings"]) => patch(sandbox, request),
        ("POST", ["_sandbox", "events"]) => ingest(sandbox, request),
        ("GET", ["_sandbox", "log"]) => shown(&sandbox.log()),
        ("GET", ["_sandbox", "stats"]) => shown(&sandbox.stats()),
        ("POST", ["_sandbox", "stats", "reset"]) => {
            sandbox.reset_stats();
            Ok(json!({}))
        }
        ("GET", ["_sandbox", "faults"]) => shown(&sandbox.faults()),
        ("POST", ["_sandbox", "faults"]) => add(sandbox, request),
        ("DELETE", ["_sandbox", "faults"]) => {
            sandbox.set_faults(Faults::default());
            Ok(json!({}))
        }
        (method, _) => Err((404, format!("the sandbox has no `{method} {}`", request.path))),
    };
    match answer {
        Ok(body) => Reply::json(200, body),
        Err((status, error)) => Reply::json(status, json!({"error": error})),
    }
}

type ControlAnswer = Result<Value, (u16, String)>;

fn shown(value: &impl Serialize) -> ControlAnswer {
    serde_json::to_value(value).map_err(|e| (500, e.to_string()))
}

fn parsed<T: DeserializeOwned>(value: Value) -> Result<T, (u16, String)> {
    serde_json::from_value(value).map_err(|e| (400, e.to_string()))
}

fn body(request: &SandboxRequest) -> ControlAnswer {
    serde_json::from_slice(&request.body).map_err(|e| (400, e.to_string()))
}

/// Changes the settings that are given; the others stay.
fn patch(sandbox: &Sandbox, request: &SandboxRequest) -> ControlAnswer {
    let Value::Object(changes) = body(request)? else {
        return Err((400, "expected an object of settings".into()));
    };
    let mut settings = shown(&sandbox.settings())?;
    for (key, value) in changes {
        settings[key] = value;
    }
    let settings: Settings = parsed(settings)?;
    sandbox.set_settings(settings.clone()).map_err(|e| (500, e.to_string()))?;
    shown(&settings)
}

/// Adds a list of rules, or `{"delay_ms", "tag_clash", "rules"}` where only what is given changes.
fn add(sandbox: &Sandbox, request: &SandboxRequest) -> ControlAnswer {
    let mut faults = sandbox.faults();
    match body(request)? {
        Value::Object(mut both) => {
            if let Some(delay) = both.remove("delay_ms") {
                faults.delay_ms = parsed(delay)?;
            }
            if let Some(clash) = both.remove("tag_clash") {
                faults.tag_clash = parsed(clash)?;
            }
            if let Some(rules) = both.remove("rules") {
                faults.rules.extend(parsed::<Vec<Rule>>(rules)?);
            }
            if let Some((key, _)) = both.iter().next() {
                return Err((400, format!("expected `delay_ms`, `tag_clash` or `rules`, found `{key}`")));
            }
        }
        rules => faults.rules.extend(parsed::<Vec<Rule>>(rules)?),
    }
    sandbox.set_faults(faults.clone());
    shown(&faults)
}

/// An event as a client library would capture it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Captured {
    event: String,
    #[serde(default)]
    properties: Map<String, Value>,
}

fn ingest(sandbox: &Sandbox, request: &SandboxRequest) -> ControlAnswer {
    let events: Vec<Captured> = parsed(body(request)?)?;
    for Captured { event, properties } in &events {
        sandbox.ingest(event, properties).map_err(|e| (500, e.to_string()))?;
    }
    Ok(json!({}))
}
