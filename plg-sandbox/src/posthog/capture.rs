//! What an event does to the taxonomy when it arrives.

use super::event_definition::rows;
use crate::settings::Settings;
use crate::store::Store;
use serde_json::{Map, Value};

/// Lets an event arrive at the project, now.
pub(crate) fn ingest(store: &mut Store, settings: &Settings, event: &str, properties: &Map<String, Value>) {
    let at = settings.clock().strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string();
    rows::ingest(store, settings.project, event, properties, &at);
}
