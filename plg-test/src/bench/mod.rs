//! Kills every operation on a stack at every instant, and adds up what was lost.

mod adopted;
mod cases;
mod report;
mod scene;
mod troubles;

use crate::backend::TestBackend;
use crate::killer::Dice;
use crate::ledger::LedgerTable;
use crate::variant::reworded;
use crate::world::{Ended, Operation, World};
use plg_core::Stack;
use plg_sandbox::{Sandbox, SandboxApi, SandboxBuilder};
use scene::Scene;
use std::sync::Arc;

pub use report::{BenchReport, BenchRow};

/// Which instants are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Points {
    /// Every one.
    All,
    /// About so many of each operation, spread over it.
    About(u64),
}

impl Points {
    /// As `PLG_POINTS` says: `all`, or a number.
    #[must_use]
    pub fn from_environment() -> Option<Points> {
        match std::env::var("PLG_POINTS").ok()?.trim() {
            "all" => Some(Points::All),
            number => number.parse().ok().map(Points::About),
        }
    }
}

/// A bench for one stack.
#[derive(Debug)]
pub struct Bench {
    stack: &'static Stack,
    stage: &'static str,
    changes: Vec<(&'static str, &'static Stack)>,
    variables: Vec<(String, String)>,
    points: Points,
    seed: u64,
    backend: Option<Arc<dyn TestBackend>>,
    gathers: bool,
    world: bool,
    sandbox: SandboxBuilder,
    strangers: Vec<fn(&Sandbox)>,
    tables: Vec<LedgerTable>,
}

/// A bench for a stack: its creation, an update of every description, its removal and its return
/// are killed in turn, and so is a deploy that adopts what people made first. Then the first three of them meet the troubles of the world: see [`Bench::world`]. It starts
/// with about 20 instants of each; `PLG_POINTS` overrides that.
#[must_use]
pub fn bench(stack: &'static Stack) -> Bench {
    let local = stack.stages.iter().find(|s| s.is_sandbox());
    Bench {
        stack,
        stage: local.or(stack.stages.first()).map_or("local", |s| s.name),
        changes: Vec::new(),
        variables: Vec::new(),
        points: Points::About(20),
        seed: 1,
        backend: None,
        gathers: false,
        world: true,
        sandbox: Sandbox::builder(),
        strangers: Vec::new(),
        tables: Vec::new(),
    }
}

impl Bench {
    /// The stage as which it is deployed, to a sandbox in any case.
    #[must_use]
    pub fn stage(mut self, stage: &'static str) -> Self {
        self.stage = stage;
        self
    }

    /// Another version of the stack, deployed over the first one.
    #[must_use]
    pub fn then(mut self, name: &'static str, stack: &'static Stack) -> Self {
        self.changes.push((name, stack));
        self
    }

    /// Serves one more API, beside Attio and PostHog: what the stack has accounts of and does not come with plg.
    #[must_use]
    pub fn mount(mut self, api: impl SandboxApi) -> Self {
        self.sandbox = self.sandbox.mount(api);
        self
    }

    /// Puts objects of somebody else into the accounts before anything else is done. None of them may ever be touched.
    #[must_use]
    pub fn strangers(mut self, arrive: fn(&Sandbox)) -> Self {
        self.strangers.push(arrive);
        self
    }

    /// Tables of what is mounted, in which nothing may be lost or there twice, whatever the world does.
    #[must_use]
    pub fn tables(mut self, tables: &[LedgerTable]) -> Self {
        self.tables.extend(tables);
        self
    }

    /// A variable that declarations name.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Which instants are tried, unless `PLG_POINTS` says otherwise.
    #[must_use]
    pub fn points(mut self, points: Points) -> Self {
        self.points = points;
        self
    }

    /// Makes other delays, so that things happen in another order.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Keeps the state in a place like this one, and not on the disk in memory. Where nothing frees the
    /// lock of who died, the next run takes it away first, and may die of that too.
    #[must_use]
    pub fn kept_in(mut self, backend: Arc<dyn TestBackend>) -> Self {
        self.backend = Some(backend);
        self
    }

    /// Writes records together, as a process does: see [`World::gather`].
    #[must_use]
    pub fn gathered(mut self) -> Self {
        self.gathers = true;
        self
    }

    /// Whether the world is tried, too: requests that arrive after their client died or gave them up, lists that are
    /// behind or lack a row, answers that are untrue, and files that are damaged. It is, unless this says otherwise.
    #[must_use]
    pub fn world(mut self, world: bool) -> Self {
        self.world = world;
        self
    }

    /// Kills and checks, and returns what was tried.
    ///
    /// # Panics
    /// When anything was lost or doubled, or an operation does not even work undisturbed.
    pub fn run(&self) -> BenchReport {
        let report = self.report();
        let lost: String = report.complaints().map(|line| format!("- {line}\n")).collect();
        assert!(lost.is_empty(), "{report}\n{lost}");
        report
    }

    /// Kills and checks, and returns what was tried and what was lost.
    ///
    /// # Panics
    /// When an operation does not even work undisturbed.
    pub fn report(&self) -> BenchReport {
        let mut report = BenchReport::default();
        let empty = self.empty();
        let deploy = |stack| Operation { stack, stage: self.stage, destroy: false };
        let first = deploy(self.stack);
        let destroy = Operation { destroy: true, ..first };
        let changed = deploy(reworded(self.stack, self.stage));
        let deployed = self.row(&mut report, "create", &empty, first);
        self.row(&mut report, "update", &deployed, changed);
        for (name, stack) in &self.changes {
            self.row(&mut report, name, &deployed, deploy(stack));
        }
        let destroyed = self.row(&mut report, "destroy", &deployed, destroy);
        self.row(&mut report, "create again", &destroyed, first);
        report.rows.extend(adopted::rows(self, &empty, first, destroy));
        if self.world {
            let scene = |name, from, operation, mending| Scene::new(name, from, operation, mending);
            let same = [
                scene("create", &empty, first, first),
                scene("update", &deployed, changed, changed),
                scene("destroy", &deployed, destroy, destroy),
            ];
            let others = [
                scene("create, then destroy", &empty, first, destroy),
                scene("update, then back", &deployed, changed, first),
                scene("destroy, then create", &deployed, destroy, first),
            ];
            let points = Points::from_environment().unwrap_or(self.points);
            report.rows.extend(troubles::rows(&same, &others, points, self.seed, self.backend.is_none()));
        }
        report
    }

    fn empty(&self) -> World {
        let mut world = match World::inhabited_in(self.sandbox.clone(), self.seed) {
            Ok(world) => world,
            Err(why) => panic!("what is somebody else's could not be made: {why}"),
        };
        world.look_at(&self.tables);
        if !self.strangers.is_empty() {
            self.strangers.iter().for_each(|arrive| arrive(world.sandbox()));
            world.is_foreign();
        }
        if let Some(backend) = &self.backend {
            world.keep_in(backend.clone());
            // The first fork leaves the place itself as it is.
            world = world.fork(0);
        }
        if self.gathers {
            world.gather();
        }
        for (name, value) in &self.variables {
            world.set_variable(name, value);
        }
        world
    }

    /// Kills one operation; returns the world after it was done undisturbed.
    fn row(&self, report: &mut BenchReport, name: &str, from: &World, operation: Operation) -> World {
        let undisturbed = from.fork(0);
        let ended = undisturbed.run(&operation);
        let instants = undisturbed.passed();
        if let Err(why) = ended.worked() {
            panic!("{name} does not work undisturbed: {why}");
        }
        let mut row = BenchRow { operation: name.to_owned(), instants, ..BenchRow::default() };
        let at_peace = judge(&undisturbed, &operation, from);
        row.lost.extend(at_peace.into_iter().map(|l| format!("{name}, undisturbed: {l}")));
        let mut dice = Dice(self.seed);
        for at in deaths(self, instants, &mut dice) {
            let world = from.fork(0);
            let mut story = vec![format!("{name}, instant {at} of {instants}")];
            let mut fatal = Some(at);
            // Every third death is followed by one of the run that was to mend it.
            for _ in 0..if at % 3 == 0 { 2 } else { 1 } {
                if let Ended::Died(place) = world.run_until(&operation, fatal) {
                    row.tried += 1;
                    story.push(format!("died {place}"));
                }
                fatal = Some(dice.roll(instants));
            }
            let found = match world.run(&operation).worked() {
                Ok(()) => judge(&world, &operation, from),
                Err(why) => vec![format!("running it again: {why}")],
            };
            row.lost.extend(found.into_iter().map(|l| format!("{}: {l}", story.join(", "))));
        }
        report.rows.push(row);
        undisturbed
    }
}

/// The instants of an operation at which it dies.
fn deaths(bench: &Bench, instants: u64, dice: &mut Dice) -> impl Iterator<Item = u64> + use<> {
    let stride = match Points::from_environment().unwrap_or(bench.points) {
        Points::All => 1,
        Points::About(number) => (instants / number.max(1)).max(1),
    };
    let first = if stride > 1 { dice.roll(stride) } else { 0 };
    (first..instants).step_by(usize::try_from(stride).unwrap_or(usize::MAX))
}

fn judge(world: &World, operation: &Operation, from: &World) -> Vec<String> {
    let mut found = world.losses(operation);
    if operation.destroy
        && let Ok((state, _)) = from.memory(operation)
    {
        found.extend(world.leftovers(&state));
    }
    found
}
