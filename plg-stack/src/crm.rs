//! What lives in Attio: accounts, their attributes, what the product fills in, and who is told when they change.

use crate::product;

plg::stack! {
    stages: crate,

    /// Product accounts: the tenants people work in, apart from the companies that pay for them.
    object ProductWorkspaces {
        // `workspaces` is the slug of Attio's own standard object, so ours needs another.
        slug: "product_workspaces",
        singular: "Workspace account",
        plural: "Workspace accounts",
    }

    /// Where a customer stands between trial and churn.
    attribute LifecycleStage {
        on: companies,
        slug: "lifecycle_stage",
        holds: select { Trial, Active, Expanding, AtRisk, Churned },
    }

    /// Monthly recurring revenue, in US dollars.
    attribute Mrr {
        on: companies,
        slug: "mrr",
        title: "MRR",
        holds: number,
    }

    /// Annual recurring revenue, in US dollars.
    attribute Arr {
        on: companies,
        slug: "arr",
        title: "ARR",
        holds: number,
    }

    /// How likely the account is to leave.
    attribute ChurnRisk {
        on: companies,
        slug: "churn_risk",
        holds: select { High, Medium, Low },
    }

    /// How well the account uses the product, from 0 to 100.
    attribute HealthScore {
        on: companies,
        slug: "health_score",
        holds: number,
    }

    /// How closely the company matches the ideal customer profile.
    attribute IcpFit {
        on: companies,
        slug: "icp_fit",
        title: "ICP Fit",
        holds: select { Tier1, Tier2, Tier3 },
    }

    /// How the person uses the product.
    attribute ProductRole {
        on: people,
        slug: "product_role",
        holds: select { PowerUser, Regular, Inactive },
    }

    /// When the person last logged in.
    // A timestamp, not a date: "two hours ago" and "yesterday evening" call for different follow-ups.
    attribute LastLogin {
        on: people,
        slug: "last_login",
        holds: timestamp,
    }

    /// Fills in what the product knows of people, whenever somebody signs in.
    destination PeopleToAttio {
        template: attio_people,
        on: [product::SignedIn],
        // A key of its own, which may write records and nothing else.
        inputs: { apiKey: env("ATTIO_KEY_FOR_POSTHOG") },
        attributes: { LastLogin: event_time, ProductRole: event("product_role") },
    }

    /// Where the deal stands, from first contact to signature.
    attribute DealStage {
        on: deals,
        slug: "deal_stage",
        holds: status {
            Prospect { target: 7 days },
            Qualified { target: 14 days },
            Proposal { target: 14 days },
            Negotiation { target: 21 days },
            ClosedWon { celebrate: true },
            ClosedLost,
        },
    }

    /// What the deal is worth.
    attribute DealValue {
        on: deals,
        slug: "deal_value",
        holds: currency(USD),
    }

    /// Whether product usage qualified the lead.
    attribute IsPql {
        on: deals,
        slug: "is_pql",
        title: "Is PQL",
        holds: checkbox,
    }

    /// Tells the outside world about deals.
    webhook DealChanges {
        url: "https://httpbin.org/post?hook=deal-changes",
        on: [deals.created, deals.updated, deals.deleted],
        in prod { url: env("DEAL_WEBHOOK_URL") }
    }

    /// Tells the outside world about companies.
    webhook CompanyChanges {
        url: "https://httpbin.org/post?hook=company-changes",
        on: [companies.created, companies.updated],
        in prod { url: env("COMPANY_WEBHOOK_URL") }
    }
}
