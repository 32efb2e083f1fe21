plg::stack! {
    annotation Launch { content: "Launched", on_date: "2026-02-30" }
}

fn main() {}
