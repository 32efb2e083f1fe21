//! `unused`: what the stack declares and an application never uses, and what it uses that the stack does not declare.

mod asked;
mod declared;
mod live;

use crate::args::{ApplicationFolders, Global};
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::{sample, sources};
use clap::Args;
use live::LiveArgs;
use plg_codegen::usage::Scan;
use plg_codegen::{AppNames, Ids};
use plg_core::Stack;
use plg_runtime::exit::Exit;
use serde_json::json;

/// List the events, flags, attributes and options of the stack that an application never uses.
#[derive(Debug, Args)]
#[command(after_help = examples())]
pub(crate) struct UnusedArgs {
    #[command(flatten)]
    pub(crate) application: ApplicationFolders,
    #[command(flatten)]
    live: LiveArgs,
    /// Exit with 9 if something is never used, or differs from its declaration.
    #[arg(long)]
    pub(crate) exit_code: bool,
}

fn examples() -> String {
    let mut lines = vec!["unused --in app --in worker".to_owned()];
    if !sample::without_flags() {
        lines.push("unused --live --stage prod --since 7d --exit-code".to_owned());
    }
    sample::examples(&lines)
}

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    args: &UnusedArgs,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    let has_folders = !args.application.folders.is_empty();
    if !has_folders && !args.live.live {
        let live = if sample::without_flags() {
            ""
        } else {
            "; or compare with the events that PostHog received: `unused --live`"
        };
        return Err(CommandFailure::usage(
            "no folder with an application's sources is named",
            format!("name them: `unused --in app`{live}"),
        ));
    }
    let mut found = 0;
    if has_folders {
        found += never_named(stack, args, output)?;
    }
    if args.live.live {
        found += live::run(stack, global, &args.live, output).await?;
    }
    Ok(if args.exit_code && found > 0 { Exit::Names } else { Exit::Done })
}

/// Says what no source names; gives how many there are.
fn never_named(stack: &'static Stack, args: &UnusedArgs, output: &Output) -> Result<usize, CommandFailure> {
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
    output.say(&format!("{} of {} declarations are used in none of {} sources.", unused.len(), all.len(), looked));
    Ok(unused.len())
}
