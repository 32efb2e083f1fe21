//! Where a declaration names properties: found by their shape alone, in whatever kind and field they stand.

use crate::kinds::prelude::*;
use plg_core::Site;

/// Whose property it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Event,
    Person,
    /// Of a session, of which PostHog alone has properties.
    Session,
    /// The property of a group or an element, which nothing declares.
    Other,
}

/// What is done with a property.
#[derive(Debug, Clone, Copy)]
pub(super) enum Role<'a> {
    /// It is compared: the fields of the comparison.
    Compared(&'a [(String, Node)]),
    /// It is added up, averaged and the like.
    Measured,
    /// It fills what this reference means.
    Fills(&'a Node),
    /// It is named, such as to split lines by its values.
    Named,
}

/// A property that a declaration names without `anything(…)`.
#[derive(Debug)]
pub(super) struct PropertyUse<'a> {
    pub(super) name: &'a str,
    pub(super) at: Site,
    pub(super) owner: Owner,
    /// The references beside it, to what is done: nothing, where it is asked of whatever is done.
    pub(super) done: Vec<&'a Node>,
    pub(super) role: Role<'a>,
}

/// Everything that a declaration names.
#[derive(Debug, Default)]
pub(super) struct Uses<'a> {
    /// Properties, in the order in which they are written.
    pub(super) properties: Vec<PropertyUse<'a>>,
    /// Every reference.
    pub(super) references: Vec<&'a Node>,
}

/// Kinds that ask about people where nothing else is said.
const ABOUT_PEOPLE: [&str; 5] = ["cohort", "feature_flag", "early_access_feature", "project_settings", "survey"];

/// The word of a property that somebody declares, and the one of any other.
pub(super) const DECLARED: &str = "declared";
pub(super) const ANYTHING: &str = "anything";

/// Where the walk is.
#[derive(Clone, Copy)]
struct Around<'a, 'w> {
    owner: Owner,
    done: &'w [&'a Node],
    /// The field of a record that it is in, and that record.
    field: Option<(&'a str, &'a [(String, Node)])>,
    /// The word before it that says what is done.
    word: &'a str,
}

impl<'a> Uses<'a> {
    /// What a declaration names.
    pub(super) fn of(block: &'a Block) -> Self {
        let mut uses = Uses::default();
        let owner = if ABOUT_PEOPLE.contains(&block.kind) { Owner::Person } else { Owner::Event };
        let told = told_of(block);
        for (.., node) in &block.fields {
            uses.walk(node, Around { owner, done: &told, field: None, word: "" });
        }
        uses
    }

    fn walk(&mut self, node: &'a Node, around: Around<'a, '_>) {
        match &node.given {
            Given::Case(word, Some(held)) => match (word.as_str(), &held.given) {
                (DECLARED, Given::Text(name)) => self.properties.push(PropertyUse {
                    name,
                    at: held.at,
                    owner: around.owner,
                    done: around.done.to_vec(),
                    role: role(around),
                }),
                (word, _) => match owner(word) {
                    Some(owner) => self.walk(held, Around { owner, ..around }),
                    None => self.walk(held, Around { word, ..around }),
                },
            },
            Given::Ref(_) => self.references.push(node),
            Given::Record(fields) => {
                let mut own = Vec::new();
                let found: Vec<NamedThing> = fields.iter().map(|(_, node)| references(node, &mut own)).collect();
                let done = match &found[..] {
                    _ if filled(fields).is_some() => around.done,
                    found if found.contains(&NamedThing::Anything) => &[],
                    found if found.contains(&NamedThing::Something) => &own[..],
                    _ => around.done,
                };
                for (name, node) in fields {
                    self.walk(node, Around { done, field: Some((name, fields)), ..around });
                }
            }
            Given::List(list) => list.iter().for_each(|node| self.walk(node, around)),
            Given::Map(map) => map.iter().for_each(|(.., node)| self.walk(node, around)),
            Given::Topic(subject, _) => self.walk(subject, around),
            Given::Items(blocks) => {
                for (.., node) in blocks.iter().flat_map(|block| &block.fields) {
                    self.walk(node, around);
                }
            }
            _ => {}
        }
    }
}

/// What a destination is told of, which is whose properties it fills things with; nothing, where that is any event.
fn told_of(block: &Block) -> Vec<&Node> {
    let mut all = Vec::new();
    let on = block.get("on").filter(|_| block.kind == "destination").map_or(&[][..], Node::list);
    let found: Vec<NamedThing> = on.iter().map(|one| references(one, &mut all)).collect();
    if found.contains(&NamedThing::Anything) { Vec::new() } else { all }
}

/// What a record fills: `{ attribute: Plan, from: person("plan") }`.
fn filled(fields: &[(String, Node)]) -> Option<&Node> {
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, node)| node);
    field("from").and_then(|_| field("attribute"))
}

/// Whether a field says what is done.
#[derive(Clone, Copy, PartialEq)]
enum NamedThing {
    Nothing,
    Something,
    /// Any event at all.
    Anything,
}

/// Adds the references that a field is, also behind a word: `people(SignupCompleted)`, `any_of [SignedUp, Invited]`.
fn references<'a>(node: &'a Node, to: &mut Vec<&'a Node>) -> NamedThing {
    let inside = |found: &[NamedThing]| {
        let all = [NamedThing::Anything, NamedThing::Something];
        all.into_iter().find(|one| found.contains(one)).unwrap_or(NamedThing::Nothing)
    };
    match &node.given {
        Given::Ref(_) => {
            to.push(node);
            NamedThing::Something
        }
        Given::Case(word, None) if word == "any_event" => NamedThing::Anything,
        Given::Case(word, Some(held)) => match &held.given {
            Given::Ref(_) => references(held, to),
            Given::Record(fields) if ["any_of", "only"].contains(&word.as_str()) => {
                let what =
                    fields.iter().filter(|(name, _)| ["of", "what"].contains(&name.as_str())).map(|(_, node)| node);
                let each =
                    what.flat_map(|node| if node.list().is_empty() { std::slice::from_ref(node) } else { node.list() });
                inside(&each.map(|node| references(node, to)).collect::<Vec<_>>())
            }
            _ => NamedThing::Nothing,
        },
        _ => NamedThing::Nothing,
    }
}

fn owner(word: &str) -> Option<Owner> {
    match word {
        "event" => Some(Owner::Event),
        "person" => Some(Owner::Person),
        "session" => Some(Owner::Session),
        "group" | "element" => Some(Owner::Other),
        _ => None,
    }
}

/// Words before a property of which a number is made.
const NUMBERS: [&str; 9] = ["sum", "average", "min", "max", "median", "p75", "p90", "p95", "p99"];

fn role<'a>(around: Around<'a, '_>) -> Role<'a> {
    match around.field {
        Some(("property", fields)) if fields.len() > 1 => Role::Compared(fields),
        Some(("property", _)) => Role::Named,
        Some(("sum", _)) => Role::Measured,
        Some(("from", fields)) => filled(fields).map_or(Role::Named, Role::Fills),
        _ if NUMBERS.contains(&around.word) => Role::Measured,
        _ => Role::Named,
    }
}

/// Says of the properties of [`Uses::of`], in their order, which of them nothing declares.
pub(super) fn set_free(block: &mut Block, mut is_free: impl Iterator<Item = bool>) {
    fn walk(node: &mut Node, is_free: &mut dyn Iterator<Item = bool>) {
        match &mut node.given {
            Given::Case(word, Some(held))
                if word == DECLARED && matches!(held.given, Given::Text(_)) && is_free.next() == Some(true) =>
            {
                ANYTHING.clone_into(word);
            }
            Given::Case(_, Some(held)) | Given::Topic(held, _) => walk(held, is_free),
            Given::Record(fields) => fields.iter_mut().for_each(|(_, node)| walk(node, is_free)),
            Given::List(list) => list.iter_mut().for_each(|node| walk(node, is_free)),
            Given::Map(map) => map.iter_mut().for_each(|(.., node)| walk(node, is_free)),
            Given::Items(blocks) => {
                let fields = blocks.iter_mut().flat_map(|block| &mut block.fields);
                fields.for_each(|(.., node)| walk(node, is_free));
            }
            _ => {}
        }
    }
    block.fields.iter_mut().for_each(|(.., node)| walk(node, &mut is_free));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::fixture::{block, case, list, node, record, to};

    fn key(at: u32, name: &str) -> Node {
        case(at, DECLARED, node(at, Given::Text(name.to_owned())))
    }

    fn test(at: u32, name: &str) -> Node {
        record(at, vec![("property", key(at, name)), ("set", node(at, Given::Bool(true)))])
    }

    /// `0 plan event SignedUp compared` of each.
    fn told(block: &Block) -> Vec<String> {
        let reference = |node: &&Node| match &node.given {
            Given::Ref(Some(name)) => name.clone(),
            _ => "?".to_owned(),
        };
        let uses = Uses::of(block);
        let one = |one: &PropertyUse| {
            let role = match one.role {
                Role::Compared(_) => "compared",
                Role::Measured => "measured",
                Role::Fills(_) => "fills",
                Role::Named => "named",
            };
            let done: Vec<String> = one.done.iter().map(reference).collect();
            format!("{} {} {:?} [{}] {role}", one.at.0, one.name, one.owner, done.join(" "))
        };
        uses.properties.iter().map(one).collect()
    }

    fn insight() -> Block {
        let measured = record(
            3,
            vec![
                ("what", to(4, "PlanUpgraded")),
                ("of", case(5, "event", key(5, "amount"))),
                ("with", list(6, vec![case(6, "event", test(6, "plan")), case(7, "person", test(7, "tier"))])),
            ],
        );
        let trend = record(
            2,
            vec![
                ("series", list(2, vec![case(3, "sum", measured), case(8, "event", to(8, "SignedUp"))])),
                ("with", list(9, vec![case(9, "session", test(9, "$session_duration"))])),
                ("breakdown", case(10, "person", key(10, "country"))),
                ("other", case(11, ANYTHING, node(11, Given::Text("legacy".to_owned())))),
            ],
        );
        block("insight", "Revenue", vec![("shows", case(1, "trend", trend))])
    }

    #[test]
    fn what_a_destination_fills_is_of_what_it_is_told_of() {
        let fills = |at: u32, owner: &str| {
            let from = case(at, owner, key(at, "plan"));
            record(at, vec![("attribute", to(at, "Plan")), ("from", from)])
        };
        let mut destination = block(
            "destination",
            "D",
            vec![
                ("on", list(1, vec![case(1, "event", to(1, "SignedUp"))])),
                ("attributes", list(2, vec![fills(3, "event"), fills(4, "person")])),
            ],
        );
        assert_eq!(told(&destination), ["3 plan Event [SignedUp] fills", "4 plan Person [SignedUp] fills"]);
        destination.fields.remove(0);
        assert_eq!(told(&destination)[0], "3 plan Event [] fills");
    }

    #[test]
    fn each_use_is_told_with_what_stands_around_it() {
        let wanted = [
            "5 amount Event [PlanUpgraded] measured",
            "6 plan Event [PlanUpgraded] compared",
            "7 tier Person [PlanUpgraded] compared",
            "9 $session_duration Session [] compared",
            "10 country Person [] named",
        ];
        assert_eq!(told(&insight()), wanted);
        assert_eq!(Uses::of(&insight()).references.len(), 2);
    }

    #[test]
    fn people_are_asked_about_in_cohorts_and_events_in_what_they_did() {
        let did =
            record(2, vec![("event", to(2, "Paid")), ("with", list(3, vec![case(3, "event", test(3, "amount"))]))]);
        let all = list(1, vec![case(2, "did", did), case(4, "person", test(4, "plan"))]);
        let cohort = block("cohort", "Payers", vec![("all", all)]);
        assert_eq!(told(&cohort), ["3 amount Event [Paid] compared", "4 plan Person [] compared"]);
    }

    #[test]
    fn what_is_done_is_found_behind_words() {
        let only = case(2, "only", record(2, vec![("what", case(2, "event", to(2, "Paid")))]));
        let any_of = case(1, "any_of", record(1, vec![("of", list(1, vec![only, case(3, "event", to(3, "Used"))]))]));
        let with = || list(4, vec![case(4, "event", test(4, "plan"))]);
        let told_of = |what: Node| {
            let counted = record(1, vec![("what", what), ("with", with())]);
            told(&block("insight", "Uses", vec![("shows", case(1, "people", counted))]))
        };
        assert_eq!(told_of(any_of), ["4 plan Event [Paid Used] compared"]);
        assert_eq!(
            told_of(Node { at: Site(1), given: Given::Case("any_event".into(), None) }),
            ["4 plan Event [] compared"]
        );
    }

    #[test]
    fn those_that_nothing_declares_are_set_free() {
        let mut block = insight();
        set_free(&mut block, [false, true, false, false, true].into_iter());
        let names: Vec<String> = Uses::of(&block).properties.iter().map(|one| one.name.to_owned()).collect();
        assert_eq!(names, ["amount", "tier", "$session_duration"]);
    }
}
