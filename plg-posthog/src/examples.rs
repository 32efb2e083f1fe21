//! What is refused, and the same as it is taken: of every code that this provider's kinds can meet, its own and the
//! general ones. Lines after `$ ` are typed, lines after `#` say what else is so.

use plg_core::codes::{Example, example, instead};

/// In the order of their codes. Those that stand in for another provider's are shown where that one is not linked.
pub(crate) static EXAMPLES: &[Example] = &[
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
    instead("P0104", r#"feature_flag Beta { rollout: 10% }"#, r#"feature_flag Beta { key: "beta", rollout: 10% }"#),
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
    instead(
        "P0107",
        r#"name: "shop",
stages: { prod: { posthog: { key: "0123456789", project: 1 } } },"#,
        r#"name: "shop",
stages: { prod: { posthog: { key: env("POSTHOG_API_KEY"), project: 1 } } },"#,
    ),
    example(
        "P0108",
        r#"feature_flag Beta { key: "beta", rollout: + }"#,
        r#"feature_flag Beta { key: "beta", rollout: 10% }"#,
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
stages: { prod: { marketing: posthog { key: env("POSTHOG_API_KEY"), project: 1 } } },

feature_flag Beta { key: "beta" }"#,
        r#"name: "shop",
stages: { prod: { marketing: posthog { key: env("POSTHOG_API_KEY"), project: 1 } } },

feature_flag Beta { key: "beta", account: marketing }"#,
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
        r#"cohort One { all: [member(Two), person("name", is: ["pro"])] }
cohort Two { all: [member(One), person("name", is: ["pro"])] }"#,
        r#"cohort One { all: [member(Two), person("name", is: ["pro"])] }
cohort Two { all: [person("name", is: ["pro"])] }"#,
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
        "P0209",
        r#"annotation Launch { content: "Launched", on_date: "2026-12-01" }
event Seen { name: "seen", properties: { what: one_of([Launch]) } }"#,
        r#"annotation Launch { content: "Launched", on_date: "2026-12-01" }
event Seen { name: "seen", properties: { what: one_of(["Launched"]) } }"#,
    ),
    instead(
        "P0301",
        r#"survey Nps { kind: popver, questions: [open("Why?")] }"#,
        r#"survey Nps { kind: popover, questions: [open("Why?")] }"#,
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
    instead("P0304", r#"feature_flag Beta { key: "be ta" }"#, r#"feature_flag Beta { key: "be-ta" }"#),
    instead(
        "P0305",
        r#"feature_flag Beta { key: "beta", tags: "growth" }"#,
        r#"feature_flag Beta { key: "beta", tags: ["growth"] }"#,
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
    instead(
        "P0309",
        r#"feature_flag Beta { key: "beta", on_destroy: archive }"#,
        r#"feature_flag Beta { key: "beta", on_destroy: keep }"#,
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
        "P0312",
        r#"posthog_rest Beta {
    create: "/api/projects/{project}/feature_flags/",
    key: "/key",
    body: { "key": "beta" },
}"#,
        r#"feature_flag Beta { key: "beta" }"#,
    ),
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
    example(
        "P0509",
        r#"survey Nps { kind: popover, questions: [open("Why?")], shown: { url_match: contains } }"#,
        r#"survey Nps { kind: popover, questions: [open("Why?")], shown: { url: "/pricing", url_match: contains } }"#,
    ),
    example(
        "P0511",
        r#"name: "shop",
stages: { local: sandbox },

event Paid { name: "paid", properties: { amount: number } }
shared_metric Revenue { metric: mean(Paid, sum: "amuont") }"#,
        r#"name: "shop",
stages: { local: sandbox },

event Paid { name: "paid", properties: { amount: number } }
shared_metric Revenue { metric: mean(Paid, sum: "amount") }"#,
    ),
    example(
        "P0512",
        r#"name: "shop",
stages: { local: sandbox },

event Paid { name: "paid", properties: { plan: one_of(["free", "pro"]) } }
cohort Pros { all: [person("plan", is: ["por"])] }"#,
        r#"name: "shop",
stages: { local: sandbox },

event Paid { name: "paid", properties: { plan: one_of(["free", "pro"]) } }
cohort Pros { all: [person("plan", is: ["pro"])] }"#,
    ),
    example(
        "P0516",
        r#"name: "shop",
stages: { local: sandbox },

project_settings Settings { require_flag_tags: true }
feature_flag Beta { key: "beta" }"#,
        r#"name: "shop",
stages: { local: sandbox },

project_settings Settings { require_flag_tags: true }
feature_flag Beta { key: "beta", tags: ["growth"] }"#,
    ),
    example(
        "P0601",
        r#"// In one part, and in another one:
feature_flag Beta { key: "beta" }
feature_flag Preview { key: "beta" }"#,
        r#"// In one part, and in another one:
feature_flag Beta { key: "beta" }
feature_flag Preview { key: "preview" }"#,
    ),
    instead(
        "P0603",
        r#"$ PLG_POSTHOG_URL=http://posthog.example.com plg-stack plan --stage prod"#,
        r#"$ PLG_POSTHOG_URL=https://posthog.example.com plg-stack plan --stage prod"#,
    ),
    example(
        "P0605",
        r#"$ plg-stack deploy --stage prod
# The key lacks the scope feature_flag:write."#,
        r#"$ plg-stack deploy --stage prod
# After the key was given feature_flag:write."#,
    ),
    example(
        "P0608",
        r#"// Nobody has made this flag.
existing feature_flag Beta { key: "beta" }"#,
        r#"// It is made here.
feature_flag Beta { key: "beta" }"#,
    ),
    instead(
        "P0609",
        r#"# The key is one of another project than last time.
$ POSTHOG_API_KEY_PROD=… plg-stack deploy --stage prod"#,
        r#"# The same project as last time; another one is another stage.
$ POSTHOG_API_KEY_NEW=… plg-stack deploy --stage new"#,
    ),
    example(
        "P0610",
        r#"// It is taken out of the stack while it says so.
feature_flag Beta { key: "beta", protect: true }"#,
        r#"// This is deployed first; then it can go.
feature_flag Beta { key: "beta" }"#,
    ),
    example(
        "P0611",
        r#"$ plg-stack plan --target feature_flag.DarkMod"#,
        r#"$ plg-stack plan --target feature_flag.DarkMode"#,
    ),
    example(
        "P0618",
        r#"// A policy of the stack wants an owner.
feature_flag Beta { key: "beta" }"#,
        r#"feature_flag Beta { key: "beta", tags: ["owner:growth"] }"#,
    ),
    example(
        "P0621",
        r#"# A deploy was killed before an API had answered.
$ plg-stack state rm feature_flag.Beta"#,
        r#"$ plg-stack deploy
$ plg-stack state rm feature_flag.Beta"#,
    ),
    example(
        "P0625",
        r#"// Two dashboards are called Growth since the plan was made.
dashboard Growth {}"#,
        r#"// After one of the two was renamed in the web app, the same again:
dashboard Growth {}"#,
    ),
    example(
        "P0626",
        r#"$ PLG_POSTHOG_URL=https://posthog.internal plg-stack plan --stage prod
# There is no such host."#,
        r#"$ PLG_POSTHOG_URL=https://posthog.example.com plg-stack plan --stage prod"#,
    ),
    example(
        "P0628",
        r#"# A project's key, which starts with phc_:
$ POSTHOG_API_KEY_PROD=phc_… plg-stack plan --stage prod"#,
        r#"# A personal key, which starts with phx_, with the scopes that `doctor` names:
$ POSTHOG_API_KEY_PROD=phx_… plg-stack plan --stage prod"#,
    ),
];
