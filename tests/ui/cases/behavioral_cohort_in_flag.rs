plg::stack! {
    event FeatureUsed { name: "feature_used" }
    cohort Power { all: [did(FeatureUsed, at_least: 10, within: 7 days)] }
    feature_flag Beta { key: "beta", release: [{ to: [member(Power)], rollout: 100% }] }
}

fn main() {}
