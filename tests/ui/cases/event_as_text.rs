plg::stack! {
    event FeatureUsed { name: "feature_used" }
    insight Usage { shows: trend ["feature_used"] }
}

fn main() {}
