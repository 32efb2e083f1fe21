//! Who changed an object last.

use serde::Serialize;

/// Who changed an object last, and when, as far as its API tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LastChange {
    /// Who it was: an e-mail address, or a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it was (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl LastChange {
    /// What is known of it; none where nothing is.
    pub fn of(by: Option<String>, at: Option<String>) -> Option<Self> {
        (by.is_some() || at.is_some()).then_some(LastChange { by, at })
    }
}
