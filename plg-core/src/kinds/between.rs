//! The rules that look at more than one declaration: each kind's own, told apart from those within a declaration, as
//! they are held once more where parts are put together, and before the first request.

use super::{
    alert, attribute, early_access_feature, experiment, feature_flag, object, shared_metric, subscription, survey,
    webhook,
};
use crate::codes::{self, Code};
use crate::{Block, Declarations, Report};

/// A rule of a kind that looks at other declarations.
#[derive(Debug)]
pub struct BetweenRule {
    /// The kind's keyword.
    pub kind: &'static str,
    /// The kinds it looks at: what refers to none of them keeps it.
    pub looks_at: &'static [&'static str],
    /// The rule, as a sentence.
    pub says: &'static str,
    /// The code of what breaks it.
    pub code: &'static Code,
    /// Holds one declaration against it.
    pub check: fn(&Block, &Declarations, &mut Report),
}

/// Every rule between declarations that a kind has. Names, keys, references and cycles have the same rules in all kinds.
pub static BETWEEN: &[BetweenRule] = &[
    BetweenRule {
        kind: "object",
        looks_at: &["object"],
        says: "Each object has nouns of its own, which none of Attio's objects has either.",
        code: codes::SAME_KEY,
        check: object::check_nouns,
    },
    BetweenRule {
        kind: "attribute",
        looks_at: &["list"],
        says: "An attribute of a list is not `required`.",
        code: codes::NOT_ON_THIS_OBJECT,
        check: attribute::check_place,
    },
    BetweenRule {
        kind: "webhook",
        looks_at: &["webhook"],
        says: "An event is told to an address by one webhook.",
        code: codes::SAME_KEY,
        check: webhook::check_told,
    },
    BetweenRule {
        kind: "feature_flag",
        looks_at: &["cohort"],
        says: "The cohorts of a flag are found by conditions on people alone, and so are those that they name.",
        code: codes::NEVER_CALCULATES,
        check: feature_flag::check_cohorts,
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
        says: "A flag has one early access feature.",
        code: codes::BUILT_ON,
        check: early_access_feature::check_alone,
    },
    BetweenRule {
        kind: "shared_metric",
        looks_at: &["shared_metric"],
        says: "The titles of shared metrics differ in more than capitals.",
        code: codes::SAME_KEY,
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
        kind: "survey",
        looks_at: &["feature_flag"],
        says: "The `variant` that a survey is shown to is one of its flag's.",
        code: codes::VARIANTS,
        check: survey::check_variant,
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
];
