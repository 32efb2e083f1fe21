//! What a sandbox is told about the account it plays: plan, licences, tokens, clock.

use crate::Store;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that changes how the sandbox answers; kept in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The id of the account's PostHog project.
    pub project: u64,
    /// Which bearer tokens are good; `None` takes any.
    pub tokens: Option<BTreeMap<String, ApiToken>>,
    /// Whether Attio's standard object `deals` is enabled.
    pub deals: bool,
    /// Whether Attio's standard object `users` is enabled.
    pub users: bool,
    /// Whether Attio's standard object `workspaces` is enabled.
    pub workspaces: bool,
    /// Whether the Attio plan allows creating lists.
    pub lists_plan: bool,
    /// Titles of views that people made in Attio, by the slug of the object or list that they are of.
    pub views: BTreeMap<String, Vec<String>>,
    /// Whether the PostHog licence has tags.
    pub tagging: bool,
    /// Whether the PostHog licence has white labelling.
    pub white_labelling: bool,
    /// Whether the PostHog organization may limit flags to contexts of evaluation; without it they are dropped in
    /// silence.
    pub evaluation_contexts: bool,
    /// Whether requests above the providers' rates are refused.
    pub rate_limits: bool,
    /// Whether PostHog makes a dashboard with two insights beside each flag and survey, as it did until the middle
    /// of 2026, unless a create has `_should_create_usage_dashboard: false`.
    pub usage_dashboards: bool,
    /// The time the sandbox believes it is; `None` follows the system's clock.
    pub now: Option<Timestamp>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            project: 12345,
            tokens: None,
            deals: true,
            users: false,
            workspaces: false,
            lists_plan: true,
            views: BTreeMap::new(),
            tagging: true,
            white_labelling: false,
            evaluation_contexts: true,
            rate_limits: false,
            usage_dashboards: false,
            now: None,
        }
    }
}

/// What a bearer token may do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ApiToken {
    /// Whether it still works.
    pub active: bool,
    /// Scopes in the provider's spelling; `*` is all of them.
    pub scopes: Vec<String>,
    /// PostHog projects it reaches; empty is all of them.
    pub projects: Vec<u64>,
    /// PostHog organizations it reaches, by id; empty is all of them.
    pub organizations: Vec<String>,
}

impl Default for ApiToken {
    fn default() -> Self {
        ApiToken { active: true, scopes: vec!["*".into()], projects: Vec::new(), organizations: Vec::new() }
    }
}

const TABLE: &str = "_settings";
const KEY: &str = "settings";

impl Settings {
    /// The settings kept in a store, if any were.
    pub fn load(store: &Store) -> Option<Settings> {
        serde_json::from_value(store.get(TABLE, KEY)?.clone()).ok()
    }

    /// Keeps the settings in a store.
    pub fn save(&self, store: &mut Store) {
        if let Ok(value) = serde_json::to_value(self) {
            store.put(TABLE, KEY, value);
        }
    }

    /// The time as the sandbox sees it.
    pub fn clock(&self) -> Timestamp {
        self.now.unwrap_or_else(Timestamp::now)
    }

    /// What a sent bearer token may do; `None` if it is not good.
    pub fn token(&self, bearer: &str) -> Option<ApiToken> {
        match &self.tokens {
            None => Some(ApiToken::default()),
            Some(tokens) => tokens.get(bearer).filter(|t| t.active).cloned(),
        }
    }
}
