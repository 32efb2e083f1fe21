plg::stack! {
    survey Why { kind: popover, questions: [open("Why?", scale: 5)] }
}

fn main() {}
