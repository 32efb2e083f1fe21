plg::stack! {
    feature_flag DarkMode { key: "dark-mode" }
    experiment Shade { flag: DarkMode }
}

fn main() {}
