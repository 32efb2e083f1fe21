//! One product-led SaaS company's CRM schema and product analytics, declared once.
//!
//! `cargo run -p plg-stack -- deploy` brings the world in line with it; an application depends on
//! this crate without its default features and names its flags, events and attributes by type.

plg::stack! {
    name: "plg-saas-stack",
    stages: {
        local: sandbox,
        dev: {
            attio: { key: env("ATTIO_API_KEY_DEV") },
            posthog: {
                key: env("POSTHOG_API_KEY_DEV"),
                project: env("POSTHOG_PROJECT_ID_DEV", or: 12345),
                host: us,
            },
        },
        staging: {
            attio: { key: env("ATTIO_API_KEY_STAGING") },
            posthog: {
                key: env("POSTHOG_API_KEY_STAGING"),
                project: env("POSTHOG_PROJECT_ID_STAGING", or: 12345),
                host: us,
            },
        },
        prod: {
            attio: { key: env("ATTIO_API_KEY_PROD") },
            posthog: {
                key: env("POSTHOG_API_KEY_PROD"),
                project: env("POSTHOG_PROJECT_ID_PROD", or: 12345),
                host: us,
            },
            protect: true,
        },
    },
    parts: [crm, product, insight],
}

pub mod crm;
pub mod insight;
pub mod policies;
pub mod product;
