//! `explain`: what an error means, and what to do about it.

use crate::failure::Failure;
use crate::output::Output;
use plg_schema::codes::{Code, all, find};
use serde_json::json;
use std::process::ExitCode;

pub(crate) fn run(name: Option<&str>, output: &Output) -> Result<ExitCode, Failure> {
    let Some(name) = name else {
        let lines: Vec<String> = all().map(|code| format!("{}  {}", code.code, code.title)).collect();
        all().for_each(|code| event(code, output));
        output.data(&lines.join("\n"));
        return Ok(ExitCode::SUCCESS);
    };
    let code = find(name).ok_or_else(|| {
        let hint = if name.starts_with(['E', 'e']) {
            "codes of this plg start with P; for one of the Rust compiler's own: `rustc --explain`"
        } else {
            "`explain` without a code lists them all"
        };
        Failure::usage(format!("there is no error {name}"), hint)
    })?;
    event(code, output);
    output.data(&format!("{}: {}\n\n{}\n\n{}", code.code, code.title, code.cause, code.cure));
    Ok(ExitCode::SUCCESS)
}

fn event(code: &Code, output: &Output) {
    output
        .event("explained", json!({ "code": code.code, "title": code.title, "cause": code.cause, "cure": code.cure }));
}
