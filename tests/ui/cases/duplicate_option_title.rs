plg::stack! {
    attribute Risk { on: companies, slug: "risk", holds: select { AtRisk, InDanger { title: "At Risk" } } }
}

fn main() {}
