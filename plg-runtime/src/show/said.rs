//! One sentence that is said beside the differences of a plan.

use crate::plan::Change;
use serde::Serialize;

/// One line of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Said {
    /// The address that it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// A sentence.
    pub says: String,
    /// What is done with the address, where the line is about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

impl Said {
    pub(super) fn of(address: &str, says: String) -> Said {
        Said { address: Some(address.to_owned()), says, change: None }
    }

    /// A sentence that begins with its address.
    pub(super) fn read(address: &str, sentence: &str) -> Said {
        let says = sentence.strip_prefix(address).and_then(|rest| rest.strip_prefix(": "));
        says.map_or_else(|| Said::own(sentence.to_owned()), |says| Said::of(address, says.to_owned()))
    }

    pub(super) fn own(says: String) -> Said {
        Said { address: None, says, change: None }
    }

    /// As one line.
    pub fn line(&self) -> String {
        match &self.address {
            Some(address) => format!("{address}: {}", self.says),
            None => self.says.clone(),
        }
    }
}
