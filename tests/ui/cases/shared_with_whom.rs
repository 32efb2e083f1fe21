plg::stack! {
    name: "shop",
    stages: {
        local: sandbox,
        dev: {
            attio: { key: env("ATTIO_DEV"), shared_with: [prdo, dev, local] },
            posthog: { key: env("POSTHOG_DEV"), project: 1, shared_with: [prod, prod] },
        },
        prod: {
            attio: { key: env("ATTIO_PROD"), shared_with: "dev" },
            posthog: { key: env("POSTHOG_PROD"), project: 2, shared_with: [dev] },
        },
    },
}

fn main() {}
