plg::stack! {
    survey Csat { kind: popver, questions: [open("Why?")] }
}

fn main() {}
