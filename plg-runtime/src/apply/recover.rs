//! What became of a request nobody saw the answer to: found out by looking.

use crate::declared::environment::Environment;
use crate::declared::terms::sent;
use crate::error::{Error, Problem};
use crate::http::Clients;
use crate::live::{candidates, entry_of};
use crate::store::{Action, Intent, Origin, Settled, State, StateEvent, Watched};
use jiff::Timestamp;
use plg_core::{AccountName, Spec, linked};
use std::collections::BTreeSet;
use std::time::Duration;

/// What was found out about requests without an answer.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    /// Requests with what became of them.
    pub(crate) settled: Vec<(Intent, Settled)>,
    /// Creates that were given up, to be looked out for.
    pub(crate) given_up: Vec<Watched>,
    /// Creates that may still arrive, of what would be made twice if it were asked for again.
    pub(crate) open: Vec<Intent>,
    /// Creates that may still arrive, of what has a key: a second one is refused, and makes nothing.
    pub(crate) arriving: Vec<Intent>,
    /// Changes and removals that may still arrive.
    pub(crate) unsure: Vec<Intent>,
    /// Creates that carry a key: they are simply sent again.
    pub(crate) keyed: Vec<Intent>,
}

/// How long a request may still arrive: never longer than the API's own limit, whatever the clocks say.
pub(crate) fn remaining(intent: &Intent, window: Duration, now: Timestamp) -> Duration {
    let Ok(sent) = intent.last_sent().parse::<Timestamp>() else { return Duration::ZERO };
    let left = (sent + window).duration_since(now);
    Duration::try_from(left).unwrap_or_default().min(window)
}

/// Whether it makes an instance of a marker: that has the moment in it, and nobody makes the same one again.
fn is_instance(intent: &Intent) -> bool {
    intent.address.contains('@')
}

/// Whether a second request would make a second object.
fn is_made_twice(spec: &Spec, intent: &Intent) -> bool {
    (!spec.wire.identity_is_unique() || intent.takes_over()) && !is_instance(intent)
}

/// Whether a create can be sent again under its key.
fn is_keyed(intent: &Intent, spec: &Spec, now: Timestamp) -> bool {
    let api = spec.provider().api;
    let sent = intent.at.parse::<Timestamp>().map(|at| now.duration_since(at).unsigned_abs());
    api.idempotency().is_some() && sent.is_ok_and(|age| age < api.idempotency_window())
}

/// Finds out what became of every pending request. `is_over` says that nothing of it can arrive any more; `is_declared`,
/// whether something declares what a create was for.
///
/// A create that went through is adopted as it is found: the plan that follows brings it in line.
/// For everything else the plan that follows sees what is there, and nothing is lost by asking again.
pub(crate) async fn resolve(
    client: &Clients,
    pending: &[Intent],
    state: &State,
    environment: &Environment,
    is_over: bool,
    is_declared: impl Fn(&Intent) -> bool,
) -> Result<Resolved, Error> {
    let now = client.now();
    let mut resolved = Resolved::default();
    let mut problems = Vec::new();
    // Of two requests for one address, what is there is what the last one made: the first may still arrive.
    let mut taken: BTreeSet<(AccountName, String, String)> = BTreeSet::new();
    for intent in pending.iter().rev() {
        let window = client.late_window_of(&intent.kind);
        let may_arrive = !is_over && !remaining(intent, window, now).is_zero();
        if !client.has(intent.account()) {
            // Whoever asks that account finds it out.
            continue;
        }
        let (Action::Create, Some(spec)) = (intent.action, linked::find(&intent.kind)) else {
            if may_arrive {
                resolved.unsure.push(intent.clone());
            } else {
                resolved.settled.push((intent.clone(), Settled::Failed { message: "looked at anew".into() }));
            }
            continue;
        };
        let want = sent(&intent.fields, environment);
        let mut found =
            candidates(&client.of(spec.provider(), intent.account()), spec, &want, &intent.known, state).await?;
        found.retain(|live| !taken.contains(&(intent.account(), intent.kind.clone(), live.id.clone())));
        match &found[..] {
            [] if is_keyed(intent, spec, now) && is_declared(intent) => resolved.keyed.push(intent.clone()),
            [] if may_arrive && is_made_twice(spec, intent) => resolved.open.push(intent.clone()),
            [] if may_arrive && !is_instance(intent) => resolved.arriving.push(intent.clone()),
            [] => {
                // What was waited for in vain is not sent again, so that its key keeps nothing away.
                if is_over || is_made_twice(spec, intent) {
                    resolved.given_up.push(watched(intent, now));
                }
                resolved.settled.push((intent.clone(), Settled::Failed { message: "it did not arrive".into() }));
            }
            [one] => {
                taken.insert((intent.account(), intent.kind.clone(), one.id.clone()));
                let (fields, depends) = (intent.fields.clone(), intent.depends.clone());
                let entry = entry_of(spec, intent.account(), one, Origin::Made, fields, depends, now.to_string());
                resolved.settled.push((intent.clone(), Settled::Applied(Box::new(entry))));
            }
            several => {
                let ids: Vec<&str> = several.iter().map(|live| live.id.as_str()).collect();
                problems.push(Problem {
                    address: intent.address.clone(),
                    place: "an earlier deploy".into(),
                    message: format!(
                        "plg sent one create, and {} matching objects exist now: {}",
                        several.len(),
                        ids.join(", ")
                    ),
                    hint: "remove the ones you do not want in the web app, then run it again".into(),
                });
            }
        }
    }
    if problems.is_empty() { Ok(resolved) } else { Err(Error::Problems(problems)) }
}

fn watched(intent: &Intent, now: Timestamp) -> Watched {
    Watched {
        address: intent.address.clone(),
        kind: intent.kind.clone(),
        account: intent.account.clone(),
        fields: intent.fields.clone(),
        known: intent.known.clone(),
        at: now.to_string(),
        arrived: Vec::new(),
    }
}

/// What is recorded of a request of an earlier run.
pub(crate) fn settles(intent: &Intent, settled: Settled) -> StateEvent {
    StateEvent::Resolved { op: intent.op, settled }
}
