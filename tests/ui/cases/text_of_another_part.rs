mod plans {
    plg::stack! {
        stages: crate,
        feature_flag ProMonthly { key: "pro" }
        annotation Launch { content: "Launched", on_date: "2026-12-01" }
    }
}

plg::stack! {
    name: "case",
    stages: { local: sandbox },
    parts: [plans],

    event Upgraded {
        name: "upgraded",
        properties: { plan: one_of(["pro", plans::ProMonthly]), what: one_of([plans::Launch]) },
    }
}

fn main() {}
