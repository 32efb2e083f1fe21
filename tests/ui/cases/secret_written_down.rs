plg::stack! {
    name: "shop",
    stages: { prod: { attio: { key: "0123456789" }, posthog: { key: env("POSTHOG_API_KEY"), project: 1 } } },
}

fn main() {}
