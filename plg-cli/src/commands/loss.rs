//! What goes with what is removed: who needs it, and what people gave.

use crate::args::{AllowLoss, ApplicationFolders, Yes};
use crate::confirm::{Ask, anybody};
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::sources;
use crate::stage::ChosenStage;
use plg_codegen::usage::{Removed, Scan};
use plg_core::codes;
use plg_runtime::answers::impact::Impact;
use plg_runtime::exit::Exit;
use plg_runtime::plan::Plan;
use plg_runtime::session::Session;
use plg_runtime::strangers::{self, inline};
use serde_json::json;
use std::collections::BTreeMap;

/// Looks for it, and prints it under the plan, each line after a bullet.
pub(crate) async fn show(
    session: &Session,
    plan: &Plan,
    application: &ApplicationFolders,
    bullet: &str,
    output: &Output,
) -> Result<Impact, CommandFailure> {
    let impact = session.impact(plan, &named(session, plan, application)?).await?;
    if impact.losses.is_empty() {
        return Ok(impact);
    }
    output.event("blast", json!({ "losses": impact.losses }));
    let mut lines = vec!["\nWhat goes with it:\n".to_owned()];
    let said = |text: &str| if bullet == "- " { strangers::markdown(text) } else { inline(text).into_owned() };
    let sentences = impact.sentences();
    lines.extend(sentences.iter().map(|(address, sentence)| format!("{bullet}{}: {}", said(address), said(sentence))));
    output.data(&lines.join("\n"));
    Ok(impact)
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
            format!("what people gave would be hidden or gone with {}", data.join(", ")),
            "add --allow-loss, if that is really meant",
        ));
    }
    Ok(Ask::Name(chosen.stage.name))
}
