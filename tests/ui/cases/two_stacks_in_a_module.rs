plg::stack! {
    name: "shop",
    stages: { local: sandbox },
    event SignedUp { name: "signed_up" }
}

plg::stack! {
    event SignedOut { name: "signed_out" }
}

fn main() {}
