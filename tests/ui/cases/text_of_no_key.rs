mod plans {
    plg::stack! {
        stages: crate,
        feature_flag ProMonthly { key: "pro-monthly" }
        annotation Launch { content: "Launched", on_date: "2026-12-01" }
    }
}

plg::stack! {
    name: "case",
    stages: { local: sandbox },
    parts: [plans],

    attribute Stage { on: companies, slug: "stage", holds: select { Trial, Active } }
    event Upgraded {
        name: "upgraded",
        properties: {
            plan: one_of(["pro-monthly", plans::ProMonthly]),
            stage: one_of([Stage.Trail, Stage.Active]),
            what: optional(one_of([Upgrded, plans::Launch])),
        },
    }
}

fn main() {}
