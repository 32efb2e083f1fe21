//! What a shop sells, and what it wants to know about that: prices in Stripe, an experiment with them in PostHog, the
//! plan of each customer in Attio.

billing_macros::stack! {
    name: "billing",
    stages: {
        local: sandbox,
        test: {
            stripe: { key: env("STRIPE_API_KEY_TEST") },
            posthog: { key: env("POSTHOG_API_KEY_TEST"), project: env("POSTHOG_PROJECT_ID_TEST"), host: eu },
            attio: { key: env("ATTIO_API_KEY_TEST") },
        },
        live: {
            stripe: { key: env("STRIPE_API_KEY_LIVE") },
            posthog: { key: env("POSTHOG_API_KEY_LIVE"), project: env("POSTHOG_PROJECT_ID_LIVE"), host: eu },
            attio: { key: env("ATTIO_API_KEY_LIVE") },
            protect: true,
        },
    },
    parts: [offers],

    /// Everything for one person.
    product Starter {
        id: "starter",
        marketing_features: ["One workspace", "Mail support"],
        metadata: { "tier": "1" },
    }

    /// Everything for a team.
    product Pro {
        id: "pro",
        unit_label: "seat",
        statement_descriptor: "SHOP PRO",
        marketing_features: ["Any number of workspaces", "Support within an hour"],
        metadata: { "tier": "2" },
    }

    price StarterMonthly { product: Starter, lookup_key: "starter_monthly", amount: "9.00 EUR", recurring: { interval: month } }
    price ProMonthly { product: Pro, lookup_key: "pro_monthly", amount: "19.00 EUR", recurring: { interval: month } }
    price ProYearly { product: Pro, lookup_key: "pro_yearly", amount: "190.00 EUR", recurring: { interval: year } }

    /// Value added tax of Germany.
    tax_rate GermanVat { display_name: "MwSt.", percentage: 19%, inclusive: true, country: "DE", tax_type: vat }

    /// Tells the shop who pays.
    webhook_endpoint Invoices {
        url: "https://shop.example/stripe",
        enabled_events: ["invoice.paid", "invoice.payment_failed", "customer.subscription.deleted"],
    }

    /// A customer moved to a larger plan.
    event PlanUpgraded {
        name: "plan_upgraded",
        properties: {
            /// The price that is paid from now on: its lookup key.
            to_plan: one_of([StarterMonthly, ProMonthly, ProYearly]),
            /// The code that was typed, where one was.
            with_code: optional(one_of([offers::Friends])),
        },
    }

    /// Shows the price of a year first, for some.
    feature_flag YearFirst { key: "year-first", rollout: 10% }

    /// What a customer pays for.
    attribute Plan { on: companies, slug: "plan", holds: select { Free, Starter, Pro } }
}

/// What is sold for less for a while.
pub mod offers {
    billing_macros::stack! {
        stages: crate,

        coupon Launch {
            id: "LAUNCH",
            name: "Launch",
            percent_off: 20%,
            duration: repeating(3),
            applies_to: { products: [crate::Pro] },
            max_redemptions: 500,
        }

        /// What friends of customers type.
        promotion_code Friends { coupon: Launch, code: "FRIENDS", restrictions: { first_time_transaction: true } }
    }
}
