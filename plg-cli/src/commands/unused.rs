//! `unused`: what the stack declares and an application never uses.

use super::codegen::STALE;
use crate::args::UnusedArgs;
use crate::failure::Failure;
use crate::output::Output;
use crate::sources;
use plg_codegen::usage::Scan;
use plg_codegen::{Ids, Names};
use plg_schema::Stack;
use serde_json::json;
use std::process::ExitCode;

pub(crate) fn run(stack: &'static Stack, args: &UnusedArgs, output: &Output) -> Result<ExitCode, Failure> {
    if args.application.folders.is_empty() {
        return Err(Failure::usage(
            "no folder was named",
            "name those with an application's sources: `unused --in app`",
        ));
    }
    let mut scan = Scan::new(&Names::of(stack, &Ids::new()));
    let looked = sources::scan(&args.application.folders, &mut scan)?;
    let all = scan.finish();
    for usage in &all {
        output.event("usage", json!({ "address": usage.address, "declared": usage.at, "used": usage.places }));
    }
    let unused: Vec<_> = all.iter().filter(|usage| usage.places.is_empty()).collect();
    let wide = unused.iter().map(|usage| usage.address.chars().count()).max().unwrap_or(0);
    let lines: Vec<String> = unused.iter().map(|usage| format!("{:wide$}  {}", usage.address, usage.at)).collect();
    if !lines.is_empty() {
        output.data(&lines.join("\n"));
    }
    output.say(&format!("{} of {} declarations are never used in {} sources.", unused.len(), all.len(), looked));
    Ok(if args.exit_code && !unused.is_empty() { ExitCode::from(STALE) } else { ExitCode::SUCCESS })
}
