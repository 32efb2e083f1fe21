plg::stack! {
    attribute Stage { on: deals, slug: "pipeline", holds: status { Open { target: 7 dayz } } }
}

fn main() {}
