plg::stack! {
    event FeatureUsed { name: "feature_used" }
    survey Csat { kind: popover, questions: [open("Why?")], shown: { after: [FeaturUsed] } }
}

fn main() {}
