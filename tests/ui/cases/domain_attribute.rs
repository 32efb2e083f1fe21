plg::stack! {
    attribute Site { on: companies, slug: "second_domain", holds: domain }
}

fn main() {}
