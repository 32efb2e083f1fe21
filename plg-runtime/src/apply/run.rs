//! Does what a plan says: announces each request, sends it, records the answer.

use super::catch_up::{catch_up, remark};
use super::create::create;
use super::fields::{declared_fields, resolved_fields};
use super::order::{edges, is_part, last, order_keys, parked, replaced};
use super::progress::Progress;
use super::schedule::Schedule;
use super::work::{Did, Failed, Outcome, Shared, Why, Worked, said};
use super::write::one;
use crate::http::FailureKind;
use crate::plan::{Change, Plan, Step};
use crate::store::{Deployed, Intent, StateEvent, StoreError};
use plg_core::linked;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How a plan is applied.
#[derive(Clone)]
pub struct ApplyOptions {
    /// The largest number of simultaneous requests.
    pub parallelism: usize,
    /// Cancelled: nothing new is started, what is under way is finished and recorded.
    pub cancel: CancellationToken,
    /// Who is told.
    pub progress: Arc<dyn Progress>,
    /// Leaves undone what waits for a create that may still arrive, and all that needs it, instead of waiting.
    pub no_wait: bool,
    /// Removes what is no longer declared also where something else could not be made or changed.
    pub keep_going: bool,
}

/// What is ahead, each step by its place. Each goes with its task, and is gone once it is done: what is remembered
/// grows meanwhile.
struct Ahead {
    steps: Vec<Option<Step>>,
    schedule: Schedule,
    /// Removals that are started when all else has succeeded.
    last: BTreeSet<usize>,
    /// What stands for that, where there are any.
    gate: Option<usize>,
}

/// Works a plan off, but for what waits for a create that may still arrive: `open` are those of earlier runs.
pub(crate) async fn work(
    shared: &Arc<Shared>,
    plan: &Plan,
    open: &[Intent],
    options: &ApplyOptions,
    outcome: &mut Outcome,
) {
    let Ahead { mut steps, mut schedule, last, gate } = ahead(shared, plan, options);
    options.progress.begun(plan.writes());
    if steps.iter().flatten().any(Step::writes) && !outcome.begun {
        outcome.begun = true;
        if let Err(error) = begin(shared, plan).await {
            outcome.warnings.push(format!("the state does not record that this deploy began: {error}"));
        }
    }
    hold(&mut steps, &mut schedule, (open, &last), outcome);
    let mut running = JoinSet::new();
    loop {
        while running.len() < options.parallelism.max(1) && !options.cancel.is_cancelled() {
            let Some(place) = schedule.take(options.parallelism.max(1)) else { break };
            if Some(place) == gate {
                if outcome.failed.is_empty() {
                    schedule.done(place);
                } else {
                    postpone(schedule.failed(place), &mut steps, outcome);
                }
                continue;
            }
            let Some(step) = steps[place].take() else { continue };
            start(&mut running, shared.clone(), place, step);
        }
        let Some(ended) = running.join_next().await else { break };
        let Ok((place, step, worked, took)) = ended else {
            outcome.warnings.push("a task ended without a result; the next deploy looks up its outcome".into());
            continue;
        };
        match worked {
            Ok(did) => {
                schedule.done(place);
                done(step, did, took, options, outcome);
            }
            // Nobody needs it: what refers to it finds it as it is.
            Err(why) if only_describes(&step, &why) => {
                failed(step, why, Vec::new(), took, options, outcome);
                schedule.done(place);
            }
            Err(why) => {
                let is_postponed = |other: &usize| last.contains(other) && !last.contains(&place);
                let (postponed, others) = schedule.failed(place).into_iter().partition(is_postponed);
                postpone(postponed, &mut steps, outcome);
                let others = Vec::into_iter(others).filter_map(|other| steps[other].take()).collect();
                failed(step, why, others, took, options, outcome);
            }
        }
    }
    if options.cancel.is_cancelled() && schedule.left() > 0 {
        outcome.interrupted = true;
        while let Some(place) = schedule.take(1) {
            if last.contains(&place) {
                postpone(vec![place], &mut steps, outcome);
            }
            outcome.skipped.extend(steps[place].take().map(|step| (step.address, String::new())));
            schedule.done(place);
        }
    }
    // What a replacement leaves is counted with that.
    outcome.skipped.retain(|(address, _)| !is_part(address));
}

/// Leaves removals to the next run, as they cannot be undone and something else did not succeed.
fn postpone(places: Vec<usize>, steps: &mut [Option<Step>], outcome: &mut Outcome) {
    let steps = places.into_iter().filter_map(|place| steps[place].take());
    outcome.postponed.extend(steps.map(|step| step.address));
}

/// Whether something that is there was to get nothing but words about it, and is as before without them.
fn only_describes(step: &Step, why: &Why) -> bool {
    let is_there = matches!(why, Why::Remote(failure) if failure.kind != FailureKind::NotFound);
    let Some(spec) = linked::find(&step.kind).filter(|_| is_there) else { return false };
    matches!(step.change, Change::Update | Change::Adopt)
        && step.fields.iter().all(|field| spec.wire.descriptive().contains(&field.field.as_str()))
}

/// What is to be done, and in which order.
fn ahead(shared: &Shared, plan: &Plan, options: &ApplyOptions) -> Ahead {
    let is_work = |s: &&Step| {
        s.writes()
            || s.renamed_from.is_some()
            || matches!(s.change, Change::Adopt | Change::Keep | Change::Forget | Change::Read)
    };
    let mut steps: Vec<Step> = plan.steps.iter().filter(is_work).map(Step::without_values).collect();
    steps.shrink_to_fit();
    let mut depends = edges(shared, &steps);
    order_keys(&mut steps, &mut depends);
    // Where everything goes, there is nothing else that could fail.
    let are_last = !plan.destroy && !options.keep_going;
    let last = if are_last { last(&steps, &depends) } else { BTreeSet::new() };
    let others: Vec<usize> = (0..steps.len()).filter(|place| !last.contains(place)).collect();
    // What a replacement leaves is removed once nothing needs it any more.
    for place in 0..steps.len() {
        if steps[place].change == Change::Replace {
            let dependents = (0..steps.len()).filter(|o| depends[*o].contains(&place));
            depends.push(std::iter::once(place).chain(dependents.collect::<Vec<_>>()).collect());
            let mut old = steps[place].clone();
            old.address = replaced(&old);
            old.change = Change::Delete;
            steps.push(old);
        }
    }
    let mut steps: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    let gate = (!last.is_empty()).then_some(steps.len());
    if let Some(gate) = gate {
        last.iter().for_each(|place| depends[*place].push(gate));
        depends.push(others);
        steps.push(None);
    }
    let schedule = Schedule::in_lanes(&depends, lanes(&steps));
    Ahead { steps, schedule, last, gate }
}

/// The budget that each step draws on, by number. What stands for a moment in the deploy takes no room from anybody.
fn lanes(steps: &[Option<Step>]) -> Vec<usize> {
    let budgets: Vec<_> = steps.iter().map(|step| step.as_ref().and_then(Step::budget)).collect();
    let all: BTreeSet<_> = budgets.iter().flatten().collect();
    let number: BTreeMap<_, usize> = all.into_iter().zip(0..).collect();
    budgets
        .iter()
        .map(|budget| budget.as_ref().and_then(|budget| number.get(budget).copied()).unwrap_or_default())
        .collect()
}

/// Takes out what waits for creates that may still arrive, with all that needs it: the creates themselves, and the
/// removal of what they refer to, which an API might make anew for them.
fn hold(
    steps: &mut [Option<Step>],
    schedule: &mut Schedule,
    (open, last): (&[Intent], &BTreeSet<usize>),
    outcome: &mut Outcome,
) {
    let because = |step: &Step| {
        let holds = |intent: &&Intent| {
            intent.address == step.address || (step.change.is_removal() && intent.depends.contains(&step.address))
        };
        open.iter().find(holds).map(|intent| intent.address.clone())
    };
    for place in 0..steps.len() {
        let Some(because) = steps[place].as_ref().and_then(because) else { continue };
        let Some(step) = steps[place].take() else { continue };
        let is_postponed = |other: &usize| last.contains(other) && !last.contains(&place);
        let (postponed, others): (Vec<usize>, Vec<usize>) = schedule.failed(place).into_iter().partition(is_postponed);
        postpone(postponed, steps, outcome);
        for other in others.into_iter().filter_map(|other| steps[other].take()) {
            outcome.waiting.push((other.address, because.clone()));
        }
        outcome.waiting.push((step.address, because));
    }
}

type EndedStep = (usize, Step, Worked, Duration);

fn start(running: &mut JoinSet<EndedStep>, shared: Arc<Shared>, place: usize, step: Step) {
    // Boxed, as tasks are moved about by value on their way to a thread.
    running.spawn(Box::pin(async move {
        let began = Instant::now();
        if step.writes() {
            shared.progress.started(&step.address, step.change);
        }
        let worked = Box::pin(one(&shared, &step)).await;
        (place, step, worked, began.elapsed())
    }));
}

fn done(step: Step, did: Did, took: Duration, options: &ApplyOptions, outcome: &mut Outcome) {
    if step.writes() {
        options.progress.done(&step.address, step.change, &did.id, took);
    }
    outcome.behind.extend(did.behind.map(|why| (step.address.clone(), why)));
    outcome.secrets.extend(did.secrets);
    outcome.warnings.extend(did.warnings);
    outcome.wrote |= parked(&step.address).is_some();
    if !is_part(&step.address) {
        outcome.wrote |= step.writes();
        outcome.done.push((step.address, step.change));
    }
}

fn failed(step: Step, why: Why, others: Vec<Step>, took: Duration, options: &ApplyOptions, outcome: &mut Outcome) {
    if let Why::Open(failure) = &why {
        options.progress.note(&format!("{}: no answer ({failure}); it may still arrive", step.address));
        outcome.waiting.extend(others.into_iter().map(|other| (other.address, step.address.clone())));
        outcome.waiting.push((step.address.clone(), step.address));
        return;
    }
    options.progress.failed(&step.address, step.change, &said(&why), took);
    for other in others {
        options.progress.skipped(&other.address, &step.address);
        outcome.skipped.push((other.address, step.address.clone()));
    }
    let address = parked(&step.address).map_or_else(|| step.address.clone(), str::to_owned);
    outcome.failed.push(Failed { address, place: step.place, why });
}

/// Ends a deploy: its marker, what is remembered of what is as declared, the history, the snapshot.
pub(crate) async fn finish(shared: &Shared, plan: &Plan, outcome: &mut Outcome) {
    // What it marks is a deploy that went through.
    let whole = outcome.failed.is_empty() && outcome.waiting.is_empty() && !outcome.interrupted;
    if outcome.wrote && whole && !plan.destroy {
        Box::pin(markers(shared, plan, outcome)).await;
    }
    if !plan.destroy
        && let Err(why) = catch_up(shared, plan).await
    {
        outcome.warnings.push(format!("the state could not record the unchanged resources: {}", said(&why)));
    }
    if plan.refreshed
        && !plan.destroy
        && let Err(why) = remark(shared, plan).await
    {
        outcome.warnings.push(format!("the state could not record the values managed in the web app: {}", said(&why)));
    }
    // What is only referred to changes nothing.
    let changed = outcome.done.iter().any(|(_, change)| *change != Change::Read);
    if outcome.begun || changed || !outcome.failed.is_empty() {
        note(shared, plan, outcome).await;
    }
    if let Err(error) = shared.book.snapshot() {
        outcome
            .warnings
            .push(format!("{error}; the journal has every change, and the next deploy adds it to the state"));
    }
    outcome.requests = shared.client.counts();
}

/// Who deploys what, now.
fn signed(shared: &Shared, plan: &Plan) -> Deployed {
    Deployed {
        number: shared.book.with_state(|s| s.serial) + 1,
        at: shared.now(),
        by: shared.by.clone(),
        plan: plan.fingerprint(),
        shown: shared.shown.clone(),
        destroy: plan.destroy,
        accounts: plan.written_accounts(),
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
        changed: count(&[Change::Update, Change::Replace, Change::Revive]),
        adopted: count(&[Change::Adopt]),
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

/// What each deploy that changed something leaves.
async fn markers(shared: &Shared, plan: &Plan, outcome: &mut Outcome) {
    for step in plan.steps.iter().filter(|s| s.change == Change::Marker) {
        let Some(node) = shared.graph.get(&step.address) else { continue };
        let address = format!("{}@{}", step.address, shared.book.with_state(|s| s.serial) + 1);
        let made = match declared_fields(shared, node).map(Cow::into_owned) {
            Ok(mut declared) => {
                let mut resolved = resolved_fields(shared, node, &declared).into_owned();
                let now = shared.now();
                node.spec.wire.stamp(&mut resolved, &now);
                let mut stamped = declared.known();
                node.spec.wire.stamp(&mut stamped, &now);
                declared.extend(stamped);
                shared.progress.started(&address, Change::Marker);
                create(shared, node, &address, &declared, &resolved).await
            }
            Err(why) => Err(why),
        };
        match made {
            Ok(did) => {
                shared.progress.done(&address, Change::Marker, &did.id, Duration::ZERO);
                outcome.done.push((step.address.clone(), Change::Marker));
            }
            Err(why) => {
                shared.progress.failed(&address, Change::Marker, &said(&why), Duration::ZERO);
                outcome.failed.push(Failed { address, place: step.place.clone(), why });
            }
        }
    }
}
