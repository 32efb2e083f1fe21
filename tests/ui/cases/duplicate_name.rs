plg::stack! {
    feature_flag DarkMode { key: "dark-mode" }
    cohort DarkMode { all: [person("plan", is: ["pro"])] }
}

fn main() {}
