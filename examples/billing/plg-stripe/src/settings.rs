//! What a stage says of a Stripe account.

use plg_core::provider::AccountSettings;
use plg_core::{Secret, StageName, Text};

plg_core::record! {
    /// A Stripe account, in test mode, in a sandbox of Stripe's or live: its key says which.
    Stripe {
        /// A secret key, or a restricted one: `sk_test_…`, `rk_live_…`.
        key: Secret,
        /// Other stages of this stack that may look after objects of the same account. Each of them says so, too.
        shared_with: &'static [StageName] = &[],
    }
}

impl AccountSettings for Stripe {
    fn key(&self) -> Secret {
        self.key
    }

    fn address(&self) -> Text {
        Text::Given("https://api.stripe.com")
    }

    fn written(&self) -> Option<String> {
        plg_core::source::written_value(self)
    }

    fn shared_with(&self) -> &'static [StageName] {
        self.shared_with
    }
}
