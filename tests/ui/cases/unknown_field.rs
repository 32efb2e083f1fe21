plg::stack! {
    feature_flag DarkMode { key: "dark-mode", rolout: 10% }
}

fn main() {}
