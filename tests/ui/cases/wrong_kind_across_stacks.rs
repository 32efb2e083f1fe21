mod crm {
    plg::stack! {
        cohort Regulars { all: [person("name", is: ["pro"])] }
    }
}

plg::stack! {
    experiment Shade { flag: crm::Regulars }
}

fn main() {}
