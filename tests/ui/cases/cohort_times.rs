plg::stack! {
    event FeatureUsed { name: "feature_used" }
    event Bought { name: "bought" }
    cohort Dates { all: [did(FeatureUsed, since: "2026-02-01", until: "2026-01-01")] }
    cohort Both { all: [did(FeatureUsed, since: "2026-02-01", within: 7 days)] }
    cohort Apart { all: [did_then(FeatureUsed, Bought, apart: 60 days)] }
    cohort Periods { all: [regularly(FeatureUsed, every: 7 days, periods: 5, of: 4)] }
    cohort Filtered { all: [did_then(FeatureUsed, Bought, apart: 2 days, with: [{ property: "plan", is: ["pro"] }])] }
}

fn main() {}
