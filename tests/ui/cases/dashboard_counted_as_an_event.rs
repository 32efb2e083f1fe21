mod product {
    plg::stack! {
        dashboard Growth {}
    }
}

plg::stack! {
    insight Usage { shows: trend [product::Growth] }
}

fn main() {}
