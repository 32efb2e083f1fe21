plg::stack! {
    event FeatureUsed { name: "feature_used" }
    insight Usage { shows: trend [FeatureUsd] }
}

fn main() {}
