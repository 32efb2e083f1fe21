plg::stack! {
    name: "example",
    stages: { local: sandbox },
    #[derive(Clone)]
    dashboard Growth {}
    #[derive(Clone, PartialEq)]
    event SignedUp { name: "signed_up" }
}

fn main() {}
