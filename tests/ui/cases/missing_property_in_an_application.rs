plg::stack! {
    event SignedUp { name: "signed_up", properties: { plan: text, seats: number } }
}

fn main() {
    let event = SignedUp { plan: "pro".into() };
    drop(event);
}
