//! Live objects that could be what an unanswered request made.

use super::list::list;
use crate::error::Error;
use crate::http::Client;
use crate::store::{Entry, Object, Origin, State, account_said};
use plg_core::{AccountName, Live, Map, Spec, Terms};
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
    let lives = list(client, spec.keyword, &wire.listing(want), 0).await?;
    let account = client.who().1;
    let is_own = |e: &&Entry| e.is_in(spec, account);
    let ours: BTreeSet<&str> = state.resources.values().filter(is_own).map(|e| e.id.as_str()).collect();
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
pub(crate) fn entry_of(
    spec: &Spec,
    account: AccountName,
    live: &Live,
    origin: Origin,
    fields: Object<Terms>,
    depends: Vec<String>,
    now: String,
) -> Entry {
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
        account: account_said(spec, account),
        id: live.id.clone(),
        outputs,
        fields,
        depends,
        origin,
        created_at: now.clone(),
        updated_at: now,
        ..Entry::default()
    }
}
