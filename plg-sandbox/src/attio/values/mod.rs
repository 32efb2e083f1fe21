//! The values of one attribute of a record or an entry, as they are and as they were.

mod write;

pub(crate) use write::write;

use super::call::{AttioAnswer, AttioCall, data};
use super::refusal::AttioRefusal;
use super::row::{id, text};
use super::validate::{flag, is_uuid};
use super::{cell, history};
use crate::attio::attribute::parent::{Parent, find, parent};
use crate::attio::entry::rows as entries;
use crate::attio::record::rows as records;
use serde_json::Value;

/// What Attio fills in by itself for people and companies: it tells no history of it.
const ENRICHED: [&str; 16] = [
    "angellist",
    "avatar_url",
    "categories",
    "description",
    "employee_range",
    "estimated_arr_usd",
    "facebook",
    "foundation_date",
    "funding_raised_usd",
    "instagram",
    "job_title",
    "linkedin",
    "logo_url",
    "primary_location",
    "twitter",
    "twitter_follower_count",
];

/// What Attio reads in mailboxes and calendars begins so, or is an interaction.
const CONNECTION: &str = "strongest_connection_";

/// `GET …/records/{id}/attributes/{attribute}/values`, and the same of an entry.
pub(crate) fn list(call: &mut AttioCall) -> AttioAnswer {
    let is_historic = flag(call.request.query("show_historic"), "show_historic")?;
    let limit = call.whole("limit", 1, usize::MAX, usize::MAX)?;
    let offset = call.whole("offset", 0, usize::MAX, 0)?;
    let place = parent(call)?;
    let row = owner(call, &place)?;
    let attribute = find(call, &place, call.part(5))?;
    let attribute_id = id(&attribute, "attribute_id");
    let current = cell::current(call.store, &attribute, &row["_values"]);
    let mut values = current.as_array().cloned().unwrap_or_default();
    if is_historic {
        if let Some(kind) = untold(&place, &attribute) {
            let message = format!("Cannot set show_historic param to true when querying {kind} attribute.");
            return Err(AttioRefusal::invalid(message));
        }
        let was = history::of(call.store, &place.id, call.part(3), attribute_id).into_iter();
        let mut all: Vec<Value> = was.map(|value| cell::fresh(call.store, attribute_id, value)).collect();
        all.append(&mut values);
        all.sort_by(|a, b| text(a, "active_from").cmp(text(b, "active_from")));
        values = all;
    }
    data(values.into_iter().skip(offset).take(limit).collect())
}

/// The row whose values are asked for.
fn owner(call: &AttioCall, place: &Parent) -> Result<Value, AttioRefusal> {
    let reference = call.part(3);
    let noun = if place.is_list { "Entry" } else { "Record" };
    let row = is_uuid(reference).then(|| call.store.get(&table(place), reference).cloned()).flatten();
    row.ok_or_else(|| AttioRefusal::missing(format!("{noun} with ID \"{reference}\" not found.")))
}

/// Where the rows of an object or list are.
fn table(place: &Parent) -> String {
    if place.is_list { entries::table(&place.id) } else { records::table(&place.id) }
}

/// Which kind of attribute this is, where Attio does not tell its history.
fn untold(place: &Parent, attribute: &Value) -> Option<&'static str> {
    let slug = text(attribute, "api_slug");
    if text(attribute, "type") == "interaction" || slug.starts_with(CONNECTION) {
        return Some("a COMINT");
    }
    let is_enriched = attribute["is_system_attribute"] == true
        && matches!(place.slug.as_str(), "people" | "companies")
        && ENRICHED.contains(&slug);
    is_enriched.then_some("an enriched")
}
