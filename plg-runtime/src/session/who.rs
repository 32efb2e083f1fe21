//! Who changed what, from an API's own log, where its rows do not say it.

use crate::http::Clients;
use crate::plan::Plan;
use plg_core::{AccountName, linked};

/// Adds to each step that others made necessary who changed it last. What a key may not read, or an API does not keep, is
/// no reason to stop.
pub(super) async fn who_changed(clients: &Clients, plan: &mut Plan) {
    for step in &mut plan.steps {
        let theirs: Vec<&str> =
            step.fields.iter().filter(|field| field.drift).map(|field| field.field.as_str()).collect();
        let is_known = step.last_change.as_ref().is_some_and(|last| last.by.is_some());
        let (Some(id), Some(spec)) = (&step.id, linked::find(&step.kind)) else { continue };
        let (api, account) = (spec.provider().api, AccountName::read(&step.account));
        if theirs.is_empty() || is_known || !clients.has(account) {
            continue;
        }
        let Some(call) = api.log_of(spec.keyword, id) else { continue };
        if let Ok(log) = clients.of(spec.provider(), account).read(&call).await {
            step.last_change = api.last_change_in(&log, &theirs).or(step.last_change.take());
        }
    }
}
