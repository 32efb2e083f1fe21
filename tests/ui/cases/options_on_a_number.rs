plg::stack! {
    attribute Mrr { on: companies, slug: "mrr", holds: number { Low, High } }
}

fn main() {}
