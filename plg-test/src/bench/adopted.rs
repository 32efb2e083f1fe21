//! People made some of it first: plg adopts that, is killed at each instant, and then everything goes.

use super::report::BenchRow;
use super::{Bench, deaths};
use crate::killer::Dice;
use crate::variant::variant;
use crate::world::{Ended, Operation, World};
use plg_core::{Prior, Removal, linked};
use plg_runtime::declared::graph::{GraphNode, StackGraph};
use plg_runtime::store::{Entry, Origin, State};
use std::collections::BTreeSet;

/// One of so many declarations was made by people first, with all that it needs.
const ONE_OF: usize = 3;

/// A deploy that adopts, killed at some of its instants and then healed or not, and a destroy of all it came to.
pub(super) fn rows(bench: &Bench, empty: &World, first: Operation, destroy: Operation) -> Vec<BenchRow> {
    let peopled = empty.fork(0);
    let theirs = match people(bench, &peopled) {
        Ok(theirs) => theirs,
        Err(why) => panic!("what people make first could not be made: {why}"),
    };
    let deployed = peopled.fork(0);
    if let Err(why) = deployed.run(&first).worked() {
        panic!("adopting does not work undisturbed: {why}");
    }
    let judge = |world: &World| {
        let mut found = world.losses(&destroy);
        match deployed.memory(&first) {
            Ok((ours, _)) => found.extend(world.leftovers(&together(ours, &theirs))),
            Err(error) => found.push(format!("the state cannot be read: {error}")),
        }
        found.extend(world.gone(&theirs));
        found
    };
    let judge_origins = |world: &World| match world.memory(&first) {
        Ok((state, _)) => mistaken(&state, &theirs),
        Err(error) => vec![format!("the state cannot be read: {error}")],
    };
    vec![
        killed("adopt, then destroy", bench, (&peopled, first), |world| {
            world.run(&destroy).worked().map(|()| judge(world))
        }),
        killed("adopt, adopt again, then destroy", bench, (&peopled, first), |world| {
            world.run(&first).worked()?;
            let mut found = judge_origins(world);
            world.run(&destroy).worked()?;
            found.extend(judge(world));
            Ok(found)
        }),
        killed("destroy what was adopted", bench, (&deployed, destroy), |world| {
            world.run(&destroy).worked().map(|()| judge(world))
        }),
    ]
}

/// Makes some of the stack as people do: what there is of it, as somebody remembers it who is not plg.
fn people(bench: &Bench, world: &World) -> Result<State, String> {
    let graph = StackGraph::of(bench.stack, bench.stage).map_err(|errors| format!("{errors:?}"))?;
    let nodes = graph.nodes.iter().filter(|node| !node.is_marker() && !node.existing() && !node.standard);
    // What comes with something else is made by whoever makes that.
    let (with, alone): (Vec<_>, Vec<_>) = nodes.partition(|node| node.spec.wire.comes_with_its_whole());
    let mut made: BTreeSet<String> = alone.into_iter().step_by(ONE_OF).map(|node| node.address.clone()).collect();
    let whole = |node: &&GraphNode| node.item.common().parent.is_some_and(|whole| made.contains(&whole.address()));
    let with: Vec<String> = with.into_iter().filter(whole).map(|node| node.address.clone()).collect();
    made.extend(with);
    let stack = variant(
        bench.stack,
        bench.stage,
        |address| made.contains(address),
        |_, fields| {
            if let Some(plg_core::Term::Text(text)) = fields.get_mut("description") {
                "By hand.".clone_into(text);
            }
        },
    );
    let mut person = world.stranger();
    for (name, value) in &bench.variables {
        person.set_variable(name, value);
    }
    let operation = Operation { stack, stage: bench.stage, destroy: false };
    person.run(&operation).worked()?;
    let (state, _) = person.memory(&operation).map_err(|error| error.to_string())?;
    Ok(state)
}

/// What was deployed undisturbed, of which what people made stays.
fn together(mut ours: State, theirs: &State) -> State {
    for entry in ours.resources.values_mut() {
        let is_theirs = theirs.resources.values().any(|other| (&other.kind, &other.id) == (&entry.kind, &entry.id));
        entry.origin = if is_theirs { Origin::Adopted } else { Origin::Made };
    }
    ours
}

/// What is remembered to be of another origin than it is.
fn mistaken(state: &State, theirs: &State) -> Vec<String> {
    let right = together(state.clone(), theirs);
    // What only goes with something else is nobody's by itself.
    let goes_alone = |entry: &Entry| {
        let prior = Prior { id: entry.id.clone(), outputs: entry.outputs.to_map(), fields: entry.fields.known() };
        linked::find(&entry.kind).is_none_or(|spec| !matches!(spec.wire.remove(&prior), Removal::Forget(_)))
    };
    let entries = state.resources.iter().filter(|(_, entry)| !entry.existing && goes_alone(entry));
    let wrong = entries.filter(|(address, entry)| entry.origin != right.resources[*address].origin);
    wrong.map(|(address, entry)| format!("{address} is remembered as {}", entry.origin.word())).collect()
}

fn killed(
    name: &str,
    bench: &Bench,
    (from, operation): (&World, Operation),
    then: impl Fn(&World) -> Result<Vec<String>, String>,
) -> BenchRow {
    let undisturbed = from.fork(0);
    if let Err(why) = undisturbed.run(&operation).worked() {
        panic!("{name} does not work undisturbed: {why}");
    }
    let instants = undisturbed.passed();
    let mut row = BenchRow { operation: name.to_owned(), instants, ..BenchRow::default() };
    let found = |world: &World| then(world).unwrap_or_else(|why| vec![format!("running it: {why}")]);
    row.lost.extend(found(&undisturbed).into_iter().map(|line| format!("{name}, undisturbed: {line}")));
    for at in deaths(bench, instants, &mut Dice(bench.seed)) {
        let world = from.fork(0);
        if let Ended::Died(place) = world.run_until(&operation, Some(at)) {
            row.tried += 1;
            let story = format!("{name}, instant {at} of {instants}, died {place}");
            row.lost.extend(found(&world).into_iter().map(|line| format!("{story}: {line}")));
        }
    }
    row
}
