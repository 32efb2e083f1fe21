//! What a property holds, and what can be done with it.

use super::uses::Role;
use crate::codes;
use crate::kinds::prelude::*;
use plg_core::{Site, linked, similar};
use std::collections::BTreeMap;

/// What a property holds, as far as the stack says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PropertyHolds {
    /// Nobody says, or texts of which not all are known.
    Anything,
    Text,
    Number,
    Boolean,
    Datetime,
    Duration,
    /// One of these texts.
    OneOf(Vec<String>),
    List,
    Object,
}

/// What is wrong with how a property is used.
pub(super) type Wrong = (Site, String);

impl PropertyHolds {
    /// What the type of an event's property says.
    pub(super) fn of_event(ty: &Node, world: &Declarations) -> PropertyHolds {
        match ty.word() {
            Some("optional") => {
                ty.held().map_or(PropertyHolds::Anything, |plain| PropertyHolds::of_event(plain, world))
            }
            Some("text") => PropertyHolds::Text,
            Some("number") => PropertyHolds::Number,
            Some("boolean") => PropertyHolds::Boolean,
            Some("datetime") => PropertyHolds::Datetime,
            Some("list") => PropertyHolds::List,
            Some("object") => PropertyHolds::Object,
            Some("one_of") => {
                let texts = ty.held().map_or(&[][..], Node::list).iter().map(|text| text_of(text, world));
                texts.collect::<Option<_>>().map_or(PropertyHolds::Text, PropertyHolds::OneOf)
            }
            _ => PropertyHolds::Anything,
        }
    }

    /// What the word after `holds` of a definition says.
    pub(super) fn of_definition(word: Option<&str>) -> PropertyHolds {
        match word {
            Some("text") => PropertyHolds::Text,
            Some("number") => PropertyHolds::Number,
            Some("boolean") => PropertyHolds::Boolean,
            Some("datetime") => PropertyHolds::Datetime,
            Some("duration") => PropertyHolds::Duration,
            _ => PropertyHolds::Anything,
        }
    }

    /// What it holds, for people.
    pub(super) fn words(&self) -> &'static str {
        match self {
            PropertyHolds::Anything => "anything",
            PropertyHolds::Text => "text",
            PropertyHolds::Number => "a number",
            PropertyHolds::Boolean => "true or false",
            PropertyHolds::Datetime => "a date",
            PropertyHolds::Duration => "a duration",
            PropertyHolds::OneOf(_) => "one of a few texts",
            PropertyHolds::List => "a list",
            PropertyHolds::Object => "an object",
        }
    }

    /// What is compared with instead.
    fn instead(&self) -> &'static str {
        match self {
            PropertyHolds::Number | PropertyHolds::Duration => {
                "`at_least`, `at_most`, `more_than`, `less_than` or `between`"
            }
            PropertyHolds::Datetime => "`after`, `before`, `after_day`, `before_day` or `on_day`",
            PropertyHolds::Boolean => "`is: [\"true\"]` or `is: [\"false\"]`",
            PropertyHolds::Object => "`set`",
            _ => "`is`, `contains` or `matches`",
        }
    }

    fn is_number(&self) -> bool {
        matches!(self, PropertyHolds::Anything | PropertyHolds::Number | PropertyHolds::Duration)
    }

    /// What is wrong with using a property that holds this.
    pub(super) fn wrong(&self, name: &str, at: Site, role: Role) -> Option<Wrong> {
        match role {
            // Its own rule holds what it fills against it.
            Role::Named | Role::Fills(_) => None,
            Role::Measured if self.is_number() => None,
            Role::Measured => Some((
                at,
                format!(
                    "`{name}` holds {}, and only numbers can be summed or averaged\nhelp: name a property that holds a number, or write `anything(\"{name}\")`",
                    self.words()
                ),
            )),
            Role::Compared(fields) => fields
                .iter()
                .filter(|(word, _)| word != "property")
                .find_map(|(word, value)| self.compared(name, word, value)),
        }
    }

    fn compared(&self, name: &str, word: &str, value: &Node) -> Option<Wrong> {
        let is_fit = match word {
            "set" => true,
            "is" | "is_not" => return value.list().iter().find_map(|text| self.differs(name, text)),
            "at_least" | "at_most" | "more_than" | "less_than" | "between" | "not_between" => self.is_number(),
            "after" | "before" | "after_day" | "before_day" | "on_day" => {
                matches!(self, PropertyHolds::Anything | PropertyHolds::Datetime)
            }
            "version" => matches!(self, PropertyHolds::Anything | PropertyHolds::Text | PropertyHolds::OneOf(_)),
            _ => matches!(
                self,
                PropertyHolds::Anything
                    | PropertyHolds::Text
                    | PropertyHolds::OneOf(_)
                    | PropertyHolds::List
                    | PropertyHolds::Object
            ),
        };
        let (holds, instead) = (self.words(), self.instead());
        let message = || {
            format!(
                "`{name}` holds {holds}, which `{word}` does not compare\nhelp: compare it with {instead}, or write `anything(\"{name}\")`"
            )
        };
        (!is_fit).then(|| (value.at, message()))
    }

    /// What is wrong with a text that the property should be.
    fn differs(&self, name: &str, node: &Node) -> Option<Wrong> {
        let text = node.text()?;
        let never =
            |why: &str, help: String| Some((node.at, format!("`{name}` is never \"{text}\": {why}\nhelp: {help}")));
        match self {
            PropertyHolds::OneOf(texts) if !texts.iter().any(|one| one == text) => {
                let all = || texts.iter().map(|one| format!("\"{one}\"")).collect::<Vec<_>>().join(", ");
                let help = match similar::closest(text, texts.iter().map(String::as_str)) {
                    Some(close) => format!("did you mean \"{close}\"?"),
                    None => format!("write one of {}, or `anything(\"{name}\")`", all()),
                };
                never("it is one of a few texts", help)
            }
            PropertyHolds::Boolean if !["true", "false"].contains(&text) => {
                never("it is true or false", "write \"true\" or \"false\"".to_owned())
            }
            PropertyHolds::Number | PropertyHolds::Duration if text.parse::<f64>().is_err() => {
                never("it holds a number", format!("write digits, or `anything(\"{name}\")`"))
            }
            _ => None,
        }
    }
}

/// The text that an entry of `one_of` stands for, where that is known.
fn text_of(node: &Node, world: &Declarations) -> Option<String> {
    match &node.given {
        Given::Text(text) => Some(text.clone()),
        Given::Key { of, member } => {
            let block = world.find(plg_core::referred(of))?;
            let spec = linked::find(block.kind)?;
            match member {
                None => block.text(spec.key_field()?).map(str::to_owned),
                Some(member) => {
                    let all = plg_core::keys::members(spec, block);
                    all.into_iter().find(|(name, _)| name == member).map(|(_, text)| text)
                }
            }
        }
        _ => None,
    }
}

/// Properties by their names.
pub(super) type HeldByName = BTreeMap<String, Vec<PropertyHolds>>;

/// What is wrong with a use of a property that holds one of these: nothing, where one of them fits.
pub(super) fn wrong(
    all: &[PropertyHolds],
    name: &str,
    at: Site,
    role: Role,
) -> Option<(&'static plg_core::codes::Code, Wrong)> {
    let mut found: Vec<Wrong> = Vec::new();
    for holds in all {
        found.push(holds.wrong(name, at, role)?);
    }
    found.into_iter().next().map(|wrong| (codes::OTHER_TYPE, wrong))
}
