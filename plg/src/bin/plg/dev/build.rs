//! One build of a stack's program.

use super::child::{ReadChild, ReadOutput};
use super::sources;
use crate::found::{FoundStack, cargo, no_cargo};
use crate::libraries::ClaimedLibrary;
use crate::line::StackCall;
use crate::run;
use plg_cli::front::FrontFailure;
use serde_json::Value;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// A build that goes on.
pub(crate) struct StackBuild<'a> {
    cargo: ReadChild,
    program: String,
    library: Option<ClaimedLibrary<'a>>,
    since: Instant,
}

/// What became of a build.
#[derive(Debug)]
pub(crate) enum BuildEnd {
    /// There is a program.
    Good(BuiltProgram),
    /// There is none.
    Bad(BuildErrors),
}

/// A program that cargo built, or found as it was.
#[derive(Debug)]
pub(crate) struct BuiltProgram {
    pub(crate) program: PathBuf,
    /// Whether nothing had to be compiled.
    pub(crate) is_fresh: bool,
    /// What the compiler warns of, in its colours.
    pub(crate) warnings: String,
    pub(crate) took: Duration,
    /// The files that it was made of.
    pub(crate) used: Vec<PathBuf>,
}

/// Why nothing was built.
#[derive(Debug)]
pub(crate) struct BuildErrors {
    /// What compiler and cargo say, in their colours.
    pub(crate) said: String,
    /// The errors alone, in plain text.
    pub(crate) plain: String,
    /// How many errors there are; 0 where cargo failed before it compiled anything.
    pub(crate) count: usize,
}

impl<'a> StackBuild<'a> {
    /// Begins one. Where cargo shows how far it is, it writes to standard error itself.
    pub(crate) fn begin(
        stack: &FoundStack,
        call: &StackCall,
        library: Option<ClaimedLibrary<'a>>,
        shows: bool,
        colors: bool,
    ) -> Result<StackBuild<'a>, FrontFailure> {
        let mut command = Command::new(cargo());
        command.args(run::words(stack, call, "json-diagnostic-rendered-ansi"));
        if !shows {
            command.arg("--quiet").env("CARGO_TERM_COLOR", if colors { "always" } else { "never" });
        }
        let cargo = ReadChild::start(&mut command, !shows).map_err(no_cargo)?;
        Ok(StackBuild { cargo, program: stack.program.clone(), library, since: Instant::now() })
    }

    /// Waits until it ends. What is dropped before may be waited for again.
    pub(crate) async fn ended(&mut self) -> Result<BuildEnd, FrontFailure> {
        let output = self.cargo.ended().await.map_err(no_cargo)?;
        if output.status.success() {
            self.library.iter().for_each(ClaimedLibrary::keep);
        }
        end(&output, &self.program, self.since.elapsed())
    }

    /// Gives it up.
    pub(crate) async fn cancel(self) {
        self.cargo.end().await;
    }
}

/// What became of a build, as cargo tells it.
fn end(output: &ReadOutput, program: &str, took: Duration) -> Result<BuildEnd, FrontFailure> {
    let lines = output.out.split(|byte| *byte == b'\n');
    let messages: Vec<Value> = lines.filter_map(|line| serde_json::from_slice(line).ok()).collect();
    let said = |is_wanted: &dyn Fn(&str) -> bool| -> String {
        let all = messages.iter().filter(|one| one["reason"] == "compiler-message").map(|one| &one["message"]);
        let wanted = all.filter(|one| is_wanted(one["level"].as_str().unwrap_or_default()));
        wanted.filter_map(|one| one["rendered"].as_str()).collect()
    };
    if !output.status.success() {
        // What rustc counts in the end is no error of its own.
        let is_error = |one: &&Value| {
            one["message"]["level"].as_str().is_some_and(|level| level.starts_with("error"))
                && !one["message"]["message"].as_str().is_some_and(|text| text.starts_with("aborting due to"))
        };
        let errors: Vec<&Value> = messages.iter().filter(is_error).collect();
        let cargo = String::from_utf8_lossy(&output.err);
        let plain: String = errors.iter().filter_map(|one| one["message"]["rendered"].as_str()).collect();
        let plain = anstream::adapter::strip_str(if errors.is_empty() { &cargo } else { &plain }).to_string();
        let said = format!("{}{cargo}", said(&|_| true));
        return Ok(BuildEnd::Bad(BuildErrors { said, plain: plain.trim_end().to_owned(), count: errors.len() }));
    }
    let program = run::built(&output.out, program).ok_or_else(|| {
        FrontFailure::unusable(
            format!("cargo built `{program}` and did not report the path of its program"),
            "update cargo, or run the stack through it: `cargo run -- deploy`",
        )
    })?;
    let is_fresh = messages.iter().filter(|one| one["reason"] == "compiler-artifact").all(|one| one["fresh"] == true);
    let rules = std::fs::read_to_string(program.with_extension("d")).unwrap_or_default();
    let warnings = said(&|level| level == "warning");
    Ok(BuildEnd::Good(BuiltProgram { program, is_fresh, warnings, took, used: sources::used(&rules) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::process::ExitStatus;

    #[cfg(unix)]
    fn status(code: i32) -> ExitStatus {
        use std::os::unix::process::ExitStatusExt;
        ExitStatus::from_raw(code << 8)
    }

    #[cfg(windows)]
    fn status(code: u32) -> ExitStatus {
        use std::os::windows::process::ExitStatusExt;
        ExitStatus::from_raw(code)
    }

    fn message(level: &str, text: &str) -> String {
        let rendered = format!("\u{1b}[1m{level}\u{1b}[0m: {text}\n");
        json!({ "reason": "compiler-message", "message": { "level": level, "message": text, "rendered": rendered } })
            .to_string()
    }

    fn bad(out: &[String], err: &str) -> BuildErrors {
        let output = ReadOutput { status: status(101), out: out.join("\n").into(), err: err.into() };
        match end(&output, "shop", Duration::ZERO) {
            Ok(BuildEnd::Bad(errors)) => errors,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn errors_are_told_apart_from_what_is_said_beside_them() {
        let all = [
            message("warning", "unused"),
            message("error", "no such flag"),
            message("error", "aborting due to 1 previous error; 1 warning emitted"),
        ];
        let errors = bad(&all, "error: could not compile `shop`\n");
        assert_eq!((errors.count, errors.plain.as_str()), (1, "error: no such flag"));
        assert!(
            errors.said.contains("unused") && errors.said.ends_with("could not compile `shop`\n"),
            "{}",
            errors.said
        );
        let errors = bad(&[], "\u{1b}[31merror\u{1b}[0m: failed to parse manifest\n");
        assert_eq!((errors.count, errors.plain.as_str()), (0, "error: failed to parse manifest"));
    }

    #[test]
    fn a_build_that_compiled_nothing_is_fresh() {
        let artifact = |fresh: bool| {
            json!({ "reason": "compiler-artifact", "fresh": fresh, "target": { "name": "shop" }, "executable": "/t/shop" })
                .to_string()
        };
        for (all, is_fresh) in [(vec![artifact(true)], true), (vec![artifact(false), artifact(true)], false)] {
            let output = ReadOutput { status: status(0), out: all.join("\n").into(), err: Vec::new() };
            match end(&output, "shop", Duration::ZERO) {
                Ok(BuildEnd::Good(built)) => assert_eq!((built.is_fresh, built.program), (is_fresh, "/t/shop".into())),
                other => panic!("{other:?}"),
            }
        }
    }
}
