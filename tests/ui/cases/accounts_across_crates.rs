mod campaign {
    plg::stack! {
        stages: crate,
        accounts: { posthog: marketing },
        feature_flag Banner { key: "banner", variants: { control: 50%, test: 50% } }
        experiment Landing { flag: elsewhere::Tested }
        feature_flag Footer { key: "footer", account: marketng }
    }
}

plg::stack! {
    name: "shop",
    stages: {
        local: sandbox,
        prod: {
            posthog: { key: env("POSTHOG"), project: 1 },
            marketing: posthog { key: env("MARKETING"), project: 2 },
        },
    },
    parts: [campaign, elsewhere],
    experiment Top { flag: campaign::Banner }
}

fn main() {}
