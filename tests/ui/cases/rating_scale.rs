plg::stack! {
    survey Nps { kind: popover, questions: [rating("How likely?", scale: 11)] }
}

fn main() {}
