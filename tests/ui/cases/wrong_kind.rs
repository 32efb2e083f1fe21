plg::stack! {
    cohort Regulars { all: [person("plan", is: ["pro"])] }
    experiment Shade { flag: Regulars }
}

fn main() {}
