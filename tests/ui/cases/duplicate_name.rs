plg::stack! {
    feature_flag DarkMode { key: "dark-mode" }
    cohort DarkMode { all: [person("name", is: ["pro"])] }
}

fn main() {}
