#![deny(warnings)]

plg::stack! {
    name: "shop",
    stages: { prod: { posthog: { key: env("POSTHOG"), project: 1 }, attio: { key: env("ATTIO") } } },
    feature_flag Beta { key: "beta" }
}

mod whole {
    mod part {
        plg::stack! { feature_flag Gamma { key: "gamma" } }
    }
    plg::stack! {
        name: "whole",
        stages: { prod: { posthog: { key: env("POSTHOG"), project: 1 }, attio: { key: env("ATTIO") } } },
        parts: [part],
    }
}

fn main() {}
