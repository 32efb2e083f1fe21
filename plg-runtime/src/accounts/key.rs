//! What is wrong with a key.

use super::permissions::{Lack, Needs};
use crate::http::Endpoint;
use plg_core::provider::{KeyFlaw, KeyRights};
use plg_core::{AccountName, Provider};
use std::fmt;

/// What is wrong with a key, although it may be a good one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyProblem {
    /// Whose key.
    pub provider: &'static Provider,
    /// Of which account.
    pub account: AccountName,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl KeyProblem {
    /// What is wrong with the key of an account.
    pub(super) fn of(endpoint: &Endpoint, flaw: KeyFlaw) -> KeyProblem {
        let variable = |hole: &str| endpoint.hole_variables.iter().find(|(name, _)| *name == hole).map(|(_, v)| v);
        // Where what is said ends in a setting that a variable holds, the variable is named.
        let of = endpoint
            .holes
            .iter()
            .filter(|(_, value)| flaw.says.ends_with(value.as_str()))
            .find_map(|(hole, _)| variable(hole))
            .map_or_else(String::new, |name| format!(" ({name})"));
        KeyProblem {
            provider: endpoint.provider,
            account: endpoint.account,
            message: format!("{} {}{of}", endpoint.key_title(), flaw.says),
            hint: flaw.hint,
        }
    }
}

/// A key that cannot be the one that is needed, as it looks.
pub(crate) fn misplaced(endpoint: &Endpoint) -> Option<KeyProblem> {
    let flaw = endpoint.provider.api.misplaced(endpoint.key.expose())?;
    Some(KeyProblem::of(endpoint, flaw))
}

/// Everything that keeps a key from what it is needed for: permissions it lacks.
pub(crate) fn lacking(rights: &KeyRights, endpoint: &Endpoint, needs: &Needs) -> Option<KeyProblem> {
    let lacks = needs.lacking(endpoint.account, rights.scopes.as_ref()?);
    if lacks.is_empty() {
        return None;
    }
    let said = if let [one] = lacks.as_slice() { format!("lacks {one}") } else { several(&lacks) };
    let them = if lacks.len() == 1 { "it" } else { "them" };
    let hint = format!(
        "add {them} to the key in {}, {}; docs/keys.md lists the permissions that each kind needs",
        endpoint.provider.title,
        endpoint.provider.api.keys_are()
    );
    Some(KeyProblem::of(endpoint, KeyFlaw { says: said, hint }))
}

fn several(lacks: &[Lack]) -> String {
    let lines: Vec<String> = lacks.iter().map(|lack| format!("\n    {lack}")).collect();
    format!("lacks {} permissions:{}", lacks.len(), lines.concat())
}
