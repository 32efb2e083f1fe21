//! What many deploys leave, and what they cost the next one: `cargo bench -p benches --bench growth`.
//!
//! One flag of 57 resources is changed by each deploy. `PLG_DEPLOYS=10000` is how many; a row is a tenth of them. For what
//! many resources cost, `PLG_SIZES=50000 cargo bench -p benches --bench large`.

use benches::{Stage, edited, stack};
use plg_sandbox::Sandbox;
use std::path::Path;
use std::time::Instant;

const RESOURCES: usize = 57;

fn main() {
    let deploys: usize = std::env::var("PLG_DEPLOYS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000).max(10);
    let root = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    println!("| deploys | one deploy | the state's folder | its files |");
    println!("|---|---|---|---|");
    runtime.block_on(async {
        let running = Sandbox::start(([127, 0, 0, 1], 0).into(), None).await.expect("it starts");
        let stacks = [stack(RESOURCES), edited(stack(RESOURCES))];
        let at = |stack| Stage { stack, url: running.url(), root: root.path().to_owned(), parallelism: 16 };
        let stages = stacks.map(at);
        let mut began = Instant::now();
        for number in 1..=deploys {
            let stage = &stages[number % 2];
            let mut session = stage.open(false).await;
            let plan = stage.plan(&mut session, true, false).await;
            stage.apply(&mut session, &plan).await;
            drop(session);
            if number % (deploys / 10) == 0 {
                let each = began.elapsed().as_secs_f64() * 1_000.0 / (deploys / 10) as f64;
                let (bytes, files) = size(&stage.state());
                println!("| {number} | {each:.1} ms | {} KiB | {files} |", bytes / 1024);
                began = Instant::now();
            }
        }
    });
}

/// The bytes and the files below a folder.
fn size(folder: &Path) -> (u64, usize) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.fold((0, 0), |(bytes, files), entry| {
        let inner =
            if entry.path().is_dir() { size(&entry.path()) } else { (entry.metadata().map_or(0, |m| m.len()), 1) };
        (bytes + inner.0, files + inner.1)
    })
}
