//! One operation on one world, the world as it is when nothing disturbs it, and how a disturbed one is judged.

use crate::ledger::{Ledger, Verdict};
use crate::world::{Ended, Operation, World};
use plg_sandbox::{Faults, Logged};
use std::collections::BTreeSet;
use std::time::Duration;

/// What an operation starts from and comes to.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    pub(super) name: &'static str,
    pub(super) from: &'a World,
    pub(super) operation: Operation,
    /// What is run afterwards, and has to mend everything.
    pub(super) mending: Operation,
    /// The accounts after both were done undisturbed.
    pub(super) wanted: Ledger,
    /// How many writes it takes.
    pub(super) writes: u64,
    /// Its instants.
    pub(super) instants: u64,
    /// The requests it takes, in their order.
    pub(super) log: Vec<Logged>,
}

/// What became of one case.
#[derive(Debug, Default)]
pub(super) struct CaseOutcome {
    pub(super) verdict: Verdict,
    /// Whether plg itself named what is there twice.
    pub(super) told: bool,
}

impl<'a> Scene<'a> {
    pub(super) fn new(name: &'static str, from: &'a World, operation: Operation, mending: Operation) -> Self {
        let undisturbed = from.fork(0);
        undisturbed.sandbox().reset_stats();
        if let Err(why) = undisturbed.run(&operation).worked() {
            panic!("{name} does not work undisturbed: {why}");
        }
        let (writes, instants) = (undisturbed.received(), undisturbed.passed());
        let log = undisturbed.sandbox().log();
        if let Err(why) = undisturbed.run(&mending).worked() {
            panic!("{name} does not work undisturbed: {why}");
        }
        Scene { name, from, operation, mending, wanted: undisturbed.ledger(), writes, instants, log }
    }

    /// Nothing disturbs the world any more: one run has to mend everything.
    pub(super) fn mend(&self, world: &World) -> CaseOutcome {
        world.sandbox().set_faults(Faults::default());
        let ended = world.run(&self.mending);
        let mut outcome = CaseOutcome { told: world.told(), ..CaseOutcome::default() };
        match ended.worked() {
            Ok(()) => outcome.verdict = self.judge(world),
            Err(why) => outcome.verdict.lost.push(format!("running it again: {why}")),
        }
        outcome
    }

    /// Everything as it should be, by the accounts' own rows, and nothing left to do.
    pub(super) fn judge(&self, world: &World) -> Verdict {
        let mut verdict = world.ledger().against(&self.wanted);
        verdict.lost.extend(world.touched());
        verdict
    }

    /// Whether a plan of a process that comes later names what is there twice.
    pub(super) fn is_told(&self, world: &World) -> bool {
        world.plan(&self.mending).is_ok() && world.told()
    }

    /// What is under way arrives, and everything that lags catches up.
    pub(super) fn calm(world: &World) {
        world.pass(Duration::from_secs(130));
    }

    /// The addresses whose secrets are kept, or were sent back and are in the journal.
    pub(super) fn secrets(&self, world: &World) -> BTreeSet<String> {
        let Ok((state, _)) = world.memory(&self.mending) else { return BTreeSet::new() };
        let sealed = state.resources.into_iter().filter(|(_, entry)| !entry.sealed.is_empty());
        sealed.map(|(address, _)| address).collect()
    }

    /// Runs it and says whether it claims to have worked.
    pub(super) fn claims(&self, world: &World) -> bool {
        matches!(world.run(&self.operation), ended @ Ended::Done(_) if ended.worked().is_ok())
    }
}
