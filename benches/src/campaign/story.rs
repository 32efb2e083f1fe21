//! One run of the campaign.

use crate::stacks::version;
use crate::trouble::{Mishap, faults};
use plg_sandbox::{Faults, Settings};
use plg_test::{Dice, Ended, Ledger, Operation, World};
use std::fmt;
use std::time::Duration;

/// No API takes longer to finish a request.
const WINDOW: Duration = Duration::from_secs(58);

/// What happened, and what is wrong.
#[derive(Debug, Default)]
pub(crate) struct Story {
    lines: Vec<String>,
    pub(crate) operations: u64,
    pub(crate) troubles: u64,
    pub(crate) deaths: u64,
    pub(crate) lost: Vec<String>,
    pub(crate) doubled: Vec<String>,
    pub(crate) told: u64,
    pub(crate) touched: Vec<String>,
}

impl Story {
    /// The run panicked; it said why by itself.
    pub(crate) fn panicked() -> Story {
        Story { lost: vec!["it panicked".into()], ..Story::default() }
    }

    pub(crate) fn is_good(&self) -> bool {
        self.lost.is_empty() && self.doubled.is_empty() && self.touched.is_empty()
    }

    /// Adds another one's numbers.
    pub(crate) fn count(&mut self, other: &Story) {
        self.operations += other.operations;
        self.troubles += other.troubles;
        self.deaths += other.deaths;
        self.told += other.told;
        self.lost.extend_from_slice(&other.lost);
        self.doubled.extend_from_slice(&other.doubled);
        self.touched.extend_from_slice(&other.touched);
    }
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "  {line}")?;
        }
        for (what, lines) in [("lost", &self.lost), ("doubled", &self.doubled), ("touched", &self.touched)] {
            for line in lines {
                writeln!(f, "  {what}: {line}")?;
            }
        }
        Ok(())
    }
}

/// Plays the run of a seed.
pub(crate) fn tell(seed: u64) -> Story {
    let mut dice = Dice(seed);
    let mut story = Story::default();
    let mut world = match World::inhabited(seed) {
        Ok(world) => world,
        Err(why) => panic!("there is no world: {why}"),
    };
    if dice.roll(6) == 0 {
        story.lines.push("the server makes dashboards of its own".into());
        let settings = Settings { usage_dashboards: true, ..world.sandbox().settings() };
        if let Err(why) = world.sandbox().set_settings(settings) {
            panic!("the settings cannot be kept: {why}");
        }
    }
    let deploy = |stack| Operation { stack, stage: "local", destroy: false };
    let (first, second) = (deploy(version(&mut dice)), deploy(version(&mut dice)));
    let mut operations = vec![("deploy", first), ("deploy another version", second)];
    if dice.roll(2) == 0 {
        operations.push(("destroy", Operation { destroy: true, ..second }));
    }
    let mut previous = None;
    for (name, operation) in operations {
        let undisturbed = world.fork(0);
        if let Err(why) = undisturbed.run(&operation).worked() {
            story.lines.push(format!("{name}: not possible ({why})"));
            break;
        }
        let well = undisturbed.ledger();
        story.operations += 1;
        let (instants, writes) = (undisturbed.passed(), undisturbed.received());
        let mut late = Duration::ZERO;
        let mut told = false;
        let mut given_up = false;
        for _ in 0..=dice.roll(2) {
            let trouble = Mishap::draw(&mut dice, instants, writes);
            late = late.max(trouble.late());
            given_up |= trouble.gives_up();
            story.troubles += 1;
            if matches!(trouble, Mishap::Damaged { .. }) {
                // A journal that was cut says nothing any more of what it had announced: what is late arrives before.
                world.pass(late);
            }
            let ended = meet(&mut world, &operation, &trouble);
            told |= world.told();
            story.deaths += u64::from(matches!(ended, Ended::Died(_)));
            story.lines.push(format!("{name}: {trouble:?}: {}", brief(&ended)));
            if let (Ended::Done(_), Ok(()), Mishap::Faults(faults)) = (&ended, ended.worked(), &trouble)
                && faults.to_string().contains("untrue")
            {
                // It says that all is well: then it is.
                let verdict = world.ledger().against(&well);
                story.lost.extend(verdict.lost.into_iter().map(|l| format!("{l}, and it said that it worked")));
                story.lost.extend(verdict.doubled.into_iter().map(|l| format!("{l}, and it said that it worked")));
            }
        }
        // Now and then somebody thinks better of it.
        let mending = previous.filter(|_| dice.roll(4) == 0 && !given_up).unwrap_or(operation);
        if mending.stack.items.as_ptr() != operation.stack.items.as_ptr() || mending.destroy != operation.destroy {
            story.lines.push(format!("{name}: the version before it is deployed again"));
            if let Err(why) = undisturbed.run(&mending).worked() {
                story.lines.push(format!("not possible ({why})"));
                break;
            }
        }
        previous = Some(mending);
        mend(&world, &mending, &undisturbed.ledger(), late, told, &mut story);
        if !story.is_good() || story.told > 0 {
            break;
        }
    }
    story
}

/// Runs it in this trouble, which then is over.
fn meet(world: &mut World, operation: &Operation, trouble: &Mishap) -> Ended {
    match trouble {
        Mishap::Death { at, outlive } => {
            world.set_outlive(*outlive);
            let ended = world.run_until(operation, Some(*at));
            world.set_outlive(None);
            ended
        }
        Mishap::DeathUnderWay { write, by } => {
            world.set_outlive(Some(*by));
            let ended = world.run_until_received(operation, *write);
            world.set_outlive(None);
            ended
        }
        Mishap::GivenUp { write, by } => {
            world.set_late(*write, *by);
            let ended = world.run(operation);
            // It may not have come to that write.
            world.set_late(u64::MAX, Duration::ZERO);
            ended
        }
        Mishap::Faults(rules) => {
            world.sandbox().set_faults(faults(rules));
            let ended = world.run(operation);
            world.sandbox().set_faults(Faults::default());
            ended
        }
        Mishap::Damaged { journal, damage } => {
            let (state, records) = world.files();
            if *journal {
                world.damage_journal(damage)
            } else {
                world.damage_state(damage)
            }
            let ended = world.run(operation);
            if matches!(ended, Ended::Refused(_)) {
                // People bring the file back.
                world.put_files(state, records);
            }
            ended
        }
    }
}

/// One deploy without trouble mends everything; what comes too late for it is named, and may stay.
fn mend(world: &World, operation: &Operation, wanted: &Ledger, late: Duration, mut told: bool, story: &mut Story) {
    let mut run = |story: &mut Story| {
        if let Err(why) = world.run(operation).worked() {
            story.lost.push(format!("a deploy without trouble: {why}"));
        }
        told |= world.told();
    };
    run(story);
    world.pass(Duration::from_secs(130));
    if late > WINDOW {
        run(story);
        if world.plan(operation).is_ok() {
            told |= world.told();
        }
    }
    story.touched.extend(world.touched());
    let verdict = world.ledger().against(wanted);
    story.lost.extend(verdict.lost);
    if late > WINDOW && told && !verdict.doubled.is_empty() {
        story.told += 1;
    } else {
        story.doubled.extend(verdict.doubled);
    }
}

fn brief(ended: &Ended) -> String {
    match ended {
        Ended::Died(place) => format!("died {place}"),
        Ended::Refused(error) => format!("refused: {error}").chars().take(160).collect(),
        Ended::Done(_) => match ended.worked() {
            Ok(()) => "worked".into(),
            Err(why) => why.chars().take(160).collect(),
        },
    }
}
