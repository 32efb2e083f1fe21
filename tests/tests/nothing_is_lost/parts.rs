//! Objects that no name or key of their own tells apart: tiles of a dashboard, groups of an event, variables of queries,
//! changes that are scheduled, and properties of people, which only PostHog makes.

use plg_test::{Ended, Operation, Points, World, bench};
use serde_json::json;

mod first {
    plg::stack! {
        name: "parts",
        stages: { local: sandbox },
        property_group Billing { properties: { seats: number } }
        property_group Origin { properties: { campaign: optional(text) } }
        event Used { name: "used", schema: [Billing, Origin] }
        /// What they pay.
        person_property Plan { name: "plan", holds: text }
        insight_variable Country { holds: text, default: "DE" }
        insight_variable Region { holds: text, default: "EU" }
        feature_flag Exports { key: "exports", rollout: 10% }
        scheduled_change Opens { flag: Exports, at: "2100-01-01", does: set_active(false) }
        scheduled_change Widens { flag: Exports, at: "2100-02-01", does: add_release { rollout: 50% } }
        posthog_rest Errors {
            create: "/api/projects/{project}/session_recording_playlists/",
            key: "/name",
            id: "/short_id",
            body: { "name": "Errors", "type": "collection", "description": "Where it broke", "of": Exports.id },
            remove: set { "deleted": true },
        }
        posthog_rest Nameless {
            create: "/api/projects/{project}/session_recording_playlists/",
            id: "/short_id",
            body: { "name": "Long", "type": "collection", "pinned": true },
            remove: set { "deleted": true },
        }
        insight Uses { shows: trend [Used] }
        insight Users { shows: trend [people(Used)] }
        insight ByCountry {
            shows: sql("SELECT count() FROM events WHERE properties.country = {variables.country}", variables: [Country]),
        }
        dashboard Growth {
            tiles: [
                text("## How it is used"),
                Uses,
                insight(Users, colour: blue),
                text("More of it:"),
                button("Open the docs", url: "https://example.com/docs"),
            ],
        }
    }
}

/// Texts are changed, gone and new; tiles come, go and move; what is scheduled is put off, and one of it is called off.
mod second {
    plg::stack! {
        name: "parts",
        stages: { local: sandbox },
        property_group Billing { properties: { seats: number, plan: text } }
        property_group Place { properties: { country: text } }
        event Used { name: "used", schema: [Place, Billing] }
        /// What they pay, each month.
        person_property Plan { name: "plan", holds: text, tags: ["billing"] }
        insight_variable Country { holds: text, default: "FR" }
        feature_flag Exports { key: "exports", rollout: 10% }
        scheduled_change Opens { flag: Exports, at: "2100-01-02", does: set_active(false) }
        posthog_rest Errors {
            create: "/api/projects/{project}/session_recording_playlists/",
            key: "/name",
            id: "/short_id",
            body: { "name": "Errors", "type": "collection", "description": "Where it broke, and how" },
            remove: set { "deleted": true },
        }
        insight Uses { shows: trend [Used] }
        insight Users { shows: trend [people(Used)] }
        insight ByCountry {
            shows: sql("SELECT count() FROM events WHERE properties.country = {variables.country}", variables: [Country]),
        }
        dashboard Growth {
            tiles: [
                text("## How it is used by whom"),
                insight(Users, colour: green),
                insight(ByCountry, described: true),
                button("Open the docs", url: "https://example.com/docs", style: secondary),
                button("Ask us", url: "https://example.com/help"),
            ],
        }
    }
}

const FIRST: Operation = Operation { stack: &first::STACK, stage: "local", destroy: false };
const SECOND: Operation = Operation { stack: &second::STACK, stage: "local", destroy: false };
const GONE: Operation = Operation { destroy: true, ..FIRST };

#[test]
fn each_is_there_once_whatever_happens() {
    let bench = bench(&first::STACK).then("change", &second::STACK);
    println!("{}", bench.points(Points::About(8)).run());
}

/// A property is described once people have it, and its definition outlives the stack.
#[test]
fn properties_that_people_have() {
    // The event that they came with is nobody's.
    let settles = |world: &World, operation: &Operation, story: &str| {
        assert_eq!(world.run(operation).worked(), Ok(()), "{story}");
        let losses = world.losses(operation).into_iter().filter(|loss| !loss.starts_with("event "));
        assert_eq!(losses.collect::<Vec<_>>(), [""; 0], "{story}");
    };
    let world = World::new(7).expect("a temporary folder can be made");
    let person = json!({ "$set": { "plan": "pro" } });
    let person = person.as_object().expect("an object");
    world.sandbox().ingest("$identify", person).expect("the default project takes events");
    for (operation, story) in [(FIRST, "made"), (SECOND, "changed"), (GONE, "removed")] {
        let undisturbed = world.fork(0);
        settles(&undisturbed, &operation, story);
        let wanted = undisturbed.ledger();
        let again = world.fork(0);
        let _ = again.run(&operation);
        let instants = again.passed();
        let stride = match Points::from_environment() {
            Some(Points::All) => 1,
            Some(Points::About(points)) => (instants / points.max(1)).max(1),
            None => (instants / 12).max(1),
        };
        for instant in (0..instants).step_by(usize::try_from(stride).unwrap_or(1)) {
            let killed = world.fork(instant);
            if let Ended::Died(_) = killed.run_until(&operation, Some(instant)) {
                let story = format!("{story}, killed at {instant} of {instants}");
                settles(&killed, &operation, &story);
                let verdict = killed.ledger().against(&wanted);
                assert!(verdict.is_good(), "{story}: {verdict:?}");
            }
        }
        settles(&world, &operation, story);
        let rows = world.sandbox().rows();
        let definition =
            rows.iter().find(|((table, _), row)| table.contains("property_definitions") && row["name"] == "plan");
        let says = &definition.expect("people have it").1["description"];
        assert_eq!(says == "What they pay.", story == "made", "{says}");
    }
}
