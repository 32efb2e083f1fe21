//! What a write to the journal is about.

use plg_runtime::store::{Action, Intent, Object};

/// A request that makes an event of this address.
pub fn intent(address: String) -> Intent {
    Intent {
        op: 0,
        address,
        kind: "event".into(),
        account: None,
        action: Action::Create,
        method: "POST".into(),
        path: "/api/projects/{project}/event_definitions/".into(),
        fields: Object::default(),
        depends: Vec::new(),
        id: None,
        known: Vec::new(),
        at: "2026-01-01T00:00:00Z".into(),
        sent_by: None,
    }
}
