plg::stack! {
    attribute Risk { on: companies, slug: "risk", holds: select { High, Low, High } }
}

fn main() {}
