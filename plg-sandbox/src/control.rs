//! The sandbox's own endpoints, under `/_sandbox/`.

use crate::accounts::SandboxAccount;
use crate::faults::{Faults, Rule};
use crate::home::build::BuildStatus;
use crate::{Reply, Sandbox, SandboxRequest, Settings};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::io;

/// What the paths of all of them begin with.
pub(crate) const ROOT: &str = "/_sandbox/";

/// Answers one control request, about one account where it was sent to that.
pub(crate) fn handle(sandbox: &Sandbox, account: Option<&SandboxAccount>, request: &SandboxRequest) -> Reply {
    let parts = request.segments();
    let parts: Vec<&str> = parts.iter().skip(1).map(String::as_str).collect();
    let asked = (request.method.as_str(), parts.as_slice());
    let answer = match account {
        Some(account) => of_account(sandbox, account, request, asked),
        None => of_all(sandbox, request, asked),
    };
    match answer {
        Some(Ok(body)) => Reply::json(200, body),
        Some(Err((status, error))) => Reply::error(status, &error),
        None => Reply::error(404, &format!("the sandbox has no `{} {}`", request.method, request.path)),
    }
}

fn of_all(sandbox: &Sandbox, request: &SandboxRequest, asked: (&str, &[&str])) -> Option<ControlAnswer> {
    Some(match asked {
        ("GET", ["accounts"]) => shown(&sandbox.addresses(&request.origin)),
        ("POST", ["reset"]) => done(sandbox.reset()),
        ("GET", ["settings"]) => shown(&sandbox.settings()),
        ("PATCH", ["settings"]) => patched(&sandbox.settings(), request, |settings| sandbox.set_settings(settings)),
        ("POST", ["events"]) => ingest(sandbox, "posthog", request),
        ("PUT" | "DELETE", ["definitions"]) => definitions(sandbox, "posthog", request),
        ("GET", ["build"]) => shown(&sandbox.build()),
        ("PUT", ["build"]) => built(sandbox, request),
        ("DELETE", ["build"]) => {
            sandbox.set_build(None);
            Ok(json!({}))
        }
        ("POST", ["evaluate"]) | ("GET", ["sent"]) => of_project(sandbox, "posthog", request),
        ("GET", ["log"]) => shown(&sandbox.log()),
        ("GET", ["stats"]) => shown(&sandbox.stats()),
        ("POST", ["stats", "reset"]) => {
            sandbox.reset_stats();
            Ok(json!({}))
        }
        ("GET", ["faults"]) => shown(&sandbox.faults()),
        ("POST", ["faults"]) => add(sandbox, request),
        ("DELETE", ["faults"]) => {
            sandbox.set_faults(Faults::default());
            Ok(json!({}))
        }
        _ => return None,
    })
}

fn of_account(
    sandbox: &Sandbox,
    account: &SandboxAccount,
    request: &SandboxRequest,
    asked: (&str, &[&str]),
) -> Option<ControlAnswer> {
    let name = account.name.as_str();
    Some(match asked {
        ("POST", ["reset"]) => done(sandbox.reset_of(name)),
        ("GET", ["settings"]) => shown(&sandbox.settings_of(name)),
        ("PATCH", ["settings"]) => {
            let settings = sandbox.settings_of(name).unwrap_or_default();
            patched(&settings, request, |settings| sandbox.set_settings_of(name, settings))
        }
        ("POST", ["events"]) => ingest(sandbox, name, request),
        ("PUT" | "DELETE", ["definitions"]) => definitions(sandbox, name, request),
        ("POST", ["evaluate"]) | ("GET", ["sent"]) => of_project(sandbox, name, request),
        ("GET", ["log"]) => shown(&sandbox.log_of(name)),
        ("GET", ["stats"]) => shown(&sandbox.stats().of(name)),
        _ => return None,
    })
}

type ControlAnswer = Result<Value, (u16, String)>;

fn done(outcome: io::Result<()>) -> ControlAnswer {
    outcome.map(|()| json!({})).map_err(|error| {
        let is_asked_wrongly = matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::NotFound);
        let is_no_such_thing = error.kind() == io::ErrorKind::InvalidData;
        let status = if is_no_such_thing {
            400
        } else if is_asked_wrongly {
            404
        } else {
            500
        };
        (status, error.to_string())
    })
}

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
fn patched(now: &Settings, request: &SandboxRequest, set: impl Fn(Settings) -> io::Result<()>) -> ControlAnswer {
    let Value::Object(changes) = body(request)? else {
        return Err((400, "expected an object of settings".into()));
    };
    let mut settings = shown(now)?;
    for (key, value) in changes {
        settings[key] = value;
    }
    let settings: Settings = parsed(settings)?;
    done(set(settings.clone()))?;
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
                faults.rules.extend(self::rules(sandbox, rules)?);
            }
            if let Some((key, _)) = both.iter().next() {
                return Err((400, format!("expected `delay_ms`, `tag_clash` or `rules`, found `{key}`")));
            }
        }
        rules => faults.rules.extend(self::rules(sandbox, rules)?),
    }
    sandbox.set_faults(faults.clone());
    shown(&faults)
}

/// Rules, each about accounts that are there.
fn rules(sandbox: &Sandbox, sent: Value) -> Result<Vec<Rule>, (u16, String)> {
    let rules: Vec<Rule> = parsed(sent)?;
    let names: Vec<String> = sandbox.accounts().into_iter().map(|account| account.name).collect();
    match rules.iter().filter_map(|rule| rule.on.account.as_ref()).find(|account| !names.contains(account)) {
        None => Ok(rules),
        Some(account) => Err((400, format!("there is no account `{account}`, only {}", names.join(", ")))),
    }
}

/// An event as a client library would capture it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Captured {
    event: String,
    #[serde(default)]
    properties: Map<String, Value>,
}

/// Takes how the stack was built and deployed last.
fn built(sandbox: &Sandbox, request: &SandboxRequest) -> ControlAnswer {
    let status: BuildStatus = parsed(body(request)?)?;
    sandbox.set_build(Some(status));
    shown(&sandbox.build())
}

/// What a project answers to the sandbox's own page.
fn of_project(sandbox: &Sandbox, account: &str, request: &SandboxRequest) -> ControlAnswer {
    let project = sandbox.accounts().into_iter().find(|one| one.name == account && one.provider == "posthog");
    let none = || (404, format!("no account `{account}` has flags and events"));
    let reply = project.and_then(|project| sandbox.reply(&project, request)).ok_or_else(none)?;
    match (reply.status, reply.body.unwrap_or_default()) {
        (200, body) => Ok(body),
        (status, body) => Err((status, body["error"].as_str().unwrap_or_default().to_owned())),
    }
}

/// Decides flags from what was sent, or from the project's own again.
fn definitions(sandbox: &Sandbox, account: &str, request: &SandboxRequest) -> ControlAnswer {
    let sent = if request.method == "PUT" { Some(body(request)?) } else { None };
    done(sandbox.set_definitions(account, sent))
}

fn ingest(sandbox: &Sandbox, account: &str, request: &SandboxRequest) -> ControlAnswer {
    let events: Vec<Captured> = parsed(body(request)?)?;
    for Captured { event, properties } in &events {
        done(sandbox.ingest_at(account, event, properties))?;
    }
    Ok(json!({}))
}
