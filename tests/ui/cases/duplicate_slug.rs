plg::stack! {
    attribute Mrr { on: companies, slug: "mrr", holds: number }
    attribute MonthlyRevenue { on: companies, slug: "mrr", holds: number }
    attribute OfDeals { on: deals, slug: "mrr", holds: number }
}

fn main() {}
