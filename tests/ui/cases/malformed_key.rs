plg_macros::stack! {
    feature_flag DarkMode { key: "dark mode!" }
}

fn main() {}
