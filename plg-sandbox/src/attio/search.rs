//! The search for records, by what a person types: names, domains, e-mail addresses, phone numbers, handles.

use super::call::{AttioAnswer, AttioCall, data};
use super::refusal::AttioRefusal;
use super::row::{id, text};
use super::schema::{BodyShape, JsonKind, SchemaField};
use super::value::essence;
use super::{cell, member, validate};
use crate::attio::object::rows as objects;
use crate::attio::record::rows as records;
use serde_json::{Value, json};

/// The most letters of what is sought.
const LONGEST: usize = 256;
/// The default and the most.
const LIMIT: u64 = 25;

const MEMBER: JsonKind = JsonKind::OneOf(&["workspace-member"]);
const AS: JsonKind = JsonKind::Union(&[
    JsonKind::Object(&BodyShape {
        fields: &[SchemaField::required("type", JsonKind::OneOf(&["workspace"]))],
        strict: false,
    }),
    JsonKind::Object(&BodyShape {
        fields: &[SchemaField::required("type", MEMBER), SchemaField::required("workspace_member_id", JsonKind::Uuid)],
        strict: false,
    }),
    JsonKind::Object(&BodyShape {
        fields: &[SchemaField::required("type", MEMBER), SchemaField::required("email_address", JsonKind::Text)],
        strict: false,
    }),
]);

const BODY: BodyShape = BodyShape {
    fields: &[
        SchemaField::required("query", JsonKind::Text),
        SchemaField::optional("limit", JsonKind::Any),
        SchemaField::required("objects", JsonKind::List(&JsonKind::Text, 1)),
        SchemaField::required("request_as", AS),
    ],
    strict: false,
};

/// What people and companies are found by beside their name, and what is answered of it: the attribute, and the field of its
/// values.
const FOUND_BY: [(&str, Option<&str>); 8] = [
    ("domains", Some("domain")),
    ("email_addresses", Some("email_address")),
    ("phone_numbers", Some("phone_number")),
    ("angellist", None),
    ("facebook", None),
    ("instagram", None),
    ("linkedin", None),
    ("twitter", None),
];

/// `POST /v2/objects/records/search`. Everything is found at once, where Attio takes a while.
pub(crate) fn search(call: &mut AttioCall) -> AttioAnswer {
    let body = Value::Object(validate::object(&call.request.body)?);
    let mut issues = validate::check(&body, &BODY);
    let issue = |code: &str, key: &str, message: String| json!({"code": code, "path": [key], "message": message});
    let query = text(&body, "query");
    if query.chars().count() > LONGEST {
        let message = format!("String must contain at most {LONGEST} character(s)");
        issues.push(issue("too_big", "query", message));
    }
    let limit = match body.get("limit") {
        None => Some(LIMIT),
        Some(limit) => limit.as_u64().filter(|limit| (1..=LIMIT).contains(limit)),
    };
    if limit.is_none() {
        issues.push(issue("invalid", "limit", format!("Number must be between 1 and {LIMIT}")));
    }
    let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok()).filter(|_| issues.is_empty()) else {
        return Err(AttioRefusal::issues("Body payload validation error.", issues));
    };
    asker(call, &body["request_as"])?;
    let mut found = Vec::new();
    for reference in body["objects"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let missing = || AttioRefusal::unknown(format!("Object with slug/ID \"{reference}\" not found."));
        let object = objects::find(call, reference).ok_or_else(missing)?;
        for (_, row) in call.store.rows(&records::table(id(&object, "object_id"))) {
            let held = cell::render(call.store, call.settings, id(&object, "object_id"), &row["_values"]);
            if let Some(far) = distance(query, &texts(&object, &held)) {
                found.push((far, shown(&object, row, &held)));
            }
        }
    }
    // The nearest first, and of those the oldest.
    found.sort_by_key(|(far, _)| *far);
    data(found.into_iter().take(limit).map(|(_, row)| row).collect())
}

/// Refuses a member that nobody is.
fn asker(call: &AttioCall, sent: &Value) -> Result<(), AttioRefusal> {
    let Some(reference) = sent["workspace_member_id"].as_str().or_else(|| sent["email_address"].as_str()) else {
        return Ok(());
    };
    let everybody = member::all(call.store);
    let is_meant = |row: &&Value| [id(row, "workspace_member_id"), text(row, "email_address")].contains(&reference);
    let missing = || AttioRefusal::unknown(format!("Workspace member \"{reference}\" not found."));
    everybody.iter().find(is_meant).map(|_| ()).ok_or_else(missing)
}

/// The values of an attribute.
fn all<'v>(held: &'v Value, slug: &str) -> impl Iterator<Item = &'v Value> {
    held[slug].as_array().into_iter().flatten()
}

/// What a record is called.
fn label(held: &Value) -> String {
    all(held, "name").map(essence).find_map(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Everything that a record is found by, in small letters.
fn texts(object: &Value, held: &Value) -> Vec<String> {
    let mut texts = vec![label(held)];
    if matches!(text(object, "api_slug"), "people" | "companies") {
        let more = FOUND_BY.iter().flat_map(|(slug, _)| all(held, slug));
        texts.extend(more.filter_map(|value| essence(value).as_str().map(str::to_owned)));
    }
    texts.into_iter().map(|text| text.to_lowercase()).collect()
}

fn shown(object: &Value, row: &Value, held: &Value) -> Value {
    let slug = text(object, "api_slug");
    let image = all(held, "avatar_url").chain(all(held, "logo_url")).map(essence).next().unwrap_or_default();
    let mut out = json!({
        "id": row["id"],
        "record_text": label(held),
        "record_image": image,
        "object_slug": slug,
    });
    let answered: &[&str] = match slug {
        "people" => &["email_addresses", "phone_numbers"],
        "companies" => &["domains"],
        _ => &[],
    };
    for (attribute, field) in FOUND_BY.iter().filter(|(attribute, _)| answered.contains(attribute)) {
        let values = all(held, attribute).filter_map(|value| value.get((*field)?).cloned());
        out[*attribute] = values.collect();
    }
    out
}

/// How far what was typed is from a record; nothing where it does not mean it. Every word has to be there: as the whole, at
/// the beginning, somewhere, or with a slip.
fn distance(query: &str, texts: &[String]) -> Option<usize> {
    let query = query.trim().to_lowercase();
    if query.is_empty() || texts.contains(&query) {
        return Some(0);
    }
    if texts.iter().any(|text| text.starts_with(&query)) {
        return Some(1);
    }
    let words = || texts.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).filter(|w| !w.is_empty());
    query.split_whitespace().try_fold(2, |far, sought| {
        if texts.iter().any(|text| text.contains(sought)) {
            return Some(far);
        }
        let slips = match sought.chars().count() {
            0..=3 => return None,
            4..=7 => 1,
            _ => 2,
        };
        // Words of another length are not looked at: what is typed may be long, and what is held even longer.
        let is_near = |word: &&str| word.len().abs_diff(sought.len()) <= 4 * slips && word.len() <= 4 * LONGEST;
        let nearest = words().filter(is_near).map(|word| strsim::osa_distance(word, sought)).min()?;
        (nearest <= slips).then_some(far + nearest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_near_or_it_is_not() {
        let texts = ["acme corporation".to_owned(), "acme.example.com".to_owned()];
        let near = |query: &str| distance(query, &texts);
        assert_eq!(near(""), Some(0));
        assert_eq!(near("Acme Corporation"), Some(0));
        assert_eq!(near("acme c"), Some(1));
        assert_eq!(near("example acme"), Some(2));
        assert_eq!(near("coporation"), Some(3));
        assert_eq!(near("acme gmbh"), None);
        assert_eq!(near("cat"), None);
    }
}
