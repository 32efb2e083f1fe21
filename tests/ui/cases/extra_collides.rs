plg::stack! {
    feature_flag DarkMode { key: "dark-mode", extra: { "rollout": 10 } }
}

fn main() {}
