//! What the compiler says about PostHog's kinds alone.

use plg_core::codes::{Example, example};

plg_core::codes! {
    VARIANTS "P0501" "a flag's variants"
        "A flag is on or off, or has 2 to 20 variants with shares that add up to 100%. An experiment compares variants, one of which is `control`."
        "Write `variants: { control: 50%, test: 50% }`, or do what the message says."
    NEVER_CALCULATES "P0502" "a cohort that never calculates"
        "PostHog stores such a cohort, or such a condition, and then never matches anybody, or refuses the flag."
        "Put a condition beside it that people meet; in a flag, use a cohort of `person(…)` conditions only."
    QUESTIONS "P0503" "a survey's questions"
        "PostHog accepts certain scales and answers, and questions that lead to one another in their order."
        "Do what the message says."
    SHOWS_NOTHING "P0504" "an insight or an alert that shows nothing"
        "It would be stored, and never say anything."
        "Do what the message says."
    SENT_BY_POSTHOG "P0505" "one of PostHog's own"
        "Events that start with `$` are sent and defined by PostHog."
        "Write `existing event Name { name: \"$…\" }` to refer to it."
    BUILT_ON "P0506" "an experiment, a feature or a subscription"
        "What it is built on does not fit it."
        "Do what the message says."
    EXCLUDE_EACH_OTHER "P0507" "fields that exclude each other"
        "The API keeps one of them, or refuses both."
        "Leave one of them out, or write what the message offers."
    MATCHES_NOTHING "P0508" "a condition that matches nothing, or everything"
        "PostHog would store it, and it would never be met, or always."
        "Say what it matches, as the message shows."
}

/// Each with the same without the mistake.
pub(crate) static EXAMPLES: &[Example] = &[
    example(
        "P0501",
        r#"feature_flag Onboarding { key: "onboarding" }
experiment Test { flag: Onboarding }"#,
        r#"feature_flag Onboarding { key: "onboarding", variants: { control: 50%, test: 50% } }
experiment Test { flag: Onboarding }"#,
    ),
    example(
        "P0502",
        r#"event FeatureUsed { name: "feature_used" }
cohort Gone { all: [did_not(FeatureUsed, within: 7 days)] }"#,
        r#"event FeatureUsed { name: "feature_used" }
cohort Gone { all: [did(FeatureUsed, within: 30 days), did_not(FeatureUsed, within: 7 days)] }"#,
    ),
    example(
        "P0503",
        r#"survey Nps { kind: popover, questions: [rating("How likely?", scale: 11)] }"#,
        r#"survey Nps { kind: popover, questions: [rating("How likely?", scale: 10)] }"#,
    ),
    example(
        "P0504",
        r#"event SignedUp { name: "signed_up" }
insight Signups { shows: trend [count(SignedUp)] }
alert Few { insight: Signups, when: value() }"#,
        r#"event SignedUp { name: "signed_up" }
insight Signups { shows: trend [count(SignedUp)] }
alert Few { insight: Signups, when: value(below: 10) }"#,
    ),
    example("P0505", r#"event Pageview { name: "$pageview" }"#, r#"existing event Pageview { name: "$pageview" }"#),
    example(
        "P0506",
        r#"feature_flag Beta { key: "beta", variants: { control: 50%, test: 50% } }
early_access_feature BetaProgram { flag: Beta, stage: beta }"#,
        r#"feature_flag Beta { key: "beta" }
early_access_feature BetaProgram { flag: Beta, stage: beta }"#,
    ),
    example(
        "P0507",
        r#"event SignedUp { name: "signed_up", hidden: true, verified: true }"#,
        r#"event SignedUp { name: "signed_up", verified: true }"#,
    ),
    example(
        "P0508",
        r#"action Upgrade { on: [click {}] }"#,
        r#"action Upgrade { on: [click { selector: ".upgrade" }] }"#,
    ),
];
