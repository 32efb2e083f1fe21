//! One deploy to the sandbox that is served, by the newest program of the stack.

use super::child::{ReadChild, ReadOutput};
use crate::found::FoundStack;
use crate::libraries;
use plg_cli::front::{FrontFailure, FrontFlags};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;
use std::process;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// How a deploy ends that found somebody else at work on the stage.
const LOCKED: i32 = 6;

/// A command of the stack that goes on.
pub(crate) struct StackCommand {
    child: ReadChild,
    since: Instant,
}

/// What became of a deploy.
#[derive(Debug)]
pub(crate) struct DeployEnd {
    /// How many resources were created, changed and so on, each by its verb.
    pub(crate) counts: Map<String, Value>,
    /// Why something was not done; empty where all was.
    pub(crate) problem: String,
    /// Whether somebody else was at work: it can be tried again without a change.
    pub(crate) is_locked: bool,
    /// What people should know.
    pub(crate) warnings: Vec<String>,
    pub(crate) took: Duration,
}

impl DeployEnd {
    /// Nothing was tried, for this reason.
    pub(crate) fn untried(why: &FrontFailure) -> DeployEnd {
        let (problem, counts, took) = (error(&why.event()), Map::new(), Duration::ZERO);
        DeployEnd { counts, problem, is_locked: false, warnings: Vec::new(), took }
    }
}

impl StackCommand {
    /// Starts one without input.
    pub(crate) fn start(
        stack: &FoundStack,
        program: &Path,
        words: &[&str],
        flags: &FrontFlags,
    ) -> Result<StackCommand, FrontFailure> {
        let mut command: Command = libraries::with(process::Command::new(program), stack, program).into();
        command.args(words).arg("--json").args(flags.passed());
        let child = ReadChild::start(&mut command, false).map_err(|error| failed(program, &error))?;
        Ok(StackCommand { child, since: Instant::now() })
    }

    /// Waits until a deploy ends. What is dropped before may be waited for again.
    pub(crate) async fn deployed(&mut self) -> Result<DeployEnd, FrontFailure> {
        let output = self.child.ended().await.map_err(|error| failed(Path::new("the stack's program"), &error))?;
        Ok(end(&output, self.since.elapsed()))
    }

    /// Waits until `graph` ends, and says which accounts the stack needs.
    pub(crate) async fn accounts(&mut self) -> Result<BTreeSet<String>, FrontFailure> {
        let output = self.child.ended().await.map_err(|error| failed(Path::new("the stack's program"), &error))?;
        let nodes = events(&output.out).into_iter().filter(|event| event["event"] == "node");
        Ok(nodes.filter_map(|node| node["account"].as_str().map(str::to_owned)).collect())
    }

    /// Tells it to finish what is under way, which it says and remembers.
    pub(crate) fn interrupt(&self) {
        self.child.interrupt();
    }
}

fn failed(program: &Path, error: &std::io::Error) -> FrontFailure {
    FrontFailure::unusable(format!("{} cannot be run: {error}", program.display()), "build it anew")
}

fn events(printed: &[u8]) -> Vec<Value> {
    printed.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

/// What became of a deploy, by its events.
fn end(output: &ReadOutput, took: Duration) -> DeployEnd {
    let events = events(&output.out);
    let all = |name: &'static str| events.iter().filter(move |event| event["event"] == name);
    let warnings = all("warning").filter_map(|event| event["message"].as_str().map(str::to_owned)).collect();
    let counts = all("plan").next_back().and_then(|plan| plan["counts"].as_object()).cloned().unwrap_or_default();
    let mut problem = String::new();
    if !output.status.success() {
        let mut lines: Vec<String> = all("failure").map(failure).collect();
        lines.extend(all("waiting").map(|event| {
            format!("{}: a create of an earlier run may still arrive", event["address"].as_str().unwrap_or_default())
        }));
        lines.extend(all("error").map(error));
        if lines.is_empty() {
            lines.push(format!("the deploy failed ({})", output.status));
        }
        problem = lines.join("\n");
    }
    DeployEnd { counts, problem, is_locked: output.status.code() == Some(LOCKED), warnings, took }
}

/// A resource that could not be applied.
fn failure(event: &Value) -> String {
    let text = |key: &str| event[key].as_str().filter(|text| !text.is_empty());
    let place = text("at").or(text("place")).map(|place| format!("\n  --> {place}")).unwrap_or_default();
    let said = text("message").unwrap_or_default().replace('\n', "\n  ");
    format!(
        "{} {} could not be applied{place}\n  {said}{}",
        named(event),
        text("address").unwrap_or_default(),
        help(event)
    )
}

/// Why the whole deploy was not done.
fn error(event: &Value) -> String {
    format!("{} {}{}", named(event), event["message"].as_str().unwrap_or_default(), help(event))
}

fn named(event: &Value) -> String {
    event["name"].as_str().map_or_else(|| "error:".to_owned(), |name| format!("error[{name}]:"))
}

fn help(event: &Value) -> String {
    let hint = event["hint"].as_str().filter(|hint| !hint.is_empty());
    hint.map(|hint| format!("\n help: {hint}")).unwrap_or_default()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use serde_json::json;
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    fn ended(code: i32, events: &[Value]) -> DeployEnd {
        let out: Vec<String> = events.iter().map(Value::to_string).collect();
        let output =
            ReadOutput { status: ExitStatus::from_raw(code << 8), out: out.join("\n").into(), err: Vec::new() };
        end(&output, Duration::ZERO)
    }

    #[test]
    fn what_was_not_done_is_said_with_where_and_why() {
        let plan = json!({ "event": "plan", "counts": { "create": 2 } });
        let good = ended(0, &[plan.clone(), json!({ "event": "warning", "message": "the plan is old" })]);
        assert_eq!((good.counts["create"].as_u64(), good.problem.as_str()), (Some(2), ""));
        assert_eq!(good.warnings, ["the plan is old"]);
        let failure = json!({
            "event": "failure", "address": "feature_flag.F", "place": "src/lib.rs:3", "message": "400\nPOST /flags",
            "hint": "change the key", "name": "P0501",
        });
        assert_eq!(
            ended(4, &[plan, failure]).problem,
            "error[P0501]: feature_flag.F could not be applied\n  --> src/lib.rs:3\n  400\n  POST /flags\n help: change the key"
        );
        let locked = ended(6, &[json!({ "event": "error", "message": "ann is at work", "hint": "", "name": "P0601" })]);
        assert_eq!((locked.problem.as_str(), locked.is_locked), ("error[P0601]: ann is at work", true));
        assert!(ended(101, &[]).problem.starts_with("the deploy failed"));
    }
}
