mod product {
    plg_macros::stack! {
        stages: crate,
        feature_flag DarkMode { key: "dark-mode", in prdo { rollout: 10% } }
    }
}

plg_macros::stack! {
    name: "shop",
    stages: { local: sandbox, prod: sandbox },
    parts: [product],
}

fn main() {}
