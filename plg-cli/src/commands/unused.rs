//! `unused`: what the stack declares and an application never uses.

use crate::args::ApplicationFolders;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::sources;
use clap::Args;
use plg_codegen::usage::Scan;
use plg_codegen::{AppNames, Ids};
use plg_core::Stack;
use plg_runtime::exit::Exit;
use serde_json::json;

/// List what an application never uses of the stack: events, flags, attributes, options.
#[derive(Debug, Args)]
pub(crate) struct UnusedArgs {
    #[command(flatten)]
    pub(crate) application: ApplicationFolders,
    /// Exit with 9 where something is never used.
    #[arg(long)]
    pub(crate) exit_code: bool,
}

pub(crate) fn run(stack: &'static Stack, args: &UnusedArgs, output: &Output) -> Result<Exit, CommandFailure> {
    if args.application.folders.is_empty() {
        return Err(CommandFailure::usage(
            "no folder was named",
            "name those with an application's sources: `unused --in app`",
        ));
    }
    let mut scan = Scan::new(&AppNames::of(stack, &Ids::new()));
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
    Ok(if args.exit_code && !unused.is_empty() { Exit::Names } else { Exit::Done })
}
