plg::stack! {
    event FeatureUsed { name: "feature_used" }
    cohort Gone { all: [did_not(FeatureUsed, within: 7 days)] }
}

fn main() {}
