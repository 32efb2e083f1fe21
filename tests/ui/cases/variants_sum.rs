plg::stack! {
    feature_flag DarkMode { key: "dark-mode", variants: { control: 50%, test: 40% } }
}

fn main() {}
