plg::stack! {
    survey Nps { kind: popover, questions: [open("Why?")], repeats: { every: 30, times: 12 } }
}

fn main() {}
