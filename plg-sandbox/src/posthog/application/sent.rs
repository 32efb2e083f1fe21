//! What applications sent to a project, beside what it was told to expect: what a deploy wrote, against what came in.

use super::people::EVENTS;
use crate::posthog::call::PosthogCall;
use crate::posthog::event_definition::rows::EVENTS as DEFINED_EVENTS;
use crate::posthog::feature_flag::rows::FLAGS;
use crate::posthog::json::{flagged, text};
use crate::posthog::property_definition::rows::PROPERTIES;
use crate::posthog::property_group::rows::{GROUPS, SCHEMAS};
use plg_flags::sent::{
    DeclaredEvent, DeclaredProperty, DeclaredToSend, SentDifference, SentEvent, SentName, SentNames, SentProperty,
    SentSort, SentTimes, differences,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// How many different texts of one property are told apart.
const TEXTS: usize = 100;

/// Every difference, as JSON.
pub(super) fn shown(call: &PosthogCall) -> Value {
    let declared = declared(call);
    let all = differences(&declared, &sent(call, &declared));
    json!({ "events": call.rows(EVENTS).count(), "differences": all.iter().map(one).collect::<Vec<_>>() })
}

fn one(one: &SentDifference) -> Value {
    json!({
        "class": one.class.word(), "subject": one.subject.word(), "name": one.name, "event": one.event,
        "near": one.near, "count": one.times.count, "last_seen": one.times.last, "expected": one.expected,
        "found": one.found, "optional": one.optional, "says": one.says(),
    })
}

/// Whether a definition was written over the API: what only came in was changed by nobody.
fn is_written(row: &Map<String, Value>) -> bool {
    row.get("updated_by").is_some_and(|by| !by.is_null())
}

/// What was written over the API.
fn declared(call: &PosthogCall) -> DeclaredToSend {
    let events = call.rows(DEFINED_EVENTS).filter(|(_, row)| is_written(row));
    let definitions = || call.rows(PROPERTIES).map(|(_, row)| row).filter(|row| is_written(row));
    let property = |row: &Map<String, Value>| DeclaredProperty {
        name: text(row, "name").to_owned(),
        sort: SentSort::read(text(row, "property_type")),
        ..DeclaredProperty::default()
    };
    let is_of_people = |row: &&Map<String, Value>| text(row, "_type") == "person";
    let flags = call.rows(FLAGS).map(|(_, row)| row).filter(|row| !flagged(row, "deleted"));
    DeclaredToSend {
        events: events.map(|(id, row)| event(call, id, text(row, "name"))).collect(),
        properties: definitions().filter(|row| !is_of_people(row)).map(property).collect(),
        of_people: definitions().filter(is_of_people).map(property).collect(),
        flags: flags.map(|row| text(row, "key").to_owned()).collect(),
    }
}

/// An event with the properties of its groups. Without a group nobody told the project what is sent with it.
fn event(call: &PosthogCall, id: &str, name: &str) -> DeclaredEvent {
    let schemas = call.rows(SCHEMAS).filter(|(_, row)| text(row, "event_definition") == id);
    let groups: Vec<&Map<String, Value>> =
        schemas.filter_map(|(_, row)| call.find(GROUPS, text(row, "_group"))).collect();
    let listed = groups.iter().filter_map(|row| row.get("properties")?.as_array()).flatten();
    let properties = listed.filter_map(Value::as_object).map(of_group).collect();
    DeclaredEvent { name: name.to_owned(), is_closed: !groups.is_empty(), properties }
}

fn of_group(row: &Map<String, Value>) -> DeclaredProperty {
    let texts = row.get("validation_rules").and_then(|rules| rules.get("enum")?.as_array()).into_iter().flatten();
    DeclaredProperty {
        name: text(row, "name").to_owned(),
        // A list is an object to a group.
        sort: SentSort::read(text(row, "property_type")).filter(|sort| *sort != SentSort::Object),
        texts: texts.filter_map(Value::as_str).map(str::to_owned).collect(),
        optional: !flagged(row, "is_required"),
    }
}

/// What is known of one name while events are read.
#[derive(Default)]
struct Tally {
    count: u64,
    last: String,
    sorts: BTreeMap<SentSort, u64>,
    texts: BTreeMap<String, u64>,
}

impl Tally {
    fn note(&mut self, at: &str) {
        self.count += 1;
        if at > self.last.as_str() {
            at.clone_into(&mut self.last);
        }
    }

    fn value(&mut self, at: &str, value: &Value) {
        self.note(at);
        if let Some(sort) = SentSort::of(value) {
            *self.sorts.entry(sort).or_default() += 1;
        }
    }

    fn text(&mut self, value: &Value) {
        match value {
            Value::String(text) if self.texts.len() < TEXTS || self.texts.contains_key(text) => {
                *self.texts.entry(text.clone()).or_default() += 1;
            }
            Value::Array(items) => items.iter().filter(|item| item.is_string()).for_each(|item| self.text(item)),
            _ => {}
        }
    }

    fn times(&self) -> SentTimes {
        SentTimes { count: Some(self.count), last: (!self.last.is_empty()).then(|| self.last.clone()) }
    }

    fn property(self, name: &str) -> SentProperty {
        SentProperty {
            name: name.to_owned(),
            times: self.times(),
            sorts: self.sorts.into_iter().map(|(sort, count)| (sort, Some(count))).collect(),
            texts: self.texts.into_iter().map(|(name, count)| SentName { name, times: counted(count) }).collect(),
        }
    }
}

fn counted(count: u64) -> SentTimes {
    SentTimes { count: Some(count), last: None }
}

/// The names that came in, of one sort each.
type Tallies<'a> = BTreeMap<&'a str, Tally>;

fn properties(tallies: Tallies<'_>) -> Vec<SentProperty> {
    tallies.into_iter().map(|(name, tally)| tally.property(name)).collect()
}

/// What came in: the events that are kept, and those of which only the definition tells.
fn sent(call: &PosthogCall, declared: &DeclaredToSend) -> SentNames {
    let mut texts: BTreeMap<(&str, &str), ()> = BTreeMap::new();
    for event in &declared.events {
        let listed = event.properties.iter().filter(|property| !property.texts.is_empty());
        texts.extend(listed.map(|property| ((event.name.as_str(), property.name.as_str()), ())));
    }
    let mut events: BTreeMap<&str, (Tally, Tallies<'_>)> = BTreeMap::new();
    let (mut all, mut of_people, mut flags) = (Tallies::new(), Tallies::new(), Tallies::new());
    for (_, row) in call.rows(EVENTS) {
        let (name, at) = (text(row, "event"), text(row, "timestamp"));
        let (event, of_event) = events.entry(name).or_default();
        event.note(at);
        let carried = row.get("properties").and_then(Value::as_object);
        for (key, value) in carried.into_iter().flatten() {
            match (key.as_str(), value) {
                ("$set" | "$set_once", Value::Object(set)) => {
                    set.iter().for_each(|(key, value)| of_people.entry(key.as_str()).or_default().value(at, value));
                }
                ("$feature_flag", Value::String(flag)) if name == "$feature_flag_called" => {
                    flags.entry(flag.as_str()).or_default().note(at);
                }
                // PostHog's own events carry what its libraries send.
                _ if name.starts_with('$') => {}
                (key, value) => {
                    all.entry(key).or_default().value(at, value);
                    let of = of_event.entry(key).or_default();
                    of.value(at, value);
                    if texts.contains_key(&(name, key)) {
                        of.text(value);
                    }
                }
            }
        }
    }
    let mut sent: Vec<SentEvent> = Vec::new();
    // What came in by a control is not kept as an event.
    for (_, row) in call.rows(DEFINED_EVENTS).filter(|(_, row)| !events.contains_key(text(row, "name"))) {
        if let Some(last) = row.get("last_seen_at").and_then(Value::as_str) {
            let times = SentTimes { count: None, last: Some(last.to_owned()) };
            sent.push(SentEvent { name: text(row, "name").to_owned(), times, properties: None });
        }
    }
    sent.extend(events.into_iter().map(|(name, (tally, of_event))| SentEvent {
        name: name.to_owned(),
        times: tally.times(),
        properties: Some(properties(of_event)),
    }));
    SentNames {
        events: Some(sent),
        properties: Some(properties(all)),
        of_people: Some(properties(of_people)),
        flags: Some(
            flags.iter().map(|(name, tally)| SentName { name: (*name).to_owned(), times: tally.times() }).collect(),
        ),
    }
}
