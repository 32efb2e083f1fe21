plg::stack! {
    webhook Deals { url: env("deal_hook"), on: [deals.created] }
}

fn main() {}
