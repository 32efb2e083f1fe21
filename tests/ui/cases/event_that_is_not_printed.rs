plg::stack! {
    name: "example", stages: { local: sandbox },
    event SignedUp { name: "signed_up", properties: { plan: text } }
    /// An account was closed.
    event Cancelled { name: "account_cancelled" }
}

fn main() {
    println!("{:?} {:?}", SignedUp { plan: "pro".into() }, Cancelled {});
}
