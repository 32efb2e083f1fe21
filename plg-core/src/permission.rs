//! What a key has to be allowed, from the path of what it asks for.

/// A group of permissions of an API's keys: `cohort`, of `cohort:read` and `cohort:write`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// The verb that its API has for changing something: `write`.
    pub change: &'static str,
    /// The resource, as the API calls it in its scopes: `cohort`.
    pub object: &'static str,
    /// The word of servers that do not know this one, where they have one that includes it.
    pub older: Option<&'static str>,
}

impl Permission {
    /// As the API spells it: `cohort:write`, `webhook:read-write`.
    pub fn spelled(&self, writes: bool) -> String {
        format!("{}:{}", self.object, self.verb(writes))
    }

    fn verb(&self, writes: bool) -> &'static str {
        if writes { self.change } else { "read" }
    }

    /// Whether one of these scopes gives it. Who may write may read.
    pub fn is_in(&self, scopes: &[String], writes: bool) -> bool {
        if scopes.iter().any(|scope| scope == "*") {
            return true;
        }
        // A key that names the newer word is one of a server that knows it.
        let object = match self.older {
            Some(older) if verbs(scopes, self.object).next().is_none() => older,
            _ => self.object,
        };
        verbs(scopes, object).any(|verb| verb == self.verb(true) || !writes && verb == "read")
    }
}

/// What scopes allow with one object.
fn verbs<'s>(scopes: &'s [String], object: &'s str) -> impl Iterator<Item = &'s str> {
    scopes.iter().filter_map(move |scope| scope.strip_prefix(object)?.strip_prefix(':'))
}
