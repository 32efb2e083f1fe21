//! What is said first of a stage: that nothing is remembered of it, and who else is in its accounts.

use crate::output::Output;
use plg_runtime::session::Session;
use serde_json::json;

/// Says first what has to be known of a stage before its plan is read.
pub(crate) fn say(session: &Session, output: &Output) {
    if let Some(message) = unremembered(session) {
        let place = session.unremembered();
        output.event("unremembered", json!({ "stage": session.stage(), "place": place, "message": message }));
        // The plan below is a block of its own.
        output.say(&format!("{message}\n"));
    }
}

/// That nothing is remembered of a stage, where nothing is.
pub(crate) fn unremembered(session: &Session) -> Option<String> {
    let (place, stage) = (session.unremembered()?, session.stage());
    // A sandbox is where its state is.
    if session.is_sandbox() {
        return Some(format!("Stage {stage} has no state in {place}: this is its first deploy."));
    }
    Some(format!(
        "Stage {stage} has no state in {place}: it was never deployed, or was deployed from another folder or machine. If \
         it was, deploy from there, or copy its state first (`state pull` there, `state push` here)."
    ))
}

/// Says who is at work on the stage: what a plan shows may be done before anybody has read it.
pub(crate) fn at_work(session: &Session, output: &Output) {
    let Some(holder) = session.at_work() else { return };
    output.event("at_work", json!({ "stage": session.stage(), "holder": holder }));
    output.say_line(&format!(
        "Stage {} is locked by {holder}, which is deploying or has died: this plan shows what was left to do when plg \
         read the accounts.",
        session.stage()
    ));
}

/// Warns of other stages and stacks in the same accounts, and of those whose state cannot be read.
pub(crate) fn others(session: &Session, output: &Output) {
    for note in session.others() {
        output.warn(&note);
    }
}
