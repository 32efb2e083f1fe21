plg_macros::stack! {
    attribute Stage { on: people, slug: "stage", holds: status { Open, Closed } }
}

fn main() {}
