plg::stack! {
    feature_flag DarkMode { key: "dark-mode", rollout }
    experiment
    feature_flag Beta { key: "beta" rollout: 10% }
    experiment Shade { flag: }
}

fn main() {}
