//! What a stage says of a PostHog project.

use plg_core::provider::AccountSettings;
use plg_core::{Number, Secret, StageName, Text, Url};

plg_core::record! {
    /// A PostHog project.
    Posthog {
        /// A personal API key.
        key: Secret,
        /// The project's number.
        project: Number,
        /// Where the project is hosted.
        host: Host = Host::us,
        /// Other stages of this stack that may look after objects of the same project. Each of them says so, too.
        shared_with: &'static [StageName] = &[],
    }
}

plg_core::choice! {
    /// Where a PostHog project is hosted.
    Host "PostHog host" {
        /// `https://us.posthog.com`
        us,
        /// `https://eu.posthog.com`
        eu,
        ; /// A self-hosted PostHog, by its address.
        else own(Url)
    }
}

impl AccountSettings for Posthog {
    fn key(&self) -> Secret {
        self.key
    }

    fn address(&self) -> Text {
        match self.host {
            Host::us => Text::Given("https://us.posthog.com"),
            Host::eu => Text::Given("https://eu.posthog.com"),
            Host::own(url) => url.0,
        }
    }

    fn holes(&self) -> Vec<(&'static str, Number)> {
        vec![("project", self.project)]
    }

    fn written(&self) -> Option<String> {
        plg_core::source::written_value(self)
    }

    fn shared_with(&self) -> &'static [StageName] {
        self.shared_with
    }
}
