//! Runs the steps of `action.yml` as a forge's runner would: shell steps as they stand, and those that keep and fetch
//! artefacts by copying a folder.

use super::super::keys;
use super::forge::Forge;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the repository is there")
}

/// One run of a workflow.
#[derive(Debug)]
pub(super) struct Run<'a> {
    pub(super) forge: &'a Forge,
    /// Where the checkout, the kept artefacts and the runner's own files are.
    pub(super) root: &'a Path,
    pub(super) sandbox: &'a str,
    pub(super) id: u64,
    pub(super) commit: &'a str,
    /// The pull request that it belongs to.
    pub(super) number: Option<u64>,
    /// Instead of the program of the stack.
    pub(super) program: Option<&'a str>,
}

/// How a run ended: its code, what it printed, and its summary.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: i32,
    pub(super) said: String,
    pub(super) summary: String,
}

impl Run<'_> {
    /// Runs the action with these inputs.
    pub(super) fn with(&self, inputs: &[(&str, &str)]) -> Ended {
        let text = std::fs::read_to_string(repository().join("action.yml")).expect("a step of the action");
        let action: Value = serde_yaml_ng::from_str(&text).expect("a step of the action");
        let temporary = self.root.join(format!("runner-{}-{}", self.id, self.commit));
        std::fs::create_dir_all(&temporary).expect("a step of the action");
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for (name, input) in action["inputs"].as_object().expect("names") {
            let given = inputs.iter().find(|(given, _)| given == name).map(|(_, value)| *value);
            let value = match (given, input["default"].as_str()) {
                (Some(value), _) => value.to_owned(),
                (None, Some("${{ github.token }}")) => "t0ken".to_owned(),
                (None, Some(default)) => default.to_owned(),
                (None, None) => panic!("`{name}` has to be given"),
            };
            known.insert(format!("inputs.{name}"), value);
        }
        let program = self.program.unwrap_or(env!("CARGO_BIN_EXE_plg-stack"));
        known.insert("inputs.program".into(), program.to_owned());
        known.insert("runner.temp".into(), temporary.display().to_string());
        let mut ended = Ended { code: 0, said: String::new(), summary: String::new() };
        for step in action["runs"]["steps"].as_array().expect("a list") {
            if !is_wanted(step["if"].as_str().expect("a text"), &known) {
                continue;
            }
            match step["uses"].as_str() {
                Some(used) => self.copy(used, step, &known),
                None => self.shell(step, &mut known, &temporary, &mut ended),
            }
            if ended.code != 0 {
                break;
            }
        }
        ended.summary = std::fs::read_to_string(temporary.join("summary")).unwrap_or_default();
        ended
    }

    fn shell(&self, step: &Value, known: &mut BTreeMap<String, String>, temporary: &Path, ended: &mut Ended) {
        let event = temporary.join("event.json");
        let said = self.number.map_or_else(|| json!({}), |number| json!({ "pull_request": { "number": number } }));
        std::fs::write(&event, said.to_string()).expect("a step of the action");
        let outputs = temporary.join("outputs");
        std::fs::write(&outputs, "").expect("a step of the action");
        let mut command = Command::new("bash");
        command
            .args(["-eo", "pipefail", "-c", step["run"].as_str().expect("a text")])
            .current_dir(self.root)
            .env_clear();
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.env("GITHUB_ACTION_PATH", repository()).env("GITHUB_API_URL", &self.forge.url);
        command.env("GITHUB_REPOSITORY", "acme/growth").env("GITHUB_SHA", self.commit);
        command.env("GITHUB_EVENT_PATH", &event).env("GITHUB_OUTPUT", &outputs);
        command.env("GITHUB_STEP_SUMMARY", temporary.join("summary"));
        command.env("PLG_ROOT", self.root).env("PLG_RETRIES", "0").envs(keys("k", "k"));
        command.env("PLG_ATTIO_URL", self.sandbox).env("PLG_POSTHOG_URL", self.sandbox);
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            command.env(name, filled(value.as_str().expect("a text"), known));
        }
        let output = command.output().expect("a step of the action");
        ended.code = output.status.code().unwrap_or(-1);
        ended.said.push_str(&String::from_utf8_lossy(&output.stdout));
        ended.said.push_str(&String::from_utf8_lossy(&output.stderr));
        if let Some(id) = step["id"].as_str() {
            for line in std::fs::read_to_string(&outputs).expect("a step of the action").lines() {
                let (name, value) = line.split_once('=').expect("a step of the action");
                known.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
            }
        }
    }

    /// Keeps a folder, or fetches one.
    fn copy(&self, used: &str, step: &Value, known: &BTreeMap<String, String>) {
        let given = |name: &str| filled(step["with"][name].as_str().expect("a text"), known);
        let kept = |run: &str| self.root.join("kept").join(run).join(given("name"));
        let (from, to) = if used.starts_with("actions/upload-artifact@") {
            self.forge.held.lock().expect("nobody panicked").artifacts.push(json!({
                "name": given("name"), "expired": false,
                "workflow_run": {
                    "id": self.id, "head_sha": self.commit, "head_repository_id": 1, "repository_id": 1,
                },
            }));
            (PathBuf::from(given("path")), kept(&self.id.to_string()))
        } else {
            assert!(used.starts_with("actions/download-artifact@"), "{used}");
            assert_eq!(given("github-token"), "t0ken");
            (kept(&given("run-id")), PathBuf::from(given("path")))
        };
        std::fs::create_dir_all(&to).expect("a step of the action");
        for file in std::fs::read_dir(from).expect("a step of the action").flatten() {
            std::fs::copy(file.path(), to.join(file.file_name())).expect("a step of the action");
        }
    }
}

/// A text with what stands in `${{ … }}`.
fn filled(text: &str, known: &BTreeMap<String, String>) -> String {
    let mut parts = text.split("${{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").expect("a step of the action");
        out.push_str(value(name, known));
        out.push_str(rest);
    }
    out
}

/// What stands there; nothing where the step that says it did not run.
fn value<'a>(name: &str, known: &'a BTreeMap<String, String>) -> &'a str {
    let name = name.trim();
    assert!(known.contains_key(name) || name.starts_with("steps."), "nobody says `{name}`");
    known.get(name).map_or("", String::as_str)
}

/// Comparisons that all have to hold.
fn is_wanted(condition: &str, known: &BTreeMap<String, String>) -> bool {
    condition.split(" && ").all(|one| {
        let (same, (left, right)) = match one.split_once(" == ") {
            Some(sides) => (true, sides),
            None => (false, one.split_once(" != ").expect("a step of the action")),
        };
        (value(left, known) == right.trim_matches('\'')) == same
    })
}
