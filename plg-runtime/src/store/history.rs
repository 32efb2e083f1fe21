//! Who deployed what, and when.

use serde::{Deserialize, Serialize};

/// How many deploys are remembered.
pub(crate) const KEPT: usize = 200;

/// Of how many of them the plan is remembered, too.
pub(crate) const SHOWN: usize = 50;

/// The most bytes of a plan that are remembered.
const MOST: usize = 32 << 10;

/// A plan as it is remembered: its lines, cut where there are too many, with how many are not there.
pub(crate) fn plan_lines(text: &str) -> Vec<String> {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    let all: Vec<&str> = text.trim_matches('\n').lines().collect();
    for line in &all {
        bytes += line.len();
        if bytes > MOST {
            lines.push(format!("  … and {} more lines", all.len() - lines.len()));
            break;
        }
        lines.push((*line).to_owned());
    }
    lines
}

/// Who deploys, as far as the command knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct By {
    /// The user's name.
    pub user: String,
    /// The machine.
    pub host: String,
    /// The commit of the stack's sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Whether the sources differed from that commit.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dirty: bool,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

/// One deploy that changed something, or was about to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deployed {
    /// Its number: the snapshot it made. A deploy marker has the same one in its address.
    pub number: u64,
    /// When it ended (RFC 3339).
    pub at: String,
    /// Who it was.
    pub by: By,
    /// A fingerprint of the plan: equal plans have equal ones.
    pub plan: String,
    /// That plan as it was shown, a line each; deploys of long ago have none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<String>,
    /// Whether it removed everything.
    pub destroy: bool,
    /// The names of the accounts that it wrote to, or was to; deploys of long ago have none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<String>,
    /// How many were made.
    pub created: usize,
    /// How many were changed, replaced or brought back; before adoptions were counted, those too.
    pub changed: usize,
    /// How many were there already, and are looked after since.
    #[serde(skip_serializing_if = "is_none")]
    pub adopted: usize,
    /// How many were deleted, archived or let go.
    pub removed: usize,
    /// How many could not be applied.
    pub failed: usize,
    /// Whether it was stopped half way.
    pub interrupted: bool,
    /// Whether it died: what it did is not counted, and the next run found out what became of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub died: bool,
    /// The deploy marker it left: address and remote id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marker: Option<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_plan_is_cut_with_a_count() {
        assert_eq!(plan_lines("\n  a\n\n  b\n\n"), ["  a", "", "  b"]);
        assert_eq!(plan_lines(""), [""; 0]);
        let lines = plan_lines(&"0123456789abcdef\n".repeat(3_000));
        assert_eq!(lines.len(), 2_049);
        assert_eq!(lines.last().map(String::as_str), Some("  … and 952 more lines"));
    }
}
