mod crm {
    plg_macros::stack! {
        cohort Regulars { all: [person("plan", is: ["pro"])] }
    }
}

plg_macros::stack! {
    experiment Shade { flag: crm::Regulars }
}

fn main() {}
