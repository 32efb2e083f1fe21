plg::stack! {
    event FeatureUsed { name: "feature_used" }
    cohort Some { any: [did(FeatureUsed), did_not(FeatureUsed, within: 7 days)] }
    cohort None { any: [did(FeatureUsed), none [person("plan", is: ["free"])]] }
    cohort Groups { all: [did(FeatureUsed), none [any [did(FeatureUsed)]]] }
}

fn main() {}
