plg::stack! {
    cohort One { all: [member(Two), person("plan", is: ["pro"])] }
    cohort Two { all: [member(Three), person("plan", is: ["pro"])] }
    cohort Three { all: [member(One), person("plan", is: ["pro"])] }
}

fn main() {}
