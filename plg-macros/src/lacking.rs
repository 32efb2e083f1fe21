//! The words of the providers that this build may be made without, so that a mistake can name the feature.

#[cfg(any(test, not(feature = "attio")))]
pub(crate) static ATTIO: plg_compiler::Lacking = plg_compiler::Lacking {
    word: "attio",
    title: "Attio",
    kinds: &["object", "list", "attribute", "option", "status", "webhook", "attio_rest"],
    feature: "attio",
};

#[cfg(any(test, not(feature = "posthog")))]
pub(crate) static POSTHOG: plg_compiler::Lacking = plg_compiler::Lacking {
    word: "posthog",
    title: "PostHog",
    kinds: &[
        "property_group",
        "event",
        "event_schema",
        "property",
        "person_property",
        "action",
        "cohort",
        "feature_flag",
        "scheduled_change",
        "early_access_feature",
        "experiment_holdout",
        "shared_metric",
        "experiment",
        "survey",
        "insight_variable",
        "dashboard",
        "dashboard_tile",
        "insight",
        "alert",
        "subscription",
        "annotation",
        "destination",
        "transformation",
        "internal_destination",
        "source_webhook",
        "project_settings",
        "posthog_rest",
    ],
    feature: "posthog",
};

#[cfg(test)]
mod tests {
    use super::*;
    use plg_compiler::Lacking;
    use plg_core::Provider;

    fn assert_same(lacking: &Lacking, provider: &Provider) {
        let kinds: Vec<&str> = provider.kinds.iter().map(|spec| spec.keyword).collect();
        assert_eq!((lacking.word, lacking.title, lacking.kinds), (provider.word, provider.title, &kinds[..]));
    }

    #[test]
    fn the_tables_are_what_the_providers_say() {
        assert_same(&ATTIO, &plg_attio::PROVIDER);
        assert_same(&POSTHOG, &plg_posthog::PROVIDER);
    }
}
