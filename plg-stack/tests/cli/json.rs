//! The events for programs: their names are those in the book, and their keys do not change unseen.

use super::{events, plg, run};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The shape of a value: keys of objects, the first entry of lists, types of the rest.
fn shape(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "bool".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "text".into(),
        Value::Array(list) => format!("[{}]", list.first().map(shape).unwrap_or_default()),
        Value::Object(map) => {
            let keys: BTreeMap<&str, String> = map.iter().map(|(key, value)| (key.as_str(), shape(value))).collect();
            let keys: Vec<String> = keys.iter().map(|(key, shape)| format!("{key}: {shape}")).collect();
            format!("{{ {} }}", keys.join(", "))
        }
    }
}

#[test]
fn names_and_keys() {
    let root = tempfile::tempdir().expect("a folder");
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for arguments in [
        &["plan", "--json", "--out", "first.plan"][..],
        &["deploy", "--json"],
        &["deploy", "--json", "first.plan"],
        &["graph", "--json"],
        &["history", "--json"],
        &["state", "list", "--json"],
        &["explain", "P0201", "--json"],
        &["drift", "--json"],
        &["destroy", "--json", "--yes"],
    ] {
        let (_, out, _) = run(root.path(), arguments);
        for event in events(&out) {
            assert_eq!(event["version"], 1, "{event}");
            let name = event["event"].as_str().expect("a name").to_owned();
            // What a resource holds is its own.
            if !["plan", "resource", "output"].contains(&name.as_str()) {
                found.entry(name).or_insert_with(|| shape(&event));
            } else {
                found.entry(name).or_default();
            }
        }
    }
    let lines: Vec<String> = found.iter().map(|(name, shape)| format!("{name}: {shape}")).collect();
    insta::assert_snapshot!(lines.join("\n"));

    let book = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/json.md")).expect("a page");
    let rows = book.lines().filter(|line| line.starts_with("| `"));
    let named: BTreeSet<&str> =
        rows.filter_map(|row| row.split('|').nth(1)).flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    let missing: Vec<&String> = found.keys().filter(|name| !named.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "the book does not name {missing:?}");
}

#[test]
fn quiet_and_narrow() {
    let root = tempfile::tempdir().expect("a folder");
    let (code, out, err) = run(root.path(), &["deploy", "--quiet"]);
    assert_eq!((code, err.as_str()), (0, ""), "nothing is said to people: {err}");
    assert_eq!(out.lines().count(), 1, "{out}");
    let output = plg(root.path()).args(["plan", "--destroy"]).env("COLUMNS", "60").output().expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 60 && !line.contains("Plan for")).collect();
    assert!(wide.is_empty(), "{wide:?}");
}
