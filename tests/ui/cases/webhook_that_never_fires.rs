plg::stack! {
    webhook Notes { url: "https://example.com/hook", on: [note.merged] }
}

fn main() {}
