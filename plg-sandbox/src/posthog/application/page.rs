//! What the sandbox's page and its controls ask of a project, beside what PostHog answers: what one person gets of every
//! flag and why, and what applications sent that is not as it is declared.

use super::{continuity, flags, people, sent, world};
use crate::message::{Reply, SandboxRequest};
use crate::posthog::call::PosthogCall;
use crate::settings::Settings;
use crate::store::Store;
use plg_flags::sent::is_own_flag;
use plg_flags::{AskedPerson, FlagDefinition, explained};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What one person gets: `POST` of a [`PersonQuestion`].
pub(crate) const EVALUATE: &str = "/_sandbox/evaluate";

/// What applications sent: `GET`.
pub(crate) const SENT: &str = "/_sandbox/sent";

/// Of whom flags are asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonQuestion {
    id: String,
    device: Option<String>,
    #[serde(default)]
    person: Map<String, Value>,
    #[serde(default)]
    groups: BTreeMap<String, Value>,
    #[serde(default)]
    group_properties: Map<String, Value>,
}

/// Answers those two; nothing where it is asked for something else.
pub(crate) fn answer(store: &mut Store, request: &SandboxRequest, settings: &Settings) -> Option<Reply> {
    let project = settings.project;
    let mut call = PosthogCall { store, request, settings, project, body: Map::new(), scopes: Vec::new() };
    match (request.method.as_str(), request.path.as_str()) {
        ("POST", EVALUATE) => Some(evaluated(&mut call)),
        ("GET", SENT) => Some(Reply::json(200, sent::shown(&call))),
        _ => None,
    }
}

fn evaluated(call: &mut PosthogCall) -> Reply {
    let asked: PersonQuestion = match serde_json::from_slice(&call.request.body) {
        Ok(asked) => asked,
        Err(error) => return Reply::error(400, &error.to_string()),
    };
    let world = world::all(call);
    let is_known = people::person_of(call, &asked.id).is_some();
    let mut person = people::properties_of(call, &asked.id);
    person.extend(asked.person);
    let asked = AskedPerson {
        device_id: asked.device.filter(|device| !device.is_empty()),
        stands_for: continuity::of(call, &world, &asked.id, None),
        person,
        group_properties: flags::group_properties(call, &asked.groups, &asked.group_properties),
        groups: asked.groups,
        static_cohorts: flags::static_cohorts(call, &asked.id),
        ..AskedPerson::about(asked.id, call.settings.clock())
    };
    // Also those that are switched off, which applications are not told of.
    let shown = |flag: &FlagDefinition| {
        let verdict = world.evaluate(&flag.key, &asked)?;
        Some(json!({
            "key": flag.key,
            "value": verdict.got.json(),
            "reason": { "code": verdict.reason.code(), "description": verdict.reason.description() },
            "payload": verdict.payload,
            "because": explained(&world, flag, &verdict),
        }))
    };
    let flags: Vec<Value> = world.flags().filter(|flag| !is_own_flag(&flag.key)).filter_map(shown).collect();
    Reply::json(200, json!({ "id": asked.distinct_id, "is_known": is_known, "flags": flags }))
}
