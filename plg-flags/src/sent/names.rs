//! The two sides that are compared.

use super::sort::SentSort;

/// What a project is told to expect.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeclaredToSend {
    /// Events.
    pub events: Vec<DeclaredEvent>,
    /// Properties of events, whichever events carry them.
    pub properties: Vec<DeclaredProperty>,
    /// Properties of people.
    pub of_people: Vec<DeclaredProperty>,
    /// Keys of flags.
    pub flags: Vec<String>,
}

/// An event that is declared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeclaredEvent {
    /// As it is sent.
    pub name: String,
    /// Whether its properties are all that may be sent with it. Where they are not, others are nobody's mistake.
    pub is_closed: bool,
    /// What is sent with it.
    pub properties: Vec<DeclaredProperty>,
}

/// A property that is declared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeclaredProperty {
    /// As it is sent.
    pub name: String,
    /// What its values are, where that is said.
    pub sort: Option<SentSort>,
    /// The texts that it, or an item of its list, can be; none where it can be any.
    pub texts: Vec<String>,
    /// Whether it may be missing.
    pub optional: bool,
}

/// What applications sent in a while. A part of which nobody could say anything is none, and nothing is found in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SentNames {
    /// Events, PostHog's own among them.
    pub events: Option<Vec<SentEvent>>,
    /// Properties of events, over all events.
    pub properties: Option<Vec<SentProperty>>,
    /// Properties of people.
    pub of_people: Option<Vec<SentProperty>>,
    /// Keys of flags that were asked for.
    pub flags: Option<Vec<SentName>>,
}

/// An event that arrived.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SentEvent {
    /// As it was sent.
    pub name: String,
    /// How often, and when last.
    pub times: SentTimes,
    /// What was sent with it, where that is known.
    pub properties: Option<Vec<SentProperty>>,
}

/// A property that arrived.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SentProperty {
    /// As it was sent.
    pub name: String,
    /// How often, and when last.
    pub times: SentTimes,
    /// What its values were, where that is known, each with how often.
    pub sorts: Vec<(SentSort, Option<u64>)>,
    /// The texts that it was, where these were asked for.
    pub texts: Vec<SentName>,
}

/// A name that arrived.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SentName {
    /// As it was sent.
    pub name: String,
    /// How often, and when last.
    pub times: SentTimes,
}

/// How often something arrived, and when last, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SentTimes {
    /// How often.
    pub count: Option<u64>,
    /// When last (RFC 3339).
    pub last: Option<String>,
}

impl SentTimes {
    /// In words: `12 times, last 2026-11-29 14:03`. Empty where nothing is known.
    pub fn says(&self) -> String {
        let count = self.count.map(|count| if count == 1 { "once".to_owned() } else { format!("{count} times") });
        let last = self.last.as_deref().map(|last| format!("last {}", minute(last)));
        count.into_iter().chain(last).collect::<Vec<_>>().join(", ")
    }

    /// Both together: how often in all, and the later time.
    #[must_use]
    pub fn and(self, other: SentTimes) -> SentTimes {
        let count = match (self.count, other.count) {
            (Some(one), Some(other)) => Some(one.saturating_add(other)),
            (one, other) => one.or(other),
        };
        SentTimes { count, last: self.last.max(other.last) }
    }
}

/// A time to the minute, as people read one.
fn minute(time: &str) -> String {
    time.get(..16).unwrap_or(time).replacen('T', " ", 1)
}
