//! Does what a plan says: announces each request, sends it, records the answer.

use super::catch_up::catch_up;
use super::fields::{declared_fields, resolved_fields};
use super::order::{edges, replaced};
use super::progress::Progress;
use super::schedule::Schedule;
use super::work::{Failed, Outcome, Shared, said};
use super::write::{create, one};
use crate::plan::{Change, Plan, Step};
use crate::store::{Deployed, StateEvent, StoreError};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// How a plan is applied.
#[derive(Clone)]
pub struct ApplyOptions {
    /// How many requests may be under way at once.
    pub parallelism: usize,
    /// Cancelled: nothing new is started, what is under way is finished and recorded.
    pub cancel: CancellationToken,
    /// Who is told.
    pub progress: Arc<dyn Progress>,
}

/// Applies a plan.
pub(crate) async fn apply(shared: Arc<Shared>, plan: &Plan, options: &ApplyOptions) -> Outcome {
    let started = Instant::now();
    let mut outcome = Outcome { unchanged: plan.count(Change::Unchanged), ..Outcome::default() };
    let mut work: Vec<Step> = plan
        .steps
        .iter()
        .filter(|s| {
            s.writes()
                || s.renamed_from.is_some()
                || matches!(s.change, Change::Adopt | Change::Keep | Change::Forget | Change::Read)
        })
        .map(Step::without_values)
        .collect();
    work.shrink_to_fit();
    let mut depends = edges(&shared, &work);
    // What a replacement leaves is removed once nothing needs it any more.
    for place in 0..work.len() {
        if work[place].change == Change::Replace {
            let dependents = (0..work.len()).filter(|o| depends[*o].contains(&place));
            depends.push(std::iter::once(place).chain(dependents.collect::<Vec<_>>()).collect());
            let mut old = work[place].clone();
            old.address = replaced(&old);
            old.change = Change::Delete;
            work.push(old);
        }
    }
    options.progress.begun(work.iter().filter(|s| s.writes()).count());
    let begun = work.iter().any(Step::writes);
    if begun && let Err(error) = begin(&shared, plan).await {
        outcome.warnings.push(format!("that this deploy began is not remembered: {error}"));
    }
    let mut schedule = Schedule::new(&depends);
    drop(depends);
    // Each goes with its task, and is gone once it is done: what is remembered grows meanwhile.
    let mut work: Vec<Option<Step>> = work.into_iter().map(Some).collect();
    let mut wrote = false;
    let mut running = tokio::task::JoinSet::new();
    loop {
        while running.len() < options.parallelism.max(1) && !options.cancel.is_cancelled() {
            let Some(place) = schedule.take() else { break };
            let Some(step) = work[place].take() else { continue };
            let shared = shared.clone();
            // Boxed, as tasks are moved about by value on their way to a thread.
            running.spawn(Box::pin(async move {
                let began = Instant::now();
                if step.writes() {
                    shared.progress.started(&step.address, verb(step.change));
                }
                let worked = one(&shared, &step).await;
                (place, step, worked, began.elapsed())
            }));
        }
        let Some(ended) = running.join_next().await else { break };
        let Ok((place, step, worked, took)) = ended else {
            outcome.warnings.push("a task ended without saying how; the next deploy looks at what it did".into());
            continue;
        };
        match worked {
            Ok(did) => {
                schedule.done(place);
                if step.writes() {
                    options.progress.done(&step.address, verb(step.change), &did.id, took);
                }
                outcome.behind.extend(did.behind.map(|why| (step.address.clone(), why)));
                outcome.secrets.extend(did.secrets);
                outcome.warnings.extend(did.warnings);
                let old = step.address.contains("@old-");
                if !old {
                    wrote |= step.writes();
                    outcome.done.push((step.address, step.change));
                }
            }
            Err(why) => {
                options.progress.failed(&step.address, verb(step.change), &said(&why), took);
                for other in schedule.failed(place).into_iter().filter_map(|other| work[other].take()) {
                    options.progress.skipped(&other.address, &step.address);
                    outcome.skipped.push((other.address, step.address.clone()));
                }
                outcome.failed.push(Failed { address: step.address, place: step.place, why });
            }
        }
    }
    if options.cancel.is_cancelled() && schedule.left() > 0 {
        outcome.interrupted = true;
        while let Some(place) = schedule.take() {
            outcome.skipped.extend(work[place].take().map(|step| (step.address, String::new())));
            schedule.done(place);
        }
    }
    drop(work);
    // What it marks is a deploy that went through.
    if wrote && outcome.failed.is_empty() && !outcome.interrupted && !plan.destroy {
        markers(&shared, plan, &mut outcome).await;
    }
    if plan.refreshed
        && !plan.destroy
        && let Err(why) = catch_up(&shared, plan).await
    {
        outcome.warnings.push(format!("what is as declared could not be remembered so: {}", said(&why)));
    }
    if begun || !outcome.done.is_empty() || !outcome.failed.is_empty() {
        note(&shared, plan, &mut outcome).await;
    }
    if let Err(error) = shared.book.snapshot() {
        outcome.warnings.push(format!("{error}; the journal holds everything, and the next deploy folds it in"));
    }
    outcome.requests = shared.client.counts();
    outcome.took = started.elapsed();
    outcome
}

/// Who deploys what, now.
fn signed(shared: &Shared, plan: &Plan) -> Deployed {
    Deployed {
        number: shared.book.with_state(|s| s.serial) + 1,
        at: (shared.now)(),
        by: shared.by.clone(),
        plan: plan.fingerprint(),
        destroy: plan.destroy,
        ..Deployed::default()
    }
}

/// Remembers that this deploy begins, so that one that dies is in the history too.
async fn begin(shared: &Shared, plan: &Plan) -> Result<(), StoreError> {
    shared.book.record(StateEvent::Begun(Box::new(signed(shared, plan)))).await
}

/// Remembers that this deploy was, and what came of it.
async fn note(shared: &Shared, plan: &Plan, outcome: &mut Outcome) {
    let count = |changes: &[Change]| changes.iter().map(|change| outcome.count(*change)).sum();
    let signed = signed(shared, plan);
    let number = signed.number;
    let marker = shared.book.with_state(|s| {
        let made = s.resources.iter().find(|(address, _)| address.ends_with(&format!("@{number}")));
        made.map(|(address, entry)| (address.clone(), entry.id.clone()))
    });
    let deployed = Deployed {
        created: count(&[Change::Create, Change::Marker]),
        changed: count(&[Change::Update, Change::Replace, Change::Adopt, Change::Revive]),
        removed: count(&[Change::Delete, Change::Archive, Change::Keep, Change::Forget]),
        failed: outcome.failed.len(),
        interrupted: outcome.interrupted,
        marker,
        ..signed
    };
    if let Err(error) = shared.book.record(StateEvent::Deployed(Box::new(deployed))).await {
        outcome.warnings.push(format!("this deploy is not in the history: {error}"));
    }
}

/// The word for what is done, as in "created".
pub fn verb(change: Change) -> &'static str {
    match change {
        Change::Create | Change::Marker => "create",
        Change::Update => "update",
        Change::Replace => "replace",
        Change::Adopt => "adopt",
        Change::Revive => "revive",
        Change::Delete => "delete",
        Change::Archive => "archive",
        Change::Keep => "keep",
        Change::Forget => "forget",
        Change::Read => "read",
        Change::Await => "await",
        Change::Unchanged => "leave",
    }
}

/// What each deploy that changed something leaves.
async fn markers(shared: &Shared, plan: &Plan, outcome: &mut Outcome) {
    for step in plan.steps.iter().filter(|s| s.change == Change::Marker) {
        let Some(node) = shared.graph.get(&step.address) else { continue };
        let address = format!("{}@{}", step.address, shared.book.with_state(|s| s.serial) + 1);
        let made = match declared_fields(shared, node).map(Cow::into_owned) {
            Ok(mut declared) => {
                let mut resolved = resolved_fields(shared, node, &declared).into_owned();
                let now = (shared.now)();
                node.spec.wire.stamp(&mut declared, &now);
                node.spec.wire.stamp(&mut resolved, &now);
                shared.progress.started(&address, "create");
                create(shared, node, &address, &declared, &resolved).await
            }
            Err(why) => Err(why),
        };
        match made {
            Ok(did) => {
                shared.progress.done(&address, "create", &did.id, Duration::ZERO);
                outcome.done.push((step.address.clone(), Change::Marker));
            }
            Err(why) => {
                shared.progress.failed(&address, "create", &said(&why), Duration::ZERO);
                outcome.failed.push(Failed { address, place: step.place.clone(), why });
            }
        }
    }
}
