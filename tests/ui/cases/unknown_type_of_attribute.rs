plg::stack! {
    attribute Mrr { on: companies, slug: "mrr", holds: numbr }
}

fn main() {}
