plg::stack! {
    feature_flag DarkMode { key: "dark-mode" }
    feature_flag Night { key: "dark-mode" }
}

fn main() {}
