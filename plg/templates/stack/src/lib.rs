//! What my-stack declares: edit it, and `plg plan` shows what a deploy would change.
//!
//! One form for everything: `kind Name { field: value, … }` with a doc comment, which is the description that people read
//! in the web app. A name refers to another declaration. What is wrong does not compile, and says what to write.

plg::stack! {
    name: "my-stack",
    stages: {
        // A sandbox on this machine. It needs no account and no key.
        local: sandbox,
        // Real accounts. Only the names of keys stand here: what they hold comes from `.env` or the environment.
        dev: {
            //? attio
            attio: { key: env("ATTIO_API_KEY_DEV") },
            //? end
            //? posthog
            posthog: { key: env("POSTHOG_API_KEY_DEV"), project: env("POSTHOG_PROJECT_ID_DEV"), host: eu },
            //? end
        },
        prod: {
            //? attio
            attio: { key: env("ATTIO_API_KEY_PROD") },
            //? end
            //? posthog
            posthog: { key: env("POSTHOG_API_KEY_PROD"), project: env("POSTHOG_PROJECT_ID_PROD"), host: eu },
            //? end
            // Nothing is deleted, archived or replaced before somebody types the stage's name.
            protect: true,
            // Where a team and CI share what plg remembers of the stage; see `object-store` in Cargo.toml.
            // state: s3 { bucket: "…", prefix: "my-stack", region: "eu-central-1" },
        },
    },
    // The files with declarations.
    //? attio posthog
    parts: [crm, product],
    //? end
    //? attio !posthog
    parts: [crm],
    //? end
    //? posthog !attio
    parts: [product],
    //? end
}

//? attio
pub mod crm;
//? end
pub mod policies;
//? posthog
pub mod product;
//? end
