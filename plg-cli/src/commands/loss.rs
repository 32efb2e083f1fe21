//! What goes with what is removed: who needs it, and what people gave.

use crate::args::{AllowLoss, ApplicationFolders, Yes};
use crate::confirm::{Ask, anybody};
use crate::failure::CommandFailure;
use crate::sources;
use crate::stage::ChosenStage;
use plg_codegen::usage::{Removed, Scan};
use plg_core::codes;
use plg_runtime::answers::impact::Impact;
use plg_runtime::exit::Exit;
use plg_runtime::plan::Plan;
use plg_runtime::session::Session;
use std::collections::BTreeMap;

/// Looks for it.
pub(crate) async fn find(
    session: &Session,
    plan: &Plan,
    application: &ApplicationFolders,
) -> Result<Impact, CommandFailure> {
    Ok(session.impact(plan, &named(session, plan, application)?).await?)
}

/// Where the application names what is removed.
fn named(
    session: &Session,
    plan: &Plan,
    application: &ApplicationFolders,
) -> Result<BTreeMap<String, Vec<String>>, CommandFailure> {
    let gone = session.removed(plan);
    if gone.is_empty() {
        return Ok(BTreeMap::new());
    }
    let gone: Vec<Removed<'_>> = gone
        .iter()
        .map(|one| Removed { address: &one.address, key: one.key.as_deref(), of: one.of.as_deref(), stays: one.stays })
        .collect();
    let mut scan = Scan::of(&gone);
    sources::scan(&application.folders, &mut scan)?;
    Ok(scan.finish().into_iter().map(|usage| (usage.address, usage.places)).collect())
}

/// How to ask before what people gave is hidden or gone: `--yes` alone does not answer that. In the
/// sandbox nobody gave anything.
pub(crate) fn ask<'a>(
    impact: &Impact,
    chosen: &ChosenStage,
    (loss, yes): (&AllowLoss, &Yes),
    usual: Ask<'a>,
) -> Result<Ask<'a>, CommandFailure> {
    let data = impact.data();
    if data.is_empty() || loss.allow_loss || chosen.is_local() {
        return Ok(usual);
    }
    if yes.yes || !anybody() {
        return Err(CommandFailure::refused(
            codes::WOULD_LOSE_DATA,
            Exit::Refused,
            format!("this would hide or delete data people entered: {}", data.join(", ")),
            "to go on and lose it, add --allow-loss",
        ));
    }
    Ok(Ask::Name(chosen.stage.name))
}
