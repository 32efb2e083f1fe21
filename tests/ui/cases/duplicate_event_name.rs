plg::stack! {
    event SignedUp { name: "signed_up" }
    event Registered { name: "signed_up" }
}

fn main() {}
