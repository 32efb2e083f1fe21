plg::stack! {
    feature_flag NewOnboarding { key: "new-onboarding-flow" }
}

fn main() {
    println!("{}", NewOnbording::KEY);
}
