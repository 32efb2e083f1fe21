//! Random versions of one stack.

use plg_core::{Stack, Term, Terms};
use plg_runtime::declared::graph::StackGraph;
use plg_test::{Dice, variant};
use std::collections::BTreeMap;

plg::stack! {
    name: "campaign",
    stages: { local: sandbox, other: sandbox },
    /// What a customer rents.
    object Boats { slug: "boats", singular: "Boat", plural: "Boats" }
    /// How long it is.
    attribute Length { on: Boats, slug: "length", holds: number }
    /// Where a customer stands.
    attribute Phase { on: companies, slug: "phase", holds: select { Trial, Paying, Gone } }
    /// How many seats are taken.
    attribute Seats { on: companies, slug: "seats", holds: number }
    /// Who is told of companies.
    webhook Companies { url: "https://example.com/companies", on: [companies.created] }
    /// Who is told of people.
    webhook People { url: "https://example.com/people", on: [people.created] }
    /// Somebody came.
    event SignedUp { name: "signed_up" }
    /// Somebody left.
    event Left { name: "left" }
    /// As insights count it.
    action Signup { on: [SignedUp] }
    /// Who came lately.
    cohort Newcomers { all: [did(SignedUp, within: 7 days)] }
    /// Who left lately.
    cohort Leavers { all: [did(Left, within: 30 days)] }
    /// What is new.
    feature_flag Welcome { key: "welcome", rollout: 10%, variants: { control: 50%, test: 50% } }
    /// What is old.
    feature_flag Farewell { key: "farewell", rollout: 50% }
    /// Whether it helps.
    experiment WelcomeTest { flag: Welcome, kind: product }
    /// What they think.
    survey Opinion { kind: popover, questions: [open("Why?")] }
    /// What we look at.
    dashboard Growth {}
    /// What we look at as well.
    dashboard Churn {}
    /// How many came.
    insight Signups { on: [Growth], shows: trend [SignedUp] }
    /// How many left.
    insight Losses { on: [Churn], shows: trend [Left] }
}

/// A random version: some of what there is, and some of that in other words, under another name or of another type.
pub(crate) fn version(dice: &mut Dice) -> &'static Stack {
    let graph = match StackGraph::of(&STACK, "local") {
        Ok(graph) => graph,
        Err(errors) => panic!("the campaign's own stack contradicts itself: {errors:?}"),
    };
    let drawn: BTreeMap<String, u64> = graph.nodes.iter().map(|n| (n.address.clone(), dice.roll(60))).collect();
    let of = |address: &str| drawn.get(address).copied().unwrap_or_default();
    let edit = |address: &str, fields: &mut Terms| {
        let (reworded, renamed, retyped) = (of(address) % 2 == 0, of(address) % 5 == 0, of(address) % 3 == 0);
        if reworded && let Some(Term::Text(text)) = fields.get_mut("description") {
            text.push_str(" Reworded.");
        }
        let named = ["dashboard", "insight", "cohort"].iter().any(|kind| address.starts_with(kind));
        if renamed
            && named
            && let Some(Term::Text(name)) = fields.get_mut("name")
        {
            name.push_str(" renamed");
        }
        if retyped && fields.get("type").is_some_and(|kind| kind.as_str() == Some("number")) {
            fields.insert("type", "text");
        }
    };
    variant(&STACK, "local", |address| of(address) < 40, edit)
}
