plg::stack! {
    attribute Mail { on: people, slug: "billing_mail", holds: email_address }
}

fn main() {}
