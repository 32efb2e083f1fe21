plg::stack! {
    object Sales { slug: "deals", singular: "Sale", plural: "Sales" }
}

fn main() {}
