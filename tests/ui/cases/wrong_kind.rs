plg::stack! {
    cohort Regulars { all: [person("name", is: ["pro"])] }
    experiment Shade { flag: Regulars }
}

fn main() {}
