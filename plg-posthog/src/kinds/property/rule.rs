//! The rule that whatever names a property names one that is declared, and uses it as what it holds.

use super::fills::{self, Fit};
use super::holds::{self, HeldByName, PropertyHolds};
use super::uses::{Owner, PropertyUse, Role, Uses, set_free};
use super::{own, session};
use crate::codes;
use crate::kinds::prelude::*;
use plg_core::codes::Code;
use plg_core::{Mistake, WholeRule, similar};
use std::collections::{HashMap, HashSet};

/// Names and types of properties, in every kind.
pub(in crate::kinds) const RULE: WholeRule = WholeRule {
    looks_at: &["event", "property_group", "property", "person_property"],
    says: "A property that is named is one of the event that it is asked of or of a group that this has, or of any event or \
           group where none is named; one that a `property` or a `person_property` declares; or one of PostHog's own, which \
           those of sessions always are. It is compared, added up and averaged as what it holds, and fills an attribute \
           that can hold it. `anything(\"name\")` names any other. Nothing declares the properties of groups of people, and \
           their names are not checked.",
    codes: &[codes::UNKNOWN_PROPERTY, codes::OTHER_TYPE],
    check: |block, world, report| {
        for found in all(block, world) {
            match found {
                PropertyFinding::Fine => {}
                PropertyFinding::Wrong(mistake) => report.error(mistake.code, mistake.at, mistake.message),
                PropertyFinding::Doubtful(mistake) => report.warn(mistake.code, mistake.at, mistake.message),
            }
        }
    },
    settle: |block, world| {
        let free: Vec<bool> =
            all(block, world).into_iter().map(|found| !matches!(found, PropertyFinding::Fine)).collect();
        set_free(block, free.into_iter());
    },
};

/// What is found of one use of a property.
enum PropertyFinding {
    Fine,
    Wrong(Mistake),
    /// It may be meant as it is written.
    Doubtful(Mistake),
}

/// What is found of each use of a property.
fn all(block: &Block, world: &Declarations) -> Vec<PropertyFinding> {
    let uses = Uses::of(block);
    if uses.properties.is_empty() {
        return Vec::new();
    }
    world.worked_out(PropertiesOfStack::of, |known| {
        // What an event names is one of its own.
        let own = (block.kind == "event").then(|| world.find(&block.name)).flatten();
        let asked = PropertyQuestion { known, world, uses: &uses, own };
        uses.properties.iter().map(|one| asked.found(one)).collect()
    })
}

/// The properties of a stack.
#[derive(Debug)]
struct PropertiesOfStack {
    /// Of each event, by its name.
    events: HashMap<String, HeldByName>,
    /// Those of `property`.
    defined: HeldByName,
    /// Those of `person_property`.
    people: HeldByName,
    /// Those of any event, of any group and of `property`.
    any: HeldByName,
    /// Events that have groups of which nothing is known here, by their names.
    open: HashSet<String>,
}

impl PropertiesOfStack {
    fn of(world: &Declarations) -> Self {
        let mut known = PropertiesOfStack {
            events: HashMap::new(),
            defined: HeldByName::new(),
            people: HeldByName::new(),
            any: HeldByName::new(),
            open: HashSet::new(),
        };
        for block in &world.blocks {
            let of_people = match block.kind {
                "event" | "property_group" => {
                    let own = properties(block, world);
                    for (name, holds) in &own {
                        known.any.entry(name.clone()).or_default().push(holds.clone());
                    }
                    if block.kind == "event" {
                        known.add_event(block, own, world);
                    }
                    continue;
                }
                "property" => false,
                "person_property" => true,
                _ => continue,
            };
            let Some(name) = block.text("name") else { continue };
            let holds = PropertyHolds::of_definition(block.get("holds").and_then(Node::word));
            if of_people {
                known.people.insert(name.to_owned(), vec![holds]);
            } else {
                known.any.entry(name.to_owned()).or_default().push(holds.clone());
                known.defined.insert(name.to_owned(), vec![holds]);
            }
        }
        known
    }

    /// Adds an event with its own properties and those of its groups.
    fn add_event(&mut self, event: &Block, own: Vec<(String, PropertyHolds)>, world: &Declarations) {
        let all = self.events.entry(event.name.clone()).or_default();
        let mut groups: Vec<(String, PropertyHolds)> = Vec::new();
        for reference in event.get("schema").map_or(&[][..], Node::list) {
            match world.target(reference).filter(|group| !group.existing) {
                Some(group) => groups.extend(properties(group, world)),
                None => drop(self.open.insert(event.name.clone())),
            }
        }
        all.extend(groups.into_iter().chain(own).map(|(name, holds)| (name, vec![holds])));
    }

    /// Whether an event has properties that nothing declares here.
    fn is_open(&self, event: &Block) -> bool {
        event.existing || self.open.contains(&event.name)
    }
}

/// The properties that an event or a group declares, with what they hold.
fn properties(block: &Block, world: &Declarations) -> Vec<(String, PropertyHolds)> {
    let all = block.get("properties").map_or(&[][..], Node::map);
    all.iter().map(|(name, _, ty)| (name.clone(), PropertyHolds::of_event(ty, world))).collect()
}

/// The events that a property is asked of.
enum Done<'a> {
    /// Whatever is done.
    Any,
    /// These; some of them may have properties that nothing declares.
    These { events: Vec<&'a Block>, is_open: bool },
}

struct PropertyQuestion<'a, 'w> {
    known: &'a PropertiesOfStack,
    world: &'a Declarations<'w>,
    uses: &'a Uses<'a>,
    own: Option<&'w Block>,
}

impl<'w> PropertyQuestion<'_, 'w> {
    fn found(&self, one: &PropertyUse) -> PropertyFinding {
        if let Some(wrong) = self.wrong(one) {
            return PropertyFinding::Wrong(wrong);
        }
        let Role::Fills(attribute) = one.role else { return PropertyFinding::Fine };
        let Some(attribute) = self.world.target(attribute) else { return PropertyFinding::Fine };
        let mistake = |message| Mistake { code: codes::OTHER_TYPE, at: one.at, message };
        match fills::found(&self.values(one), one.name, attribute) {
            Fit::Fine => PropertyFinding::Fine,
            Fit::Wrong(message) => PropertyFinding::Wrong(mistake(message)),
            Fit::Doubtful(message) => PropertyFinding::Doubtful(mistake(message)),
        }
    }

    /// What a property that fills something holds: of people, events and definitions speak too, as they may say which
    /// texts there are.
    fn values(&self, one: &PropertyUse) -> Vec<PropertyHolds> {
        let (name, known) = (one.name, self.known);
        let of = |all: &HeldByName| all.get(name).cloned().unwrap_or_default();
        match (one.owner, self.done(&one.done)) {
            (Owner::Person, _) => {
                let (own, any) = (of(&known.people), of(&known.any));
                let texts: Vec<_> = any.iter().filter(|one| matches!(one, PropertyHolds::OneOf(_))).cloned().collect();
                let is_text = own.iter().all(|one| matches!(one, PropertyHolds::Text | PropertyHolds::Anything));
                if is_text && !texts.is_empty() {
                    texts
                } else if own.is_empty() {
                    any
                } else {
                    own
                }
            }
            (_, Done::These { events, .. }) => self.of_events(&events, name),
            (_, Done::Any) => of(&known.any),
        }
    }

    fn wrong(&self, one: &PropertyUse) -> Option<Mistake> {
        let name = one.name;
        let mistake = |code: &'static Code, at, message| Some(Mistake { code, at, message });
        let known = match one.owner {
            Owner::Other => return None,
            Owner::Session => match session::holds(name) {
                Some(holds) => vec![holds],
                None => return mistake(codes::UNKNOWN_PROPERTY, one.at, none_of_sessions(name)),
            },
            Owner::Person => {
                if own::is_own_of_people(name) {
                    return None;
                }
                self.known.people.get(name).or_else(|| self.known.any.get(name)).cloned().unwrap_or_default()
            }
            Owner::Event => {
                if own::is_own(name) {
                    return None;
                }
                match self.done(&one.done) {
                    Done::Any => self.known.any.get(name).cloned().unwrap_or_default(),
                    Done::These { events, .. } => self.of_events(&events, name),
                }
            }
        };
        if known.is_empty() {
            let unknown = self.unknown(one)?;
            return mistake(codes::UNKNOWN_PROPERTY, one.at, unknown);
        }
        let (code, (at, message)) = holds::wrong(&known, name, one.at, one.role)?;
        mistake(code, at, message)
    }

    /// What a property of these events holds.
    fn of_events(&self, events: &[&Block], name: &str) -> Vec<PropertyHolds> {
        let own = events.iter().filter_map(|event| self.known.events.get(&event.name)?.get(name)).flatten();
        let own: Vec<PropertyHolds> = own.cloned().collect();
        if own.is_empty() { self.known.defined.get(name).cloned().unwrap_or_default() } else { own }
    }

    /// That nothing declares a property; nothing, where it cannot be known.
    fn unknown(&self, one: &PropertyUse) -> Option<String> {
        let name = one.name;
        let any = self.known.any.keys();
        let (says, near, declare): (String, Vec<&str>, &str) = match (one.owner, self.done(&one.done)) {
            (Owner::Person, _) => (
                format!("no event, property or person_property of the stack declares `{name}`"),
                self.known.people.keys().chain(any).map(String::as_str).chain(own::of_people()).collect(),
                "declare it with `person_property`, or in the `properties` of the event that sets it",
            ),
            (_, Done::These { is_open: true, .. }) => return None,
            (_, Done::These { events, .. }) => {
                let of = events.iter().filter_map(|event| self.known.events.get(&event.name)).flat_map(|of| of.keys());
                let near = of.chain(self.known.defined.keys()).map(String::as_str).chain(own::of_events()).collect();
                (self.none_of(&events, name), near, "declare it in the event's `properties`")
            }
            (_, Done::Any) => {
                // What is counted beside it may have it, and so may a group that is not known here.
                if !self.known.open.is_empty()
                    || matches!(self.done(&self.uses.references), Done::These { is_open: true, .. })
                {
                    return None;
                }
                (
                    format!("no event or property of the stack declares `{name}`"),
                    any.map(String::as_str).chain(own::of_events()).collect(),
                    "declare it in the `properties` of the event that has it",
                )
            }
        };
        let help = match similar::closest(name, near) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("{declare}, or write `anything(\"{name}\")` if the name is right"),
        };
        Some(format!("{says}\nhelp: {help}"))
    }

    fn none_of(&self, events: &[&Block], name: &str) -> String {
        let names: Vec<String> = events.iter().map(|event| format!("`{}`", event.name)).collect();
        let says = match &names[..] {
            [one] => format!("{one} has no property `{name}`"),
            several => format!("none of {} has a property `{name}`", several.join(", ")),
        };
        let mut others: Vec<&str> = self
            .known
            .events
            .iter()
            .filter(|(_, own)| own.contains_key(name))
            .map(|(event, _)| event.as_str())
            .collect();
        others.sort_unstable();
        match others.first() {
            Some(other) => format!("{says}, which is one of `{other}`"),
            None => says,
        }
    }

    /// The events that references mean.
    fn done(&self, references: &[&Node]) -> Done<'w> {
        let (mut events, mut is_open) = (Vec::new(), false);
        if let Some(own) = self.own {
            is_open |= self.known.is_open(own);
            events.push(own);
        }
        for reference in references {
            match self.world.target(reference) {
                Some(event) if event.kind == "event" => {
                    is_open |= self.known.is_open(event);
                    events.push(event);
                }
                Some(action) if action.kind == "action" => is_open |= self.steps(action, &mut events),
                Some(_) => {}
                // It may be an event of which nothing is known here.
                None => is_open = true,
            }
        }
        if events.is_empty() && !is_open { Done::Any } else { Done::These { events, is_open } }
    }

    /// Adds the events that an action is done by, and says whether it can be done otherwise.
    fn steps(&self, action: &Block, events: &mut Vec<&'w Block>) -> bool {
        let steps = action.get("on").map_or(&[][..], Node::list);
        let mut is_open = steps.is_empty();
        for step in steps {
            let event = match (step.word(), step.held()) {
                (Some("event"), Some(event)) => self.world.target(event),
                (Some("sent"), Some(sent)) => sent.field("event").and_then(|event| self.world.target(event)),
                _ => None,
            };
            is_open |= event.is_none_or(|event| self.known.is_open(event));
            events.extend(event);
        }
        is_open
    }
}

/// That sessions have no such property.
fn none_of_sessions(name: &str) -> String {
    let help = match session::meant(name) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("write one that PostHog computes, such as `$session_duration`, or `anything(\"{name}\")`"),
    };
    format!("a session has no property `{name}`\nhelp: {help}")
}
