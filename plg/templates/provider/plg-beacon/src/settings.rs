//! What a stage says of a Beacon team.

use plg_core::provider::AccountSettings;
use plg_core::{Secret, StageName, Text};

plg_core::record! {
    /// A Beacon team.
    Beacon {
        /// An API key.
        key: Secret,
        /// Other stages of this stack that may look after objects of the same team. Each of them says so, too.
        shared_with: &'static [StageName] = &[],
    }
}

impl AccountSettings for Beacon {
    fn key(&self) -> Secret {
        self.key
    }

    fn address(&self) -> Text {
        Text::Given("https://api.beacon.example")
    }

    fn written(&self) -> Option<String> {
        plg_core::source::written_value(self)
    }

    fn shared_with(&self) -> &'static [StageName] {
        self.shared_with
    }
}
