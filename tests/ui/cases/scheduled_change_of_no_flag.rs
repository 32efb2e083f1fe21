plg::stack! {
    feature_flag Onboarding { key: "onboarding", rollout: 0% }
    scheduled_change Opens { flag: Onbording, at: "2100-12-24T09:00Z", does: set_active(true) }
}

fn main() {}
