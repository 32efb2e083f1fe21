//! Events as they come in: who, what, and by which token.

use super::body::{self, UnreadBody};
use super::{people, skew};
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::capture;
use crate::posthog::captured::{self, CapturedEvent};
use crate::posthog::time::moment;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// How long a token may be, in characters.
const TOKEN: usize = 64;

/// One event, as it is kept.
struct IncomingEvent {
    name: String,
    who: String,
    properties: Map<String, Value>,
    set: Map<String, Value>,
    set_once: Map<String, Value>,
    uuid: Option<String>,
    at: String,
}

/// Answers `/batch`, `/e` and their like: any body on any of them.
pub(super) fn old(call: &mut PosthogCall) -> Reply {
    if call.method() == "OPTIONS" {
        return Reply::json(200, json!({ "status": "Ok" }));
    }
    if !matches!(call.method(), "GET" | "POST") {
        return Reply::empty(405).with("allow", "GET,HEAD,POST,OPTIONS");
    }
    match taken(call) {
        Ok(events) => {
            events.into_iter().for_each(|event| keep(call, event));
            if call.request.query("beacon") == Some("1") {
                Reply::empty(204)
            } else {
                Reply::json(200, json!({ "status": "Ok" }))
            }
        }
        Err(UnreadBody(status, text)) => Reply::text(status, text),
    }
}

/// Every event of a request. One that is bad refuses all of them.
fn taken(call: &PosthogCall) -> Result<Vec<IncomingEvent>, UnreadBody> {
    let body = body::read(call.request)?;
    let now = call.settings.clock();
    let by_query =
        call.request.query("_").and_then(|at| at.parse().ok()).and_then(|at| Timestamp::from_millisecond(at).ok());
    let sent_at = body.get("sent_at").and_then(Value::as_str).and_then(moment).or(by_query);
    let (batch, own) = match &body {
        Value::Array(all) => (all.iter().collect::<Vec<_>>(), None),
        Value::Object(object) => match object.get("batch").and_then(Value::as_array) {
            Some(all) => (all.iter().collect(), token_of(object)),
            None => (vec![&body], None),
        },
        _ => return Err(UnreadBody::new(400, "failed to parse request: expected an event, or a list of events")),
    };
    if batch.is_empty() {
        return Err(UnreadBody::new(400, "request holds no event"));
    }
    let mut token = own;
    let is_of_batch = token.is_some();
    let mut events = Vec::new();
    for event in batch {
        let Value::Object(event) = event else {
            return Err(UnreadBody::new(400, "failed to parse request: an event is an object"));
        };
        if !is_of_batch {
            let of = token_of(event);
            if token.is_some() && of != token {
                return Err(UnreadBody::new(401, "batch submitted with inconsistent api_key values"));
            }
            token = of;
        }
        check_token(token.as_deref())?;
        events.push(one(event, sent_at, now)?);
    }
    Ok(events)
}

/// The token that an event or a batch says.
fn token_of(object: &Map<String, Value>) -> Option<String> {
    let of = |map: &Map<String, Value>, names: &[&str]| {
        names.iter().find_map(|name| map.get(*name)).and_then(Value::as_str).map(str::to_owned)
    };
    of(object, &["api_key", "token", "$token"])
        .or_else(|| of(object.get("properties")?.as_object()?, &["token", "api_key"]))
}

/// Whether a token looks like one. Whose it is is not asked here.
fn check_token(token: Option<&str>) -> Result<(), UnreadBody> {
    let Some(token) = token else { return Err(UnreadBody::new(401, "event submitted without an api_key")) };
    let token = token.trim();
    let wrong = match token {
        "" => "empty",
        _ if token.len() > TOKEN => "too_long",
        _ if !token.is_ascii() => "not_ascii",
        _ if token.starts_with("phx_") => "personal_api_key",
        _ if token.contains('\0') => "null_byte",
        _ => return Ok(()),
    };
    Err(UnreadBody::new(401, format!("API key is not valid: {wrong}")))
}

fn one(event: &Map<String, Value>, sent_at: Option<Timestamp>, now: Timestamp) -> Result<IncomingEvent, UnreadBody> {
    let Some(name) = event.get("event").and_then(Value::as_str) else {
        return Err(UnreadBody::new(400, "failed to parse request: missing field `event`"));
    };
    if name.is_empty() {
        return Err(UnreadBody::new(400, "event submitted with an empty event name"));
    }
    let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let properties = object(event.get("properties"));
    let who = ["distinct_id", "$distinct_id"].iter().filter_map(|name| event.get(*name)).find(|id| !id.is_null());
    let who = who.or_else(|| properties.get("distinct_id")).and_then(people::id);
    let who = who.ok_or_else(|| UnreadBody::new(400, "event submitted without a distinct_id"))?;
    let uuid = event.get("uuid").and_then(Value::as_str).filter(|uuid| !uuid.is_empty());
    if uuid.is_some_and(|uuid| uuid::Uuid::parse_str(uuid).is_err()) {
        return Err(UnreadBody::new(400, "failed to parse request: invalid UUID"));
    }
    let both = |name: &str| {
        let mut set = object(properties.get(name));
        set.extend(object(event.get(name)));
        set
    };
    Ok(IncomingEvent {
        name: name.to_owned(),
        who,
        set: both("$set"),
        set_once: both("$set_once"),
        uuid: uuid.map(str::to_owned),
        at: skew::time(event, sent_at, now),
        properties,
    })
}

/// Lets one event arrive: its definition is seen, its person is changed, and it can be listed. A second of one id is the
/// first, sent again.
fn keep(call: &mut PosthogCall, event: IncomingEvent) {
    let uuid = event.uuid.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    if people::is_known_event(call, &uuid) {
        return;
    }
    let mut seen = event.properties.clone();
    for (name, said) in [("$set", &event.set), ("$set_once", &event.set_once)] {
        if !said.is_empty() {
            seen.insert(name.to_owned(), Value::Object(said.clone()));
        }
    }
    capture::ingest(call.store, call.settings, &event.name, &seen);
    let change = people::PersonChange {
        event: &event.name,
        who: &event.who,
        properties: &event.properties,
        set: &event.set,
        set_once: &event.set_once,
    };
    let person = people::apply(call, &change);
    let told = CapturedEvent {
        name: event.name.clone(),
        distinct_id: event.who.clone(),
        at: event.at.clone(),
        properties: event.properties.clone(),
        person: people::properties_of(call, &event.who),
        person_id: person.clone().unwrap_or_default(),
    };
    captured::queue(call.store, &told);
    // What stood beside the properties stands among them once it is kept.
    people::keep_event(call, &uuid, &event.name, &event.who, person.as_deref(), seen, &event.at);
}

/// Answers `/i/v1/analytics/events`: each event is answered by its id.
pub(super) fn new(call: &mut PosthogCall) -> Reply {
    if call.method() != "POST" {
        return Reply::empty(405).with("allow", "POST,OPTIONS");
    }
    if let Err(UnreadBody(status, text)) = check_token(call.request.bearer()) {
        return Reply::text(status, text);
    }
    let body = match body::read(call.request) {
        Ok(body) => body,
        Err(UnreadBody(status, text)) => return Reply::text(status, text),
    };
    let now = call.settings.clock();
    let mut results = Map::new();
    let batch = body.get("batch").and_then(Value::as_array).cloned().unwrap_or_default();
    if batch.is_empty() {
        return Reply::text(400, "request holds no event");
    }
    for event in batch.iter().filter_map(Value::as_object) {
        let uuid = event.get("uuid").and_then(Value::as_str).unwrap_or_default().to_owned();
        let result = match one(event, None, now) {
            Ok(mut event) => {
                if let Some(Value::Bool(keeps)) = batch_option(&batch, &uuid, "process_person_profile") {
                    event.properties.insert("$process_person_profile".to_owned(), Value::Bool(keeps));
                }
                keep(call, event);
                json!({ "result": "ok" })
            }
            Err(UnreadBody(_, text)) => json!({ "result": "drop", "details": text }),
        };
        results.insert(uuid, result);
    }
    Reply::json(200, json!({ "results": results }))
}

fn batch_option(batch: &[Value], uuid: &str, name: &str) -> Option<Value> {
    let event = batch.iter().find(|event| event.get("uuid").and_then(Value::as_str) == Some(uuid))?;
    event.get("options")?.get(name).cloned()
}
