//! A tea merchant's CRM: Attio, and no product analytics.

plg::stack! {
    name: "tea-merchant-crm",
    stages: {
        local: sandbox,
        dev: { attio: { key: env("ATTIO_API_KEY_DEV") } },
        prod: { attio: { key: env("ATTIO_API_KEY_PROD") }, protect: true },
    },

    /// A tea house that buys.
    object TeaHouses { slug: "tea_houses", singular: "Tea house", plural: "Tea houses" }

    /// How it buys.
    attribute Channel { on: TeaHouses, slug: "channel", holds: select { Shop, Web, Phone } }

    /// What it buys a year, in kilograms.
    attribute Volume { on: TeaHouses, slug: "volume", holds: number }

    /// Where a customer stands.
    attribute Standing { on: companies, slug: "standing", holds: select { Trial, Paying, Gone } }
}
