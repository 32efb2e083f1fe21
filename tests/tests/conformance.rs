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

/// Members, notes, tasks, comments, values with their history, the search for records, paths in filters and sorts.
#[test]
fn attio_for_applications() {
    replay("attio-for-applications.json", Arrays::Contain);
}
