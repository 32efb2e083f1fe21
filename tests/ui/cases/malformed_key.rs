plg::stack! {
    feature_flag DarkMode { key: "dark mode!" }
}

fn main() {}
