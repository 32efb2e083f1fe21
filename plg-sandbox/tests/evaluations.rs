//! `/flags` over flags that are loaded: evaluations of which the answer is known, asked as an application asks them.

use plg_sandbox::{Sandbox, SandboxRequest};
use serde_json::{Map, Value, json};
use std::path::Path;

fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plg-flags/tests/evaluations").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).expect("the file is there")).expect("it is JSON")
}

/// What `{now-7d}` or `{now-25h}` stands for: an instant that long ago.
fn instant(value: &Value) -> Option<Value> {
    let length = value.as_str()?.strip_prefix("{now-")?.strip_suffix('}')?;
    let days = length.strip_suffix('d').and_then(|days| days.parse::<i64>().ok()).map(|days| days * 24);
    let hours = days.or_else(|| length.strip_suffix('h')?.parse().ok())?;
    Some(json!((jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours)).to_string()))
}

fn asked(sandbox: &Sandbox, vector: &Value) -> Value {
    let mut person = vector["person_properties"].as_object().cloned().unwrap_or_else(Map::new);
    person.values_mut().for_each(|value| *value = instant(value).unwrap_or(value.take()));
    let body = json!({
        "token": "phc_sandbox", "distinct_id": vector["distinct_id"], "person_properties": person,
        "groups": vector["groups"], "group_properties": vector["group_properties"], "$device_id": vector["device_id"],
        "evaluation_runtime": "all", "flag_keys_to_evaluate": [vector["flag"]],
    });
    let mut request = SandboxRequest::new("POST", "/flags/?v=2");
    request.headers.push(("content-type".to_owned(), "application/json".to_owned()));
    request.body = body.to_string().into_bytes();
    let flag = vector["flag"].as_str().expect("it has a flag");
    let answer = sandbox.answer(&request).body.expect("there is an answer");
    let entry = &answer["flags"][flag];
    match (&entry["enabled"], &entry["variant"]) {
        (Value::Bool(true), Value::String(variant)) => json!(variant),
        // What is switched off is not in the answer.
        (Value::Null, _) => json!(false),
        (enabled, _) => enabled.clone(),
    }
}

#[test]
fn each_answer_is_as_the_service_would_give_it() {
    let (agreed, differ) = (read("agreed.json"), read("differ.json"));
    let sandbox = Sandbox::open(None, None).expect("it is in memory");
    let (mut count, mut wrong) = (0, Vec::new());
    for (world, definitions) in agreed["worlds"].as_object().expect("there are worlds") {
        sandbox.set_definitions("posthog", Some(definitions.clone())).expect("they are definitions");
        let both = [&agreed, &differ].into_iter().flat_map(|file| file["vectors"].as_array().expect("a list"));
        for vector in both.filter(|vector| vector["world"] == world.as_str()) {
            let right = vector.get("server").unwrap_or(&vector["value"]);
            let got = asked(&sandbox, vector);
            count += 1;
            if got != *right {
                wrong.push(format!("{}: {right} is right, not {got}", vector["id"]));
            }
        }
    }
    assert_eq!((count, wrong), (730, Vec::new()));
    sandbox.set_definitions("posthog", None).expect("the project's own are back");
    assert!(sandbox.set_definitions("posthog", Some(json!({}))).is_err(), "those are no definitions");
    assert!(sandbox.set_definitions("attio", Some(json!({ "flags": [] }))).is_err(), "a workspace has no flags");
}
