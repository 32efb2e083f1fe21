//! What a key has to be allowed, from the path of what it asks for.

use crate::Provider;

/// A group of permissions of an API's keys: `cohort`, of `cohort:read` and `cohort:write`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// Which API gives it.
    pub provider: Provider,
    /// What it is about, in the API's word.
    pub object: &'static str,
    /// The word of servers that do not know this one, where they have one that includes it.
    pub older: Option<&'static str>,
}

/// The resources of Attio, by the first part of their paths.
const ATTIO: &[(&str, &str)] =
    &[("objects", "object_configuration"), ("lists", "list_configuration"), ("webhooks", "webhook")];

/// The resources of a PostHog project, by the first part of their paths; at last what older servers call it.
const POSTHOG: &[(&str, &str, Option<&str>)] = &[
    ("", "project", None),
    ("actions", "action", None),
    ("alerts", "alert", None),
    ("annotations", "annotation", None),
    ("cohorts", "cohort", None),
    ("dashboards", "dashboard", None),
    ("early_access_feature", "early_access_feature", None),
    ("event_definitions", "event_definition", None),
    ("experiment_holdouts", "experiment_holdout", Some("experiment")),
    ("experiment_saved_metrics", "experiment_saved_metric", Some("experiment")),
    ("experiments", "experiment", None),
    ("feature_flags", "feature_flag", None),
    ("hog_functions", "hog_function", None),
    ("insights", "insight", None),
    ("insight_variables", "insight_variable", None),
    ("property_definitions", "property_definition", None),
    ("subscriptions", "subscription", None),
    ("surveys", "survey", None),
];

impl Permission {
    /// The permission that a path of an API takes, where that is known.
    pub fn of(provider: Provider, path: &str) -> Option<Permission> {
        let first = path.strip_prefix(provider.base())?.split(['/', '?']).next()?;
        match provider {
            Provider::Attio => ATTIO.iter().find(|(part, _)| *part == first).map(|(_, object)| Permission {
                provider,
                object,
                older: None,
            }),
            Provider::Posthog => POSTHOG
                .iter()
                .find(|(part, ..)| *part == first)
                .map(|(_, object, older)| Permission { provider, object, older: *older }),
        }
    }

    /// What it takes beside the permission of its own to delete what a path lists: an object of Attio goes with all of
    /// its records.
    pub fn to_delete(provider: Provider, path: &str) -> Option<Permission> {
        let is_object = provider == Provider::Attio && path.strip_prefix(provider.base()) == Some("objects");
        is_object.then_some(Permission { provider, object: "record_permission", older: None })
    }

    /// As the API spells it: `cohort:write`, `webhook:read-write`.
    pub fn spelled(&self, writes: bool) -> String {
        format!("{}:{}", self.object, self.verb(writes))
    }

    fn verb(&self, writes: bool) -> &'static str {
        match (self.provider, writes) {
            (_, false) => "read",
            (Provider::Attio, true) => "read-write",
            (Provider::Posthog, true) => "write",
        }
    }

    /// Whether one of these scopes gives it. Who may write may read.
    pub fn is_in(&self, scopes: &[String], writes: bool) -> bool {
        if scopes.iter().any(|scope| scope == "*") {
            return true;
        }
        // A key that names the newer word is one of a server that knows it.
        let object = match self.older {
            Some(older) if verbs(scopes, self.object).next().is_none() => older,
            _ => self.object,
        };
        verbs(scopes, object).any(|verb| verb == self.verb(true) || !writes && verb == "read")
    }
}

/// What scopes allow with one object.
fn verbs<'s>(scopes: &'s [String], object: &'s str) -> impl Iterator<Item = &'s str> {
    scopes.iter().filter_map(move |scope| scope.strip_prefix(object)?.strip_prefix(':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds;

    fn held(scopes: &[&str], path: &str, writes: bool) -> bool {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let provider = if path.starts_with("/v2") { Provider::Attio } else { Provider::Posthog };
        Permission::of(provider, path).unwrap().is_in(&scopes, writes)
    }

    #[test]
    fn every_kind_has_a_permission() {
        for spec in kinds::ALL {
            let path = spec.wire.listing(&crate::Map::new()).path;
            assert!(Permission::of(spec.provider, &path).is_some(), "{}: {path}", spec.keyword);
        }
    }

    #[test]
    fn writing_includes_reading_and_nothing_else_does() {
        let cohorts = "/api/projects/{project}/cohorts/";
        assert!(held(&["cohort:write"], cohorts, false));
        assert!(!held(&["cohort:read", "cohorts:write", "dashboard:write"], cohorts, true));
        assert!(held(&["*"], cohorts, true) && !held(&[], cohorts, false));
        assert!(held(&["webhook:read-write"], "/v2/webhooks", false));
        assert!(!held(&["webhook:read"], "/v2/webhooks", true));
        assert!(held(&["list_configuration:read"], "/v2/lists/x/attributes?show_archived=true", false));
    }

    #[test]
    fn servers_that_know_no_newer_word_are_asked_in_theirs() {
        let holdouts = "/api/projects/{project}/experiment_holdouts/";
        assert!(held(&["experiment:write"], holdouts, true));
        assert!(!held(&["experiment:write", "experiment_holdout:read"], holdouts, true));
        assert!(!held(&["experiment:read"], holdouts, true));
    }
}
