//! The troubles of the world, one row each: late commits, lists, answers, memory.

use super::Points;
use super::cases::attempt;
use super::report::BenchRow;
use super::scene::{CaseOutcome, Scene};
use crate::damage::Damage;
use crate::killer::Dice;
use crate::world::{Ended, World};
use plg_sandbox::Faults;
use serde_json::{Value, json};
use std::time::Duration;

/// No API takes longer to finish a request: what arrives sooner must never be doubled.
const WINDOW_MS: u64 = 60_000;
/// How much later a server finishes a request, in milliseconds.
const LATE_MS: [u64; 8] = [100, 1_000, 4_000, 9_000, 20_000, 55_000, 75_000, 119_000];

/// Every row. What is late may also meet another operation than the one that sent it.
pub(super) fn rows(scenes: &[Scene], others: &[Scene], points: Points, seed: u64, has_files: bool) -> Vec<BenchRow> {
    let mut rows = vec![
        attempt("late commits", scenes, late_cases, points, seed, late),
        attempt("late commits, something else since", others, orphan_cases, points, seed, late),
        attempt("lists", scenes, list_cases, points, seed, with_faults),
        attempt("answers", scenes, answer_cases, points, seed, with_faults),
    ];
    if has_files {
        rows.push(attempt("memory", scenes, memory_cases, points, seed, damaged));
    }
    rows
}

/// A write that arrives late: its number, by how much, and whether its client died or gave it up.
struct LateCase {
    write: u64,
    by: u64,
    died: bool,
}

fn late_cases(scene: &Scene) -> Vec<LateCase> {
    let each = |write: u64| LATE_MS.map(|by| [true, false].map(|died| LateCase { write, by, died }));
    (0..scene.writes).flat_map(each).flatten().collect()
}

/// Those whose client died: the next process knows of them, whatever it is asked to do.
fn orphan_cases(scene: &Scene) -> Vec<LateCase> {
    late_cases(scene).into_iter().filter(|case| case.died).collect()
}

fn late(scene: &Scene, case: &LateCase, dice: &mut Dice) -> (String, CaseOutcome) {
    let mut world = scene.from.fork(0);
    let by = Duration::from_millis(case.by);
    let mut story = format!("write {} arrives {by:?} late", case.write);
    let mut told = false;
    if case.died {
        world.set_outlive(Some(by));
        if let Ended::Died(place) = world.run_until_received(&scene.operation, case.write) {
            story.push_str(&format!(" after it died {place}"));
        }
        // Every third death is followed by one of the run that was to mend it.
        if case.write.is_multiple_of(3) {
            if let Ended::Died(place) = world.run_until(&scene.operation, Some(dice.roll(scene.instants))) {
                story.push_str(&format!(", and again {place}"));
            }
            told |= world.told();
        }
        world.set_outlive(None);
    } else {
        story.push_str(" after it was given up");
        world.set_late(case.write, by);
        // What cannot be waited for in one run may be left to the next.
        let _ = world.run(&scene.operation);
        told |= world.told();
    }
    let mut outcome = scene.mend(&world);
    told |= outcome.told;
    Scene::calm(&world);
    told |= scene.is_told(&world);
    // What is given up was waited for first.
    let after_sending = if case.died { case.by } else { case.by + WINDOW_MS };
    if after_sending < WINDOW_MS {
        // It came while it had to be reckoned with.
        if outcome.verdict.lost.is_empty() {
            outcome.verdict = scene.judge(&world);
        }
        outcome.told = false;
    } else {
        outcome = scene.mend(&world);
        outcome.told |= told;
    }
    (story, outcome)
}

/// Faults that are there for a run and the one after it.
struct FaultCase {
    name: String,
    faults: Value,
    /// Whether the run that met them is to be believed if it says that it worked.
    believed: bool,
}

fn list_cases(_: &Scene) -> Vec<FaultCase> {
    let lists = |act: Value| json!({ "rules": [{ "match": { "list": true }, "do": act }] });
    let case = |name: &str, faults: Value| FaultCase { name: name.to_owned(), faults, believed: false };
    let mut cases = vec![
        case("lists five seconds behind", lists(json!({ "lag_ms": 5_000 }))),
        case("lists 45 seconds behind", lists(json!({ "lag_ms": 45_000 }))),
        case(
            "all reading ten seconds behind",
            json!({ "rules": [{ "match": { "method": "GET" }, "do": { "lag_ms": 10_000 } }] }),
        ),
        case("lists turned around", lists(json!({ "page": { "reverse": true } }))),
        case("a row lost between pages", lists(json!({ "page": { "shift": 1 } }))),
        case("a row twice on two pages", lists(json!({ "page": { "shift": -1 } }))),
    ];
    for place in 0..6 {
        cases.push(case(&format!("row {place} lost in every list"), lists(json!({ "page": { "lose": place } }))));
        cases.push(case(&format!("row {place} twice in every list"), lists(json!({ "page": { "twice": place } }))));
    }
    cases
}

fn answer_cases(scene: &Scene) -> Vec<FaultCase> {
    let acts = [
        ("2xx and the row as it was", json!({ "untrue": "unchanged" })),
        ("2xx and `deleted: false`", json!({ "untrue": "not_deleted" })),
        ("2xx and `{}`", json!({ "untrue": "object" })),
        ("2xx and `null`", json!({ "untrue": "null" })),
        ("2xx and `[]`", json!({ "untrue": "list" })),
        ("2xx without a body", json!({ "untrue": "empty" })),
        ("408 after the commit", json!({ "status": 408, "after": true })),
        ("425 after the commit", json!({ "status": 425, "after": true })),
        ("308 after the commit", json!({ "status": 308, "after": true, "headers": { "location": "/elsewhere" } })),
        ("500 after the commit", json!({ "status": 500, "after": true })),
        ("`{}` after the commit", json!({ "body": {} })),
        ("429 for ten minutes", json!({ "retry_after": 600 })),
        ("429 until a date", json!({ "retry_after": 29, "retry_date": true })),
    ];
    let mut cases = Vec::new();
    for method in ["POST", "PATCH", "PUT", "DELETE"] {
        let writes = scene.log.iter().filter(|l| l.method == method && !l.path.ends_with("/query"));
        for nth in 0..writes.count() {
            for (name, act) in &acts {
                let rule = json!({ "match": { "method": method, "nth": nth }, "times": 1, "do": act });
                let name = format!("{name} to {method} number {nth}");
                cases.push(FaultCase { name, faults: json!({ "rules": [rule] }), believed: true });
            }
        }
    }
    let name = "500 after the commit where tagged writes overlap".to_owned();
    cases.push(FaultCase { name, faults: json!({ "tag_clash": true }), believed: true });
    for part in ["/cohorts/", "/insights/", "/surveys/", "/webhooks", "/attributes"] {
        for lacks in ["scope", "endpoint"] {
            let rule = json!({ "match": { "path": part.trim_start_matches('/') }, "do": { "lacks": lacks } });
            let name = format!("no {lacks} for {part}");
            cases.push(FaultCase { name, faults: json!({ "rules": [rule] }), believed: true });
        }
    }
    cases
}

fn with_faults(scene: &Scene, case: &FaultCase, _: &mut Dice) -> (String, CaseOutcome) {
    let world = scene.from.fork(0);
    let faults: Faults = serde_json::from_value(case.faults.clone()).unwrap_or_default();
    // What was there before is there in every replica.
    world.sandbox().set_faults(faults);
    let claims = scene.claims(&world);
    if claims && case.believed {
        let verdict = scene.judge(&world);
        if !verdict.is_good() {
            return (format!("{}, and it says that it worked", case.name), CaseOutcome { verdict, told: false });
        }
    }
    if !case.believed {
        let _ = world.run(&scene.operation);
    }
    Scene::calm(&world);
    // Nothing here comes late: what is there twice is no better for being named.
    (case.name.clone(), CaseOutcome { told: false, ..scene.mend(&world) })
}

/// A file that is damaged after a death, or after everything went well.
struct MemoryCase {
    journal: bool,
    damage: Damage,
    died: bool,
}

fn memory_cases(scene: &Scene) -> Vec<MemoryCase> {
    let other = other_stage(scene).map(|world| world.files());
    let (state, journal) = other.unwrap_or_default();
    let mut cases = Vec::new();
    for died in [true, false] {
        let mut damages = vec![Damage::Zeroed, Damage::FirstGone, Damage::Missing];
        damages.extend([1, 2, 5].map(Damage::RecordsGone));
        damages.extend([10, 300, 500, 900, 990].map(Damage::Cut));
        damages.extend((0..10).map(|n| Damage::Bit(n * 101 + 3)));
        damages.push(Damage::Swapped(journal.clone()));
        cases.extend(damages.into_iter().map(|damage| MemoryCase { journal: true, damage, died }));
        let mut damages = vec![Damage::Zeroed, Damage::FirstGone];
        damages.extend([0, 500, 990].map(Damage::Cut));
        damages.extend((0..20).map(|n| Damage::Bit(n * 47 + 5)));
        if state.is_some() {
            damages.push(Damage::Swapped(state.clone()));
        }
        cases.extend(damages.into_iter().map(|damage| MemoryCase { journal: false, damage, died }));
    }
    cases
}

/// The same stack as another stage on other accounts, where it has one.
fn other_stage(scene: &Scene) -> Option<World> {
    let stage = scene.operation.stack.stages.iter().find(|stage| stage.name != scene.operation.stage)?;
    let world = World::new(2).ok()?;
    let operation = crate::world::Operation { stage: stage.name, destroy: false, ..scene.operation };
    world.run(&operation).worked().ok()?;
    Some(world)
}

fn damaged(scene: &Scene, case: &MemoryCase, dice: &mut Dice) -> (String, CaseOutcome) {
    let world = scene.from.fork(0);
    let what = if case.journal { "journal" } else { "state" };
    let mut story = format!("{what} damaged ({})", brief(&case.damage));
    if case.died {
        let at = scene.instants / 4 + dice.roll(scene.instants / 2);
        if let Ended::Died(place) = world.run_until(&scene.operation, Some(at)) {
            story.push_str(&format!(" after it died {place}"));
        }
    }
    let (files, rows, secrets) = (world.files(), world.rows(), scene.secrets(&world));
    if case.journal {
        world.damage_journal(&case.damage)
    } else {
        world.damage_state(&case.damage)
    }
    let damaged = world.files();
    let (before, after) = if case.journal { (&files.1, &damaged.1) } else { (&files.0, &damaged.0) };
    let must_be_refused = is_seen(&case.damage, case.journal, before.as_deref(), after.as_deref());
    let ended = world.run(&scene.operation);
    if let Ended::Refused(_) = ended {
        let mut outcome = CaseOutcome::default();
        if world.rows() != rows {
            outcome.verdict.lost.push("it was refused, and something was changed".into());
        }
        // With the files as they were, everything goes on.
        world.put_files(files.0, files.1);
        let mended = scene.mend(&world);
        outcome.verdict.lost.extend(mended.verdict.lost);
        outcome.verdict.doubled.extend(mended.verdict.doubled);
        return (story, outcome);
    }
    let said: Vec<String> = world.said().iter().flat_map(|text| text.lines().map(str::to_owned)).collect();
    let mut outcome = scene.mend(&world);
    if must_be_refused {
        outcome.verdict.lost.push("it was believed".into());
    }
    if !scene.operation.destroy {
        let kept = scene.secrets(&world);
        let tells = |line: &String, address: &str| line.contains(address) && line.contains("secret");
        let silent = |address: &&String| !said.iter().any(|line| tells(line, address));
        let lost = secrets.difference(&kept).filter(silent);
        outcome.verdict.lost.extend(lost.map(|address| format!("the secret of {address} is lost in silence")));
    }
    (story, outcome)
}

/// Whether a damage can be told from a file that is whole, or that ends where a process died.
fn is_seen(damage: &Damage, journal: bool, before: Option<&[u8]>, after: Option<&[u8]>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    if before == after {
        return false;
    }
    let records = before.iter().filter(|byte| **byte == b'\n').count();
    match damage {
        Damage::Zeroed | Damage::FirstGone => !journal || records > 1,
        // What a process wrote last may be torn.
        Damage::Bit(_) if journal => {
            let last = before[..before.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap_or_default();
            before.iter().zip(after).position(|(a, b)| a != b).is_some_and(|place| place < last)
        }
        Damage::Swapped(_) => true,
        Damage::RecordsGone(_) | Damage::Cut(_) | Damage::Bit(_) => !journal,
        Damage::Missing => false,
    }
}

fn brief(damage: &Damage) -> String {
    match damage {
        Damage::Swapped(_) => "another stage's".into(),
        other => format!("{other:?}"),
    }
}
