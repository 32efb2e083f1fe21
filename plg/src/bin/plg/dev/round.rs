//! One round: what changed, what was built, what was deployed. Said in a line, as an event, and on the sandbox's page.

use super::build::BuildErrors;
use super::deploy::DeployEnd;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a plan calls it that a resource is as it should be.
const UNCHANGED: &str = "leave";
/// How many files are named in a line.
const NAMED: usize = 3;

/// What happened in one round, as far as it came.
#[derive(Debug, Default)]
pub(crate) struct DevRound {
    /// The sources that changed since the last round, as a person calls them; none in the first.
    pub(crate) changed: Vec<String>,
    /// How long the build took, where there is a program.
    pub(crate) built: Option<Duration>,
    pub(crate) errors: Option<BuildErrors>,
    pub(crate) deployed: Option<DeployEnd>,
}

impl DevRound {
    /// The line that is printed of it.
    pub(crate) fn line(&self) -> String {
        let mut parts = Vec::new();
        parts.extend((!self.changed.is_empty()).then(|| format!("changed: {}", self.files())));
        parts.extend(self.built.map(|took| format!("built in {:.1} s", took.as_secs_f64())));
        parts.extend(self.errors.as_ref().map(|errors| match errors.count {
            0 => "not built".to_owned(),
            1 => "not built: 1 error".to_owned(),
            count => format!("not built: {count} errors"),
        }));
        if let Some(end) = &self.deployed {
            let counts = counted(&end.counts);
            let nothing = if end.problem.is_empty() { "no changes" } else { "" };
            parts.push(if counts.is_empty() { nothing.to_owned() } else { counts });
            parts.push(if end.problem.is_empty() {
                format!("deployed in {:.2} s", end.took.as_secs_f64())
            } else {
                "not deployed".to_owned()
            });
        }
        parts.retain(|part| !part.is_empty());
        parts.join(" · ")
    }

    fn files(&self) -> String {
        let more = self.changed.len().saturating_sub(NAMED);
        let named = self.changed.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        if more == 0 { named } else { format!("{named} and {more} more") }
    }

    /// What a program is told of it.
    pub(crate) fn event(&self) -> Value {
        let seconds = |took: Duration| (took.as_secs_f64() * 1000.0).round() / 1000.0;
        let problem = self.deployed.as_ref().map(|end| end.problem.as_str()).filter(|problem| !problem.is_empty());
        json!({
            "changed": self.changed,
            "built": self.built.is_some(),
            "build_seconds": self.built.map(seconds),
            "errors": self.errors.as_ref().map(|errors| &errors.plain),
            "deployed": self.deployed.is_some() && problem.is_none(),
            "deploy_seconds": self.deployed.as_ref().map(|end| seconds(end.took)),
            "counts": self.deployed.as_ref().map(|end| &end.counts),
            "problem": problem,
        })
    }

    /// What the sandbox's page shows of it.
    pub(crate) fn status(&self) -> Value {
        if let Some(errors) = &self.errors {
            return json!({ "state": "build_failed", "says": "The stack could not be built", "detail": errors.plain });
        }
        match &self.deployed {
            Some(end) if !end.problem.is_empty() => {
                json!({ "state": "deploy_failed", "says": "The stack could not be deployed", "detail": end.problem })
            }
            Some(end) => {
                let says = match changes(&end.counts).map(|(_, count)| count).sum::<u64>() {
                    0 => "Deployed without changes".to_owned(),
                    1 => "Deployed 1 change".to_owned(),
                    count => format!("Deployed {count} changes"),
                };
                json!({ "state": "deployed", "says": says })
            }
            None => Value::Null,
        }
    }

    /// What the page shows while a build goes on; what failed before stays in sight.
    pub(crate) fn under_way(&self, before: &Value) -> Value {
        let of = if self.changed.is_empty() { String::new() } else { format!(" after a change of {}", self.files()) };
        json!({ "state": "building", "says": format!("A build{of} began"), "detail": before["detail"].as_str().unwrap_or_default() })
    }
}

/// What a plan does, with how many resources it does so to.
fn changes(counts: &Map<String, Value>) -> impl Iterator<Item = (&str, u64)> {
    let all = counts.iter().filter(|(verb, _)| *verb != UNCHANGED);
    all.filter_map(|(verb, count)| Some((verb.as_str(), count.as_u64().filter(|count| *count > 0)?)))
}

/// Counts of a plan as one says them: `create 1, change 2`.
fn counted(counts: &Map<String, Value>) -> String {
    let said = changes(counts).map(|(verb, count)| {
        let verb = match verb {
            "update" => "change",
            "revive" => "bring back",
            "keep" => "leave behind",
            "await" => "not there yet",
            verb => verb,
        };
        format!("{verb} {count}")
    });
    said.collect::<Vec<_>>().join(", ")
}

/// A file as a person calls it: from the first of these folders that it is in.
pub(crate) fn called(file: &Path, folders: &[PathBuf]) -> String {
    let inside = folders.iter().find_map(|folder| file.strip_prefix(folder).ok());
    inside.unwrap_or(file).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployed(counts: Value, problem: &str) -> Option<DeployEnd> {
        let counts = counts.as_object().cloned().unwrap_or_default();
        let took = Duration::from_millis(31);
        Some(DeployEnd { counts, problem: problem.to_owned(), is_locked: false, warnings: Vec::new(), took })
    }

    #[test]
    fn a_round_is_one_line() {
        let mut round = DevRound {
            changed: vec!["src/stack.rs".into()],
            built: Some(Duration::from_millis(1_240)),
            deployed: deployed(json!({ "create": 1, "update": 2, "leave": 70 }), ""),
            ..DevRound::default()
        };
        assert_eq!(round.line(), "changed: src/stack.rs · built in 1.2 s · create 1, change 2 · deployed in 0.03 s");
        assert_eq!(round.status()["says"], "Deployed 3 changes");
        round.deployed = deployed(json!({ "leave": 73 }), "");
        assert_eq!(round.line(), "changed: src/stack.rs · built in 1.2 s · no changes · deployed in 0.03 s");
        round.deployed = deployed(json!({ "create": 1 }), "error: <no>");
        assert_eq!(round.line(), "changed: src/stack.rs · built in 1.2 s · create 1 · not deployed");
        assert_eq!(
            (round.event()["deployed"].as_bool(), round.status()["detail"].as_str()),
            (Some(false), Some("error: <no>"))
        );
        let errors = |count| Some(BuildErrors { said: "red".into(), plain: "plain".into(), count });
        let round = DevRound {
            changed: ["a", "b", "c", "d", "e"].map(str::to_owned).into(),
            errors: errors(2),
            ..DevRound::default()
        };
        assert_eq!(round.line(), "changed: a, b, c and 2 more · not built: 2 errors");
        let broken = round.status();
        assert_eq!((broken["state"].as_str(), broken["detail"].as_str()), (Some("build_failed"), Some("plain")));
        assert_eq!(DevRound::default().under_way(&broken)["detail"], "plain");
        assert!(!round.event().to_string().contains("red"));
    }

    #[test]
    fn a_file_is_called_from_the_nearest_folder() {
        let folders = ["/home/ann/shop", "/home/ann"].map(PathBuf::from);
        assert_eq!(called(Path::new("/home/ann/shop/src/lib.rs"), &folders), "src/lib.rs");
        assert_eq!(called(Path::new("/home/ann/crm/src/lib.rs"), &folders), "crm/src/lib.rs");
        assert_eq!(called(Path::new("/elsewhere/lib.rs"), &folders), "/elsewhere/lib.rs");
    }
}
