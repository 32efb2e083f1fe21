plg::stack! {
    attribute Value { on: deals, slug: "deal_value", holds: currency(USDD) }
}

fn main() {}
