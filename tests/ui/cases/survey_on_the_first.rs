plg::stack! {
    event FeatureUsed { name: "feature_used" }
    cohort Busy { all: [did(FeatureUsed)] }
    survey Monthly { questions: [open("Why?")], repeats: { every: 1 months, times: 12 } }
    survey Asked { questions: [open("Why?")], shown: { to: [member(Busy)] } }
    survey Everybody { questions: [open("Why?")], shown: { to: [] } }
}

fn main() {}
