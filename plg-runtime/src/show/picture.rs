//! What a page or a comment shows: resources by wave and account, with what becomes of each.

use super::facts::{PlanFacts, title};
use super::fields::{means, rows};
use super::groups::{Group, groups};
use super::sections::{Section, sections};
use super::text::summary;
use crate::answers::impact::Impact;
use crate::declared::graph::StackGraph;
use crate::plan::{Change, Plan, Step, Tone, Unmanaged, UnmanagedBy};

/// Resources as they are drawn.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Picture {
    /// The heading.
    pub title: String,
    /// One sentence under it.
    pub summary: String,
    /// When it was made, and at which commit: `2026-11-30 07:31 UTC at 1a2b3c4 (dirty)`.
    pub made: Option<String>,
    /// The accounts it is for, each as a person reads it.
    pub accounts: Vec<String>,
    /// The stack and the stage.
    pub of: (String, String),
    /// What is said beside the differences.
    pub sections: Vec<Section>,
    /// Whether anything is done with the resources: a plan, and not only a graph.
    pub is_plan: bool,
    /// In deploy order.
    pub cards: Vec<Card>,
}

/// One resource.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Card {
    /// Its address.
    pub address: String,
    /// Its kind's keyword.
    pub kind: String,
    /// Which API holds it.
    pub provider: String,
    /// The account it is in.
    pub account: String,
    /// Where it is declared, as `file:line`.
    pub place: String,
    /// 0 where it needs nothing, else one more than the latest it needs.
    pub wave: u32,
    /// Addresses it needs.
    pub depends: Vec<String>,
    /// What is done with it.
    pub change: Change,
    /// Why, and what else is to be said.
    pub notes: Vec<String>,
    /// In which order it is done, and what that means.
    pub means: Vec<String>,
    /// What differs.
    pub lines: Vec<Line>,
    /// What is left as it is, each as a sentence.
    pub left: Vec<String>,
}

/// The smallest part that differs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Line {
    /// Its path, as the stack writes it: `rollout`.
    pub path: String,
    /// As it is.
    pub from: Option<String>,
    /// As it should be.
    pub to: Option<String>,
    /// Who made it differ, as far as that is known.
    pub note: Option<String>,
}

impl Picture {
    /// A plan.
    pub fn of_plan(plan: &Plan) -> Picture {
        Picture::of_plan_with(plan, &PlanFacts::default())
    }

    /// A plan, with what is known of its making.
    pub fn of_plan_with(plan: &Plan, facts: &PlanFacts) -> Picture {
        let mut cards: Vec<Card> = plan.steps.iter().map(step).collect();
        // A marker is made where anything else is done, and is as it was where nothing is.
        for card in cards.iter_mut().filter(|card| card.change == Change::Marker && !plan.changes()) {
            card.change = Change::Unchanged;
        }
        // Where it was declared, another declaration may stand by now.
        for card in cards.iter_mut().filter(|card| card.change.is_removal() && !plan.destroy) {
            card.place.clear();
        }
        // Removals are in no wave: they are drawn where they were made.
        let removed: Vec<usize> = (0..cards.len()).filter(|n| cards[*n].change.words().tone == Tone::Lost).collect();
        for place in removed.into_iter().rev() {
            let needs = cards.iter().filter(|card| cards[place].depends.contains(&card.address));
            cards[place].wave = needs.map(|card| card.wave + 1).max().unwrap_or(0);
        }
        Picture {
            title: title(plan),
            summary: summary(plan),
            made: facts.made(),
            accounts: facts.accounts.iter().map(|account| account.says.clone()).collect(),
            of: (plan.stack.clone(), plan.stage.clone()),
            sections: sections(plan, facts, |step| !matches!(step.change, Change::Unchanged | Change::Read)),
            is_plan: true,
            cards,
        }
    }

    /// The same, with what goes along with what is removed.
    #[must_use]
    pub fn with(mut self, impact: &Impact) -> Picture {
        for (address, sentence) in impact.sentences() {
            let card = self.cards.iter_mut().find(|card| card.address == address);
            card.into_iter().for_each(|card| card.notes.push(sentence.clone()));
        }
        self
    }

    /// A stack at a stage.
    pub fn of_graph(graph: &StackGraph, stack: &str, stage: &str) -> Picture {
        let nodes = graph.nodes.iter().filter(|node| !node.standard);
        let cards: Vec<Card> = nodes
            .map(|node| Card {
                address: node.address.clone(),
                kind: node.spec.keyword.to_owned(),
                provider: node.spec.provider().title.to_owned(),
                account: node.account.to_string(),
                place: node.place(),
                wave: node.wave,
                depends: node.depends.iter().map(|d| graph.nodes[*d].address.clone()).collect(),
                change: if node.existing() { Change::Read } else { Change::Unchanged },
                notes: node.existing().then(|| "existing: referred to only".to_owned()).into_iter().collect(),
                means: Vec::new(),
                lines: Vec::new(),
                left: Vec::new(),
            })
            .collect();
        Picture {
            title: format!("{stack} in stage {stage}"),
            summary: format!(
                "{} resources, in the order they are deployed",
                cards.iter().filter(|card| card.change != Change::Read).count()
            ),
            made: None,
            accounts: Vec::new(),
            of: (stack.to_owned(), stage.to_owned()),
            sections: Vec::new(),
            is_plan: false,
            cards,
        }
    }

    /// The accounts, in alphabetical order of their providers.
    pub(crate) fn groups(&self) -> Vec<Group> {
        groups(self.cards.iter().map(|one| (one.provider.as_str(), one.account.as_str())))
    }
}

fn step(step: &Step) -> Card {
    let line = |(path, from, to, note)| Line { path, from, to, note };
    let lines = rows(step).into_iter().map(line).collect();
    Card {
        address: step.address.clone(),
        kind: step.kind.clone(),
        provider: step.provider.clone(),
        account: step.account.clone(),
        place: step.place.clone(),
        wave: step.wave,
        depends: step.depends.clone(),
        change: step.change,
        notes: step.notes(),
        means: means(step),
        lines,
        left: step.unmanaged.iter().filter(|left| is_told(step, left)).map(left_as_it_is).collect(),
    }
}

/// Whether it is said here: what others added beside what is declared, only where something is done with a resource.
fn is_told(step: &Step, left: &Unmanaged) -> bool {
    left.whose != UnmanagedBy::Others || !matches!(step.change, Change::Unchanged | Change::Read)
}

fn left_as_it_is(left: &Unmanaged) -> String {
    match left.whose {
        UnmanagedBy::People => format!("managed in the web app: {}", left.says),
        UnmanagedBy::Others => format!("added by others, and left to them: {}", left.says),
        UnmanagedBy::Api => format!("sent, and not kept: {}", left.says),
        UnmanagedBy::Late | UnmanagedBy::Noted | UnmanagedBy::Undeclared => left.says.clone(),
    }
}

/// The class that colours a change on a page.
pub(super) fn class(change: Change) -> &'static str {
    match change.words().tone {
        Tone::New => "new",
        Tone::Changed => "changed",
        Tone::Replaced => "replaced",
        Tone::Lost => "lost",
        Tone::Same => "same",
    }
}
