//! Records that a stack plants: a few rows of an object of its own, such as the plans that it sells.

mod check;

pub(super) use check::check_places;

use super::attio::{id, row, segment_of, whole};
use super::prelude::*;
use super::{Attribute, Holds, Object};

plg_core::kind! {
    /// A record of an object that the stack declares, such as a plan or a region: made where no record has the key, else
    /// changed. Values of attributes that are not written are people's, and so is the record once it is no longer declared:
    /// it stays. Meant for catalogues; people, companies and deals fill themselves, so that their records cannot be declared.
    seed Seed {
        /// The object, one of the workspace's own that is declared.
        of: Link<Object>,
        /// The attribute that tells its records apart, with `unique: true`; one of `values` says what it is.
        by: Link<Attribute>,
        /// What the record holds: `[value(Code, "pro"), value(Seats, 5), value(Tier, "Gold")]`. Texts, numbers, amounts, stars,
        /// days, times, yes or no, and titles of options and statuses; several in brackets.
        values: &'static [SeedEntry],
    }
    provider: &crate::PROVIDER,
    key: &["of", "by", "values"],
    check: check::check,
    unique: &[],
    titled: None,
    surface: Surface::NONE,
    wire: &Seeds,
}

plg_core::choice! {
    /// A value of a record.
    SeedEntry "value of a record" {
        /// What an attribute holds: `value(Code, "pro")`.
        value(SeedValue),
    }
}

plg_core::record! {
    /// What an attribute holds.
    SeedValue {
        /// The attribute, on the same object.
        of: Link<Attribute>,
        /// The value.
        is: plg_core::Json,
    }
}

impl SeedEntry {
    fn parts(&self) -> (&'static Attribute, plg_core::Json) {
        let SeedEntry::value(SeedValue { of, is }) = self;
        (of, *is)
    }
}

impl Describe for Seed {
    fn want(&self) -> Want {
        let mut values = Terms::default();
        let mut want = Want::new().set("on", reference(self.of)).set("by", self.by.slug.0);
        for (attribute, is) in self.values.iter().map(SeedEntry::parts) {
            values.insert(attribute.slug.0, is.term());
            want = want.after(attribute.address());
            // A title stands for an option that has to be there.
            let choices: Vec<String> = match attribute.holds {
                Holds::select(items) => items.0.iter().map(|item| item.address()).collect(),
                Holds::status(items) => items.0.iter().map(|item| item.address()).collect(),
                _ => Vec::new(),
            };
            want = choices.into_iter().fold(want, Want::after);
        }
        want.set("values", values)
    }
}

#[derive(Debug)]
struct Seeds;

const PARENTS: &[&str] = &["on", "by"];

/// A value as it is written, out of one as it is answered.
fn plain(value: &Json) -> Json {
    let choice = value.get("option").or_else(|| value.get("status"));
    let title = choice.and_then(|choice| choice.get("title").or(Some(choice)));
    let plain = value.get("value").or_else(|| value.get("currency_value")).or(title);
    plain.cloned().unwrap_or_else(|| value.clone())
}

/// Attributes that Attio fills in by itself.
const NOTED: &[&str] = &["record_id", "created_at", "created_by"];

/// One value by itself, several as a list.
fn told(all: &[Json]) -> Json {
    match all {
        [one] => plain(one),
        all => all.iter().map(plain).collect(),
    }
}

/// Several values, or one, or none.
fn list(value: &Json) -> &[Json] {
    match value {
        Json::Null => &[],
        Json::Array(all) => all,
        one => std::slice::from_ref(one),
    }
}

/// Whether two values are one, however they are spelt: `5` and `5.0`, moments with and without fractions.
fn same_value(want: &Json, live: &Json) -> bool {
    if let (Some(want), Some(live)) = (want.as_f64(), live.as_f64()) {
        // Attio keeps four decimals of an amount.
        return (want - live).abs() < 0.000_05;
    }
    let (Some(want), Some(live)) = (want.as_str(), live.as_str()) else { return same(want, live) };
    let moment = |text: &str| -> Option<String> {
        let (time, zone) = text.strip_suffix('Z').map(|time| (time, "Z"))?;
        let (whole, fraction) = time.split_once('.').unwrap_or((time, ""));
        whole.contains('T').then(|| format!("{whole}.{}{zone}", fraction.trim_end_matches('0')))
    };
    want == live || (moment(want).is_some() && moment(want) == moment(live))
}

fn same_values(want: &Json, live: &Json) -> bool {
    let (want, live) = (list(want), list(live));
    want.len() == live.len() && want.iter().all(|want| live.iter().any(|live| same_value(want, live)))
}

impl Seeds {
    fn records(fields: &Map) -> RestCollection {
        RestCollection { paging: Paging::Unlisted, ..whole(&format!("objects/{}/records", segment_of(fields, "on"))) }
    }
}

impl Wire for Seeds {
    fn collection(&self, fields: &Map) -> RestCollection {
        Self::records(fields)
    }

    fn read(&self, json: Json) -> Option<Live> {
        let row = row(json)?;
        let own = id(&row, "record_id")?.to_owned();
        let on = id(&row, "object_id").map(Json::from);
        let values = row.get("values").and_then(Json::as_object)?;
        // What Attio notes of every record says nothing of this one, and what is empty is nothing.
        let own_values = values.iter().filter(|(slug, all)| !NOTED.contains(&slug.as_str()) && !list(all).is_empty());
        let values: Map = own_values.map(|(slug, all)| (slug.clone(), told(list(all)))).collect();
        let fields = [("values".to_owned(), values.into())].into_iter().chain(on.map(|on| ("on".to_owned(), on)));
        Some(Live {
            outputs: Map::from_iter([("id".to_owned(), own.as_str().into())]),
            id: own,
            fields: fields.collect(),
            created: row.get("created_at").and_then(Json::as_str).map(str::to_owned),
            ..Live::default()
        })
    }

    // Whoever made a record of this key, there is one of it.
    fn create(&self, want: &Map) -> Call {
        let path = format!("{}?matching_attribute={}", Self::records(want).path, segment_of(want, "by"));
        Call::new("PUT", path, json!({ "data": { "values": want.get("values") } }))
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let values = want.get("values").filter(|_| changed.iter().any(|field| field == "values"))?.as_object()?;
        // What people wrote stands beside what is declared, and is not written again.
        let now = |slug: &str| prior.fields.get("values").and_then(|values| values.get(slug)).unwrap_or(&Json::Null);
        let values: Map = values
            .iter()
            .filter(|(slug, want)| !same_values(want, now(slug)))
            .map(|(slug, want)| (slug.clone(), want.clone()))
            .collect();
        if values.is_empty() {
            return None;
        }
        let path = self.collection_of(prior).object(&prior.id);
        Some(Call::new("PUT", path, json!({ "data": { "values": values } })))
    }

    fn remove(&self, _: &Prior) -> Removal {
        Removal::Keep("a record stays, as people may have edited it: to remove it, delete it in Attio")
    }

    fn parents(&self) -> &'static [&'static str] {
        PARENTS
    }

    // Only the API finds a record by its key: the request that makes one does so first.
    fn identity(&self, _: &Map) -> Option<String> {
        None
    }

    // People keep the values that the declaration leaves out.
    fn owned(&self, field: &str) -> &'static Owned {
        if field == "values" { &Owned::WRITTEN } else { &Owned::Whole }
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match (field, want.as_object()) {
            ("values", Some(want)) => {
                want.iter().all(|(slug, want)| same_values(want, live.get(slug).unwrap_or(&Json::Null)))
            }
            _ => same(want, live),
        }
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "of" => &["on"],
            _ => itself(word),
        }
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["object"]
    }
}

#[cfg(test)]
mod tests;
