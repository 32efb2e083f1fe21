plg::stack! {
    feature_flag DarkMode { key: "dark-mode", rollout: 101% }
}

fn main() {}
