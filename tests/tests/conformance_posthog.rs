//! The sandbox's PostHog answers as the real one does.

use tests::conformance::{Arrays, replay};

#[test]
fn posthog_product() {
    replay("posthog-product.json", Arrays::Equal);
}

#[test]
fn posthog_insight() {
    replay("posthog-insight.json", Arrays::Equal);
}

#[test]
fn posthog_fields() {
    replay("posthog-fields.json", Arrays::Equal);
}

#[test]
fn posthog_insight_variable() {
    replay("posthog-insight-variable.json", Arrays::Equal);
}

#[test]
fn posthog_hog_function() {
    replay("posthog-hog-function.json", Arrays::Equal);
}

#[test]
fn posthog_project_settings() {
    replay("posthog-project-settings.json", Arrays::Equal);
}

#[test]
fn posthog_for_applications() {
    replay("posthog-for-applications.json", Arrays::Equal);
}

#[test]
fn posthog_taxonomy() {
    replay("posthog-taxonomy.json", Arrays::Equal);
}

#[test]
fn posthog_access() {
    replay("posthog-access.json", Arrays::Equal);
}
