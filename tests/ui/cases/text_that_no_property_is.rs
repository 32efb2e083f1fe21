plg::stack! {
    name: "case",
    stages: { local: sandbox },

    feature_flag ProMonthly { key: "pro-monthly" }
    event Upgraded { name: "upgraded", properties: { plan: one_of([ProMonthly, "free"]) } }
}

fn main() {
    drop(Upgraded { plan: UpgradedPlan::ProYearly });
}
