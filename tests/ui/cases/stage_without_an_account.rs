plg::stack! {
    name: "shop",
    stages: {
        local: sandbox,
        dev: { posthog: { key: env("POSTHOG_DEV"), project: 1 }, attio: { key: env("ATTIO_DEV") } },
        prod: { posthog: { key: env("POSTHOG_PROD"), project: 2 }, marketing: posthog { key: env("M"), project: 3 } },
    },
    feature_flag Beta { key: "beta" }
    attribute Tier { on: companies, slug: "tier", holds: text }
    attribute Size { on: companies, slug: "size", holds: text }
    webhook Hook { url: "https://example.com/hook", on: [deals.created] }
    feature_flag Banner { key: "banner", account: marketng }
    feature_flag Footer { key: "footer", account: attio }
}

fn main() {}
