plg::stack! {
    name: "shop",
    stages: { local: sandbox, prod: sandbox },
    feature_flag DarkMode { key: "dark-mode", in prdo { rollout: 10% } }
}

fn main() {}
