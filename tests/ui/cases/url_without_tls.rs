plg::stack! {
    webhook Deals { url: "http://example.com/hook", on: [deals.created] }
}

fn main() {}
