plg::stack! {
    cohort One { all: [member(Two), person("name", is: ["pro"])] }
    cohort Two { all: [member(Three), person("name", is: ["pro"])] }
    cohort Three { all: [member(One), person("name", is: ["pro"])] }
}

fn main() {}
