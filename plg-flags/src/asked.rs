//! Of whom a flag is asked.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A person, as an application names one, with what is known of them.
#[derive(Debug, Clone)]
pub struct AskedPerson {
    /// The person's `distinct_id`. Whoever has an empty one is in every share.
    pub distinct_id: String,
    /// The device's id, for flags that are bucketed by device.
    pub device_id: Option<String>,
    /// The id from before the person was known, for flags that go on as they were then.
    pub anon_distinct_id: Option<String>,
    /// Ids that stand for the person's in a flag, by the flag's key: what a flag that goes on as it was remembers.
    pub stands_for: BTreeMap<String, String>,
    /// Properties of the person: those that PostHog has, and over them those that were sent.
    pub person: Map<String, Value>,
    /// Keys of the person's groups, by the name of the group's type.
    pub groups: BTreeMap<String, Value>,
    /// Properties of those groups, by the same names.
    pub group_properties: BTreeMap<String, Map<String, Value>>,
    /// Static cohorts that the person is in, by id.
    pub static_cohorts: BTreeSet<String>,
    /// When.
    pub now: Timestamp,
    /// Where a date without an offset is: the project's time zone.
    pub zone: TimeZone,
}

impl AskedPerson {
    /// A person of whom nothing but the id is known.
    pub fn about(distinct_id: impl Into<String>, now: Timestamp) -> AskedPerson {
        AskedPerson {
            distinct_id: distinct_id.into(),
            device_id: None,
            anon_distinct_id: None,
            stands_for: BTreeMap::new(),
            person: Map::new(),
            groups: BTreeMap::new(),
            group_properties: BTreeMap::new(),
            static_cohorts: BTreeSet::new(),
            now,
            zone: TimeZone::UTC,
        }
    }

    /// The same with a property of the person.
    #[must_use]
    pub fn with(mut self, property: impl Into<String>, value: impl Into<Value>) -> AskedPerson {
        self.person.insert(property.into(), value.into());
        self
    }

    /// The same in a group: `in_group("company", "acme")`.
    #[must_use]
    pub fn in_group(mut self, kind: impl Into<String>, key: impl Into<Value>) -> AskedPerson {
        self.groups.insert(kind.into(), key.into());
        self
    }

    /// A property of the person. The id is always one, and what somebody first had is what they have where nothing else is known.
    pub(crate) fn property(&self, name: &str) -> Option<Value> {
        let known = |name: &str| self.person.get(name).cloned();
        let first =
            || name.strip_prefix("$initial_").and_then(|rest| known(&format!("${rest}")).or_else(|| known(rest)));
        let id = || (name == "distinct_id").then(|| Value::from(self.distinct_id.as_str()));
        known(name).or_else(first).or_else(id)
    }

    /// The key of the person's group of a type; none where they are in none, or its key is empty.
    pub(crate) fn group(&self, kind: &str) -> Option<String> {
        let key = self.groups.get(kind)?;
        let key = if key.is_null() { String::new() } else { crate::text::text(key) };
        (!key.is_empty()).then_some(key)
    }

    /// A property of the person's group of a type.
    pub(crate) fn group_property(&self, kind: &str, name: &str) -> Option<Value> {
        if name == "$group_key" {
            return self.groups.get(kind).cloned();
        }
        self.group_properties.get(kind)?.get(name).cloned()
    }
}
