mod product {
    plg::stack! {
        event SignedUp { name: "signed_up" }
        feature_flag SignsUp { key: "signs-up" }
        feature_flag DarkMode { key: "dark-mode", variants: { control: 50%, test: 50% } }
    }
}

plg::stack! {
    name: "shop",
    stages: { local: sandbox },
    parts: [product],

    insight Ups { shows: trend [count(product::SignUp)] }
    experiment Dark { flag: product::DarkMode, title: "Dark" }
}

fn main() {}
