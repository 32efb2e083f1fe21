mod crm {}

mod product {
    plg_macros::stack! {
        feature_flag Plain { key: "plain" }
    }
}

plg_macros::stack! {
    name: "shop",
    stages: { local: sandbox },
    parts: [product, crm, prodct],
    experiment Shade { flag: product::Plain }
}

fn main() {}
