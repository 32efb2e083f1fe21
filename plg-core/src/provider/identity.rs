//! Who a key is, and what it may do.

/// Where a key leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountIdentity {
    /// What tells the account apart from every other one of the provider.
    pub id: String,
    /// Its name, for people.
    pub name: String,
    /// The scopes of the key, where the same answer says so.
    pub scopes: Option<Vec<String>>,
}

/// What a key may do, as its API says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyRights {
    /// Its scopes; none where the API does not say.
    pub scopes: Option<Vec<String>>,
    /// The accounts it is limited to, if it is.
    pub accounts: Vec<String>,
    /// The organizations it is limited to, if it is.
    pub organizations: Vec<String>,
}

/// What is wrong with a key, although it may be a good one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFlaw {
    /// What is wrong, after the key's name: `begins with phc_: …`.
    pub says: String,
    /// What to do.
    pub hint: String,
}
