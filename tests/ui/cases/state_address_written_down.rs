plg::stack! {
    name: "shop",
    stages: {
        prod: {
            attio: { key: env("ATTIO_API_KEY") },
            posthog: { key: env("POSTHOG_API_KEY"), project: 1 },
            state: postgres { url: "postgres://plg:secret@db.example/plg" },
        },
    },
}

fn main() {}
