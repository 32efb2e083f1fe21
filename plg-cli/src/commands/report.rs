//! What became of a plan, for a person and for a program.

use crate::fault::{self, SourceFault};
use crate::output::Output;
use plg_runtime::apply::{Failed, Outcome, Shown, Why};
use plg_runtime::exit::Exit;
use plg_runtime::plan::{Change, Plan};
use serde_json::json;

/// Says what became of a plan.
pub(crate) fn report(outcome: &Outcome, plan: &Plan, reveal: bool, output: &Output, headline: &str) -> Exit {
    for warning in &outcome.warnings {
        output.warn(warning);
    }
    stayed(outcome, output);
    // They are known in whichever order they were made.
    let mut secrets: Vec<&Shown> = outcome.secrets.iter().collect();
    secrets.sort_by(|a, b| (&a.address, &a.name).cmp(&(&b.address, &b.name)));
    secrets.into_iter().for_each(|shown| secret(shown, reveal, output));
    failures(&outcome.failed, plan, output);
    let (unmade, skipped) = left(outcome, plan);
    let counts = counts(outcome, unmade, plan.count(Change::Await), plan.destroy);
    let took = format!("{:.1} s", outcome.took.as_secs_f64());
    output.event("outcome", json!({
        "done": outcome.done.iter().map(|(address, change)| json!({ "address": address, "account": account(plan, address), "change": change })).collect::<Vec<_>>(),
        "failed": outcome.failed.len(),
        "skipped": skipped,
        "waiting": outcome.waiting.len(),
        "postponed": outcome.postponed.len(),
        "unchanged": outcome.unchanged,
        "interrupted": outcome.interrupted,
        "seconds": outcome.took.as_secs_f64(),
    }));
    waiting(outcome, output);
    postponed(outcome, output);
    if outcome.interrupted {
        output.say(&format!(
            "Interrupted after {took}: {counts}. {skipped} not started; the state has everything that was done."
        ));
        return Exit::Interrupted;
    }
    if !outcome.failed.is_empty() {
        output.say(&format!(
            "{} failed and {skipped} not tried, after {took}: {counts}. The state has everything that was done: run it again to continue.",
            outcome.failed.len()
        ));
        return Exit::Failed;
    }
    if !outcome.waiting.is_empty() {
        output.say(&format!(
            "{} not done yet, after {took}: {counts}. The state has everything that was done: run it again to continue.",
            outcome.waiting.len()
        ));
        return Exit::Failed;
    }
    // What is there is counted, and not what went.
    let there = if plan.destroy { String::new() } else { format!(", {}", resources(plan.resources())) };
    output.data(&format!("{headline}{there}: {counts}, in {took}."));
    Exit::Done
}

/// How many markers are as they should be, as nothing else changed, and how many resources were not started: what is only
/// referred to is none of them, and a marker that something kept from being made is.
fn left(outcome: &Outcome, plan: &Plan) -> (usize, usize) {
    let is_read = |address: &str| plan.step(address).is_some_and(|step| step.change == Change::Read);
    let skipped: Vec<&str> =
        outcome.skipped.iter().map(|(address, _)| address.as_str()).filter(|address| !is_read(address)).collect();
    let told = |address: &str| skipped.contains(&address) || outcome.failed.iter().any(|one| one.address == address);
    let markers = plan.steps.iter().filter(|step| step.change == Change::Marker && !told(&step.address)).count();
    let unmade = markers.saturating_sub(outcome.count(Change::Marker));
    let is_stopped = outcome.interrupted || !outcome.failed.is_empty() || !outcome.waiting.is_empty();
    if is_stopped && plan.changes() { (0, skipped.len() + unmade) } else { (unmade, skipped.len()) }
}

/// Lists what was not done, as a create may still arrive.
fn waiting(outcome: &Outcome, output: &Output) {
    for (address, because) in &outcome.waiting {
        output.event("waiting", json!({ "address": address, "because": because }));
        output.say(&if address == because {
            format!("  {address}: its create may still arrive, so plg does not send it again")
        } else {
            format!("  {address}: it needs {because}, whose create may still arrive")
        });
    }
}

/// Lists what is not removed yet, as something else was not done.
fn postponed(outcome: &Outcome, output: &Output) {
    for address in &outcome.postponed {
        output.event("postponed", json!({ "address": address }));
    }
    if !outcome.postponed.is_empty() {
        output.say(&format!(
            "Removals wait until everything else has succeeded ({}). The next deploy does them; to do them now, add --keep-going:",
            outcome.postponed.len()
        ));
        for address in &outcome.postponed {
            output.say(&format!("  {address}"));
        }
    }
}

/// Lists what stays behind, and why.
fn stayed(outcome: &Outcome, output: &Output) {
    for (address, why) in &outcome.behind {
        output.event("behind", json!({ "address": address, "why": why }));
    }
    if !outcome.behind.is_empty() {
        output.say(&format!("Stays behind ({}):", outcome.behind.len()));
        for (address, why) in &outcome.behind {
            output.say(&format!("  {address}: {why}"));
        }
    }
}

/// Shows a secret that an API showed once, or says where it is.
fn secret(Shown { address, name, secret, unkept }: &Shown, reveal: bool, output: &Output) {
    if reveal {
        let event = json!({ "address": address, "name": name, "secret": secret.expose() });
        output.revealed("secret", event, &format!("{address} {name}: {}", secret.expose()));
        return;
    }
    match unkept {
        None => output.say(&format!(
            "The `{name}` of {address} is stored, encrypted, in the state: `output --reveal {address}` shows it."
        )),
        Some(error) => output.warn(&format!(
            "the `{name}` of {address} is shown once and could not be kept: {error}; {}. To get another one, remove it from the stack, deploy, and deploy it again",
            error.hint()
        )),
    }
}

/// How many addresses are listed of those that failed for one reason.
const LISTED: usize = 10;

/// Says why resources could not be applied: each to a program, and once to a person where the reason is the same.
fn failures(failed: &[Failed], plan: &Plan, output: &Output) {
    for one in failed {
        let (said, hint) = said(one);
        let request = request(one).map(|request| format!("\n  {request}")).unwrap_or_default();
        let mut event = json!({
            "address": one.address,
            "account": account(plan, &one.address),
            "place": one.place,
            "message": format!("{said}{request}"),
            "hint": hint,
            "name": one.why.code().code,
        });
        // The field that the API named, as the stack calls it, and where it is written.
        let SourceFault { field, place, .. } = fault(one);
        if let Some(field) = field {
            event["field"] = field.into();
            event["at"] = place.into();
        }
        output.event("failure", event);
    }
    for all in causes(failed) {
        failure(&all, output);
    }
}

/// The account of an address; none where the plan has no step of it, such as of what a replacement left.
fn account<'a>(plan: &'a Plan, address: &str) -> Option<&'a str> {
    plan.step(address).map(|step| step.account.as_str())
}

/// Those that failed, by why: each reason where it stands first.
fn causes(failed: &[Failed]) -> Vec<Vec<&Failed>> {
    let mut causes: Vec<Vec<&Failed>> = Vec::new();
    for one in failed {
        match causes.iter_mut().find(|all| said(all[0]) == said(one)) {
            Some(all) => all.push(one),
            None => causes.push(vec![one]),
        }
    }
    causes
}

/// Why one failed, and what to do.
fn said(failed: &Failed) -> (String, String) {
    match &failed.why {
        Why::Remote(failure) | Why::Open(failure) => (failure.to_string(), failure.hint()),
        Why::Here(_, message) => (message.clone(), String::new()),
    }
}

/// Says one reason, with all that failed for it.
fn failure(all: &[&Failed], output: &Output) {
    let Some(first) = all.first() else { return };
    let ((said, hint), error) = (said(first), output.error(first.why.code().code));
    match all {
        [one] => {
            let place = match fault(one) {
                SourceFault { drawn: Some(drawn), .. } => format!("\n{drawn}"),
                SourceFault { place, .. } if place.is_empty() => String::new(),
                SourceFault { place, .. } => format!("\n  --> {place}"),
            };
            let request = request(one).map(|request| format!("\n  {request}")).unwrap_or_default();
            output.say(&format!("{error} {} could not be applied{place}\n  {said}{request}", one.address));
        }
        _ => {
            let mut lines = format!("{error} {} resources could not be applied\n  {said}", all.len());
            for one in all.iter().take(LISTED) {
                let place = fault(one).place;
                let place = if place.is_empty() { place } else { format!(" --> {place}") };
                let request = request(one).map(|request| format!(": {request}")).unwrap_or_default();
                lines.push_str(&format!("\n    {}{place}{request}", one.address));
            }
            if all.len() > LISTED {
                lines.push_str(&format!("\n    and {} more", all.len() - LISTED));
            }
            output.say(&lines);
        }
    }
    if !hint.is_empty() {
        output.say(&format!("{} {hint}", output.paint("36", " help:")));
    }
}

/// Where the stack says what an API objected to.
fn fault(failed: &Failed) -> SourceFault {
    let failure = match &failed.why {
        Why::Remote(failure) | Why::Open(failure) => Some(&**failure),
        Why::Here(..) => None,
    };
    fault::fault(&failed.address, &failed.place, failure)
}

/// The request that failed, where one did.
fn request(failed: &Failed) -> Option<String> {
    match &failed.why {
        Why::Remote(failure) | Why::Open(failure) => Some(failure.request()),
        Why::Here(..) => None,
    }
}

fn counts(outcome: &Outcome, unmade: usize, awaited: usize, destroy: bool) -> String {
    // What a deploy says of everything that is there is always said.
    let mut tally = vec![("created", 0), ("changed", 0)];
    for (change, word) in Change::ALL.iter().filter_map(|change| Some((change, change.words().outcome?))) {
        let count = outcome.count(*change);
        match tally.iter_mut().find(|(counted, _)| *counted == word) {
            Some((_, all)) => *all += count,
            None => tally.push((word, count)),
        }
    }
    let said = tally.into_iter().enumerate().filter(|(place, (_, count))| (*place < 2 && !destroy) || *count > 0);
    let mut parts: Vec<String> = said.map(|(_, (word, count))| format!("{count} {word}")).collect();
    if !destroy {
        parts.push(format!("{} unchanged", outcome.unchanged + unmade));
    }
    if awaited > 0 {
        parts.push(format!("{awaited} not there yet"));
    }
    if parts.is_empty() { "there was nothing to remove".to_owned() } else { parts.join(", ") }
}

/// So many resources, as a person says it.
fn resources(count: usize) -> String {
    if count == 1 { "1 resource".to_owned() } else { format!("{count} resources") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_for_one_reason_is_said_once() {
        let failed = |address: &str, why: &str| {
            Failed::new(address.to_owned(), String::new(), Why::Here(plg_core::codes::NOT_APPLIED, why.to_owned()))
        };
        let all = [failed("a", "the disk is full"), failed("b", "it is gone"), failed("c", "the disk is full")];
        let causes: Vec<Vec<&str>> =
            causes(&all).iter().map(|all| all.iter().map(|one| one.address.as_str()).collect()).collect();
        assert_eq!(causes, [vec!["a", "c"], vec!["b"]]);
    }
}
