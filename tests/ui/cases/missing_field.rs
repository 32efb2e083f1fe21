plg::stack! {
    attribute Mrr { on: companies, holds: number }
}

fn main() {}
