//! A small stack of many kinds, in two versions.

use plg_core::{Stack, Term, Terms};
use plg_test::{Operation, World};

plg::stack! {
    name: "small",
    stages: { local: sandbox },
    /// Where a customer stands.
    attribute Phase { on: companies, slug: "phase", holds: select { Trial, Paying } }
    /// How many seats are taken.
    attribute Seats { on: companies, slug: "seats", holds: number }
    /// Who is told.
    webhook Changes { url: "https://example.com/changes", on: [companies.created] }
    /// Somebody came.
    event SignedUp { name: "signed_up" }
    /// As insights count it.
    action Signup { on: [SignedUp] }
    /// Who came lately.
    cohort Newcomers { all: [did(SignedUp, within: 7 days)] }
    /// What is new.
    feature_flag Welcome { key: "welcome", rollout: 10%, variants: { control: 50%, test: 50% } }
    /// Whether it helps.
    experiment WelcomeTest { flag: Welcome, kind: product }
    /// What they think.
    survey Opinion { kind: popover, questions: [open("Why?")] }
    /// What we look at.
    dashboard Growth {}
    /// How many came.
    insight Signups { on: [Growth], shows: trend [SignedUp] }
}

/// The first version.
pub(crate) const FIRST: Operation = Operation { stack: &STACK, stage: "local", destroy: false };
/// Everything goes.
pub(crate) const GONE: Operation = Operation { destroy: true, ..FIRST };

/// The second version: an attribute of another type, other words, and one thing less.
pub(crate) fn second() -> Operation {
    let changed = |address: &str, fields: &mut Terms| {
        if address == "attribute.Seats" {
            fields.insert("type", "text");
        } else if let Some(Term::Text(text)) = fields.get_mut("description") {
            text.push_str(" Changed.");
        }
    };
    let stack: &'static Stack = plg_test::variant(
        &STACK,
        "local",
        |address| address != "webhook.Changes" && address != "survey.Opinion",
        changed,
    );
    Operation { stack, ..FIRST }
}

/// A world in which nothing was deployed.
pub(crate) fn world() -> World {
    World::new(7).expect("a temporary folder can be made")
}

/// Runs it to success and checks that nothing was lost.
pub(crate) fn settles(world: &World, operation: &Operation, story: &str) {
    let ended = world.run(operation);
    assert_eq!(ended.worked(), Ok(()), "{story}");
    assert_eq!(world.losses(operation), Vec::<String>::new(), "{story}");
}
