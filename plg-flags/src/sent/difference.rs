//! What is found, and how it is said.

use super::names::SentTimes;
use std::fmt;

/// What kind of difference it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SentClass {
    /// It arrives, and is declared nowhere.
    Missing,
    /// It arrives, is not declared, and is a slip away from what is.
    Misspelt,
    /// It arrives with an event that does not declare it; something else does.
    Misplaced,
    /// It is declared, and did not arrive.
    NeverSent,
    /// Its values are not as they are declared.
    WrongType,
}

impl SentClass {
    /// All of them, in the order in which they are shown.
    pub const ALL: [SentClass; 5] =
        [SentClass::Missing, SentClass::Misspelt, SentClass::Misplaced, SentClass::WrongType, SentClass::NeverSent];

    /// As a program reads it: `never_sent`.
    pub fn word(self) -> &'static str {
        match self {
            SentClass::Missing => "missing",
            SentClass::Misspelt => "misspelt",
            SentClass::Misplaced => "misplaced",
            SentClass::NeverSent => "never_sent",
            SentClass::WrongType => "wrong_type",
        }
    }

    /// As a heading says it.
    pub fn title(self) -> &'static str {
        match self {
            SentClass::Missing => "Missing",
            SentClass::Misspelt => "Misspelt",
            SentClass::Misplaced => "Misplaced",
            SentClass::NeverSent => "Never sent",
            SentClass::WrongType => "Wrong type",
        }
    }

    /// What that is, for whoever reads the heading.
    pub fn means(self) -> &'static str {
        match self {
            SentClass::Missing => "sent or asked for, and declared nowhere",
            SentClass::Misspelt => "sent or asked for, not declared, and close to a declared name",
            SentClass::Misplaced => "sent with an event that does not declare it",
            SentClass::NeverSent => "declared, and not seen",
            SentClass::WrongType => "sent with other values than declared",
        }
    }
}

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SentSubject {
    /// An event.
    Event,
    /// A property of events.
    Property,
    /// A property of people.
    PersonProperty,
    /// A flag.
    Flag,
}

impl SentSubject {
    /// As a program reads it: `person_property`.
    pub fn word(self) -> &'static str {
        match self {
            SentSubject::Event => "event",
            SentSubject::Property => "property",
            SentSubject::PersonProperty => "person_property",
            SentSubject::Flag => "flag",
        }
    }
}

impl fmt::Display for SentSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SentSubject::PersonProperty => "person property",
            other => other.word(),
        })
    }
}

/// One difference between what is sent and what is declared.
#[derive(Debug, Clone, PartialEq)]
pub struct SentDifference {
    /// Which kind it is.
    pub class: SentClass,
    /// Its subject.
    pub subject: SentSubject,
    /// As it is sent, or as it is declared where it is not sent.
    pub name: String,
    /// The event, of a property that it is about for one event alone.
    pub event: Option<String>,
    /// The declared name that was probably meant.
    pub near: Option<String>,
    /// What is declared of its values: `number`, `one of free, pro`.
    pub expected: Option<String>,
    /// What its values are that do not fit.
    pub found: Vec<String>,
    /// How often it arrived, and when last.
    pub times: SentTimes,
    /// Whether it may be missing.
    pub optional: bool,
}

impl SentDifference {
    /// Its subject as one name: `signup_completed.plan` is a property of an event.
    pub fn full_name(&self) -> String {
        match &self.event {
            Some(event) => format!("{event}.{}", self.name),
            None => self.name.clone(),
        }
    }

    /// Details beside its name.
    pub fn says(&self) -> String {
        let times = self.times.says();
        let behind = |words: String| if times.is_empty() { words } else { format!("{words} ({times})") };
        match self.class {
            SentClass::Missing | SentClass::Misplaced => times,
            SentClass::Misspelt => behind(format!("did you mean `{}`?", self.near.as_deref().unwrap_or_default())),
            SentClass::WrongType => {
                let expected = self.expected.as_deref().unwrap_or_default();
                // How often stands behind each of the values.
                let last = SentTimes { count: None, ..self.times.clone() }.says();
                let last = if last.is_empty() { last } else { format!(" ({last})") };
                format!("declared {expected}, sent {}{last}", self.found.join(", "))
            }
            SentClass::NeverSent => {
                let seen = if self.subject == SentSubject::Flag { "never asked for" } else { "never sent" };
                let optional = if self.optional { ", and optional" } else { "" };
                format!("{seen}{optional}")
            }
        }
    }
}
