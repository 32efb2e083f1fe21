//! The grammar of a cohort's `filters`: groups of leaves, no unknown keys, every leaf brought into one form.

use crate::posthog::fault::Fault;
use crate::posthog::json::whole;
use crate::posthog::{dates, python};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// A group of conditions, or one condition.
#[derive(Debug)]
enum Criterion {
    Group { all: bool, nodes: Vec<Criterion> },
    Leaf(Map<String, Value>),
}

/// Checked `filters`.
#[derive(Debug)]
pub(crate) struct Tree(Criterion);

/// What a key of a leaf takes.
#[derive(Clone, Copy)]
enum Take {
    Text,
    Whole,
    TextOrWhole,
    Switch,
    List,
    Any,
}

type Keys = &'static [(&'static str, Take)];

const COMMON: Keys =
    &[("negation", Take::Switch), ("bytecode", Take::Any), ("bytecode_error", Take::Any), ("conditionHash", Take::Any)];

const BEHAVIORAL: Keys = &[
    ("key", Take::TextOrWhole),
    ("value", Take::Text),
    ("event_type", Take::Text),
    ("time_value", Take::Whole),
    ("time_interval", Take::Text),
    ("explicit_datetime", Take::Text),
    ("explicit_datetime_to", Take::Text),
    ("operator", Take::Text),
    ("operator_value", Take::Whole),
    ("total_periods", Take::Whole),
    ("min_periods", Take::Whole),
    ("seq_event", Take::TextOrWhole),
    ("seq_event_type", Take::Text),
    ("seq_time_value", Take::Whole),
    ("seq_time_interval", Take::Text),
    ("event_filters", Take::List),
];

const PERSON: Keys = &[("key", Take::Text), ("value", Take::Any), ("operator", Take::Text)];
const COHORT: Keys = &[("key", Take::Text), ("value", Take::Whole), ("operator", Take::Text)];
const METADATA: [&str; 4] = ["created_at", "last_seen_at", "is_identified", "distinct_id"];

fn refuse<T>(detail: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::invalid_input("filters", detail))
}

/// Reads and checks `filters`.
pub(crate) fn read(filters: &Value) -> Result<Tree, Fault> {
    let Some(properties) = filters.as_object().and_then(|f| f.get("properties")) else {
        let detail = "Must contain a 'properties' key with type and values";
        return Err(Fault::invalid_input("filters__detail", detail));
    };
    // What a cohort without criteria shows may be sent back.
    if properties.as_object().is_some_and(Map::is_empty) {
        return Ok(Tree(Criterion::Group { all: true, nodes: Vec::new() }));
    }
    if !properties.as_object().is_some_and(|p| p.contains_key("type") && p.contains_key("values")) {
        return refuse("Must contain a 'properties' key with type and values");
    }
    if let Some(extra) = filters.as_object().and_then(|f| f.keys().find(|k| *k != "properties")) {
        return refuse(format!("[{{'type': 'extra_forbidden', 'loc': ('{extra}',)}}]"));
    }
    Ok(Tree(node(properties, "properties")?))
}

fn node(value: &Value, at: &str) -> Result<Criterion, Fault> {
    let Some(object) = value.as_object() else { return refuse(format!("{at}: a group or a filter is expected")) };
    let Some(values) = object.get("values") else { return leaf(object, at) };
    let all = match object.get("type").and_then(Value::as_str) {
        Some("AND") => true,
        Some("OR") => false,
        _ => return refuse(format!("{at}.type: Input should be 'AND' or 'OR'")),
    };
    if let Some(extra) = object.keys().find(|k| *k != "type" && *k != "values") {
        return refuse(forbidden(at, extra));
    }
    let Some(values) = values.as_array() else { return refuse(format!("{at}.values: Input should be a valid list")) };
    let nodes = values.iter().enumerate().map(|(i, v)| node(v, &format!("{at}.values.{i}")));
    Ok(Criterion::Group { all, nodes: nodes.collect::<Result<_, _>>()? })
}

fn forbidden(at: &str, key: &str) -> String {
    format!("[{{'type': 'extra_forbidden', 'loc': '{at}.{key}', 'msg': 'Extra inputs are not permitted'}}]")
}

fn leaf(leaf: &Map<String, Value>, at: &str) -> Result<Criterion, Fault> {
    let kind = leaf.get("type").and_then(Value::as_str).unwrap_or("");
    let there = |key: &&&str| !leaf.contains_key(**key) || leaf.get(**key).is_some_and(Value::is_null);
    let operator = leaf.get("operator").and_then(Value::as_str).unwrap_or("");
    let (keys, needed): (Keys, &[&str]) = match kind {
        "behavioral" => (BEHAVIORAL, &["key", "value", "event_type"]),
        "person" | "person_metadata" if matches!(operator, "is_set" | "is_not_set") => (PERSON, &["key"]),
        "person" | "person_metadata" => (PERSON, &["key", "value", "operator"]),
        "cohort" => (COHORT, &["key", "value"]),
        _ => return refuse(format!("{at}.type: {} is not a type of filter", json!(kind))),
    };
    let missing: Vec<&str> = needed.iter().filter(there).copied().collect();
    if !missing.is_empty() {
        return refuse(format!("Missing required keys for {kind} filter: {}", missing.join(", ")));
    }
    let mut out = Map::from_iter([("type".to_owned(), json!(kind))]);
    for (key, value) in leaf.iter().filter(|(key, _)| *key != "type") {
        let Some((_, take)) = keys.iter().chain(COMMON).find(|(name, _)| name == key) else {
            return refuse(forbidden(at, key));
        };
        if !value.is_null() {
            out.insert(key.clone(), taken(*take, value).ok_or_else(|| wrong(at, key, value))?);
        }
    }
    if kind == "person_metadata" && !METADATA.contains(&out["key"].as_str().unwrap_or("")) {
        return refuse(format!("{at}.key: {} is not a person's metadata", out["key"]));
    }
    if matches!(operator, "is_date_before" | "is_date_after" | "is_date_exact") && kind != "behavioral" {
        let value = out.get("value").unwrap_or(&Value::Null);
        if !value.as_str().is_some_and(dates::is_date) {
            let value = python::python_str(value);
            return refuse(format!(
                "Invalid date value '{value}' for operator '{operator}'. \
                 Expected a relative date (e.g., '-7d', '30d') or an ISO 8601 date"
            ));
        }
    }
    check_events(out.get("event_filters").unwrap_or(&Value::Null), at)?;
    finish(&mut out);
    Ok(Criterion::Leaf(out))
}

fn wrong(at: &str, key: &str, value: &Value) -> Fault {
    let got = python::python_type(value);
    Fault::invalid_input("filters", format!("[{{'loc': '{at}.{key}', 'msg': 'wrong type: {got}'}}]"))
}

/// The value as it is stored, if it is of the right type.
fn taken(take: Take, value: &Value) -> Option<Value> {
    match take {
        Take::Text => value.is_string().then(|| value.clone()),
        Take::Whole => whole(value).map(|n| json!(n)),
        Take::TextOrWhole => (value.is_string() || value.is_i64() || value.is_u64()).then(|| value.clone()),
        Take::Switch => match value {
            Value::Bool(_) => Some(value.clone()),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(json!(true)),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(json!(false)),
            _ => None,
        },
        Take::List => value.is_array().then(|| value.clone()),
        Take::Any => Some(value.clone()),
    }
}

/// Adds what the server computes for each leaf.
fn finish(leaf: &mut Map<String, Value>) {
    for computed in ["bytecode", "bytecode_error", "conditionHash"] {
        leaf.remove(computed);
    }
    leaf.entry("negation").or_insert(json!(false));
    // What no stream of events can follow is said on the condition itself.
    if !is_followed(leaf) {
        leaf.insert("bytecode_error".into(), json!("This condition cannot be evaluated in real time."));
        return;
    }
    let digest = Sha256::digest(Value::Object(leaf.clone()).to_string());
    let hash: String = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
    // 32 is the operation that puts a string on the stack; programs are not told apart any further.
    let bytecode = json!(["_H", 1, 32, leaf.get("key")]);
    leaf.insert("bytecode".into(), bytecode);
    leaf.insert("conditionHash".into(), json!(hash));
}

/// Whether a condition can be followed as events come in: events by name, people, other cohorts.
fn is_followed(leaf: &Map<String, Value>) -> bool {
    let text = |key: &str| leaf.get(key).and_then(Value::as_str).unwrap_or("");
    match text("type") {
        "behavioral" => {
            text("event_type") == "events" && matches!(text("value"), "performed_event" | "performed_event_multiple")
        }
        kind => kind != "person_metadata",
    }
}

/// Filters of the events that are counted: by the event, by an element, or as an expression.
fn check_events(filters: &Value, at: &str) -> Result<(), Fault> {
    for (index, filter) in filters.as_array().into_iter().flatten().enumerate() {
        let at = format!("{at}.event_filters.{index}");
        let known: &[&str] = match filter.get("type").and_then(Value::as_str) {
            Some("event" | "element") => &["type", "key", "value", "operator"],
            Some("hogql") => &["type", "key", "value"],
            _ => return refuse(format!("{at}.type: Input should be 'event', 'element' or 'hogql'")),
        };
        if !filter.get("key").is_some_and(Value::is_string) {
            return refuse(format!("{at}.key: Field required"));
        }
        if let Some(extra) = filter.as_object().and_then(|f| f.keys().find(|key| !known.contains(&key.as_str()))) {
            return refuse(forbidden(&at, extra));
        }
    }
    Ok(())
}

impl Tree {
    /// The filters as they are stored and shown.
    pub(crate) fn shown(&self) -> Value {
        fn show(node: &Criterion) -> Value {
            match node {
                Criterion::Leaf(leaf) => Value::Object(leaf.clone()),
                Criterion::Group { all, nodes } => {
                    let values: Vec<Value> = nodes.iter().map(show).collect();
                    json!({ "type": if *all { "AND" } else { "OR" }, "values": values })
                }
            }
        }
        json!({ "properties": show(&self.0) })
    }

    /// All conditions.
    pub(crate) fn leaves(&self) -> Vec<&Map<String, Value>> {
        fn walk<'n>(node: &'n Criterion, into: &mut Vec<&'n Map<String, Value>>) {
            match node {
                Criterion::Leaf(leaf) => into.push(leaf),
                Criterion::Group { nodes, .. } => nodes.iter().for_each(|n| walk(n, into)),
            }
        }
        let mut leaves = Vec::new();
        walk(&self.0, &mut leaves);
        leaves
    }

    /// The ids of cohorts among the conditions.
    pub(crate) fn cohorts(&self) -> Vec<i64> {
        self.leaves().into_iter().filter(|l| kind(l) == "cohort").filter_map(|l| l.get("value")?.as_i64()).collect()
    }

    /// Whether a condition is about events.
    pub(crate) fn is_behavioral(&self) -> bool {
        self.leaves().into_iter().any(|l| kind(l) == "behavioral")
    }

    /// The type that goes with these conditions.
    pub(crate) fn kind(&self) -> &'static str {
        match () {
            () if !self.is_behavioral() => "person_property",
            () if self.realtime().is_some() => "behavioral",
            () => "analytical",
        }
    }

    /// `realtime` if every condition can be followed as events come in.
    pub(crate) fn realtime(&self) -> Option<&'static str> {
        let leaves = self.leaves();
        (!leaves.is_empty() && leaves.iter().all(|leaf| is_followed(leaf))).then_some("realtime")
    }

    /// Why these conditions would not calculate.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        fn empty(node: &Criterion) -> bool {
            match node {
                Criterion::Leaf(_) => false,
                Criterion::Group { nodes, .. } => nodes.is_empty() || nodes.iter().any(empty),
            }
        }
        // A group counts as negated when all its children are.
        fn negated(node: &Criterion) -> bool {
            match node {
                Criterion::Leaf(leaf) => leaf.get("negation") == Some(&json!(true)),
                Criterion::Group { nodes, .. } => !nodes.is_empty() && nodes.iter().all(negated),
            }
        }
        let counts = |leaf: &&Map<String, Value>| {
            leaf.get("value").and_then(Value::as_str) != Some("performed_event_multiple")
                || leaf.get("operator_value").and_then(Value::as_i64).is_some_and(|n| n > 0)
        };
        if matches!(&self.0, Criterion::Group { nodes, .. } if nodes.is_empty()) {
            return None;
        }
        if empty(&self.0) {
            return Some("Cohort has a property group with no condition");
        }
        if negated(&self.0) {
            return Some("Top level condition cannot be negated");
        }
        let behavioral = |leaf: &&Map<String, Value>| kind(leaf) == "behavioral";
        (!self.leaves().into_iter().filter(behavioral).all(|leaf| counts(&leaf)))
            .then_some("performed_event_multiple requires an operator_value above 0")
    }
}

fn kind(leaf: &Map<String, Value>) -> &str {
    leaf.get("type").and_then(Value::as_str).unwrap_or("")
}
