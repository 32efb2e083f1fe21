plg::stack! {
    event SignedUp { name: "signed_up" }
    action Signup { on: [SignedIn] }
}

fn main() {}
