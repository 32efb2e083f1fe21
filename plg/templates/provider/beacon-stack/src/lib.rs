//! A stack that uses Beacon: edit it, and `plg plan` shows what a deploy would change.

plg_beacon_macros::stack! {
    name: "beacon-stack",
    stages: {
        // A sandbox on this machine: `plg-beacon-sandbox`.
        local: sandbox,
        // A real account. Only the key's name stands here: what it holds comes from `.env` or the environment.
        prod: { beacon: { key: env("BEACON_API_KEY_PROD") } },
    },

    /// Where people pay.
    monitor Checkout { address: "https://shop.example/checkout", every: 1 }

    /// What they read first.
    monitor Home { address: "https://shop.example/" }
}
