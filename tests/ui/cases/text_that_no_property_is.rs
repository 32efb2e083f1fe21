plg::stack! {
    name: "case",
    stages: { local: sandbox },

    feature_flag ProMonthly { key: "pro-monthly" }
    event Upgraded { name: "upgraded", properties: { plan: one_of([ProMonthly, "free"]) } }
}

fn main() {
    let plan = UpgradedPlan::ProYearly;
    drop(Upgraded { plan });
    drop(Upgraded { plan: "free".into() });
}
