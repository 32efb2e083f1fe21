plg_macros::stack! {
    attribute Stage { on: companies, slug: "stage", holds: status { Open, Closed } }
}

fn main() {}
