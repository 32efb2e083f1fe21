mod crm {
    plg::stack! {
        cohort Regulars { all: [person("plan", is: ["pro"])] }
    }
}

plg::stack! {
    experiment Shade { flag: crm::Regulars }
}

fn main() {}
