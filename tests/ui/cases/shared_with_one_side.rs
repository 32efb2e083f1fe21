plg::stack! {
    name: "shop",
    stages: {
        dev: {
            attio: { key: env("ATTIO_DEV"), shared_with: [prod] },
            posthog: { key: env("POSTHOG_DEV"), project: 1 },
        },
        prod: {
            attio: { key: env("ATTIO_PROD") },
            posthog: { key: env("POSTHOG_PROD"), project: 2 },
        },
    },
}

fn main() {}
