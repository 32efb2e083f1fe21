//! The workspace: its ids, and which of its standard objects are switched on.

use super::row::{new_id, stamp, text};
use crate::settings::Settings;
use crate::store::Store;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Kept over resets, hence outside the tables that a reset clears.
const TABLE: &str = "_workspace";

/// Whether a standard object is switched on.
pub(crate) fn enabled(settings: &Settings, slug: &str) -> bool {
    match slug {
        "deals" => settings.deals,
        "users" => settings.users,
        "workspaces" => settings.workspaces,
        _ => true,
    }
}

/// Gives the workspace its ids, once.
pub(crate) fn seed(store: &mut Store) {
    if !store.is_empty(TABLE) {
        return;
    }
    let born = Timestamp::now();
    for key in ["id", "client", "member"] {
        let value = json!(new_id());
        store.put(TABLE, key, value);
    }
    store.put(TABLE, "born", json!(born.as_second()));
    store.put(TABLE, "stamp", json!(stamp(born)));
}

/// Gives the workspace the name of its account.
pub(crate) fn call(store: &mut Store, account: &str) {
    if kept(store, "name") != account {
        store.put(TABLE, "name", json!(account));
    }
}

/// The workspace's name.
pub(crate) fn name(store: &Store) -> String {
    Some(kept(store, "name")).filter(|name| !name.is_empty()).unwrap_or_else(|| "Sandbox".to_owned())
}

/// The slug of the workspace in web addresses.
pub(crate) fn slug(store: &Store) -> String {
    name(store).to_lowercase().replace('_', "-")
}

pub(crate) fn kept(store: &Store, key: &str) -> String {
    store.get(TABLE, key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The workspace's id.
pub(crate) fn workspace(store: &Store) -> String {
    kept(store, "id")
}

/// The id of the application the key belongs to.
pub(crate) fn client(store: &Store) -> String {
    kept(store, "client")
}

/// The id of the workspace member whose key it is.
pub(crate) fn member(store: &Store) -> String {
    kept(store, "member")
}

/// When the workspace was made, in seconds since 1970.
pub(crate) fn born(store: &Store) -> i64 {
    store.get(TABLE, "born").and_then(Value::as_i64).unwrap_or_default()
}

/// Whether a row belongs to an object that is switched off.
pub(crate) fn hidden(row: &Value, settings: &Settings) -> bool {
    let needs = text(row, "_needs");
    !needs.is_empty() && !enabled(settings, needs)
}
