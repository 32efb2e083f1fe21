//! The engine's parts by themselves: `cargo bench -p benches --bench small`.

use benches::{intent, stack};
use divan::{Bencher, counter::ItemsCount};
use plg_runtime::apply::schedule::Schedule;
use plg_runtime::declared::graph::StackGraph;
use plg_runtime::store::{Entry, Folder, Holder, Settled, State, StateStore};
use std::sync::Arc;

fn main() {
    divan::main();
}

/// Layers of a hundred, each piece of work waiting for three of the layer before.
fn layers(count: usize) -> Vec<Vec<usize>> {
    let before = |n: usize| {
        if n < 100 { Vec::new() } else { (0..3).map(|k| n - 100 + (n * 7 + k * 31) % 100 - n % 100).collect() }
    };
    (0..count).map(before).map(|all: Vec<usize>| all.into_iter().filter(|n| *n < count).collect()).collect()
}

#[divan::bench(args = [5_000, 50_000])]
fn schedule(bencher: Bencher, count: usize) {
    let depends = layers(count);
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        let mut schedule = Schedule::new(&depends);
        while let Some(place) = schedule.take(16) {
            schedule.done(place);
        }
        schedule.left()
    });
}

#[divan::bench(args = [57, 1_000, 5_000])]
fn graph(bencher: Bencher, count: usize) {
    let stack = stack(count);
    bencher.counter(ItemsCount::new(count)).bench_local(|| StackGraph::of(stack, "local").expect("it holds together"));
}

/// One write announced and settled, with real fsync, beside a state of this many resources.
#[divan::bench(args = [10, 1_000, 10_000], sample_count = 50, sample_size = 4)]
fn journal(bencher: Bencher, count: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut state = State::new("many", "local");
    for n in 0..count {
        let entry = Entry { kind: "event".into(), id: n.to_string(), ..Entry::default() };
        state.resources.insert(format!("event.Seen{n}"), entry);
    }
    std::fs::write(folder.path().join("state.json"), state.placed().expect("JSON")).expect("written");
    let medium = Arc::new(Folder::new(folder.path()));
    let book = StateStore::open(medium, "many", "local", &Holder::me("bench", "")).expect("it opens");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        runtime.block_on(async {
            let ticket = book.intend(intent("event.Seen".into())).await.expect("written");
            let entry = Entry { kind: "event".into(), id: "1".into(), ..Entry::default() };
            book.settle(ticket, Settled::Applied(Box::new(entry))).await.expect("written");
        });
    });
}
