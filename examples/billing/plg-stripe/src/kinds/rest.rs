//! What Stripe's kinds have in common: rows, lists, what is empty, metadata.

use crate::values::{Metadata, MetadataValue};
use plg_core::prelude::*;
use plg_core::source::{Noise, read};
use plg_core::wire::Ending;

/// The list of a kind, which has what is archived, too.
pub(super) fn list(name: &str, ending: Ending) -> RestCollection {
    RestCollection {
        path: [crate::api::BASE, name].concat(),
        query: "",
        paging: Paging::Cursor { limit: 100, after: "starting_after" },
        envelope: None,
        ending,
    }
}

/// A row with all its keys as fields; `active: false` is archived, `deleted: true` is gone.
pub(super) fn row(json: Json) -> Option<Live> {
    let Json::Object(fields) = json else { return None };
    let id = fields.get("id")?.clone();
    let is_gone = fields.get("deleted") == Some(&Json::Bool(true));
    Some(Live {
        id: id_text(&id)?,
        outputs: Map::from_iter([("id".to_owned(), id)]),
        archived: is_gone || fields.get("active") == Some(&Json::Bool(false)),
        created: fields.get("created").and_then(Json::as_i64).and_then(instant),
        fields,
        ..Live::default()
    })
}

/// A moment that Stripe counts in seconds, as people write it.
pub(super) fn instant(seconds: i64) -> Option<String> {
    jiff::Timestamp::from_second(seconds).ok().map(|moment| moment.to_string())
}

/// A moment as Stripe counts it.
pub(super) fn seconds(moment: &str) -> Json {
    let utc = plg_core::text::utc(moment).unwrap_or_default();
    utc.parse::<jiff::Timestamp>().map_or(Json::Null, |moment| moment.as_second().into())
}

/// A text, or null where there is none: Stripe has no empty texts.
pub(super) fn given(text: &str) -> Json {
    if text.is_empty() { Json::Null } else { text.into() }
}

/// What is sent to make an object: nothing that is empty, which Stripe refuses there.
pub(super) fn without_empty(fields: &Map) -> Map {
    let is_empty = |value: &Json| match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(map) => map.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    };
    fields.iter().filter(|(_, value)| !is_empty(value)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// What is sent to change an object. Stripe keeps every key of metadata that is not sent: those that are to go are sent
/// empty.
pub(super) fn changes(mut part: Map, prior: &Prior) -> Map {
    if let (Some(Json::Object(wanted)), Some(Json::Object(now))) =
        (part.get_mut("metadata"), prior.fields.get("metadata"))
    {
        for key in now.keys() {
            wanted.entry(key.clone()).or_insert(Json::Null);
        }
    }
    part
}

/// What is sent with what brings an object back: the fields that differ by then and can be changed.
pub(super) fn differing(wire: &dyn Wire, want: &Map, prior: &Prior) -> Map {
    let is_other = |field: &str, want: &Json| !wire.same(field, want, prior.fields.get(field).unwrap_or(&Json::Null));
    let all = want.iter().filter(|(field, want)| !wire.fixed().contains(&field.as_str()) && is_other(field, want));
    changes(all.map(|(field, want)| (field.clone(), want.clone())).collect(), prior)
}

/// Metadata as JSON.
pub(super) fn metadata(metadata: &Metadata) -> Json {
    Json::Object(metadata.iter().map(|one| (one.key.to_owned(), one.value.0.into())).collect())
}

/// Metadata as it is declared.
pub(super) fn metadata_of(live: &Live) -> Metadata {
    let all = live.fields.get("metadata").and_then(Json::as_object).into_iter().flatten();
    let entry = |(key, value): (&String, &Json)| Some(read::entry(key, MetadataValue(read::leak(value.as_str()?))));
    Metadata(read::slice(all.filter_map(entry).collect()))
}

/// Holds metadata to 50 keys.
pub(super) fn check_metadata(block: &Block, report: &mut Report) {
    if let Some(node) = block.get("metadata")
        && node.map().len() > 50
    {
        report.error(crate::codes::METADATA, node.at, "Stripe keeps 50 keys of metadata\nhelp: leave some out");
    }
}

/// A text of a row that may be null.
pub(super) fn maybe(live: &Live, key: &str) -> Option<&'static str> {
    Some(text(&live.fields, key)).filter(|text| !text.is_empty()).map(read::leak)
}

/// What no declaration has to say.
pub(super) const NOISE: &[Noise] = &[
    Noise { because: "Stripe gives it out", keys: &["id", "object", "created", "updated", "livemode"] },
    Noise { because: "what is archived is not written", keys: &["active"] },
];

/// How much of metadata is a declaration's: people and programs add keys of their own.
pub(super) const METADATA: Owned = Owned::Entries { told: |_| true };

/// The request that changes an object: Stripe changes with `POST`. Nothing, where only what cannot change differs.
pub(super) fn updated(wire: &dyn Wire, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
    let part = without(&pick(want, changed), wire.fixed());
    (!part.is_empty()).then(|| Call { method: "POST", ..wire.collection(want).change(prior, changes(part, prior)) })
}

/// The request that brings back what was archived, with what of it differs.
pub(super) fn revived(wire: &dyn Wire, want: &Map, prior: &Prior) -> Option<Call> {
    let call = wire.collection(want).restore(prior, differing(wire, want, prior))?;
    Some(Call { method: "POST", ..call })
}
