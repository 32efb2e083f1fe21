plg::stack! {
    feature_flag Guide { key: "guide", variants: { control: 50%, test: 50% } }
    feature_flag Switched { key: "switched", variants: { control: 50%, test: 50% }, active: true }
    experiment Runs { flag: Switched, state: running }
    experiment Ships { flag: Guide, ship: { variant: "test" } }
    experiment ShipsWhatRuns { flag: Guide, state: running, ship: { variant: "test" } }
    experiment ShipsAnother { flag: Guide, state: stopped, ship: { variant: "tset" } }
}

fn main() {}
