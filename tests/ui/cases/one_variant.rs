plg::stack! {
    feature_flag DarkMode { key: "dark-mode", variants: { control: 100% } }
}

fn main() {}
