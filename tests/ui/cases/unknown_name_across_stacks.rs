mod product {
    plg::stack! {
        feature_flag DarkMode { key: "dark-mode", variants: { control: 50%, test: 50% } }
    }
}

plg::stack! {
    experiment Shade { flag: product::DarkMod }
}

fn main() {}
