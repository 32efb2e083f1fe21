plg::stack! {
    name: "shop",
    stages: {
        prod: {
            attio: { key: env("ATTIO_API_KEY") },
            posthog: { key: env("POSTHOG_API_KEY"), project: 1 },
            state: gcs { bucket: "plg", prefix: "/teams/../growth" },
        },
    },
}

fn main() {}
