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

/// The persons that a table names: by distinct id, by e-mail or by their own id, whichever its head says; one without such a head is
/// a list of distinct ids.
pub(crate) fn of_table(call: &PosthogCall, csv: &str) -> Vec<String> {
    let cells = |line: &str| line.split(',').map(|cell| cell.trim().trim_matches('"').to_owned()).collect::<Vec<_>>();
    let lines: Vec<Vec<String>> =
        csv.lines().map(cells).filter(|cells| cells.iter().any(|cell| !cell.is_empty())).collect();
    let Some(head) = lines.first() else { return Vec::new() };
    let at = |names: &[&str]| head.iter().position(|cell| names.contains(&cell.to_lowercase().as_str()));
    let of_person = |is: &dyn Fn(&Map<String, Value>) -> bool| {
        call.rows(person::PERSONS).find(|(_, row)| is(row)).map(|(id, _)| id.to_owned())
    };
    let has_id = |row: &Map<String, Value>, id: &str| {
        row.get("distinct_ids").and_then(Value::as_array).is_some_and(|ids| ids.iter().any(|own| own == id))
    };
    let by = |place: usize, is: &dyn Fn(&Map<String, Value>, &str) -> bool, skip: usize| -> Vec<String> {
        let named = lines.iter().skip(skip).filter_map(|cells| cells.get(place)).filter(|cell| !cell.is_empty());
        named.filter_map(|cell| of_person(&|row| is(row, cell))).collect()
    };
    if let Some(place) = at(&["person_id", "person-id", "uuid"]) {
        return by(place, &|row, id| row.get("uuid").and_then(Value::as_str) == Some(id), 1);
    }
    if let Some(place) = at(&["distinct_id", "distinct-id"]) {
        return by(place, &has_id, 1);
    }
    if let Some(place) = at(&["email", "e-mail"]) {
        let has_email = |row: &Map<String, Value>, email: &str| {
            row.get("properties").and_then(|has| has.get("email")).and_then(Value::as_str) == Some(email)
        };
        return by(place, &has_email, 1);
    }
    by(0, &has_id, 0)
}

/// The persons of a static cohort, by id, in the order in which they were put into it.
fn members(call: &PosthogCall, cohort: &str) -> Vec<String> {
    let of = call.rows(MEMBERS).filter(|(_, row)| row.get("cohort").and_then(Value::as_str) == Some(cohort));
    of.filter_map(|(_, row)| row.get("person").and_then(Value::as_str).map(str::to_owned)).collect()
}

/// The same, as the API shows them.
pub(crate) fn shown(call: &PosthogCall, cohort: &str) -> Vec<Value> {
    let ids = members(call, cohort);
    ids.iter().filter_map(|id| call.find(person::PERSONS, id)).map(person::listed).collect()
}

/// The static cohorts that a person is in, by id.
pub(crate) fn of(call: &PosthogCall, person: &str) -> BTreeSet<String> {
    let own = call.rows(MEMBERS).filter(|(_, row)| row.get("person").and_then(Value::as_str) == Some(person));
    own.filter_map(|(_, row)| row.get("cohort").and_then(Value::as_str).map(str::to_owned)).collect()
}
