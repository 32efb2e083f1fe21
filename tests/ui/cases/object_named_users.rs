plg::stack! {
    object Members { slug: "users", singular: "Member", plural: "Members" }
}

fn main() {}
