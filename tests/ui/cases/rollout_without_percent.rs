plg::stack! {
    feature_flag DarkMode { key: "dark-mode", rollout: 10 }
}

fn main() {}
