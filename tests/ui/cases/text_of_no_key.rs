plg::stack! {
    name: "case",
    stages: { local: sandbox },

    attribute Stage { on: companies, slug: "stage", holds: select { Trial, Active } }
    feature_flag ProMonthly { key: "pro" }
    annotation Launch { content: "Launched", on_date: "2026-12-01" }
    event Upgraded {
        name: "upgraded",
        properties: {
            plan: one_of(["pro", ProMonthly]),
            stage: one_of([Stage.Trail, Stage.Active]),
            what: optional(one_of([Upgrded, Launch])),
        },
    }
}

fn main() {}
