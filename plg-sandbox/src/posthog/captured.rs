//! Events that have arrived, and of which destinations have not heard yet.

use super::json::text_at;
use crate::settings::Settings;
use crate::store::Store;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The events of a request, in order, until it is answered.
const QUEUE: &str = "posthog.captured";

/// One event that has arrived, with the person as it left them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CapturedEvent {
    pub(crate) name: String,
    /// Who did it, as the application says it; empty where nobody is named.
    pub(crate) distinct_id: String,
    /// When it happened.
    pub(crate) at: String,
    pub(crate) properties: Map<String, Value>,
    /// What is known of the person.
    pub(crate) person: Map<String, Value>,
    /// Empty where the event makes nobody.
    pub(crate) person_id: String,
}

impl CapturedEvent {
    /// An event of these properties, of nobody who is kept: the person has what it says of them.
    pub(crate) fn named(name: &str, properties: &Map<String, Value>, now: Timestamp) -> Self {
        let said = |key: &str| properties.get(key).and_then(Value::as_object).cloned().unwrap_or_default();
        let mut person = said("$set_once");
        person.extend(said("$set"));
        CapturedEvent {
            name: name.to_owned(),
            distinct_id: properties.get("distinct_id").and_then(Value::as_str).unwrap_or_default().to_owned(),
            at: now.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
            properties: properties.clone(),
            person,
            person_id: String::new(),
        }
    }

    /// What templates of PostHog can name.
    pub(crate) fn globals(&self, settings: &Settings) -> Value {
        let named = self.person.get("email").and_then(Value::as_str).unwrap_or(&self.distinct_id);
        let (id, person) = (&self.person_id, &self.person);
        json!({
            "project": { "id": settings.project },
            "event": {
                "event": self.name,
                "timestamp": self.at,
                "distinct_id": self.distinct_id,
                "properties": self.properties,
            },
            "person": { "id": id, "uuid": id, "name": named, "properties": person },
        })
    }
}

/// Lets destinations hear of an event once its request is answered.
pub(crate) fn queue(store: &mut Store, event: &CapturedEvent) {
    if let Ok(row) = serde_json::to_value(event) {
        let number = store.next_number(QUEUE);
        store.put(QUEUE, &format!("{number:012}"), row);
    }
}

/// The events that nobody has heard of yet, in order; from now on somebody has.
pub(crate) fn take_all(store: &mut Store) -> Vec<CapturedEvent> {
    let all: Vec<(String, Value)> = store.rows(QUEUE).map(|(key, row)| (key.to_owned(), row.clone())).collect();
    for (key, _) in &all {
        store.remove(QUEUE, key);
    }
    all.into_iter().filter_map(|(_, row)| serde_json::from_value(row).ok()).collect()
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

    #[test]
    fn each_is_heard_of_once_and_in_order() {
        let mut store = Store::in_memory();
        let set = json!({ "$set": { "plan": "pro" }, "$set_once": { "plan": "free", "source": "ad" } });
        for name in ["one", "two"] {
            queue(&mut store, &CapturedEvent::named(name, set.as_object().expect("an object"), Timestamp::UNIX_EPOCH));
        }
        let taken = take_all(&mut store);
        assert_eq!(taken.iter().map(|event| event.name.as_str()).collect::<Vec<_>>(), ["one", "two"]);
        let globals = taken[0].globals(&Settings::default());
        assert_eq!(globals["person"]["properties"], json!({ "plan": "pro", "source": "ad" }));
        assert!(take_all(&mut store).is_empty());
    }
}
