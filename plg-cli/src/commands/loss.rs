//! What goes with what is removed: who needs it, and what people gave.

use crate::args::{AllowLoss, Yes};
use crate::confirm::{Ask, anybody};
use crate::failure::Failure;
use crate::output::Output;
use crate::stage::Place;
use plg_runtime::blast::Blast;
use plg_runtime::plan::Plan;
use plg_runtime::session::Session;
use serde_json::json;

/// Looks for it, and prints it under the plan, each line after a bullet.
pub(crate) async fn show(session: &Session, plan: &Plan, bullet: &str, output: &Output) -> Result<Blast, Failure> {
    let blast = session.blast(plan).await?;
    if blast.losses.is_empty() {
        return Ok(blast);
    }
    output.event("blast", json!({ "losses": blast.losses }));
    let mut lines = vec!["\nWhat goes with it:\n".to_owned()];
    for loss in &blast.losses {
        lines.extend(loss.data.iter().map(|data| format!("{bullet}{}: {data}", loss.address)));
        lines.extend(loss.dependents.iter().map(|needs| format!("{bullet}{}: {needs} refers to it", loss.address)));
    }
    output.data(&lines.join("\n"));
    Ok(blast)
}

/// How to ask before what people gave is hidden or gone: `--yes` alone does not answer that. In the
/// sandbox nobody gave anything.
pub(crate) fn ask<'a>(
    blast: &Blast,
    place: &Place,
    (loss, yes): (&AllowLoss, &Yes),
    usual: Ask<'a>,
) -> Result<Ask<'a>, Failure> {
    let data = blast.data();
    if data.is_empty() || loss.allow_loss || place.is_local() {
        return Ok(usual);
    }
    if yes.yes || !anybody() {
        return Err(Failure::refused(
            5,
            format!("what people gave would be hidden or gone with {}", data.join(", ")),
            "add --allow-loss, if that is really meant",
        ));
    }
    Ok(Ask::Name(place.stage.name))
}
