plg::stack! {
    name: "shop",
    stages: {
        prod: {
            attio: { key: env("ATTIO_API_KEY") },
            posthog: { key: env("POSTHOG_API_KEY"), project: 1 },
            state: s3 { bucket: "plg", regoin: "eu-central-1" },
        },
    },
}

fn main() {}
