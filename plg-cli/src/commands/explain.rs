//! `explain`: what an error means, and what to do about it.

use crate::failure::CommandFailure;
use crate::output::Output;
use clap::Args;
use plg_runtime::exit::Exit;
use plg_schema::codes::{Code, all, find};
use serde_json::json;

/// Say what an error means, by its code; without one, list them all.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The code, such as P0201.
    pub(crate) code: Option<String>,
}

pub(crate) fn run(args: &ExplainArgs, output: &Output) -> Result<Exit, CommandFailure> {
    let Some(name) = &args.code else {
        let lines: Vec<String> = all().map(|code| format!("{}  {}", code.code, code.title)).collect();
        all().for_each(|code| event(code, output));
        output.data(&lines.join("\n"));
        return Ok(Exit::Done);
    };
    let code = find(name).ok_or_else(|| {
        let hint = if name.starts_with(['E', 'e']) {
            "codes of this plg start with P; for one of the Rust compiler's own: `rustc --explain`"
        } else {
            "`explain` without a code lists them all"
        };
        CommandFailure::usage(format!("there is no error {name}"), hint)
    })?;
    event(code, output);
    output.data(&format!("{}: {}\n\n{}\n\n{}", code.code, code.title, code.cause, code.cure));
    Ok(Exit::Done)
}

fn event(code: &Code, output: &Output) {
    output
        .event("explained", json!({ "code": code.code, "title": code.title, "cause": code.cause, "cure": code.cure }));
}
