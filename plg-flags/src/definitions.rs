//! Flags and cohorts, as `GET /flags/definitions` answers them.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A text that holds no flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableFlags(pub(crate) String);

impl std::fmt::Display for UnreadableFlags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "these are no definitions of flags: {}", self.0)
    }
}

impl std::error::Error for UnreadableFlags {}

/// One flag.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagDefinition {
    /// What applications ask for.
    pub key: String,
    /// Its number; conditions of other flags may name it by this. 0 where none is said.
    pub id: u64,
    /// Whether it is on at all.
    pub is_active: bool,
    /// How often it was changed; 1 where none is said.
    pub version: u64,
    /// `client` or `server`, where only those get it.
    pub runtime: Option<String>,
    /// Contexts, of which an application that names some has to name one.
    pub contexts: Vec<String>,
    /// Whether it goes on as it was before a person was known.
    pub is_continuous: bool,
    /// Whether its shares are of devices.
    pub is_by_device: bool,
    /// Whether an experiment runs on it.
    pub has_experiment: bool,
    /// Conditions, variants, payloads: PostHog's `filters`.
    pub filters: Value,
    /// Whether its conditions name other flags by their keys: those that carry a chain do.
    pub(crate) names_keys: bool,
}

impl FlagDefinition {
    fn read(flag: &Value) -> Result<Option<FlagDefinition>, UnreadableFlags> {
        let Some(key) = flag.get("key").and_then(Value::as_str) else {
            return Err(UnreadableFlags("a flag has no `key`".to_owned()));
        };
        let is = |name: &str| flag.get(name).and_then(Value::as_bool) == Some(true);
        if is("deleted") {
            return Ok(None);
        }
        let text = |name: &str| flag.get(name).and_then(Value::as_str);
        let texts = |name: &str| flag.get(name).and_then(Value::as_array);
        let contexts = texts("evaluation_contexts").or_else(|| texts("evaluation_tags")).into_iter().flatten();
        let filters = flag.get("filters").cloned().unwrap_or(Value::Null);
        let conditions = filters.get("groups").and_then(Value::as_array).into_iter().flatten();
        let mut properties = conditions.filter_map(|set| set.get("properties")?.as_array()).flatten();
        Ok(Some(FlagDefinition {
            key: key.to_owned(),
            id: flag.get("id").and_then(Value::as_u64).unwrap_or(0),
            is_active: flag.get("active").and_then(Value::as_bool).unwrap_or(true),
            version: flag.get("version").and_then(Value::as_u64).unwrap_or(1),
            runtime: text("evaluation_runtime").filter(|runtime| *runtime != "all").map(str::to_owned),
            contexts: contexts.filter_map(Value::as_str).map(str::to_owned).collect(),
            is_continuous: is("ensure_experience_continuity"),
            is_by_device: text("bucketing_identifier") == Some("device_id"),
            has_experiment: is("has_experiment"),
            names_keys: properties.any(|property| property.get("dependency_chain").is_some()),
            filters,
        }))
    }
}

/// What a cohort's people have in common.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CohortDefinition {
    /// These conditions.
    Of(Value),
    /// That somebody put them into it.
    Static,
}

/// The flags and cohorts of a project.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FlagDefinitions {
    pub(crate) flags: BTreeMap<String, FlagDefinition>,
    pub(crate) by_id: BTreeMap<String, String>,
    pub(crate) cohorts: BTreeMap<String, CohortDefinition>,
    pub(crate) group_types: BTreeMap<String, String>,
    pub(crate) is_literal: bool,
}

impl FlagDefinitions {
    /// Reads an answer of `GET /flags/definitions`. Flags of a project's own list can be read in the same form: conditions that
    /// name other flags by their numbers are understood, too.
    ///
    /// # Errors
    /// Where it holds no list of flags, or one of them has no key.
    pub fn read(body: &Value) -> Result<FlagDefinitions, UnreadableFlags> {
        let flags = body.get("flags").and_then(Value::as_array);
        let flags = flags.ok_or_else(|| UnreadableFlags("there is no list `flags`".to_owned()))?;
        let mut read = FlagDefinitions {
            is_literal: body.get("property_matching_version").and_then(Value::as_u64) == Some(2),
            ..FlagDefinitions::default()
        };
        for flag in flags {
            if let Some(flag) = FlagDefinition::read(flag)? {
                read.by_id.insert(flag.id.to_string(), flag.key.clone());
                read.flags.insert(flag.key.clone(), flag);
            }
        }
        for (id, group) in body.get("cohorts").and_then(Value::as_object).into_iter().flatten() {
            read.cohorts.insert(id.clone(), CohortDefinition::Of(group.clone()));
        }
        for (index, name) in body.get("group_type_mapping").and_then(Value::as_object).into_iter().flatten() {
            if let Some(name) = name.as_str() {
                read.group_types.insert(index.clone(), name.to_owned());
            }
        }
        Ok(read)
    }

    /// The same with a static cohort, of which [`AskedPerson::static_cohorts`](crate::AskedPerson::static_cohorts) says who is in it.
    #[must_use]
    pub fn with_static_cohort(mut self, id: impl Into<String>) -> FlagDefinitions {
        self.cohorts.insert(id.into(), CohortDefinition::Static);
        self
    }

    /// Every flag, by key.
    pub fn flags(&self) -> impl Iterator<Item = &FlagDefinition> {
        self.flags.values()
    }

    /// A flag by its key.
    pub fn flag(&self, key: &str) -> Option<&FlagDefinition> {
        self.flags.get(key)
    }

    /// The keys of flags that a flag's conditions name, in the order in which they do.
    pub fn needs<'a>(&'a self, key: &str) -> Vec<&'a str> {
        let Some(flag) = self.flags.get(key) else { return Vec::new() };
        let named = properties(&flag.filters).filter(|condition| is_flag(condition));
        named.filter_map(|condition| Some(self.named(flag, condition)?.key.as_str())).collect()
    }

    /// The keys of flags that a flag's conditions name, and of those that these name.
    pub fn needed_by<'a>(&'a self, key: &str) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut open = self.needs(key);
        found.extend(open.iter().copied());
        while let Some(next) = open.pop() {
            for other in self.needs(next) {
                if found.insert(other) {
                    open.push(other);
                }
            }
        }
        found
    }

    /// The flag that a condition of another one names.
    pub(crate) fn named(&self, by: &FlagDefinition, property: &Value) -> Option<&FlagDefinition> {
        let name = property.get("key").map(crate::text::text)?;
        let of_number = || self.by_id.get(&name).and_then(|key| self.flags.get(key));
        if by.names_keys {
            return self.flags.get(&name).or_else(of_number);
        }
        of_number().or_else(|| self.flags.get(&name))
    }
}

fn is_flag(condition: &Value) -> bool {
    condition.get("type").and_then(Value::as_str) == Some("flag")
}

/// Every condition of a flag.
pub(crate) fn properties(filters: &Value) -> impl Iterator<Item = &Value> {
    let sets = filters.get("groups").and_then(Value::as_array).into_iter().flatten();
    sets.filter_map(|set| set.get("properties")?.as_array()).flatten()
}
