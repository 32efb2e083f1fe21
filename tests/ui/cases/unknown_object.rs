plg::stack! {
    attribute Mrr { on: compnies, slug: "mrr", holds: number }
}

fn main() {}
