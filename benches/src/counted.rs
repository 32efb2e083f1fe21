//! Fixed work, to be counted in instructions: `counted graph|schedule|journal|plan|again`.
//!
//! `benches/count.sh` runs each under callgrind and compares with `benches/instructions.txt`.

use benches::{Stage, intent, stack};
use plg_runtime::apply::schedule::Schedule;
use plg_runtime::declared::graph::StackGraph;
use plg_runtime::store::{Entry, Folder, Holder, Origin, Settled, State, StateStore};
use std::sync::Arc;

fn main() {
    let Some(what) = std::env::args().nth(1) else { return };
    match what.as_str() {
        "graph" => drop(StackGraph::of(stack(1_000), "local")),
        "schedule" => schedule(),
        "journal" => journal(),
        "plan" => plan(false),
        "again" => plan(true),
        other => eprintln!("there is no work called {other}"),
    }
}

fn schedule() {
    let depends: Vec<Vec<usize>> =
        (0..20_000).map(|n: usize| (1..=3).filter_map(|k| n.checked_sub(k * 7)).collect()).collect();
    let mut schedule = Schedule::new(&depends);
    while let Some(place) = schedule.take(16) {
        schedule.done(place);
    }
}

fn journal() {
    let Ok(folder) = tempfile::tempdir() else { return };
    let backend = Arc::new(Folder::new(folder.path()));
    let Ok(store) = StateStore::open(backend, "many", "local", &Holder::me("counted", "")) else { return };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else { return };
    runtime.block_on(async {
        for n in 0..200 {
            let Ok(ticket) = store.intend(intent(format!("event.Seen{n}"))).await else { return };
            let entry = Entry { kind: "event".into(), id: n.to_string(), ..Entry::default() };
            let _ = store.settle(ticket, Settled::Applied(Box::new(entry))).await;
        }
    });
    let _ = store.snapshot();
}

/// A plan of a thousand resources without looking at anything: a first one, or one against a state that has them.
fn plan(again: bool) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let Ok(running) = plg_sandbox::Sandbox::start(([127, 0, 0, 1], 0).into(), None).await else { return };
        let stage = Stage { stack: stack(1_000), url: running.url(), root: folder.path().into(), parallelism: 16 };
        if again && remember(&stage).is_err() {
            return;
        }
        let mut session = stage.open(true).await;
        let made = stage.plan(&mut session, false, false).await;
        let style = plg_runtime::show::Style { color: false, width: 100, verbose: false };
        assert_eq!(again, plg_runtime::show::plan(&made, style).is_empty(), "only what is there already is no change");
    });
}

/// Writes a state as a deploy of the stack would leave it.
fn remember(stage: &Stage) -> std::io::Result<()> {
    let mut state = State::new(stage.stack.name, "local");
    let graph = StackGraph::of(stage.stack, "local").unwrap_or_default();
    for (number, node) in graph.nodes.iter().enumerate() {
        let fields = (&node.want.fields).into();
        let (kind, id) = (node.spec.keyword.into(), number.to_string());
        let entry = Entry { kind, id, fields, origin: Origin::Made, ..Entry::default() };
        state.resources.insert(node.address.clone(), entry);
    }
    std::fs::create_dir_all(stage.state())?;
    std::fs::write(stage.state().join("state.json"), state.placed()?)
}
