plg::stack! {
    name: "shop",
    stages: {
        prod: {
            attio: { key: env("ATTIO_API_KEY") },
            posthog: { key: env("POSTHOG_API_KEY"), project: 1 },
            state: s3 { bucket: "plg", endpoint: "http://minio.example:9000" },
        },
    },
}

fn main() {}
