//! The sandbox's Attio answers as the real one does.

use tests::conformance::{Arrays, replay};

#[test]
fn attio() {
    replay("attio.json", Arrays::Contain);
}

/// Relationships, views, activities, members, filters of webhooks, merged records.
#[test]
fn what_attio_has_beyond() {
    replay("attio-beyond.json", Arrays::Contain);
}
