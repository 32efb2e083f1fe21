plg_macros::stack! {
    survey Why { kind: popover, questions: [single("Why?", ["Price"])] }
}

fn main() {}
