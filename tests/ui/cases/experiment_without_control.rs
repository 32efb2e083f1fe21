plg::stack! {
    feature_flag DarkMode { key: "dark-mode", variants: { light: 50%, dark: 50% } }
    experiment Shade { flag: DarkMode }
}

fn main() {}
