//! Random parts of the whole stack, changed into other random parts, with a death on the way.

use plg_core::{Stack, Term, Terms};
use plg_runtime::declared::graph::StackGraph;
use plg_test::{Operation, World, variant};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// A version of the stack: what of it is declared, and what of that is reworded or replaced.
#[derive(Debug, Clone)]
struct Version {
    chosen: Vec<bool>,
    reworded: Vec<bool>,
    replaced: Vec<bool>,
}

fn version(count: usize) -> impl Strategy<Value = Version> {
    let rows = move |share: f64| prop::collection::vec(prop::bool::weighted(share), count);
    (rows(0.2), rows(0.5), rows(0.3)).prop_map(|(chosen, reworded, replaced)| Version { chosen, reworded, replaced })
}

fn stack(version: &Version, addresses: &[String]) -> &'static Stack {
    let is = |flags: &[bool], address: &str| {
        addresses.iter().position(|a| a == address).and_then(|place| flags.get(place)).is_some_and(|flag| *flag)
    };
    let edit = |address: &str, fields: &mut Terms| {
        if is(&version.replaced, address)
            && fields
                .get("type")
                .is_some_and(|t| ["number", "checkbox", "timestamp"].iter().any(|w| t.as_str() == Some(w)))
        {
            fields.insert("type", "text");
        }
        if is(&version.reworded, address)
            && let Some(Term::Text(text)) = fields.get_mut("description")
        {
            text.push_str(" Reworded.");
        }
    };
    // Everything else names their properties.
    let is_chosen = |address: &str| address.starts_with("event.") || is(&version.chosen, address);
    variant(&plg_stack::STACK, "local", is_chosen, edit)
}

#[test]
fn random_stacks_with_random_deaths() {
    let graph = StackGraph::of(&plg_stack::STACK, "local").expect("the stack holds together");
    let addresses: Vec<String> = graph.nodes.iter().map(|n| n.address.clone()).collect();
    let cases = std::env::var("PLG_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(6);
    let mut runner =
        TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 40, ..Config::default() });
    let deaths = prop::collection::vec(0..1000_u64, 3);
    let strategy = (version(addresses.len()), version(addresses.len()), deaths, 0..1000_u64);
    let tried = runner.run(&strategy, |(first, second, deaths, seed)| {
        let (first, second) = (stack(&first, &addresses), stack(&second, &addresses));
        let world = World::new(seed).expect("a temporary folder can be made");
        let deploy = |stack| Operation { stack, stage: "local", destroy: false };
        let operations = [deploy(first), deploy(second), Operation { destroy: true, ..deploy(second) }];
        for (operation, death) in operations.iter().zip(deaths) {
            let undisturbed = world.fork(0);
            let before = world.memory(operation);
            prop_assert_eq!(undisturbed.run(operation).worked(), Ok(()));
            let _ = world.run_until(operation, Some(death * undisturbed.passed() / 1000));
            prop_assert_eq!(world.run(operation).worked(), Ok(()));
            prop_assert_eq!(world.losses(operation), Vec::<String>::new());
            if let (true, Ok((state, _))) = (operation.destroy, before) {
                prop_assert_eq!(world.leftovers(&state), Vec::<String>::new());
            }
        }
        Ok(())
    });
    if let Err(error) = tried {
        panic!("{error}");
    }
}
