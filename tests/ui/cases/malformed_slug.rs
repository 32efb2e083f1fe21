plg::stack! {
    attribute Mrr { on: companies, slug: "Monthly Revenue", holds: number }
}

fn main() {}
