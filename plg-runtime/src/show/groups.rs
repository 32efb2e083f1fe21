//! Under which headings resources stand: their provider's, and their account's where a provider has several.

use plg_core::linked;
use std::collections::BTreeSet;

/// What stands under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// `PostHog`, or `PostHog (marketing)`.
    pub(crate) title: String,
    provider: String,
    account: String,
}

impl Group {
    /// Whether a resource of this account stands here.
    pub(crate) fn has(&self, provider: &str, account: &str) -> bool {
        self.provider == provider && self.account == account
    }
}

/// The headings of resources with their provider and their account: in alphabetical order, a provider's default account
/// before its others.
pub(crate) fn groups<'a>(all: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Group> {
    let pairs: BTreeSet<(&str, bool, &str)> =
        all.map(|(provider, account)| (provider, !is_default(provider, account), account)).collect();
    let several = |provider: &str| pairs.iter().filter(|(one, ..)| *one == provider).count() > 1;
    pairs
        .iter()
        .map(|(provider, is_further, account)| Group {
            title: if *is_further && several(provider) {
                format!("{provider} ({account})")
            } else {
                (*provider).to_owned()
            },
            provider: (*provider).to_owned(),
            account: (*account).to_owned(),
        })
        .collect()
}

/// Whether an account is its provider's default one, which is called like it.
fn is_default(title: &str, account: &str) -> bool {
    linked::providers().any(|provider| provider.title == title && provider.word == account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_named_where_its_provider_has_several() {
        plg_core::linked::link(&[&plg_attio::PROVIDER, &plg_posthog::PROVIDER]);
        let titles = |all: &[(&str, &str)]| -> Vec<String> {
            groups(all.iter().copied()).into_iter().map(|group| group.title).collect()
        };
        assert_eq!(titles(&[("PostHog", "posthog"), ("Attio", "attio"), ("PostHog", "posthog")]), ["Attio", "PostHog"]);
        assert_eq!(titles(&[("PostHog", "marketing")]), ["PostHog"]);
        assert_eq!(
            titles(&[("PostHog", "beta"), ("PostHog", "posthog"), ("PostHog", "alpha"), ("Attio", "crm")]),
            ["Attio", "PostHog", "PostHog (alpha)", "PostHog (beta)"]
        );
    }
}
