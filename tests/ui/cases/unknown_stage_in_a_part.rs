mod product {
    plg::stack! {
        stages: crate,
        feature_flag DarkMode { key: "dark-mode", in prdo { rollout: 10% } }
    }
}

plg::stack! {
    name: "shop",
    stages: { local: sandbox, prod: sandbox },
    parts: [product],
}

fn main() {}
