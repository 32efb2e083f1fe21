plg_macros::stack! {
    name: "shop",
    stages: { local: sandbox },
    event SignedUp { name: "signed_up" }
}

plg_macros::stack! {
    event SignedOut { name: "signed_out" }
}

fn main() {}
