//! Statuses of Attio attributes.

use super::attio::extra;
use super::option::{Choices, outside, within};
use super::prelude::*;

kind! {
    /// One step of a status attribute, written inside it.
    status Status {
        /// What people read in Attio; from the item's name unless given. Unique within the attribute.
        title: Name,
        /// How long a record should stay in it at most; no limit unless given.
        target: Option<Span> = None,
        /// Whether Attio celebrates when a record gets there.
        celebrate: bool = false,
    }
    provider: Attio,
    check: |_, _, _| (),
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &Choices {
        list: "statuses",
        key: "status_id",
        together: &["title", "celebration_enabled", "target_time_in_status"],
    },
}

impl Describe for Status {
    fn want(&self) -> Want {
        let want = within(&self.common)
            .set("title", self.title.0)
            .set("celebration_enabled", self.celebrate)
            .set("target_time_in_status", self.target.map(Span::iso));
        extra(want, &self.common)
    }

    fn lint(&self) -> Vec<String> {
        outside(&self.common, "a status is written inside its attribute: `holds: status { … }`")
    }
}
