plg::stack! {
    attribute Tier { on: deals, slug: "tier", holds: select { One, Two }, unique: true }
}

fn main() {}
