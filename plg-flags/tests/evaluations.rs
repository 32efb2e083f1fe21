//! Evaluations of which the answer is known: those on which PostHog's libraries for Node and Python agree
//! (`agreed.json`), and those on which they do not, or ask the service (`differ.json`). `server` is what PostHog's service
//! answers where it differs from the libraries.

use plg_flags::{AskedPerson, FlagDefinitions};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

fn worlds(file: &Value) -> BTreeMap<&str, FlagDefinitions> {
    let all = file["worlds"].as_object().expect("there are worlds");
    all.iter().map(|(name, world)| (name.as_str(), FlagDefinitions::read(world).expect("it has flags"))).collect()
}

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// What `{now-7d}` or `{now-25h}` stands for: an instant that long ago.
fn hours_ago(text: &str) -> Option<i64> {
    let length = text.strip_prefix("{now-")?.strip_suffix('}')?;
    let days = length.strip_suffix('d').and_then(|days| days.parse::<i64>().ok()).map(|days| days * 24);
    days.or_else(|| length.strip_suffix('h')?.parse().ok())
}

fn asked(vector: &Value) -> AskedPerson {
    let now = jiff::Timestamp::now();
    let mut asked = AskedPerson::about(vector["distinct_id"].as_str().expect("somebody is asked of"), now);
    asked.person = map(&vector["person_properties"]);
    for value in asked.person.values_mut() {
        if let Some(hours) = value.as_str().and_then(hours_ago) {
            *value = Value::from((now - jiff::SignedDuration::from_hours(hours)).to_string());
        }
    }
    asked.device_id = vector["device_id"].as_str().map(str::to_owned);
    asked.groups = map(&vector["groups"]).into_iter().collect();
    asked.group_properties =
        map(&vector["group_properties"]).iter().map(|(kind, has)| (kind.clone(), map(has))).collect();
    asked
}

/// How many were asked, and each that answers otherwise.
fn wrong(file: &Value, worlds: &BTreeMap<&str, FlagDefinitions>) -> (usize, Vec<String>) {
    let vectors = file["vectors"].as_array().expect("there are vectors");
    let mut wrong = Vec::new();
    for vector in vectors {
        let world = &worlds[vector["world"].as_str().expect("it has a world")];
        let flag = vector["flag"].as_str().expect("it has a flag");
        let verdict = world.evaluate(flag, &asked(vector));
        let got = verdict.as_ref().map_or(Value::Null, |verdict| verdict.got.json());
        let right = vector.get("server").unwrap_or(&vector["value"]);
        if got != *right {
            wrong.push(format!("{}: {right} is right, not {got}\n  {vector}\n  {verdict:?}", vector["id"]));
        }
        let Some(right) = vector.get("payload") else { continue };
        let stored = verdict.and_then(|verdict| verdict.payload).unwrap_or(Value::Null);
        let got = stored.as_str().map_or(stored.clone(), |text| serde_json::from_str(text).unwrap_or(stored.clone()));
        if got != *right {
            wrong.push(format!("{}: the payload {right} is right, not {got}", vector["id"]));
        }
    }
    (vectors.len(), wrong)
}

#[test]
fn as_the_libraries_and_the_service_do() {
    let agreed = read(include_str!("evaluations/agreed.json"));
    let worlds = worlds(&agreed);
    let (count, mut all) = wrong(&agreed, &worlds);
    assert_eq!(count, 660);
    let (count, of_service) = wrong(&read(include_str!("evaluations/differ.json")), &worlds);
    assert_eq!(count, 70);
    all.extend(of_service);
    assert!(all.is_empty(), "{} are wrong:\n{}", all.len(), all.join("\n"));
}
