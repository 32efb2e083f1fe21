plg::stack! {
    name: "shop",
    stages: { local: sandbox, prod: sandbox, self: sandbox },
    event STACK { name: "stack" }
    event SignedUp { name: "signed_up", properties: { "a-b": text, a_b: text } }
    attribute Tier { on: companies, slug: "tier", holds: select { ALL, Self, SLUG, Small } }
    feature_flag DarkMode {
        key: "dark-mode",
        variants: { control: 40%, Test: 30%, test: 30% },
        in prod { rollout: 5% }
        in prod { rollout: 6% }
    }
}

fn main() {}
