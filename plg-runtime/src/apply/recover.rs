//! What became of a request nobody saw the answer to: found out by looking.

use crate::declared::environment::Environment;
use crate::declared::terms::all_variables;
use crate::error::{Error, Problem};
use crate::http::Client;
use crate::live::{candidates, entry_of};
use crate::store::{Action, Intent, Settled, State, StateEvent};
use plg_schema::kinds;

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
) -> Result<Vec<(Intent, StateEvent)>, Error> {
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
        resolved.push((intent.clone(), StateEvent::Resolved { op: intent.op, settled }));
    }
    if problems.is_empty() { Ok(resolved) } else { Err(Error::Problems(problems)) }
}
