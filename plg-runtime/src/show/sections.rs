//! What is said of a plan beside its differences: the same sections, in one order, in text, Markdown, HTML and JSON.

use super::facts::PlanFacts;
use super::groups::groups;
use super::losses;
use super::said::Said;
use crate::plan::{Plan, Step, Unmanaged, UnmanagedBy, may_arrive, remembered, told, unknown_origin};
use serde::Serialize;
use std::collections::BTreeMap;

/// One list, with its heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Section {
    /// Its subject.
    pub about: About,
    /// Its heading.
    pub title: &'static str,
    /// What the lines come to, where they are counted: `2 deleted, 1 replaced`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<String>,
    /// What is said, a line each.
    pub lines: Vec<Said>,
    /// How many of the first lines are left out nowhere.
    #[serde(skip)]
    pub(super) telling: usize,
}

impl Section {
    pub(super) fn of(about: About, lines: Vec<Said>) -> Section {
        Section { about, title: about.title(), count: None, lines, telling: 0 }
    }

    /// How many of its lines are in sight where nobody asks for all.
    pub(super) fn few(&self) -> usize {
        if self.about.is_long() { FEW.max(self.telling).min(self.lines.len()) } else { self.lines.len() }
    }

    /// The heading, with what the lines come to.
    pub fn heading(&self) -> String {
        self.count.as_ref().map_or_else(|| self.title.to_owned(), |count| format!("{}: {count}", self.title))
    }
}

/// How many lines of a long section are in sight, unless all of them are asked for.
const FEW: usize = 8;

/// What a section is about, in the order in which they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum About {
    /// What goes with what is removed.
    Losses,
    /// What policies object to.
    Broken,
    /// What people should know before it is done.
    Warned,
    /// Writes of earlier runs that may still arrive.
    OpenWrites,
    /// What arrived although it had been given up.
    Late,
    /// What a request that was given up made a second time.
    Twice,
    /// What is left for later, as the command excludes it or something that it needs.
    Excluded,
    /// What people decide in the web apps.
    People,
    /// What should be known, and no request changes.
    Noted,
    /// What an API took and did not keep.
    NotKept,
    /// How people had things when a deploy looked last: this plan did not look.
    NotQueried,
    /// What nobody noted the origin of.
    Origin,
    /// Others in the same accounts.
    Others,
    /// The budget of an API that makes it wait.
    Budget,
    /// That the policies hold.
    Policies,
}

/// Whether a section is a loss, something to look at, or something to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Weight {
    /// Something is lost, or refused.
    Loss,
    /// Somebody should look.
    Care,
    /// To be known.
    Calm,
}

impl About {
    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            About::Losses => "What would be lost",
            About::Broken => "Policies object",
            About::Warned => "To look at first",
            About::OpenWrites => "May still arrive",
            About::Late => "Arrived late",
            About::Twice => "There more than once",
            About::Excluded => "Left for later",
            About::People => "Managed in the web apps, not changed by this plan",
            About::Noted => "To be known",
            About::NotKept => "Sent, and not kept",
            About::NotQueried => "Not queried",
            About::Origin => "Made or found",
            About::Others => "Others in the same accounts",
            About::Budget => "Takes its time",
            About::Policies => "Policies",
        }
    }

    /// How much it matters.
    pub const fn weight(self) -> Weight {
        match self {
            About::Losses | About::Broken => Weight::Loss,
            About::Warned | About::OpenWrites | About::Late | About::Twice => Weight::Care,
            _ => Weight::Calm,
        }
    }

    /// Whether it stands before the differences.
    pub const fn is_first(self) -> bool {
        !matches!(self.weight(), Weight::Calm)
    }

    /// Whether it is said on the line of its heading.
    pub(super) const fn is_short(self) -> bool {
        matches!(self, About::Budget | About::Policies)
    }

    /// Whether a few of its lines are enough where nobody asks for all.
    pub(super) const fn is_long(self) -> bool {
        matches!(self, About::Losses | About::People | About::NotQueried)
    }
}

/// What is said of a plan beside its differences, in order; sections without a line are none. `shown` are the steps
/// whose differences are.
pub fn sections(plan: &Plan, facts: &PlanFacts, is_shown: impl Fn(&Step) -> bool) -> Vec<Section> {
    let of = |whose: UnmanagedBy| unmanaged(plan, whose).map(|(step, left)| Said::of(&step.address, left.says.clone()));
    // What others added beside what is declared is said where the resource itself is shown.
    let added = unmanaged(plan, UnmanagedBy::Others).filter(|(step, _)| is_shown(step));
    let added = added.map(|(step, left)| Said::of(&step.address, left.says.clone()));
    let all = [
        (About::Losses, losses::losses(plan, facts)),
        (About::Broken, facts.broken.iter().map(|(address, says)| Said::of(address, says.clone())).collect()),
        (About::Warned, warned(plan, facts)),
        (About::OpenWrites, plan.open_writes.iter().map(|open| Said::read(&open.address, &may_arrive(open))).collect()),
        (About::Late, plan.late.iter().map(|late| Said::read(&late.address, &told(late))).collect()),
        (About::Twice, of(UnmanagedBy::Late).collect()),
        (About::Excluded, excluded(plan)),
        (About::People, of(UnmanagedBy::People).chain(added).collect()),
        (About::Noted, of(UnmanagedBy::Noted).chain(of(UnmanagedBy::Undeclared)).collect()),
        (About::NotKept, not_kept(plan)),
        (About::NotQueried, not_queried(plan, facts)),
        (About::Origin, unknown_origin(plan).map(Said::own).into_iter().collect()),
        (About::Others, facts.others.iter().cloned().map(Said::own).collect()),
        (About::Budget, facts.budget.iter().map(|budget| Said::own(budget.clone())).collect()),
        (About::Policies, policies(facts)),
    ];
    let sections = all.into_iter().filter(|(_, lines)| !lines.is_empty());
    let mut sections: Vec<Section> = sections.map(|(about, lines)| Section::of(about, lines)).collect();
    for section in sections.iter_mut().filter(|section| section.about == About::Losses) {
        section.count = losses::counted(plan);
        section.telling = losses::telling(&section.lines, facts);
    }
    sections
}

fn unmanaged(plan: &Plan, whose: UnmanagedBy) -> impl Iterator<Item = (&Step, &Unmanaged)> {
    plan.steps.iter().flat_map(move |step| {
        step.unmanaged.iter().filter(move |left| left.whose == whose).map(move |left| (step, left))
    })
}

/// What a change disturbs, and keys that become others, with the lines of an application that ask for the old ones.
fn warned(plan: &Plan, facts: &PlanFacts) -> Vec<Said> {
    let of = |step: &Step| -> Vec<Said> {
        let key = step.changed_key.iter().map(|key| key.says()).chain(losses::asked_in_vain(step, facts));
        key.chain(step.warnings.iter().cloned()).map(|says| Said::of(&step.address, says)).collect()
    };
    plan.steps.iter().flat_map(of).collect()
}

/// What a command leaves for later, with what that waits for.
fn excluded(plan: &Plan) -> Vec<Said> {
    let line = |one: &crate::plan::Excluded| {
        let why = one.because.as_ref().map_or_else(|| "as the command says".to_owned(), |of| format!("waits for {of}"));
        Said::of(&one.address, format!("{}, {why}", one.change.words().ahead.unwrap_or("as it is")))
    };
    plan.excluded.iter().map(line).collect()
}

/// What an API took and did not keep, once for everything of one account that it is so for.
fn not_kept(plan: &Plan) -> Vec<Said> {
    let groups = groups(plan.steps.iter().map(|step| (step.provider.as_str(), step.account.as_str())));
    let mut all: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (step, left) in unmanaged(plan, UnmanagedBy::Api) {
        let group = groups.iter().find(|group| group.has(&step.provider, &step.account));
        let title = group.map_or(step.provider.as_str(), |group| &group.title);
        all.entry((title, &left.says)).or_default().push(&step.address);
    }
    let line = |((title, says), addresses): ((&str, &str), Vec<&str>)| {
        Said::own(format!(
            "{says}: {title} did not store the value sent for {}; it may need a paid feature or a permission. plg sends it again when its declaration changes.",
            addresses.join(", ")
        ))
    };
    all.into_iter().map(line).collect()
}

/// How people had things when a deploy looked last, and that nobody looked since.
fn not_queried(plan: &Plan, facts: &PlanFacts) -> Vec<Said> {
    let known = plan.not_queried.iter().map(|one| Said::read(&one.address, &remembered(one)));
    let unseen =
        "plg queried only the live objects that a create needs: changes made in the web apps are not in this plan.";
    known.chain(facts.unseen.then(|| Said::own(unseen.to_owned()))).collect()
}

fn policies(facts: &PlanFacts) -> Vec<Said> {
    let says = match facts.policies {
        0 => return Vec::new(),
        _ if !facts.broken.is_empty() => return Vec::new(),
        1 => "the one of the stack holds".to_owned(),
        all => format!("all {all} of the stack hold"),
    };
    vec![Said::own(says)]
}
