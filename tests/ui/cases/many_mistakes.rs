plg::stack! {
    name: "Shop",
    stages: { local: sandbox },
    object Tenants { slug: "workspaces", singular: "Tenant", plural: "Tenants" }
    attribute Mrr { on: compnies, slug: "MRR", holds: numbr }
    attribute Tier { on: deals, slug: "tier", holds: select { One, Two, One }, unique: true }
    webhook Deals { url: "http://example.com", on: [deals.exploded] }
    event SignedUp { name: "signed_up" }
    action Signup { on: [SignedIn], tags: "growth" }
    cohort Gone { all: [did_not(SignedUp, within: 7 days)] }
    feature_flag DarkMode { key: "dark mode", rollout: 120%, variants: { control: 50%, test: 40% } }
    experiment Shade { flag: DarkMod, knd: product }
    survey Nps { kind: popover, questions: [rating("How likely?", scale: 4)] }
    insight Usage { on: [Growth], shows: trnd [SignedUp] }
}

fn main() {}
