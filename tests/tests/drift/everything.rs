//! A stack with every kind, and every field of it that a change could be made to.

plg::stack! {
    name: "everything",
    stages: { local: sandbox },

    object Tenants { slug: "tenants", singular: "Tenant", plural: "Tenants" }
    attribute LastUse { on: people, slug: "last_use", holds: timestamp }
    /// What the product calls it.
    attribute Code { on: Tenants, slug: "code", holds: text, required: true, unique: true, default: value("new") }
    attribute Spent { on: Tenants, slug: "spent", holds: currency(EUR, shows: symbol) }
    attribute Partners { on: Tenants, slug: "partners", holds: record [companies, people] }
    attribute Renews { on: Tenants, slug: "renews", holds: timestamp, default: after(7 days) }
    attribute Plans { on: Tenants, slug: "plans", holds: select { Free, Pro }, multiple: true }
    attribute Phase { on: Tenants, slug: "phase", holds: status { Open { target: 7 days }, Won { celebrate: true } } }
    attribute Owner { on: Tenants, slug: "owner", holds: record [companies], back: { slug: "tenants", title: "Tenants", multiple: true } }
    object Zones { slug: "zones", singular: "Zone", plural: "Zones" }
    attribute ZoneCode { on: Zones, slug: "zone_code", holds: text, unique: true }
    attribute Rank { on: Zones, slug: "rank", holds: number }
    seed Europe { of: Zones, by: ZoneCode, values: [value(ZoneCode, "eu"), value(Rank, 1)] }
    existing member Grace { email: "grace@example.com" }
    existing view AllCompanies { on: companies, title: "All Companies" }
    list Targets { slug: "targets", of: companies, access: full_access }
    attribute Fit { on: Targets, slug: "fit", holds: select { Good, Bad } }
    webhook Changes {
        url: "https://example.com/hook",
        on: [
            Tenants.created,
            note.created,
            filtered(Tenants.updated, with: [attribute(Plans), not_by_member(Grace)]),
            filtered(list_entry.created, any: [list(Targets), by(app)]),
        ],
    }

    /// What is paid, and for how many.
    property_group Billing {
        title: "Billing of teams",
        properties: { seats: number, plan: one_of(["pro", "team"]), note: optional(text) },
        descriptions: { seats: "How many people may sign in" },
    }
    property_group Origin { properties: { campaign: optional(text) } }
    /// Using a feature.
    event Used {
        name: "feature_used",
        properties: { feature: text },
        schema: [Billing, Origin],
        primary_property: "feature",
        owner: 1,
        tags: ["Core", "daily"],
    }
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
    action Buys {
        on: [
            sent(
                Used,
                with: [
                    { property: "feature", is: ["export"] },
                    person("plan", is: ["pro"]),
                    element(text, contains: "Buy"),
                    member(Pros),
                    sql("properties.amount > 100"),
                ],
                text: "Buy",
                tag: "button",
                url: "^/shop",
                matching: regex,
            ),
            click { selector: ".buy", text: "now", text_matching: contains, with: [not_member(Pros)] },
            page("/thanks", with: [{ property: "$browser", is: ["Safari"] }]),
            anything { href: "/invite", href_matching: contains },
        ],
        pinned: true,
    }
    /// People on a larger plan.
    cohort Paying { any: [person("plan", is: ["pro", "team"]), did(Upgraded, within: 30 days)] }
    /// People who use it a lot.
    cohort Regulars { all: [did(Used, at_least: 3, within: 7 days), person("plan", set: true)] }
    cohort Pros { all: [person("plan", is: ["pro"])] }
    /// What people can have done.
    cohort Busy {
        all: [
            did(
                Used,
                at_least: 3,
                since: "2026-01-01",
                until: "2026-03-01",
                with: [
                    { property: "feature", is: ["export"] },
                    element(text, contains: "Buy"),
                    sql("properties.amount > 100"),
                ],
            ),
            any [
                did(Upgraded, exactly: 2, within: 90 days, ending: 30 days ago),
                did_then(Used, Upgrades, apart: 2 days, within: 30 days),
                regularly(Used, every: 7 days, periods: 3, of: 4, at_least: 2),
                restarted(Used, back_within: 7 days, quiet_since: 30 days),
                all [stopped(Used, quiet_for: 7 days), first_did(Upgraded, within: 60 days, with: [sql("1")])],
            ],
            first_seen(after: 90 days ago),
            member(Pros),
            not_member(Regulars),
            did_not(Upgraded, within: 7 days),
            none [person("plan", is: ["free"]), did(Used, at_most: 2)],
        ],
    }
    cohort Asked { people: sql("SELECT person_id FROM events WHERE event = 'feature_used'") }
    cohort Chosen { people: ids ["0190f0a1-3f3e-7c1c-8a6f-2f6b0a3f1c11"] }
    cohort Frozen { people: snapshot, all: [person("plan", is: ["pro"])] }

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
    feature_flag Shade { key: "shade", variants: { control: 50%, dark: 50% }, names: { dark: "In the dark" }, payloads: { dark: { "css": "dark" } }, bucketed_by: device }
    feature_flag Shops {
        key: "shops",
        release: [
            { of: group(0), to: [group("industry", is: ["retail"])], rollout: 20%, description: "Some shops" },
            { of: people, to: [needs(Shade, is: "dark"), needs(Onboarding), needs_off(Limits)] },
            { to: [person(anything("version"), version: at_least("2.3.0")), person(anything("joined"), after_day: "2026-02-01")] },
        ],
    }
    scheduled_change OpenExports { flag: Exports, at: "2100-12-24T09:00Z", does: set_active(false) }
    scheduled_change OpenShops { flag: Shops, at: "2100-12-24T09:00Z", does: add_release { to: [member(Pros)], rollout: 30% } }
    scheduled_change Darken {
        flag: Shade,
        at: "2100-12-24T09:00Z",
        does: set_variants { variants: { control: 10%, dark: 90% }, payloads: { dark: { "css": "darker" } } },
    }
    scheduled_change Nightly {
        flag: Previews, at: "2100-01-01T20:00Z", does: set_active(true), cron: "0 20 * * 1-5", until: "2101-01-01",
    }
    scheduled_change Yearly { flag: Previews, at: "2100-01-01T08:00Z", does: set_active(false), every: yearly }
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
        metrics: [
            mean(Used, breakdowns: ["feature", person("plan")], breakdown_options: { limit: 5 }),
            funnel [Used, Upgraded] { within: 7 days },
            retention(Used, returning: only(Used, with: [person("email", set: true)]), until: 7 days),
        ],
        secondary: [ratio(Upgraded, per: Used)],
        shared: [Uses],
        shared_secondary: [Upgrading],
        holdout: Held,
        stats: bayesian,
        confidence: 90%,
        baseline: "test",
        variance_reduction: 7 days,
        exposure: { several: first_seen, without_test_users: false },
        running_time: { effect: 10% },
        excluded: ["control"],
        matured_only: true,
        state: draft,
        conclusion: won,
        conclusion_comment: "More of all.",
    }
    /// How people feel.
    survey Nps {
        questions: [
            rating(
                "How likely are you to recommend us?",
                scale: 10,
                nps: true,
                without_button: true,
                then: by_answer { detractors: to("why"), promoters: end },
                translations: { de: { ask: "Wie wahrscheinlich empfiehlst du uns?" } },
            ),
            single(
                "Where from?",
                ["Friends", "Search"],
                other: true,
                then: by_answer { Friends: end },
                translations: { de: { ask: "Woher?", choices: ["Freunde", "Suche"] } },
            ),
            open(
                "Why?",
                optional: true,
                name: "why",
                description: "<b>In</b> a word",
                description_as: html,
                answer: { at_least: 2, at_most: 500 },
                translations: { de: { ask: "Warum?", description: "Kurz" } },
            ),
        ],
        shown: {
            after: [Used, Upgrades],
            url: "/app",
            wait: 30 days,
            flag: Shade,
            variant: "dark",
            to: [member(Pros), person("seats", at_least: 5)],
            share: 50%,
            devices: [mobile, tablet],
            devices_match: exact,
        },
        repeats: { every: 30 days, times: 12 },
        appearance: { thank_you: "Thanks!", position: center, z_index: "100", tab_position: left, rating_hover: "#eee", subtle_text: "#999", input: "white", shadow: "none", radius: "10px" },
        starts: "2026-01-05",
        ends: "2099-01-05",
        limit: 500,
        sampling: { limit: 100, interval: 2, from: "2099-01-01" },
        language: "en",
        translations: { de: { thank_you: "Danke!" } },
        partial_answers: true,
    }
    survey Quick { questions: [open("Is it quick?")], shown: { url: "/quick" } }
    survey Reach {
        kind: external_survey,
        questions: [
            open("Where can we reach you?", answer: { email: true }),
            link("Read more", to: "https://example.com", then: question(1)),
        ],
        repeats: always,
        embeddable: true,
    }

    insight_variable Country { holds: text, default: "DE" }
    insight_variable Regions {
        title: "Regions of the world",
        code: "regions",
        holds: list,
        values: ["EU", "US"],
        multi: true,
        default: ["EU"],
        values_from: "SELECT DISTINCT properties.region FROM events",
        connection: "0190f0a1-3f3e-7c1c-8a6f-2f6b0a3f1c12",
    }
    /// The numbers we are run by.
    dashboard Growth {
        pinned: true,
        tags: ["Weekly", "growth"],
        tiles: [
            text("## How it is used", at: { x: 0, y: 0, w: 12, h: 2 }, narrow: { y: 0, h: 2 }, colour: green, transparent: true),
            UsesByDay,
            insight(
                Funnel,
                at: { x: 6, y: 2, w: 6, h: 8 },
                narrow: { y: 7, h: 8 },
                colour: blue,
                described: true,
                transparent: true,
                filters: { from: "2026-01-01", to: ago(1 days), exact: true, with: [not_member(Pros)] },
            ),
            button("Open the list", url: "/insights", placement: right, style: secondary, colour: purple),
        ],
        filters: { last: 30 days, with: [member(Paying)], breakdown: person("plan") },
        variables: [value(Country, "FR")],
        colours: { "pro": preset_3, "team": preset_4 },
        theme: 1,
        editors: only_editors,
    }
    dashboard Details { filters: { from: start_of(1 months), to: end_of(1 months), exact: true } }
    /// Uses, day by day.
    insight UsesByDay { on: [Growth, Details], shows: trend [Used, people(Upgrades)] { by: week, last: 90 days }, tags: ["Core", "daily"] }
    insight Funnel { on: [Growth], shows: funnel [Used, Upgraded] { within: 14 days, last: 30 days } }
    insight Revenue {
        shows: trend [
            sum(Upgraded, of: "seats", with: [{ property: "seats", at_least: 2 }, member(Pros)], called: "Seats"),
            p90(Upgraded, of: "seats", currency: "EUR"),
            groups(Used, of: 0),
            per_person(any_event, by: p95),
            people(any_of [Used, only(Upgraded, with: [{ property: "seats", set: true }])]),
        ] {
            from: "2026-01-01",
            to: end_of(1 months),
            exact: true,
            by: month,
            formulas: [{ formula: "A / B", called: "Share" }, { formula: "(A + C) * 100 - E" }],
            breakdowns: ["seats", person("email"), group(0, "industry")],
            breakdown_options: { limit: 10, without_others: true, bins: 4 },
            compare_to: 1 years,
            with: [person("email", lacks: "@example.com"), not_member(Pros), flag(Exports), sql("properties.seats < 1000")],
            without_test_users: true,
            sampling: 10%,
            goal_lines: [{ label: "Plan", value: 500, colour: "#1d4aff", labelled: false }],
            marks: [legend, values],
            axis: { format: short, suffix: " seats", decimals: 1 },
            smoothing: 3,
            without_weekends: true,
        },
    }
    insight Careful {
        shows: funnel [Used, only(any_of [Upgraded, Used], with: [{ property: "seats", more_than: 1 }], optional: true), Upgraded] {
            exclusions: [{ what: Used, with: [element(text, contains: "Cancel")], after: 1, before: 2 }],
            order: strict,
            share_of: previous,
            attribution: step(2),
            breakdown: members [Pros],
            of_groups: 1,
            from: this(month),
        },
    }
    insight Retention { shows: retention { of: Upgraded, returning: Used, by: week, periods: 8 } }
    insight Returning {
        shows: retention {
            of: only(Upgraded, with: [session("$session_duration", more_than: 10)]),
            returning: any_event,
            by: month,
            starts: first_ever,
            share_of: previous,
            at_least: 2,
            windows: rolling,
            brackets: [1, 2, 6],
            cumulative: true,
            measures: sum("seats"),
            averaged: weighted,
            view: graph,
            breakdown: "seats",
        },
    }
    insight Ways {
        shows: paths {
            of: [pages, events],
            starting_at: "/pricing",
            ending_at: "/done",
            steps: 7,
            ways: 30,
            at_least: 5,
            at_most: 500,
            without: ["$pageleave"],
            grouped: ["/blog/*"],
            cleaned: [{ matches: "/[0-9]+", alias: "/ID" }],
            clean_paths: true,
            full_urls: true,
            along: { steps: [Used, Upgraded], part: after, step: 1 },
        },
    }
    insight Stickiness { shows: stickiness [Used] }
    insight Sticking {
        shows: stickiness [Used, count(Upgraded, with: [{ property: "seats", at_least: 2 }])] {
            every: 2,
            often: at_least(3),
            cumulative: true,
            display: bar,
            compare: true,
        },
    }
    insight Lifecycle { shows: lifecycle(Used) }
    insight Lives { shows: lifecycle(only(Used, with: [{ property: "seats", set: true }])) { parts: [new, dormant], marks: [legend] } }
    insight PerCountry {
        shows: sql("SELECT day, count() FROM events WHERE {filters} AND country = {variables.country}") {
            variables: [Country],
            display: bar,
            x: "day",
            y: ["count()"],
            last: 30 days,
            with: [{ property: "seats", set: true }],
        },
    }
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
    alert Converts {
        insight: Funnel,
        when: value(below: 40),
        watches: conversion(from: previous, step: 2),
        quiet: ["22:00-07:00", "12:00-13:00"],
        checked: hourly,
    }
    alert Odd {
        insight: UsesByDay,
        when: unusual(any [zscore(window: 60, smooth: 3), outside(above: 100)]),
        investigation: first,
    }
    alert Rows { insight: Top, when: value(above: 5), watches: row(any, column: "count()", label: "event") }
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
    subscription Board { sends: dashboard(Growth, [UsesByDay]), to: webhook("https://example.com/board"), every: 2 weeks, from: "2099-01-01", count: 10 }
    annotation Dip { content: "A dip", on_date: "2026-11-02", on: Growth, by: deploy }
    annotation Step { content: "A new step", on_date: "2026-11-03", on: Funnel }
    annotation Sale { content: "A sale", on_date: "2026-11-04", tags: ["Sale", "autumn"] }
    annotation Launch { content: "We launched", on_date: "2026-11-01", emoji: "🚀", hidden: false }

    /// Exports, in a channel.
    destination Exported {
        template: slack,
        on: [only(Used, with: [{ property: "feature", is: ["export"] }]), Upgrades],
        with: [person("plan", is: ["pro"]), member(Pros)],
        without_test_users: true,
        inputs: {
            slack_workspace: 7,
            channel: "C0123",
            text: "{person.name} exported",
            username: event("feature"),
            icon_emoji: event_name,
        },
        once: { per: "{person.id}", within: 1 hours, or_after: 10 },
        enabled: true,
    }
    destination Mapped {
        template: webhook,
        inputs: { url: "https://example.com/hook", headers: { "x-by": "plg" } },
        mappings: [
            {
                called: "Exports",
                on: [Used],
                with: [{ property: "feature", is: ["export"] }],
                inputs: { kind: "export" },
                schema: [{ "key": "kind", "type": "string", "label": "Kind" }],
            },
            { called: "All", on: [any_event], without_test_users: true },
        ],
    }
    destination InAttio {
        template: attio_people,
        on: [Used],
        inputs: { apiKey: env("ATTIO_KEY_FOR_POSTHOG") },
        attributes: { LastUse: event_time },
    }
    transformation Masked {
        template: url_masking,
        on: [Used],
        with: [{ property: "feature", is: ["export"] }],
        inputs: { maskWith: "***" },
        order: 3,
        enabled: true,
    }
    internal_destination Fallen { template: webhook, on: alert(Dropped), inputs: { url: "https://example.com/fallen" }, enabled: true }
    internal_destination Broken { template: discord, on: issue_created, inputs: { webhookUrl: "https://example.com/broken" } }
    source_webhook Payments { template: incoming, inputs: { event: "{request.body.type}" }, enabled: true }
    project_settings Settings {
        timezone: "Europe/Berlin",
        week_starts: monday,
        currency: "EUR",
        business_model: b2b,
        human_friendly_comparison_periods: true,
        test_account_filters: [
            not_member(Pros),
            person("email", lacks: "@example.com"),
            { property: "$host", not_matches: "^localhost" },
            sql("properties.amount > 0"),
        ],
        without_test_users: true,
        path_cleaning: [{ matches: "/team/([0-9]+)", alias: "/team/\\1" }, { matches: "/[0-9]+", alias: "/ID" }],
        data_attributes: ["data-attr", "data-cy"],
        person_names: ["email", "plan"],
        persons_on_events: merged,
        primary_dashboard: Growth,
        anonymize_ips: true,
        cookieless: stateless,
        app_urls: ["https://*.example.com"],
        recording_domains: ["https://app.example.com"],
        autocapture: false,
        capture_exceptions: true,
        capture_web_vitals: true,
        capture_dead_clicks: true,
        capture_console_log: false,
        capture_performance: false,
        heatmaps: true,
        surveys: true,
        recordings: true,
        recording_sample: 40%,
        recording_minimum_milliseconds: 2000,
        recorded: flag(Shade, variant: "dark"),
        recorded_network: { headers: true },
        masking: { inputs: true, text: "*", block: ".secret" },
        flag_confirmation: true,
        flag_confirmation_message: "Sure?",
        persist_flags: true,
        require_flag_tags: false,
        require_flag_contexts: false,
    }
    posthog_rest Recordings {
        create: "/api/projects/{project}/session_recording_playlists/",
        key: "/name",
        id: "/short_id",
        body: { "name": "Errors", "type": "filters", "filters": { "date_from": "-3d", "flag": Shade.id } },
        update: patch_all,
        remove: set { "deleted": true, "filters": { "date_from": "-3d" } },
    }
    attio_rest FollowUp {
        create: "/v2/tasks",
        list: "/v2/tasks?is_completed=false",
        body: {
            "content": "Read what people said",
            "format": "plaintext",
            "deadline_at": null,
            "is_completed": false,
            "linked_records": [],
            "assignees": [],
        },
    }
}
