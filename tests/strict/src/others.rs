//! The kinds and the names that the other parts do not have.

use crate::product;

plg::stack! {
    stages: crate,

    /// Companies to talk to, as in `NotInBackticks`.
    list Targets { slug: "strict_targets", of: companies }
    /// How well they fit: one is worth 1000000.
    attribute Fit { on: Targets, slug: "fit", holds: select { Good, Bad } }
    attribute Phase { on: Targets, slug: "phase", holds: status { Open { target: 7 days }, Won { celebrate: true } } }

    /// Names that meet Rust's own, and modules.
    attribute Tier {
        on: companies,
        slug: "strict_tier",
        holds: select { None, Some, Ok, Err, Option, String, Copy, Clone, Title, FromStr, Items, MRR, ARR },
    }
    attribute Crate { on: companies, slug: "strict_crate", holds: select { PlanFree, PlanPro, PlanTeam, PlanLarge } }
    attribute Super { on: companies, slug: "strict_super", holds: select { A } }
    attribute Type { on: companies, slug: "strict_type", holds: select { A } }
    attribute Others { on: companies, slug: "strict_others", holds: select { A } }
    attribute MRRGrowth { on: companies, slug: "strict_mrr", holds: select { A } }
    attribute MrrGrowth { on: companies, slug: "strict_mrr_too", holds: select { A } }

    /// Four of one type, and words of Rust.
    #[derive(Debug, Clone, PartialEq)]
    event Used {
        name: "strict_used",
        properties: {
            is_first: boolean, is_paid: boolean, is_late: boolean, is_last: boolean, "type": text, "self": text,
            "1st": optional(number), at: datetime, used_name: text, used_id: text, used_at: text,
        },
    }
    event Upgraded { name: "strict_upgraded" }
    /// Of keys: this stack's, another part's, an option's.
    #[derive(Debug, Clone, PartialEq, Eq)]
    event Moved {
        name: "strict_moved",
        properties: {
            /// Where to.
            to: one_of([Early, Crate.PlanPro, Used, "1st", product::SignupCompleted]),
            from: optional(one_of([Early, Rollout.control])),
        },
    }
    /// How many seats were bought.
    property Seats { name: "strict_seats", holds: number, tags: ["Billing"] }

    /// Not used any more by applications.
    #[deprecated(note = "take `Rollout`")]
    feature_flag Exports {
        key: "strict-exports",
        variants: { control: 50%, test: 50% },
        rollout: 12.3456789%,
        payloads: { test: { "limit": 1234567, "share": 0.123456789, "many": [{ "a": [1, 2, [3]] }] } },
        in prod { rollout: 1.23456% }
        in type { rollout: 5% }
    }
    /// Who signed up, with a WordInCapitals.
    #[deprecated]
    action Signup { on: [product::SignupCompleted, Used] }
    feature_flag Rollout { key: "strict-rollout", variants: { control: 20%, ALL: 20%, KEY: 20%, "2nd": 20%, self: 20% } }
    feature_flag Early { key: "strict-early", rollout: 0% }
    /// Exports to warehouses.
    early_access_feature EarlyExports {
        flag: Early,
        stage: alpha,
        docs: "https://docs.example.com/exports",
        payload: { "limit": 5 },
    }

    /// Sees no experiment.
    experiment_holdout Held { share: 5% }
    /// How often it is used.
    shared_metric Uses { metric: mean(Used), tags: ["Core"] }
    shared_metric Upgrades { metric: funnel [Used, Upgraded] { within: 14 days } }
    experiment Guided { flag: Exports, shared: [Uses], shared_secondary: [Upgrades], holdout: Held }

    dashboard Growth {}
    insight UsesByDay { on: [Growth], shows: trend [Used, Signup] }
    alert Dropped { insight: UsesByDay, when: value(below: 123456.5), checked: hourly }
    subscription Digest {
        sends: UsesByDay,
        to: email ["team@example.com", "boss@example.com"],
        every: 1 weeks,
        on: [monday, friday],
        from: "2099-01-05T09:00:00Z",
    }
}
