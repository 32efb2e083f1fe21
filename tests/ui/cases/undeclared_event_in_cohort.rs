plg::stack! {
    event FeatureUsed { name: "feature_used" }
    cohort Power { all: [did(FeatureUse, at_least: 10, within: 7 days)] }
}

fn main() {}
