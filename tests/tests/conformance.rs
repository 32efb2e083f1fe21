//! The sandbox's Attio answers as the real one does.

use tests::conformance::{Arrays, replay};

#[test]
fn attio() {
    replay("attio.json", Arrays::Contain);
}
