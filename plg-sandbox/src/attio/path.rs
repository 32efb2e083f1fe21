//! Paths in filters and sorts: over references to records, and from an entry to the record it is of.

use super::call::AttioCall;
use super::filter::{FilterSubject, unknown, wrong};
use super::refusal::AttioRefusal;
use super::row::{id, text};
use super::{cell, workspace};
use crate::attio::attribute::rows as attributes;
use crate::attio::object::rows as objects;
use crate::attio::record::rows as records;
use crate::settings::Settings;
use crate::store::Store;
use serde_json::{Value, json};

/// By this name a path goes from an entry to its record.
const PARENT: &str = "parent_record";

/// The object or list whose rows are queried.
pub(crate) struct QueriedPlace<'c> {
    store: &'c Store,
    settings: &'c Settings,
    id: String,
    slug: String,
    /// The key that its rows have their values under.
    values: &'static str,
}

impl<'c> QueriedPlace<'c> {
    pub(crate) fn object(call: &'c AttioCall, object: &Value) -> Self {
        QueriedPlace::new(call, object, "object_id", "values")
    }

    pub(crate) fn list(call: &'c AttioCall, list: &Value) -> Self {
        QueriedPlace::new(call, list, "list_id", "entry_values")
    }

    fn new(call: &'c AttioCall, row: &Value, key: &str, values: &'static str) -> Self {
        let (id, slug) = (id(row, key).to_owned(), text(row, "api_slug").to_owned());
        QueriedPlace { store: call.store, settings: call.settings, id, slug, values }
    }

    /// Refuses what no condition can be about here.
    pub(crate) fn check(&self, subject: FilterSubject) -> Result<(), AttioRefusal> {
        match subject {
            FilterSubject::Attribute(slug) => self.attribute(&self.id, slug).map(|_| ()).ok_or_else(|| unknown(slug)),
            FilterSubject::Path(path) => self.check_path(path),
        }
    }

    /// The values of a row, as it is answered, that a checked subject is about.
    pub(crate) fn values(&self, row: &Value, subject: FilterSubject) -> Vec<Value> {
        match subject {
            FilterSubject::Attribute(slug) => self.own(row, slug),
            FilterSubject::Path(path) => self.along(row, path),
        }
    }

    fn attribute(&self, place: &str, reference: &str) -> Option<&'c Value> {
        attributes::lookup(self.store, self.settings, place, reference)
    }

    fn own(&self, row: &Value, reference: &str) -> Vec<Value> {
        if reference == PARENT && self.is_list() {
            return vec![json!({"target_object": row["parent_object"], "target_record_id": row["parent_record_id"]})];
        }
        let slug = self.attribute(&self.id, reference).map_or("", |attribute| text(attribute, "api_slug"));
        row[self.values][slug].as_array().cloned().unwrap_or_default()
    }

    fn is_list(&self) -> bool {
        self.values == "entry_values"
    }

    /// The object that a tuple of a path names, where it is there.
    fn named(&self, reference: &str) -> Option<Value> {
        let is_there = |row: &Value| objects::enabled(row, self.settings) && !workspace::hidden(row, self.settings);
        objects::any(self.store, reference).filter(is_there)
    }

    fn check_path(&self, path: &Value) -> Result<(), AttioRefusal> {
        let tuples = tuples(path).ok_or_else(wrong)?;
        if !tuples.first().is_some_and(|(first, _)| *first == self.id || *first == self.slug) {
            return Err(wrong());
        }
        let (mut place, mut leads_to) = (self.id.clone(), None);
        for (at, (reference, slug)) in tuples.iter().enumerate() {
            if at > 0 {
                let object = self.named(reference).ok_or_else(|| unknown(reference))?;
                place = id(&object, "object_id").to_owned();
                let allowed = leads_to.as_ref().and_then(|ids: &Value| ids.as_array());
                if allowed.is_some_and(|allowed| !allowed.iter().any(|one| *one == place.as_str())) {
                    return Err(wrong());
                }
            }
            let is_parent = at == 0 && self.is_list() && *slug == PARENT;
            let attribute = self.attribute(&place, slug);
            let kind = attribute.map_or("", |attribute| text(attribute, "type"));
            match (attribute, is_parent) {
                (None, false) => return Err(unknown(slug)),
                // Only references lead on.
                (Some(_), false) if at + 1 < tuples.len() && kind != "record-reference" => return Err(wrong()),
                _ => {}
            }
            let allowed = |row: &Value| row["config"]["record_reference"]["allowed_object_ids"].clone();
            leads_to = attribute.map(allowed).filter(|_| !is_parent);
        }
        Ok(())
    }

    fn along(&self, row: &Value, path: &Value) -> Vec<Value> {
        let tuples = tuples(path).unwrap_or_default();
        let Some(((_, first), rest)) = tuples.split_first() else { return Vec::new() };
        let mut values = self.own(row, first);
        for (reference, slug) in rest {
            let Some(object) = self.named(reference) else { return Vec::new() };
            let object_id = id(&object, "object_id");
            let Some(attribute) = self.attribute(object_id, slug) else { return Vec::new() };
            let is_of = |value: &&Value| [object_id, text(&object, "api_slug")].contains(&text(value, "target_object"));
            let mut ids: Vec<&str> = values.iter().filter(is_of).map(|value| text(value, "target_record_id")).collect();
            // Two ways to one record are one: else a long path would have more and more of them.
            ids.sort_unstable();
            ids.dedup();
            let rows = ids.iter().filter_map(|record| self.store.get(&records::table(object_id), record));
            let held = |row: &Value| cell::current(self.store, attribute, &row["_values"]);
            values = rows.flat_map(|row| held(row).as_array().cloned().unwrap_or_default()).collect();
        }
        values
    }
}

/// The tuples of a path: an object or list, and an attribute of it.
fn tuples(path: &Value) -> Option<Vec<(&str, &str)>> {
    fn tuple(one: &Value) -> Option<(&str, &str)> {
        match one.as_array().map(Vec::as_slice) {
            Some([Value::String(place), Value::String(attribute)]) => Some((place, attribute)),
            _ => None,
        }
    }
    path.as_array()?.iter().map(tuple).collect()
}
