plg::stack! {
    event SignedUp { name: "signed_up" }
    dashboard Growth {}
    insight Signups { on: [Grwth], shows: trend [SignedUp] }
}

fn main() {}
