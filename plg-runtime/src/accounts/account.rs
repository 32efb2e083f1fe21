//! An account: where one key leads.

/// Where one key leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// The Attio workspace's id; PostHog's host and project.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// What the key may do, where the API says so.
    pub(crate) scopes: Option<Vec<String>>,
}
