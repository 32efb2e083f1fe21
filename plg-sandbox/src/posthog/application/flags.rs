//! `POST /flags/` and `/decide/`: what one person gets of every flag.

use super::body::{self, UnreadBody};
use super::{browser, continuity, is_token, people, world};
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use plg_flags::{AskedPerson, Evaluation, FlagDefinition, FlagDefinitions};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The forms of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FlagsForm {
    /// An entry for each flag, with its reason.
    Whole,
    /// Keys with what they give.
    Values,
    /// Keys of those that are on, with what they give.
    ValuesOn,
    /// Keys of those that are on.
    Keys,
}

pub(super) fn answer(call: &mut PosthogCall, is_decide: bool) -> Reply {
    match call.method() {
        "GET" | "HEAD" => return Reply::json(200, whole(json!({}), false, call.settings.clock())),
        "POST" => {}
        "OPTIONS" => return Reply::empty(204).with("allow", "GET, HEAD, POST, OPTIONS"),
        _ => return Reply::empty(405).with("allow", "GET, HEAD, POST, OPTIONS"),
    }
    match decided(call, is_decide) {
        Ok(reply) => reply,
        Err(FlagsRefusal::Plain(UnreadBody(status, text))) => Reply::text(status, text),
        Err(FlagsRefusal::Fault(fault)) => fault.reply(),
    }
}

enum FlagsRefusal {
    Plain(UnreadBody),
    Fault(Fault),
}

fn body(call: &PosthogCall) -> Result<Map<String, Value>, FlagsRefusal> {
    let media = call.request.header("content-type").unwrap_or("application/json");
    let kind = media.split(';').next().unwrap_or_default().trim();
    if !matches!(kind, "application/json" | "text/plain" | "application/x-www-form-urlencoded") {
        let text = format!(
            "Failed to decode request: unsupported content type: {kind}. Please check your request format and try again."
        );
        return Err(FlagsRefusal::Plain(UnreadBody::new(400, text)));
    }
    let wrong = |why: String| {
        let text = format!("Failed to decode request: {why}. Please check your request format and try again.");
        FlagsRefusal::Plain(UnreadBody::new(400, text))
    };
    match body::read(call.request) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(wrong("it is no object".to_owned())),
        Err(UnreadBody(413, text)) => Err(FlagsRefusal::Plain(UnreadBody(413, text))),
        Err(UnreadBody(_, why)) => Err(wrong(why)),
    }
}

fn decided(call: &mut PosthogCall, is_decide: bool) -> Result<Reply, FlagsRefusal> {
    let body = body(call)?;
    let field = |names: &[&str]| names.iter().find_map(|name| body.get(*name)).filter(|value| !value.is_null());
    let object = |names: &[&str]| field(names).and_then(Value::as_object).cloned().unwrap_or_default();
    let unknown = |code: &str, detail: &str| FlagsRefusal::Fault(Fault::unauthenticated(code, detail));
    let token = field(&["token", "api_key", "$token"]).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty());
    let token = token.ok_or_else(|| {
        unknown(
            "not_authenticated",
            "No API key provided. You can find your project API key in PostHog project settings.",
        )
    })?;
    if !is_token(call, token) {
        let detail = "The provided API key is invalid or has expired. Please check your API key and try again.";
        return Err(unknown("authentication_failed", detail));
    }
    let Some(id) = field(&["distinct_id", "$distinct_id"]) else {
        let text = "The distinct_id field is missing from the request. Please include a valid identifier.";
        return Err(FlagsRefusal::Plain(UnreadBody::new(400, text)));
    };
    // An empty one is taken here.
    let distinct_id = people::id(id).unwrap_or_default();
    let world = world::all(call);
    let sent = object(&["person_properties", "$properties"]);
    let text_of =
        |value: Option<&Value>| value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let device = text_of(field(&["$device_id", "device_id"])).or_else(|| text_of(sent.get("$device_id")));
    let before = text_of(field(&["$anon_distinct_id"]));
    let stands_for = continuity::of(call, &world, &distinct_id, before.as_deref());
    let is_only_sent = is_yes(call.request.query("only_use_override_person_properties"));
    let mut person = if is_only_sent { Map::new() } else { people::properties_of(call, &distinct_id) };
    person.extend(sent);
    let groups: BTreeMap<String, Value> = object(&["groups", "$groups"]).into_iter().collect();
    let asked = AskedPerson {
        device_id: device,
        anon_distinct_id: before,
        stands_for,
        person,
        group_properties: group_properties(call, &groups, &object(&["group_properties", "$group_properties"])),
        groups,
        static_cohorts: static_cohorts(call, &distinct_id),
        ..AskedPerson::about(distinct_id, call.settings.clock())
    };
    let is_off = field(&["disable_flags"]) == Some(&Value::Bool(true));
    let verdicts = if is_off { BTreeMap::new() } else { chosen(call, &world, &asked, &body) };
    Ok(written(call, is_decide, &world, &verdicts))
}

/// Whether a switch in a query is on: it is where it is there without a word.
fn is_yes(value: Option<&str>) -> bool {
    value.is_some_and(|value| !matches!(value.to_ascii_lowercase().as_str(), "false" | "0" | "no" | "off"))
}

pub(super) fn group_properties(
    call: &PosthogCall,
    groups: &BTreeMap<String, Value>,
    sent: &Map<String, Value>,
) -> BTreeMap<String, Map<String, Value>> {
    let types = people::group_types(call);
    let one = |(kind, key): (&String, &Value)| {
        let index = types.iter().find(|(_, name)| name == kind).map(|(index, _)| *index);
        let stored = index.zip(people::id(key)).map(|(index, key)| people::group(call, index, &key));
        let mut all = stored.unwrap_or_default();
        all.extend(sent.get(kind).and_then(Value::as_object).cloned().unwrap_or_default());
        (kind.clone(), all)
    };
    groups.iter().map(one).collect()
}

pub(super) fn static_cohorts(call: &PosthogCall, distinct_id: &str) -> BTreeSet<String> {
    let Some(person) = people::person_of(call, distinct_id) else { return BTreeSet::new() };
    crate::posthog::cohort::people::of(call, &person)
}

/// The flags that are asked for, decided.
fn chosen<'w>(
    call: &PosthogCall,
    world: &'w FlagDefinitions,
    asked: &AskedPerson,
    body: &Map<String, Value>,
) -> BTreeMap<&'w str, Evaluation> {
    let texts = |names: &[&str]| -> Option<Vec<&str>> {
        let all = names.iter().find_map(|name| body.get(*name))?.as_array()?;
        Some(all.iter().filter_map(Value::as_str).collect())
    };
    let keys = texts(&["flag_keys_to_evaluate", "flag_keys"]);
    let contexts = texts(&["evaluation_contexts", "evaluation_environments"]).unwrap_or_default();
    let runtime = runtime(call, body);
    let is_survey_only = is_yes(call.request.query("only_evaluate_survey_feature_flags"));
    let is_wanted = |flag: &FlagDefinition| {
        let of_runtime = flag
            .runtime
            .as_deref()
            .is_none_or(|only| Some(only) == runtime.as_deref() || runtime.as_deref() == Some("all"));
        let of_context = contexts.is_empty()
            || flag.contexts.is_empty()
            || flag.contexts.iter().any(|one| contexts.contains(&one.as_str()));
        let of_keys = keys.as_ref().is_none_or(|keys| keys.contains(&flag.key.as_str()));
        let of_survey = !is_survey_only || flag.key.starts_with("survey-targeting-");
        of_runtime && of_context && of_keys && of_survey
    };
    let mut all = world.evaluate_all(asked);
    let needed: BTreeSet<&str> = match &keys {
        None => BTreeSet::new(),
        Some(keys) => all.keys().filter(|key| keys.contains(*key)).flat_map(|key| world.needed_by(key)).collect(),
    };
    all.retain(|key, _| needed.contains(key) || world.flag(key).is_some_and(is_wanted));
    all
}

/// Where a library runs: as it says, or as it looks.
fn runtime(call: &PosthogCall, body: &Map<String, Value>) -> Option<String> {
    if let Some(said) = body.get("evaluation_runtime").and_then(Value::as_str) {
        return Some(said.to_ascii_lowercase());
    }
    let agent = call.request.header("user-agent").unwrap_or_default().to_ascii_lowercase();
    const SERVERS: [&str; 10] = [
        "posthog-python/",
        "posthog-node/",
        "posthog-go/",
        "posthog-ruby/",
        "posthog-php/",
        "posthog-java/",
        "posthog-dotnet/",
        "posthog-elixir/",
        "python-requests",
        "curl/",
    ];
    const CLIENTS: [&str; 7] = [
        "mozilla/",
        "posthog-ios/",
        "posthog-android/",
        "posthog-react-native/",
        "posthog-flutter/",
        "posthog-js/",
        "opera/",
    ];
    if SERVERS.iter().any(|name| agent.contains(name)) {
        return Some("server".to_owned());
    }
    let is_page = ["origin", "referer", "sec-fetch-mode", "sec-fetch-site"]
        .iter()
        .any(|name| call.request.header(name).is_some());
    (is_page || CLIENTS.iter().any(|name| agent.starts_with(name))).then(|| "client".to_owned())
}

fn whole(flags: Value, is_wrong: bool, now: jiff::Timestamp) -> Value {
    json!({
        "errorsWhileComputingFlags": is_wrong,
        "flags": flags,
        "requestId": uuid::Uuid::new_v4().to_string(),
        "evaluatedAt": now.as_millisecond(),
    })
}

fn entry(world: &FlagDefinitions, key: &str, verdict: &Evaluation) -> Value {
    let flag = world.flag(key);
    let mut entry = json!({
        "key": key,
        "enabled": verdict.got.is_on(),
        "variant": verdict.got.variant(),
        "reason": {
            "code": verdict.reason.code(),
            "condition_index": verdict.reason.condition_index(),
            "description": verdict.reason.description(),
        },
        "metadata": {
            "id": flag.map(|flag| flag.id),
            "version": flag.map(|flag| flag.version),
            "description": null,
            "payload": verdict.payload,
            "has_experiment": flag.is_some_and(|flag| flag.has_experiment),
        },
    });
    if verdict.is_failed {
        entry["failed"] = json!(true);
    }
    entry
}

fn written(
    call: &PosthogCall,
    is_decide: bool,
    world: &FlagDefinitions,
    verdicts: &BTreeMap<&str, Evaluation>,
) -> Reply {
    let version = call.request.query("v").and_then(|v| v.trim().parse::<u32>().ok());
    let has_config = call.request.query("config").is_some();
    let (form, with_config) = match (is_decide, version) {
        (false, Some(version)) => {
            (if version >= 2 { FlagsForm::Whole } else { FlagsForm::Values }, is_yes(call.request.query("config")))
        }
        (false, None) if has_config => (FlagsForm::Values, is_yes(call.request.query("config"))),
        (false, None) => (FlagsForm::Whole, true),
        (true, Some(2)) => (FlagsForm::ValuesOn, true),
        (true, Some(3)) => (FlagsForm::Values, true),
        (true, Some(4..)) => (FlagsForm::Whole, true),
        (true, _) => (FlagsForm::Keys, true),
    };
    let now = call.settings.clock();
    let is_wrong = verdicts.values().any(|verdict| verdict.is_failed);
    let on = || verdicts.iter().filter(|(_, verdict)| verdict.got.is_on());
    let values = |all: &mut dyn Iterator<Item = (&&str, &Evaluation)>| -> Map<String, Value> {
        all.map(|(key, verdict)| ((*key).to_owned(), verdict.got.json())).collect()
    };
    let mut out = match form {
        FlagsForm::Whole => {
            let flags: Map<String, Value> =
                verdicts.iter().map(|(key, verdict)| ((*key).to_owned(), entry(world, key, verdict))).collect();
            whole(Value::Object(flags), is_wrong, now)
        }
        FlagsForm::Keys => json!({ "featureFlags": on().map(|(key, _)| *key).collect::<Vec<_>>() }),
        FlagsForm::ValuesOn => json!({ "featureFlags": values(&mut on()) }),
        FlagsForm::Values => {
            let payloads: Map<String, Value> = verdicts
                .iter()
                .filter_map(|(key, verdict)| Some(((*key).to_owned(), verdict.payload.clone()?)))
                .collect();
            json!({
                "featureFlags": values(&mut verdicts.iter()),
                "featureFlagPayloads": payloads,
                "errorsWhileComputingFlags": is_wrong,
                "requestId": uuid::Uuid::new_v4().to_string(),
                "evaluatedAt": now.as_millisecond(),
            })
        }
    };
    if with_config && let (Value::Object(out), Value::Object(config)) = (&mut out, browser::config(call)) {
        out.extend(config);
    }
    Reply::json(200, out)
}
