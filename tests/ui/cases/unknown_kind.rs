plg::stack! {
    feature_flg DarkMode { key: "dark-mode" }
    experiment Shade { flag: DarkMode }
}

fn main() {}
