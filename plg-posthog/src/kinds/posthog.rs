//! What the kinds that live in PostHog have in common: rows, tags, soft deletion.

use super::prelude::*;
use plg_core::Site;
use plg_core::wire::Ending;

/// Where everything of a project is. Whoever sends a request knows the project.
pub(crate) const BASE: &str = "/api/projects/{project}/";

/// A collection of the project whose objects are marked as deleted: PostHog answers 405 to `DELETE` for most of what
/// people make.
pub(super) fn soft(name: &str) -> RestCollection {
    RestCollection { ending: Ending::Mark("deleted"), ..hard(name) }
}

/// A collection of the project whose objects are deleted for good. PostHog sets no limit to the length of its pages.
pub(super) fn hard(name: &str) -> RestCollection {
    RestCollection {
        path: [BASE, name, "/"].concat(),
        query: "",
        paging: Paging::Results { limit: 200 },
        envelope: None,
        ending: Ending::Delete,
    }
}

/// Keys of rows that no kind reads: in a plan of thousands they would be half of the memory.
const UNREAD: [&str; 14] = [
    "created_by",
    "verified_by",
    "is_calculating",
    "last_accessed_at",
    "last_calculated_at",
    "last_refresh",
    "last_seen_at",
    "last_viewed_at",
    "cache_target_age",
    "next_allowed_client_refresh",
    "effective_restriction_level",
    "resolved_date_range",
    "filters_hash",
    "hasMore",
];

/// The keys of a user that plans read, to say who changed something last.
const PERSON: [&str; 3] = ["first_name", "last_name", "email"];

/// A row with its keys as fields; the kind then brings them into comparable form.
pub(super) fn row(json: Json) -> Option<Live> {
    let Json::Object(mut fields) = json else { return None };
    let id = fields.get("id")?.clone();
    fields.retain(|key, _| !UNREAD.contains(&key.as_str()));
    for by in ["updated_by", "last_modified_by"] {
        if let Some(Json::Object(user)) = fields.get_mut(by) {
            *user = PERSON.iter().filter_map(|key| Some(((*key).to_owned(), user.get(*key)?.clone()))).collect();
        }
    }
    Some(Live {
        id: id_text(&id)?,
        outputs: Map::from_iter([("id".to_owned(), id)]),
        archived: fields.get("deleted") == Some(&Json::Bool(true)),
        system: false,
        created: fields.get("created_at").and_then(Json::as_str).map(str::to_owned),
        fields,
    })
}

/// What PostHog knows of an event or a property, whoever described it.
pub(super) fn definition(json: Json) -> Option<Live> {
    let mut live = row(json)?;
    default(&mut live.fields, "description", "");
    default(&mut live.fields, "tags", json!([]));
    default(&mut live.fields, "verified", false);
    default(&mut live.fields, "hidden", false);
    Some(live)
}

/// A change to what PostHog knows of an event or a property; its name stays.
pub(super) fn redefine(at: RestCollection, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
    let mut part = pick(want, changed);
    part.remove("name");
    // Either flag alone turns the other off.
    together(&mut part, want, &["verified", "hidden"]);
    (!part.is_empty()).then(|| at.change(prior, part))
}

/// Adds these fields as they are declared: the API wants them in every change.
pub(super) fn along(part: &mut Map, want: &Map, fields: &[&str]) {
    part.extend(fields.iter().filter_map(|field| Some(((*field).to_owned(), want.get(*field)?.clone()))));
}

/// Adds all of these fields where one of them changes: the API holds them against each other.
pub(super) fn together(part: &mut Map, want: &Map, fields: &[&str]) {
    if fields.iter().any(|field| part.contains_key(*field)) {
        along(part, want, fields);
    }
}

/// Tags as PostHog keeps them: trimmed, in lower case, each once, in no order.
pub(super) fn tags(tags: &[Tag]) -> Json {
    let mut tags: Vec<String> = tags.iter().map(|tag| tag.trim().to_lowercase()).collect();
    tags.sort();
    tags.dedup();
    Json::from(tags)
}

/// Adds that no usage dashboard is wanted: servers until mid-2026 make one with two insights beside each flag, and
/// sweep them away later. Newer ones drop the key.
pub(super) fn without_usage_dashboard(mut body: Map) -> Map {
    body.insert("_should_create_usage_dashboard".to_owned(), Json::Bool(false));
    body
}

/// Drops every null and every key of `noise`, at any depth.
pub(super) fn compact(json: &Json, noise: &[&str]) -> Json {
    match json {
        Json::Object(map) => Json::Object(
            map.iter()
                .filter(|(key, value)| !value.is_null() && !noise.contains(&key.as_str()))
                .map(|(key, value)| (key.clone(), compact(value, noise)))
                .collect(),
        ),
        Json::Array(list) => Json::Array(list.iter().map(|entry| compact(entry, noise)).collect()),
        other => other.clone(),
    }
}

/// Changes a field of a row in place, where it is there.
pub(super) fn normalise(fields: &mut Map, field: &str, change: impl FnOnce(&Json) -> Json) {
    if let Some(value) = fields.get_mut(field) {
        *value = change(value);
    }
}

/// Fills in what a server leaves out or gives as null.
pub(super) fn default(fields: &mut Map, field: &str, value: impl Into<Json>) {
    if fields.get(field).is_none_or(Json::is_null) {
        fields.insert(field.to_owned(), value.into());
    }
}

/// How PostHog refers to what people do, as a key with its type: `events` or `actions`.
pub(super) fn tracked(what: &dyn Trackable) -> (Term, &'static str) {
    match what.tracked() {
        Tracked::Event(name) => (Term::from(name), "events"),
        Tracked::Action { id, .. } => (id, "actions"),
    }
}

/// Says so where what every browser reads has a variable in it: those hold secrets.
pub(super) fn public(at: Site, payload: &Term, report: &mut Report) {
    if let [name, ..] = &payload.variables()[..] {
        report.error(
            codes::SECRET_WRITTEN,
            at,
            format!("PostHog sends a payload to every browser, and `env(\"{name}\")` may be a secret\nhelp: write the value; write a different value for one stage in `in stage {{ … }}`"),
        );
    }
}

/// The day of an instant in a row, for people.
pub(super) fn day<'a>(fields: &'a Map, field: &str) -> Option<&'a str> {
    let instant = fields.get(field)?.as_str()?;
    Some(instant.split('T').next().unwrap_or(instant))
}

/// Since which day something runs that is launched and ended by people: a row with both dates.
pub(super) fn runs_since(fields: &Map) -> Option<&str> {
    if day(fields, "end_date").is_some() { None } else { day(fields, "start_date") }
}

/// Says so where a description is longer than its column.
pub(super) fn too_long(common: &Common, most: usize) -> Vec<String> {
    let length = common.doc.chars().count();
    if length <= most {
        return Vec::new();
    }
    vec![format!("the description of `{}` has {length} characters, and at most {most} are accepted", common.name)]
}

/// A day as the instant it starts, an instant in UTC: in one spelling, as PostHog answers it.
pub(super) fn instant(text: &str) -> String {
    plg_core::text::utc(text).unwrap_or_else(|| text.to_owned())
}

/// Holds a text field to a limit that is tighter than its type's.
pub(super) fn at_most(block: &Block, field: &str, most: usize, report: &mut Report) {
    let Some(node) = block.get(field) else { return };
    let length = node.text().map_or(0, |text| text.chars().count());
    if length > most {
        report.error(
            codes::TEXT,
            node.at,
            format!(
                "this text has {length} characters, and at most {most} are accepted\nhelp: leave out {}",
                length - most
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_folded() {
        assert_eq!(tags(&[Tag(" Weekly "), Tag("growth"), Tag("weekly")]), json!(["growth", "weekly"]));
    }

    #[test]
    fn rows_keep_every_key() {
        let live = row(json!({ "id": 3, "deleted": true, "new_key": 1 })).expect("it has an id");
        assert_eq!((live.id.as_str(), live.archived, live.fields.get("new_key")), ("3", true, Some(&json!(1))));
        assert_eq!(live.outputs.get("id"), Some(&json!(3)));
        assert!(row(json!({ "name": "no id" })).is_none() && row(json!([])).is_none());
    }
}
