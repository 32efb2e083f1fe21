//! Functions of PostHog: four kinds that are one resource, which PostHog tells apart by nothing but their ids, whose
//! secrets no answer shows, and which are removed by a change.

use plg_test::{Points, bench};

mod first {
    plg::stack! {
        name: "functions",
        stages: { local: sandbox },
        attribute LastUse { on: people, slug: "last_use", holds: timestamp }
        attribute Plan { on: people, slug: "plan", holds: text }
        event Used { name: "used", properties: { plan: text } }
        event Paid { name: "paid" }
        /// What Hook is for.
        destination Hook { template: webhook, on: [Used], inputs: { url: "https://example.com/hook", signing_secret: env("SIGNING") } }
        /// What Again is for.
        destination Again { template: webhook, on: [Used], inputs: { url: "https://example.com/again" } }
        /// What ToAttio is for.
        destination ToAttio {
            template: attio_people,
            on: [Used],
            inputs: { apiKey: env("ATTIO") },
            attributes: { LastUse: event_time, Plan: event("plan") },
        }
        /// What Masked is for.
        transformation Masked { template: url_masking, inputs: { maskWith: "***" } }
        /// What Bots is for.
        transformation Bots { template: bot_detection }
        /// What Broken is for.
        internal_destination Broken { template: webhook, on: issue_created, inputs: { url: "https://example.com/broken" } }
        /// What Payments is for.
        source_webhook Payments { template: incoming, inputs: { event: "{request.body.type}" } }
    }
}

/// Another slug, another address, others switched off, gone and new.
mod second {
    plg::stack! {
        name: "functions",
        stages: { local: sandbox },
        attribute LastUse { on: people, slug: "last_used", holds: timestamp }
        attribute Plan { on: people, slug: "plan", holds: text }
        event Used { name: "used", properties: { plan: text } }
        event Paid { name: "paid" }
        /// What Hook is for.
        destination Hook { template: webhook, on: [Used, Paid], inputs: { url: "https://example.com/moved", signing_secret: env("SIGNING") } }
        /// What ToAttio is for.
        destination ToAttio {
            template: attio_people,
            on: [Used],
            inputs: { apiKey: env("ATTIO") },
            attributes: { LastUse: event_time },
            enabled: false,
        }
        /// What Masked is for.
        transformation Masked { template: url_masking, inputs: { maskWith: "…" } }
        /// What Broken is for.
        internal_destination Broken { template: webhook, on: issue_reopened, inputs: { url: "https://example.com/broken" } }
        /// What Refunds is for.
        source_webhook Refunds { template: incoming }
    }
}

#[test]
fn each_is_there_once_and_keeps_its_secret() {
    let bench = bench(&first::STACK).then("change", &second::STACK);
    println!("{}", bench.points(Points::About(8)).run());
}
