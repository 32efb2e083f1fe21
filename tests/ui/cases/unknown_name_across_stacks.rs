mod product {
    plg_macros::stack! {
        feature_flag DarkMode { key: "dark-mode", variants: { control: 50%, test: 50% } }
    }
}

plg_macros::stack! {
    experiment Shade { flag: product::DarkMod }
}

fn main() {}
