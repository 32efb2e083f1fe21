//! PostHog's kinds, one file each, and the list of them.
//!
//! A new kind is one file here with its import beside it, `mod` and `pub use`, a row in the list and one in `IMPORTERS`;
//! `docs/contributing.md` has the places in other crates.

mod action;
mod alert;
mod annotation;
mod cohort;
mod dashboard;
mod early_access_feature;
mod element;
mod event;
mod experiment;
mod feature_flag;
mod filter;
#[cfg(test)]
mod fixture;
mod hog_function;
mod hogql;
mod holdout;
mod insight;
mod insight_variable;
mod known;
mod person_property;
pub(crate) mod posthog;
mod project_settings;
mod property;
mod property_definition;
mod property_group;
mod property_type;
mod raw_query;
mod raw_resource;
#[cfg(test)]
mod refused;
mod scheduled_change;
mod shared_metric;
mod subscription;
mod survey;
mod tracked;

pub use action::*;
pub use alert::*;
pub use annotation::*;
pub use cohort::*;
pub use dashboard::*;
pub use early_access_feature::*;
pub use element::{ElementPart, ElementTest};
pub use event::*;
pub use experiment::*;
pub use feature_flag::*;
pub use filter::{Filter, FlagTest, GroupTest};
pub use hog_function::*;
pub use hogql::Hogql;
pub use holdout::*;
pub use insight::*;
pub use insight_variable::{InsightVariable, VariableCode, VariableKind};
pub use person_property::*;
pub use project_settings::*;
pub use property::{PropertyKey, PropertyTest, VersionTest};
pub use property_definition::*;
pub use property_group::*;
pub use property_type::{ItemType, PlainType, PropertyType};
pub use raw_resource::PosthogRest;
pub use scheduled_change::*;
pub use shared_metric::*;
pub use subscription::*;
pub use survey::*;
pub use tracked::{Trackable, Tracked};

use crate::codes;
use plg_core::source::{Answers, Importer, whole};
use plg_core::{BetweenRule, WholeRule};

plg_core::kinds! {
    property_group PropertyGroup,
    event Event,
    event_schema EventSchema,
    property Property,
    person_property PersonProperty,
    action Action,
    cohort Cohort,
    feature_flag FeatureFlag,
    scheduled_change ScheduledChange,
    early_access_feature EarlyAccessFeature,
    experiment_holdout Holdout,
    shared_metric SharedMetric,
    experiment Experiment,
    survey Survey,
    insight_variable InsightVariable,
    dashboard Dashboard,
    dashboard_tile DashboardTile,
    insight Insight,
    alert Alert,
    subscription Subscription,
    annotation Annotation,
    destination Destination,
    transformation Transformation,
    internal_destination InternalDestination,
    source_webhook SourceWebhook,
    project_settings ProjectSettings,
    posthog_rest PosthogRest,
}

/// How each kind is written down, what others refer to first.
pub static IMPORTERS: &[Importer] = &[
    Importer::of::<PropertyGroup>(&[], whole),
    // Which groups an event has stands in a list of its own.
    Importer::of::<Event>(&["event_schema", "property_group"], whole),
    Importer::inside::<EventSchema>(
        &event::SCHEMA_ANSWERS,
        &["event", "property_group"],
        "event_definition",
        event::draw_schema,
        whole,
    ),
    Importer::of::<Property>(&[], whole),
    Importer::of::<PersonProperty>(&[], whole),
    Importer::of::<Action>(&[], whole),
    Importer::of::<Cohort>(&[], whole),
    Importer::of::<FeatureFlag>(&[], whole),
    Importer::of::<ScheduledChange>(&[], whole),
    Importer::of::<EarlyAccessFeature>(&[], whole),
    Importer::of::<Holdout>(&[], whole),
    Importer::of::<SharedMetric>(&[], whole),
    Importer::of::<Experiment>(&[], whole),
    Importer::of::<Survey>(&[], whole),
    Importer::of::<InsightVariable>(&[], whole),
    Importer::of::<Insight>(&[], whole),
    // Insights are on the dashboards that name them.
    Importer::of::<Dashboard>(&["insight"], whole),
    Importer::inside::<DashboardTile>(&Answers::BLANK, &["dashboard"], "dashboard", dashboard::draw_tile, |_| {
        Vec::new()
    }),
    Importer::of::<Alert>(&[], whole),
    Importer::of::<Subscription>(&[], whole),
    Importer::of::<Annotation>(&[], whole),
    Importer::of::<Destination>(&[], whole),
    Importer::of::<Transformation>(&[], whole),
    Importer::of::<InternalDestination>(&[], whole),
    Importer::of::<SourceWebhook>(&[], whole),
    Importer::of::<ProjectSettings>(&[], whole),
];

/// Every rule between declarations that a kind has. Names, keys, references and cycles have the same rules in all
/// kinds.
pub static BETWEEN: &[BetweenRule] = &[
    BetweenRule {
        kind: "event",
        looks_at: &["property_group"],
        says: "A property that an event has by several groups, or by itself as well, has one type.",
        code: codes::OTHER_TYPE,
        check: event::check_properties,
    },
    BetweenRule {
        kind: "feature_flag",
        looks_at: &["cohort"],
        says: "The cohorts of a flag are found by conditions on people alone, and so are those that they name.",
        code: codes::NEVER_CALCULATES,
        check: feature_flag::check_cohorts,
    },
    BetweenRule {
        kind: "feature_flag",
        looks_at: &["feature_flag"],
        says: "A flag that another one needs is not switched off.",
        code: codes::BUILT_ON,
        check: feature_flag::check_needs,
    },
    BetweenRule {
        kind: "feature_flag",
        looks_at: &["feature_flag"],
        says: "The variant that a flag needs of another one is one of that flag's.",
        code: codes::VARIANTS,
        check: feature_flag::check_parts,
    },
    BetweenRule {
        kind: "scheduled_change",
        looks_at: &["feature_flag", "cohort"],
        says: "A scheduled change fits its flag: it keeps the flag's variants, and the people who join could be a condition set of it.",
        code: codes::VARIANTS,
        check: scheduled_change::check_flag,
    },
    BetweenRule {
        kind: "scheduled_change",
        looks_at: &["feature_flag"],
        says: "Two scheduled changes of a flag are of two kinds or of two times.",
        code: plg_core::codes::SAME_KEY,
        check: scheduled_change::check_apart,
    },
    BetweenRule {
        kind: "early_access_feature",
        looks_at: &["feature_flag"],
        says: "The flag of an early access feature has no variants.",
        code: codes::BUILT_ON,
        check: early_access_feature::check_variants,
    },
    BetweenRule {
        kind: "early_access_feature",
        looks_at: &["feature_flag"],
        says: "The flag of an early access feature is a share of people, not of groups.",
        code: codes::BUILT_ON,
        check: early_access_feature::check_people,
    },
    BetweenRule {
        kind: "early_access_feature",
        looks_at: &["feature_flag"],
        says: "A flag has one early access feature.",
        code: codes::BUILT_ON,
        check: early_access_feature::check_alone,
    },
    BetweenRule {
        kind: "shared_metric",
        looks_at: &["shared_metric"],
        says: "The titles of shared metrics differ in more than capitals.",
        code: plg_core::codes::SAME_KEY,
        check: shared_metric::check_title,
    },
    BetweenRule {
        kind: "experiment",
        looks_at: &["feature_flag"],
        says: "The flag of an experiment has variants, and one of them is `control`.",
        code: codes::VARIANTS,
        check: experiment::check_flag,
    },
    BetweenRule {
        kind: "experiment",
        looks_at: &["feature_flag"],
        says: "The variants that an experiment names are its flag's.",
        code: codes::VARIANTS,
        check: experiment::check_variants,
    },
    BetweenRule {
        kind: "experiment",
        looks_at: &["feature_flag"],
        says: "A flag is switched on and off by the state of its experiment, or by its own `active`.",
        code: codes::BUILT_ON,
        check: experiment::check_active,
    },
    BetweenRule {
        kind: "survey",
        looks_at: &["feature_flag"],
        says: "The `variant` that a survey is shown to is one of its flag's.",
        code: codes::VARIANTS,
        check: survey::check_variant,
    },
    BetweenRule {
        kind: "insight_variable",
        looks_at: &["insight_variable"],
        says: "The codes of variables differ, those that PostHog makes of their titles too.",
        code: plg_core::codes::SAME_KEY,
        check: insight_variable::check_code,
    },
    BetweenRule {
        kind: "insight",
        looks_at: &["insight_variable"],
        says: "A query asks for no other variables than its insight has.",
        code: codes::SHOWS_NOTHING,
        check: insight::check_variables,
    },
    BetweenRule {
        kind: "survey",
        looks_at: &["cohort"],
        says: "The cohorts whose people a survey asks are found by conditions on people alone, or static.",
        code: codes::NEVER_CALCULATES,
        check: survey::check_survey_cohorts,
    },
    BetweenRule {
        kind: "alert",
        looks_at: &["insight"],
        says: "An alert watches a line that its insight draws.",
        code: codes::SHOWS_NOTHING,
        check: alert::check_insight,
    },
    BetweenRule {
        kind: "subscription",
        looks_at: &["dashboard"],
        says: "The insights that a subscription sends stand on its dashboard.",
        code: codes::BUILT_ON,
        check: subscription::check_insights,
    },
    BetweenRule {
        kind: "destination",
        looks_at: &["attribute"],
        says: "A destination fills attributes of the objects of Attio that its template writes, with what these can hold.",
        code: codes::BUILT_ON,
        check: hog_function::check_attributes,
    },
    BetweenRule {
        kind: "project_settings",
        looks_at: &["project_settings"],
        says: "A project has its settings once.",
        code: plg_core::codes::SAME_KEY,
        check: project_settings::check_alone,
    },
    BetweenRule {
        kind: "project_settings",
        looks_at: &["feature_flag"],
        says: "The variant of a flag whose people are recorded is one of that flag's.",
        code: codes::VARIANTS,
        check: project_settings::check_linked_variant,
    },
    BetweenRule {
        kind: "posthog_rest",
        looks_at: &["posthog_rest"],
        says: "Raw resources of one list differ in what stands at their `key`.",
        code: plg_core::codes::SAME_KEY,
        check: plg_core::rest::check_apart,
    },
];

/// Every rule that is held in view of a whole stack.
pub static WHOLE: &[WholeRule] = &[property::RULE, project_settings::RULE];

/// What a kind's file starts with.
mod prelude {
    pub(crate) use super::tracked::{Trackable, Tracked};
    pub(crate) use plg_core::prelude::*;
}
