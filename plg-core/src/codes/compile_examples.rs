//! What the compiler refuses, and the same as it takes it: bodies of `stack! { … }`.

use super::example::{Example, example};

pub(super) static EXAMPLES: &[Example] = &[
    example(
        "P0101",
        r#"feature_flag Beta { key: "beta" rollout: 10% }"#,
        r#"feature_flag Beta { key: "beta", rollout: 10% }"#,
    ),
    example("P0102", r#"feature_flg DarkMode { key: "dark-mode" }"#, r#"feature_flag DarkMode { key: "dark-mode" }"#),
    example(
        "P0103",
        r#"feature_flag DarkMode { key: "dark-mode", rolout: 10% }"#,
        r#"feature_flag DarkMode { key: "dark-mode", rollout: 10% }"#,
    ),
    example(
        "P0104",
        r#"attribute Mrr { on: companies, slug: "mrr" }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
    ),
    example(
        "P0105",
        r#"feature_flag Beta { key: "beta", rollout: 10%, rollout: 20% }"#,
        r#"feature_flag Beta { key: "beta", rollout: 20% }"#,
    ),
    example(
        "P0106",
        r#"name: "shop",
stages: { local: sandbox },

feature_flag Beta { key: "beta", in prod { rollout: 10% } }"#,
        r#"name: "shop",
stages: { local: sandbox },

feature_flag Beta { key: "beta", in local { rollout: 10% } }"#,
    ),
    example(
        "P0107",
        r#"name: "shop",
stages: { prod: { attio: { key: "0123456789" }, posthog: { key: env("POSTHOG_API_KEY"), project: 1 } } },"#,
        r#"name: "shop",
stages: { prod: { attio: { key: env("ATTIO_API_KEY") }, posthog: { key: env("POSTHOG_API_KEY"), project: 1 } } },"#,
    ),
    example(
        "P0108",
        r#"feature_flag Beta { key: "beta", rollout: + }"#,
        r#"feature_flag Beta { key: "beta", rollout: 10% }"#,
    ),
    example(
        "P0109",
        r#"name: "shop",
stages: { local: sandbox },

attribute Tier { on: deals, slug: "tier", holds: select { One, Two }, in local { holds: select { One } } }"#,
        r#"name: "shop",
stages: { local: sandbox },

attribute Tier { on: deals, slug: "tier", holds: select { One, Two }, in local { title: "Tier, here" } }"#,
    ),
    example(
        "P0110",
        r#"feature_flag Beta { key: "beta", variants: { control: 40%, "a-b": 30%, a_b: 30% } }"#,
        r#"feature_flag Beta { key: "beta", variants: { control: 40%, "a-b": 30%, c: 30% } }"#,
    ),
    example(
        "P0111",
        r#"feature_flag Beta { key: "beta", extra: { "nested": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]] } }"#,
        r#"feature_flag Beta { key: "beta", extra: { "nested": [[]] } }"#,
    ),
    example(
        "P0112",
        r#"name: "shop",
stages: { prod: { posthog: { key: env("POSTHOG_API_KEY"), project: 1 } } },

attribute Tier { on: companies, slug: "tier", holds: text }"#,
        r#"name: "shop",
stages: { prod: { attio: { key: env("ATTIO_API_KEY") } } },

attribute Tier { on: companies, slug: "tier", holds: text }"#,
    ),
    example(
        "P0201",
        r#"feature_flag NewOnboarding { key: "new-onboarding", variants: { control: 50%, test: 50% } }
experiment Onboarding { flag: NewOnbording }"#,
        r#"feature_flag NewOnboarding { key: "new-onboarding", variants: { control: 50%, test: 50% } }
experiment Onboarding { flag: NewOnboarding }"#,
    ),
    example(
        "P0202",
        r#"dashboard Growth {}
experiment Onboarding { flag: Growth }"#,
        r#"feature_flag Growth { key: "growth", variants: { control: 50%, test: 50% } }
experiment Onboarding { flag: Growth }"#,
    ),
    example(
        "P0203",
        r#"feature_flag Beta { key: "beta" }
feature_flag Beta { key: "beta-too" }"#,
        r#"feature_flag Beta { key: "beta" }
feature_flag BetaToo { key: "beta-too" }"#,
    ),
    example(
        "P0204",
        r#"feature_flag Beta { key: "beta" }
feature_flag BetaToo { key: "beta" }"#,
        r#"feature_flag Beta { key: "beta" }
feature_flag BetaToo { key: "beta-too" }"#,
    ),
    example(
        "P0205",
        r#"cohort One { all: [member(Two), person("plan", is: ["pro"])] }
cohort Two { all: [member(One), person("plan", is: ["pro"])] }"#,
        r#"cohort One { all: [member(Two), person("plan", is: ["pro"])] }
cohort Two { all: [person("plan", is: ["pro"])] }"#,
    ),
    example("P0206", r#"feature_flag dark_mode { key: "dark-mode" }"#, r#"feature_flag DarkMode { key: "dark-mode" }"#),
    example(
        "P0207",
        r#"feature_flag Beta { key: "beta" }
feature_flag Preview { key: "preview", was: Beta }"#,
        r#"feature_flag Preview { key: "preview", was: Beta }"#,
    ),
    example(
        "P0208",
        r#"feature_flag Beta { key: "beta", variants: { control: 50%, test: 50% } }
experiment BetaTest { flag: Beta, account: marketing }"#,
        r#"feature_flag Beta { key: "beta", account: marketing, variants: { control: 50%, test: 50% } }
experiment BetaTest { flag: Beta, account: marketing }"#,
    ),
    example(
        "P0301",
        r#"attribute Mrr { on: companies, slug: "mrr", holds: numbr }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number }"#,
    ),
    example(
        "P0302",
        r#"feature_flag Beta { key: "beta", rollout: 110% }"#,
        r#"feature_flag Beta { key: "beta", rollout: 100% }"#,
    ),
    example(
        "P0303",
        r#"event FeatureUsed { name: "feature_used" }
cohort Active { all: [did(FeatureUsed, within: 7)] }"#,
        r#"event FeatureUsed { name: "feature_used" }
cohort Active { all: [did(FeatureUsed, within: 7 days)] }"#,
    ),
    example(
        "P0304",
        r#"attribute Mrr { on: companies, slug: "monthly revenue", holds: number }"#,
        r#"attribute Mrr { on: companies, slug: "monthly_revenue", holds: number }"#,
    ),
    example(
        "P0305",
        r#"webhook Deals { url: "https://example.com/hook", on: deals.created }"#,
        r#"webhook Deals { url: "https://example.com/hook", on: [deals.created] }"#,
    ),
    example(
        "P0306",
        r#"event FeatureUsed { name: "feature_used" }
cohort Active { all: [did(FeatureUsed, at_least: 0, within: 7 days)] }"#,
        r#"event FeatureUsed { name: "feature_used" }
cohort Active { all: [did(FeatureUsed, at_least: 1, within: 7 days)] }"#,
    ),
    example(
        "P0307",
        r#"feature_flag Beta { key: "beta", extra: { "rollout": 10 } }"#,
        r#"feature_flag Beta { key: "beta", rollout: 10% }"#,
    ),
    example(
        "P0308",
        r#"feature_flag Beta { key: "beta", protect: 1 }"#,
        r#"feature_flag Beta { key: "beta", protect: true }"#,
    ),
    example(
        "P0309",
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number, on_destroy: delete }"#,
        r#"attribute Mrr { on: companies, slug: "mrr", holds: number, on_destroy: archive }"#,
    ),
    example(
        "P0310",
        r#"#[cfg(test)]
feature_flag Beta { key: "beta" }"#,
        r#"feature_flag Beta { key: "beta" }"#,
    ),
    example(
        "P0311",
        r#"existing feature_flag Beta { key: "beta", rollout: 10% }"#,
        r#"existing feature_flag Beta { key: "beta" }"#,
    ),
    example(
        "P0509",
        r#"survey Nps { kind: popover, questions: [open("Why?")], shown: { url_match: contains } }"#,
        r#"survey Nps { kind: popover, questions: [open("Why?")], shown: { url: "/pricing", url_match: contains } }"#,
    ),
];
