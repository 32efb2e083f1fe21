//! Members of the workspace: whoever made it, somebody invited, and somebody who left.

use super::call::{AttioAnswer, AttioCall, data};
use super::refusal::AttioRefusal;
use super::workspace::{kept, member, workspace};
use crate::store::Store;
use serde_json::{Value, json};

/// The first name, last name and access level of each member.
const PEOPLE: [(&str, &str, &str); 3] =
    [("Ada", "Lovelace", "admin"), ("Grace", "Hopper", "member"), ("Charles", "Babbage", "suspended")];

/// Ids that follow from the one of the member whose key it is, so that they are the same for as long as the workspace is.
fn id_of(store: &Store, place: usize) -> String {
    let own = member(store);
    match place {
        0 => own,
        place => format!("{}{place:04x}", own.get(..own.len().saturating_sub(4)).unwrap_or_default()),
    }
}

/// Everybody, in the order in which they came.
pub(crate) fn all(store: &Store) -> Vec<Value> {
    let row = |(place, (first, last, level)): (usize, &(&str, &str, &str))| {
        json!({
            "id": {"workspace_id": workspace(store), "workspace_member_id": id_of(store, place)},
            "first_name": first,
            "last_name": last,
            "avatar_url": null,
            "email_address": format!("{}@example.com", first.to_lowercase()),
            "access_level": level,
            "created_at": kept(store, "stamp"),
        })
    };
    PEOPLE.iter().enumerate().map(row).collect()
}

/// One of them.
pub(crate) fn find(store: &Store, reference: &str) -> Option<Value> {
    all(store).into_iter().find(|row| row["id"]["workspace_member_id"] == reference)
}

/// The id of somebody whom a value names by id or by e-mail address.
pub(crate) fn named(store: &Store, reference: &str) -> Result<String, AttioRefusal> {
    let is_meant = |row: &Value| {
        row["id"]["workspace_member_id"] == reference
            || row["email_address"].as_str().is_some_and(|address| address.eq_ignore_ascii_case(reference))
    };
    let found = all(store).into_iter().find(is_meant);
    let id = found.and_then(|row| row["id"]["workspace_member_id"].as_str().map(str::to_owned));
    id.ok_or_else(|| AttioRefusal::unknown(missing(reference)))
}

/// The refusal of an id that is nobody's, with the status of whoever asks.
fn missing(reference: &str) -> String {
    format!("Workspace member with ID \"{reference}\" not found.")
}

/// Refuses an id in a body that is nobody's.
pub(crate) fn known(store: &Store, reference: &str) -> Result<(), AttioRefusal> {
    find(store, reference).map(|_| ()).ok_or_else(|| AttioRefusal::unknown(missing(reference)))
}

pub(crate) fn list(call: &mut AttioCall) -> AttioAnswer {
    data(all(call.store).into())
}

pub(crate) fn get(call: &mut AttioCall) -> AttioAnswer {
    let reference = call.part(1);
    data(find(call.store, reference).ok_or_else(|| AttioRefusal::missing(missing(reference)))?)
}
