//! A stack with every kind, and every field of it that a change could be made to.

plg::stack! {
    name: "everything",
    stages: { local: sandbox },

    object Tenants { slug: "tenants", singular: "Tenant", plural: "Tenants" }
    /// What the product calls it.
    attribute Code { on: Tenants, slug: "code", holds: text, required: true, unique: true, default: value("new") }
    attribute Spent { on: Tenants, slug: "spent", holds: currency(EUR, shows: symbol) }
    attribute Partners { on: Tenants, slug: "partners", holds: record [companies, people] }
    attribute Renews { on: Tenants, slug: "renews", holds: timestamp, default: after(7 days) }
    attribute Plans { on: Tenants, slug: "plans", holds: select { Free, Pro }, multiple: true }
    attribute Phase { on: Tenants, slug: "phase", holds: status { Open { target: 7 days }, Won { celebrate: true } } }
    list Targets { slug: "targets", of: companies, access: full_access }
    attribute Fit { on: Targets, slug: "fit", holds: select { Good, Bad } }
    webhook Changes { url: "https://example.com/hook", on: [Tenants.created, note.created] }

    /// Using a feature.
    event Used { name: "feature_used", properties: { feature: text }, tags: ["Core", "daily"] }
    event Upgraded { name: "plan_upgraded" }
    event Beep { name: "beep", verified: false, hidden: true }
    /// How many seats were bought.
    property Seats { name: "seats", holds: number, tags: ["Billing", "core"] }
    property Noise { name: "noise", hidden: true }
    /// What people pay for.
    person_property Plan { name: "plan", holds: text, tags: ["Billing", "core"] }
    person_property Quiet { name: "quiet", hidden: true }
    /// Upgrading, one way or another.
    action Upgrades { on: [Upgraded, page("/pricing")], tags: ["Core", "money"] }
    /// People on a larger plan.
    cohort Paying { any: [person("plan", is: ["pro", "team"]), did(Upgraded, within: 30 days)] }
    /// People who use it a lot.
    cohort Regulars { all: [did(Used, at_least: 3, within: 7 days), person("plan", set: true)] }
    cohort Pros { all: [person("plan", is: ["pro"])] }

    /// Exports to warehouses.
    feature_flag Exports {
        key: "exports",
        rollout: 10%,
        release: [{ to: [member(Pros), person("seats", at_least: 5)], rollout: 50% }],
        payload: { "limit": 5, "formats": ["csv"] },
        active: true,
        persist: true,
        evaluated: server,
        tags: ["Beta", "exports"],
    }
    feature_flag Shade { key: "shade", variants: { control: 50%, dark: 50% }, payloads: { dark: { "css": "dark" } }, bucketed_by: device }
    feature_flag Limits { key: "limits", remote_config: true, payload: { "seats": 3 } }
    feature_flag Onboarding { key: "onboarding", variants: { control: 50%, test: 50% } }
    feature_flag Previews { key: "previews", rollout: 0% }
    /// Previews of documents.
    early_access_feature PreviewsFirst {
        flag: Previews,
        stage: alpha,
        docs: "https://docs.example.com/previews",
        payload: { "limit": 5 },
    }
    /// Sees no experiment.
    experiment_holdout Held { share: 5% }
    experiment_holdout Others { share: 1% }
    /// How often it is used.
    shared_metric Uses { metric: mean(Used), tags: ["Core", "usage"] }
    /// How many upgrade.
    shared_metric Upgrading { metric: funnel [Used, Upgraded] { within: 14 days } }
    /// The guided onboarding.
    experiment Guided {
        flag: Onboarding,
        metrics: [mean(Used), funnel [Used, Upgraded] { within: 7 days }],
        secondary: [ratio(Upgraded, per: Used)],
        shared: [Uses],
        shared_secondary: [Upgrading],
        holdout: Held,
        stats: bayesian,
    }
    /// How people feel.
    survey Nps {
        questions: [
            rating("How likely are you to recommend us?", scale: 10, nps: true),
            single("Where from?", ["Friends", "Search"], other: true),
            open("Why?", optional: true),
        ],
        shown: { after: [Used, Upgrades], url: "/app", wait: 30 days, flag: Shade, variant: "dark" },
        repeats: { every: 30 days, times: 12 },
        appearance: { thank_you: "Thanks!", position: center },
        starts: "2026-01-05",
        ends: "2099-01-05",
        limit: 500,
    }

    /// The numbers we are run by.
    dashboard Growth { pinned: true, tags: ["Weekly", "growth"], filters: { last: 30 days } }
    dashboard Details {}
    /// Uses, day by day.
    insight UsesByDay { on: [Growth, Details], shows: trend [Used, people(Upgrades)] { by: week, last: 90 days }, tags: ["Core", "daily"] }
    insight Funnel { on: [Growth], shows: funnel [Used, Upgraded] { within: 14 days, last: 30 days } }
    insight Retention { shows: retention { of: Upgraded, returning: Used, by: week, periods: 8 } }
    insight Stickiness { shows: stickiness [Used] }
    insight Lifecycle { shows: lifecycle(Used) }
    insight Top { shows: sql("SELECT event, count() FROM events GROUP BY event") }
    alert Dropped {
        insight: UsesByDay,
        when: falls(above: 20, unit: percent),
        users: [1],
        line: 1,
        checked: weekly,
        ongoing: true,
        skip_weekend: true,
        enabled: true,
    }
    subscription Digest {
        sends: UsesByDay,
        to: email ["team@example.com", "boss@example.com"],
        every: 1 months,
        on: [monday, friday],
        nth: 1,
        from: "2099-01-05T09:00:00Z",
        until: "2100-01-01",
        enabled: true,
    }
    subscription Board { sends: dashboard(Growth, [UsesByDay]), to: webhook("https://example.com/board"), every: 2 weeks, from: "2099-01-01" }
    annotation Launch { content: "We launched", on_date: "2026-11-01", emoji: "🚀", hidden: false }
}
