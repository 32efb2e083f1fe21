//! What a stage says of an Attio workspace.

use plg_core::provider::AccountSettings;
use plg_core::{Secret, StageName, Text};

plg_core::record! {
    /// An Attio workspace.
    Attio {
        /// The API key.
        key: Secret,
        /// Other stages of this stack that may look after objects of the same workspace. Each of them says so, too.
        shared_with: &'static [StageName] = &[],
    }
}

impl AccountSettings for Attio {
    fn key(&self) -> Secret {
        self.key
    }

    fn address(&self) -> Text {
        Text::Given("https://api.attio.com")
    }

    fn written(&self) -> Option<String> {
        plg_core::source::written_value(self)
    }

    fn shared_with(&self) -> &'static [StageName] {
        self.shared_with
    }
}
