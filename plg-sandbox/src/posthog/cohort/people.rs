//! Who was put into static cohorts.

use crate::posthog::call::PosthogCall;
use crate::posthog::person;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// `cohort:person` of everybody who is in one.
const MEMBERS: &str = "posthog.cohort_people";

/// Puts persons into a static cohort, by their ids; those who are in it already stay.
pub(crate) fn add(call: &mut PosthogCall, cohort: &str, persons: impl IntoIterator<Item = String>) {
    for person in persons {
        let row = json!({ "cohort": cohort, "person": person });
        call.put(MEMBERS, &format!("{cohort}:{person}"), row.as_object().cloned().unwrap_or_else(Map::new));
    }
}

/// The persons of a static cohort, by id, in the order in which they were put into it.
fn members(call: &PosthogCall, cohort: &str) -> Vec<String> {
    let of = call.rows(MEMBERS).filter(|(_, row)| row.get("cohort").and_then(Value::as_str) == Some(cohort));
    of.filter_map(|(_, row)| row.get("person").and_then(Value::as_str).map(str::to_owned)).collect()
}

/// The same, as the API shows them.
pub(crate) fn shown(call: &PosthogCall, cohort: &str) -> Vec<Value> {
    let ids = members(call, cohort);
    ids.iter().filter_map(|id| call.find(person::PERSONS, id)).map(person::show).collect()
}

/// The static cohorts that a person is in, by id.
pub(crate) fn of(call: &PosthogCall, person: &str) -> BTreeSet<String> {
    let own = call.rows(MEMBERS).filter(|(_, row)| row.get("person").and_then(Value::as_str) == Some(person));
    own.filter_map(|(_, row)| row.get("cohort").and_then(Value::as_str).map(str::to_owned)).collect()
}
