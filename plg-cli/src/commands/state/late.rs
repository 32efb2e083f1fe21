//! `state remove-late`: removes what a create made that had been given up.

use crate::args::{Global, Waiting};
use crate::commands::deploy::apply;
use crate::commands::plan::recovered;
use crate::commands::report::report;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::stage;
use plg_core::Stack;
use plg_core::codes;
use plg_runtime::exit::Exit;
use plg_runtime::session::PlanOptions;

pub(super) async fn remove(
    stack: &'static Stack,
    global: &Global,
    id: &str,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    let mut opened = stage::open(stack, global, &PlanOptions::default(), "state remove-late", false).await?;
    recovered(&opened.session, output);
    let removal = opened.session.late_removal(id).await?;
    output.say(&format!("{} arrived after plg had given up its create, and no stack manages it.", removal.name));
    output.say(&format!("This deletes it. Type its id, {id}, to confirm:"));
    let mut typed = String::new();
    // Typed even where nobody sits at a terminal: no flag answers this.
    let read = std::io::stdin().read_line(&mut typed);
    if read.is_err() || typed.trim() != id {
        return Err(CommandFailure::refused(
            codes::NOT_CONFIRMED,
            Exit::Usage,
            "not confirmed",
            format!("run it again and type {id}, or pass it on standard input"),
        ));
    }
    opened.session.adopt_late(&removal).await?;
    let outcome = apply(&mut opened, &removal.plan, 1, &Waiting { no_wait: true, keep_going: false }, output).await?;
    Ok(report(&outcome, &removal.plan, false, output, &format!("Removed: {}", removal.name)))
}
