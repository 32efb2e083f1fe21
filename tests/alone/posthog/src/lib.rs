//! A tea shop's product analytics: PostHog, and no CRM.

plg::stack! {
    name: "tea-shop-analytics",
    stages: {
        local: sandbox,
        dev: {
            posthog: { key: env("POSTHOG_API_KEY_DEV"), project: env("POSTHOG_PROJECT_ID_DEV", or: 12345), host: eu },
        },
        prod: {
            posthog: { key: env("POSTHOG_API_KEY_PROD"), project: env("POSTHOG_PROJECT_ID_PROD", or: 12345), host: eu },
            protect: true,
        },
    },

    /// A basket was paid for.
    event OrderPaid { name: "order_paid", properties: { total: number, items: number } }

    /// People who pay more than once a month.
    cohort Regulars { all: [did(OrderPaid, within: 30 days)] }

    /// The checkout on one page, for some.
    feature_flag OnePageCheckout {
        key: "one-page-checkout",
        rollout: 50%,
        variants: { control: 50%, test: 50% },
        in prod { rollout: 10% }
    }

    /// Whether more people pay.
    experiment CheckoutTest { flag: OnePageCheckout, metrics: [mean(OrderPaid)] }

    /// What the week brought.
    dashboard Weekly {}

    /// Orders a day.
    insight Orders { on: [Weekly], shows: trend { series: [count(OrderPaid)] } }
}
