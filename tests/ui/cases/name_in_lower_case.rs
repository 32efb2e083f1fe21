plg::stack! {
    feature_flag dark_mode { key: "dark-mode" }
}

fn main() {}
