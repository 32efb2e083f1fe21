//! What became of a request nobody saw the answer to: found out by looking.

use crate::error::{Error, Problem};
use crate::http::Client;
use crate::refresh::list;
use crate::resolve::{Environment, all_variables};
use crate::store::{Action, Change, Entry, Intent, Object, Settled, State};
use plg_schema::{Live, Map, Spec, kinds};
use std::collections::BTreeSet;

/// Live objects that could be what a request made: the identity wanted, not there before it, and
/// not looked after under any address.
pub(crate) async fn candidates(
    client: &Client,
    spec: &'static Spec,
    want: &Map,
    known: &[String],
    state: &State,
) -> Result<Vec<Live>, Error> {
    let wire = spec.wire;
    let Some(identity) = wire.identity(want) else { return Ok(Vec::new()) };
    let lives = list(client, spec.provider, spec.keyword, &wire.listing(want), 0).await?;
    let ours: BTreeSet<&str> =
        state.resources.values().filter(|e| e.kind == spec.keyword).map(|e| e.id.as_str()).collect();
    Ok(lives
        .into_iter()
        .filter(|l| {
            !l.archived
                && wire.identity(&l.fields).as_deref() == Some(&identity)
                && !known.contains(&l.id)
                && !ours.contains(l.id.as_str())
        })
        .collect())
}

/// What a live object is remembered as. One-time secrets are left out.
pub(crate) fn entry_of(spec: &Spec, live: &Live, fields: Object, depends: Vec<String>, now: String) -> Entry {
    let secrets = spec.wire.secrets();
    let outputs = if secrets.is_empty() {
        Object::from(&live.outputs)
    } else {
        let mut told = live.outputs.clone();
        told.retain(|name, _| !secrets.contains(&name.as_str()));
        Object::from(&told)
    };
    Entry {
        kind: spec.keyword.to_owned(),
        id: live.id.clone(),
        outputs,
        fields,
        depends,
        on_destroy: "archive".into(),
        created_at: now.clone(),
        updated_at: now,
        ..Entry::default()
    }
}

/// Finds out what became of every pending request of an earlier run.
///
/// A create that went through is adopted as it is found: the plan that follows brings it in line.
/// For everything else the plan that follows sees what is there, and nothing is lost by asking again.
pub(crate) async fn resolve(
    client: &Client,
    pending: &[Intent],
    state: &State,
    environment: &Environment,
    now: &str,
) -> Result<Vec<(Intent, Change)>, Error> {
    let mut resolved = Vec::new();
    let mut problems = Vec::new();
    for intent in pending {
        let settled = match (intent.action, kinds::find(&intent.kind)) {
            (Action::Create, Some(spec)) => {
                let want = all_variables(&intent.fields, environment);
                let found = candidates(client, spec, &want, &intent.known, state).await?;
                match &found[..] {
                    [] => Settled::Failed { message: "it did not arrive".into() },
                    [one] => {
                        let (fields, depends) = (intent.fields.clone(), intent.depends.clone());
                        Settled::Applied(Box::new(entry_of(spec, one, fields, depends, now.to_owned())))
                    }
                    several => {
                        problems.push(Problem {
                            address: intent.address.clone(),
                            place: "an earlier deploy".into(),
                            message: format!(
                                "it was asked for once, and {} are there now: {}",
                                several.len(),
                                several.iter().map(|l| l.id.as_str()).collect::<Vec<_>>().join(", ")
                            ),
                            hint: "remove those that are not meant in the web app, and run it again".into(),
                        });
                        continue;
                    }
                }
            }
            _ => Settled::Failed { message: "looked at anew".into() },
        };
        resolved.push((intent.clone(), Change::Resolved { op: intent.op, settled }));
    }
    if problems.is_empty() { Ok(resolved) } else { Err(Error::Problems(problems)) }
}
