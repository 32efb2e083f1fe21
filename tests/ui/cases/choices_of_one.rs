plg::stack! {
    survey Why { kind: popover, questions: [single("Why?", ["Price"])] }
}

fn main() {}
