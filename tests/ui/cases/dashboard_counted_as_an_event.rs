mod product {
    plg_macros::stack! {
        dashboard Growth {}
    }
}

plg_macros::stack! {
    insight Usage { shows: trend [product::Growth] }
}

fn main() {}
