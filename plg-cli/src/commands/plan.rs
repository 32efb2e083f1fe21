//! `plan`: what a deploy would change.

use super::first;
use super::shown::{PlanFormat, headline, show_as};
use crate::args::{Adopted, ApplicationFolders, Global, Planning};
use crate::commit::who;
use crate::failure::CommandFailure;
use crate::gate::masked;
use crate::output::Output;
use crate::sources;
use crate::stage;
use clap::Args;
use plg_core::Stack;
use plg_core::codes;
use plg_runtime::error::Error;
use plg_runtime::exit::Exit;
use plg_runtime::plan::saved::Saved;
use plg_runtime::session::{PlanOptions, Session};
use plg_runtime::show::{self, Picture};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Show what a deploy would change, and change nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  plan --stage prod --detailed-exitcode\n  plan --stage prod --out prod.plan --html prod.html\n  plan --format markdown > comment.md"
)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) planning: Planning,
    #[command(flatten)]
    pub(crate) adopted: Adopted,
    #[command(flatten)]
    pub(crate) application: ApplicationFolders,
    /// Exit with 2 if something would change.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Plan to remove everything.
    #[arg(long)]
    pub(crate) destroy: bool,
    /// Save the plan: `deploy FILE` applies exactly this plan, or refuses it if anything has changed.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Write the plan as one self-contained page, such as for a pull request.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// How to print it.
    #[arg(long, default_value = "text")]
    pub(crate) format: PlanFormat,
}

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    args: &PlanArgs,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    let options = PlanOptions {
        refresh: !args.planning.no_refresh,
        destroy: args.destroy,
        targets: args.planning.target.clone(),
        excludes: args.planning.exclude.clone(),
        include_adopted: args.adopted.include_adopted,
    };
    sources::folders(&args.application.folders)?;
    let mut opened = stage::open(stack, global, &options, "plan", true).await?;
    recovered(&opened.session, output);
    first::at_work(&opened.session, output);
    let plan = opened.plan(&options, output).await?;
    let shown = show_as(stack, &opened, &plan, &args.application, (args.format, None), output).await?;
    if output.quiet && args.format == PlanFormat::Text {
        output.data(&headline(&plan));
    }
    if let Some(path) = &args.html {
        let mut facts = shown.facts;
        facts.others = opened.session.others();
        let picture = Picture::of_plan_with(&plan, &facts).with(&facts.impact);
        write(path, masked(&show::html(&picture)).as_bytes())?;
        output.event("page", json!({ "file": path }));
        output.say(&format!("Written: {}.", path.display()));
    }
    if let Some(path) = &args.out {
        opened.session.signed(who());
        save(&opened.session.save(&plan, &options), path, output)?;
    }
    requests(&opened.session, output);
    if args.detailed_exitcode && (plan.changes() || plan.remembers()) {
        return Ok(Exit::CHANGES);
    }
    Ok(Exit::Done)
}

/// Writes a plan that is applied later; only its owner can read it.
fn save(saved: &Saved, path: &Path, output: &Output) -> Result<(), CommandFailure> {
    write(path, &saved.bytes().map_err(Error::from)?)?;
    output.event("saved", json!({ "file": path }));
    output.say(&format!("Saved: `deploy {}` applies exactly this plan.", path.display()));
    Ok(())
}

/// Writes a file, whole or not at all; only its owner can read it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), CommandFailure> {
    let failed = |error: std::io::Error| {
        CommandFailure::refused(
            codes::FILE_UNUSABLE,
            Exit::Internal,
            format!("{} cannot be written: {error}", path.display()),
            "name another file, or change the permissions",
        )
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".writing-").tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.persist(path).map(|_| ()).map_err(|e| failed(e.error))
}

/// What is said before a plan: what is known of the stage at all, then what was found out about an earlier run that was
/// cut short.
pub(crate) fn recovered(session: &Session, output: &Output) {
    first::say(session, output);
    for line in session.recovered() {
        output.event("recovered", json!({ "message": line }));
        output.say_line(line);
    }
}

/// With `-v`: how many requests were made.
pub(crate) fn requests(session: &Session, output: &Output) {
    let counts = session.requests();
    output.event("requests", json!(counts));
    if output.verbose > 0 {
        output.say(&format!(
            "Requests: {} to read, {} to write, {} sent again; {} KiB sent, {} KiB received.",
            counts.reads,
            counts.writes,
            counts.retries,
            kib(counts.sent),
            kib(counts.received)
        ));
    }
}

fn kib(bytes: u64) -> u64 {
    bytes.div_ceil(1024)
}
