//! An event as an application sends it, and the person behind it.

use super::json::text_at;
use crate::settings::Settings;
use crate::store::Store;
use serde_json::{Map, Value, json};

/// People by `project:uuid`: what events said of them.
const PERSONS: &str = "posthog.persons";

/// `project:distinct id` of people, to their uuid.
const DISTINCT_IDS: &str = "posthog.distinct_ids";

/// One event that arrives.
#[derive(Debug)]
pub(crate) struct CapturedEvent {
    pub(crate) name: String,
    /// Who did it, as the application says it; empty where nobody is named.
    pub(crate) distinct_id: String,
    /// When it happened, where the application says it.
    pub(crate) at: Option<String>,
    pub(crate) properties: Map<String, Value>,
}

impl CapturedEvent {
    /// An event of a body; `body` is the request's, which may say for all events whose they are.
    ///
    /// # Errors
    /// What the event lacks.
    pub(crate) fn of(event: &Map<String, Value>, body: &Map<String, Value>) -> Result<Self, &'static str> {
        let Some(name) = event.get("event").and_then(Value::as_str).filter(|name| !name.is_empty()) else {
            return Err("`event` is missing");
        };
        let properties = event.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        let who =
            event.get("distinct_id").or_else(|| properties.get("distinct_id")).or_else(|| body.get("distinct_id"));
        let Some(who) = who.and_then(Value::as_str).filter(|who| !who.is_empty()) else {
            return Err("`distinct_id` is missing");
        };
        let at = event.get("timestamp").and_then(Value::as_str).map(str::to_owned);
        Ok(CapturedEvent { name: name.to_owned(), distinct_id: who.to_owned(), at, properties })
    }

    /// An event of these properties, which may say whose it is.
    pub(crate) fn named(name: &str, properties: &Map<String, Value>) -> Self {
        let distinct_id = properties.get("distinct_id").and_then(Value::as_str).unwrap_or_default().to_owned();
        CapturedEvent { name: name.to_owned(), distinct_id, at: None, properties: properties.clone() }
    }

    /// What templates of PostHog can name: the event, and the person as the event leaves it.
    pub(crate) fn globals(&self, store: &mut Store, settings: &Settings) -> Value {
        let now = || settings.clock().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
        let (uuid, person) = self.person(store, settings.project);
        let named = person.get("email").and_then(Value::as_str).unwrap_or(&self.distinct_id);
        json!({
            "project": { "id": settings.project },
            "event": {
                "event": self.name,
                "timestamp": self.at.clone().unwrap_or_else(now),
                "distinct_id": self.distinct_id,
                "properties": self.properties,
            },
            "person": { "id": uuid, "uuid": uuid, "name": named, "properties": person },
        })
    }

    /// The person behind it, with what the event says of them.
    fn person(&self, store: &mut Store, project: u64) -> (String, Map<String, Value>) {
        let place = |id: &str| format!("{project}:{id}");
        let known = |store: &Store, id: &str| {
            store.get(DISTINCT_IDS, &place(id)).and_then(Value::as_str).filter(|_| !id.is_empty()).map(str::to_owned)
        };
        // Who signs in is who looked around before.
        let before = self.properties.get("$anon_distinct_id").and_then(Value::as_str).unwrap_or_default();
        let uuid = known(store, &self.distinct_id)
            .or_else(|| known(store, before))
            .unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
        let mut person = store.get(PERSONS, &place(&uuid)).and_then(Value::as_object).cloned().unwrap_or_default();
        let said = |key: &str| self.properties.get(key).and_then(Value::as_object).cloned().unwrap_or_default();
        for (key, value) in said("$set_once") {
            person.entry(key).or_insert(value);
        }
        person.extend(said("$set"));
        for key in self.properties.get("$unset").and_then(Value::as_array).into_iter().flatten() {
            drop(key.as_str().and_then(|key| person.shift_remove(key)));
        }
        if !self.distinct_id.is_empty() {
            store.put(DISTINCT_IDS, &place(&self.distinct_id), json!(uuid));
            store.put(PERSONS, &place(&uuid), Value::Object(person.clone()));
        }
        (uuid, person)
    }
}

/// What stands at a path of what templates can name.
pub(crate) fn named<'a>(globals: &'a Value, path: &[String]) -> &'a Value {
    path.iter().fold(globals, |value, part| &value[part.as_str()])
}

/// The property of an event or of its person.
pub(crate) fn property<'a>(globals: &'a Value, of: &str, key: &str) -> Option<&'a Value> {
    let all = match of {
        "event" => &globals["event"]["properties"],
        "person" => &globals["person"]["properties"],
        _ => return None,
    };
    Some(&all[key])
}

/// The event's name.
pub(crate) fn name(globals: &Value) -> &str {
    text_at(&globals["event"], "event")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, who: &str, properties: Value) -> CapturedEvent {
        let body = json!({ "event": name, "distinct_id": who, "properties": properties });
        let body = body.as_object().expect("an object");
        CapturedEvent::of(body, body).expect("it says who and what")
    }

    #[test]
    fn a_person_is_what_events_said() {
        let mut store = Store::in_memory();
        let settings = Settings::default();
        let mut hear = |event: CapturedEvent| event.globals(&mut store, &settings)["person"].clone();
        let anon = hear(event("$pageview", "anon", json!({ "$set_once": { "source": "ad" } })));
        let identify = json!({ "$anon_distinct_id": "anon", "$set": { "email": "ada@example.com", "seats": 3 } });
        let known = hear(event("$identify", "ada", identify));
        assert_eq!(known["uuid"], anon["uuid"]);
        let later = hear(event("left", "ada", json!({ "$set_once": { "source": "mail" }, "$unset": ["seats"] })));
        assert_eq!(later["properties"], json!({ "source": "ad", "email": "ada@example.com" }));
        assert_ne!(hear(event("left", "bob", json!({})))["uuid"], anon["uuid"]);
    }
}
