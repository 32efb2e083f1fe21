//! Values that were replaced, with when: the history of each attribute.

use super::call::AttioCall;
use crate::store::Store;
use serde_json::{Map, Value, json};

fn table(parent: &str) -> String {
    format!("attio.history.{parent}")
}

/// Keeps what a row of an object or list no longer holds, each value until now.
pub(crate) fn note(
    call: &mut AttioCall,
    parent: &str,
    owner: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) {
    let (now, table) = (call.now(), table(parent));
    let mut gone: Vec<(&str, Value)> = Vec::new();
    for (attribute, old) in before {
        let new = after.get(attribute).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for value in old.as_array().into_iter().flatten().filter(|value| !new.contains(value)) {
            let mut value = value.clone();
            value["active_until"] = json!(now);
            gone.push((attribute, value));
        }
    }
    if gone.is_empty() {
        return;
    }
    let mut kept = match call.store.get(&table, owner) {
        Some(Value::Object(kept)) => kept.clone(),
        _ => Map::new(),
    };
    for (attribute, value) in gone {
        if let Value::Array(all) = kept.entry(attribute).or_insert_with(|| json!([])) {
            all.push(value);
        }
    }
    call.store.put(&table, owner, Value::Object(kept));
}

/// What an attribute of a row held once, in the order in which it was replaced.
pub(crate) fn of(store: &Store, parent: &str, owner: &str, attribute: &str) -> Vec<Value> {
    let kept = store.get(&table(parent), owner).and_then(|kept| kept[attribute].as_array());
    kept.cloned().unwrap_or_default()
}

/// Puts other values in the place of an attribute's history.
pub(crate) fn replace(store: &mut Store, parent: &str, owner: &str, attribute: &str, values: Vec<Value>) {
    let table = table(parent);
    let mut kept = store.get(&table, owner).cloned().unwrap_or_else(|| json!({}));
    kept[attribute] = Value::Array(values);
    store.put(&table, owner, kept);
}

/// Removes the history of a row that goes.
pub(crate) fn forget(store: &mut Store, parent: &str, owner: &str) {
    store.remove(&table(parent), owner);
}
