plg::stack! {
    feature_flag Retail {
        key: "retail",
        release: [
            { to: [group("industry", is: ["retail"])] },
            { of: group(0), to: [person("plan", is: ["pro"])] },
        ],
    }
    early_access_feature Shops { flag: Offices, stage: beta }
    feature_flag Offices { key: "offices", release: [{ of: group(1), rollout: 20% }] }
}

fn main() {}
