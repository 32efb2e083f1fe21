//! What Attio's kinds share: the envelope and its ids.

use super::prelude::*;

/// The object inside `{"data": …}`, or the object itself: a row of a list has no envelope.
pub(super) fn row(json: &Json) -> Option<&Map> {
    let row = json.as_object()?;
    match row.get("data") {
        Some(inner) => inner.as_object(),
        None => Some(row),
    }
}

/// `{"data": {…}}`.
pub(super) fn wrap(fields: Map) -> Json {
    json!({ "data": fields })
}

/// A live object with every field of its row but its ids.
pub(super) fn live(row: &Map, id: &Json) -> Option<Live> {
    let mut fields = row.clone();
    fields.remove("id");
    Some(Live {
        id: id_text(id)?,
        outputs: Map::from_iter([("id".to_owned(), id.clone())]),
        archived: row.get("is_archived") == Some(&Json::Bool(true)),
        system: row.get("is_system_attribute") == Some(&Json::Bool(true)),
        created: row.get("created_at").and_then(Json::as_str).map(str::to_owned),
        fields,
    })
}
