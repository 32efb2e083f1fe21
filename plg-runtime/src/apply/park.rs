//! A parking name: what has a key that another one takes is called something else until its own new key is free.

use super::check::{Taken, changed, failed};
use super::order::parked;
use super::request::unsettled;
use super::work::{Did, Shared, Why, Worked};
use crate::plan::{Step, moved_aside, prior};
use crate::store::{Action, Intent, Settled, StateEvent};
use plg_core::{Live, Map, codes, linked};

/// Moves the key of a step's object out of the way.
pub(super) async fn park(shared: &Shared, step: &Step) -> Worked {
    let address = parked(&step.address).unwrap_or(&step.address);
    if let Some(from) = &step.renamed_from {
        shared.book.record(StateEvent::Rename { from: from.clone(), to: address.to_owned() }).await?;
    }
    let unknown = || Why::Here(codes::NOT_APPLIED, "the state has no entry of it: run it again".into());
    let mut entry = shared.book.with_state(|s| s.resources.get(address).cloned()).ok_or_else(unknown)?;
    let spec = linked::find(&entry.kind).ok_or_else(unknown)?;
    let live = shared.seen.live(address);
    let before = prior(spec.wire, &Map::new(), Some(&entry), live).ok_or_else(unknown)?;
    let key = step.parking.as_deref().unwrap_or_default();
    let (field, aside) = moved_aside(spec, &before.fields, key).ok_or_else(unknown)?;
    let call = spec.wire.update(&aside, &[field.to_owned()], &before).ok_or_else(unknown)?;
    entry.fields.insert(field, key);
    let intent = Intent {
        op: 0,
        address: address.to_owned(),
        kind: entry.kind.clone(),
        account: entry.account.clone(),
        action: Action::Retire,
        method: call.method.to_owned(),
        path: call.path.clone(),
        fields: entry.fields.clone(),
        depends: entry.depends.clone(),
        id: Some(entry.id.clone()),
        known: Vec::new(),
        at: shared.now(),
        sent_by: Some(shared.sent_by()),
    };
    let ticket = shared.book.intend(intent).await?;
    let is_aside = |now: &Live| now.fields.get(field).and_then(|now| now.as_str()) == Some(key);
    let client = shared.client.of(spec.provider(), entry.account());
    let parked =
        match changed(shared, &client, spec, &ticket, &call, &before, |now| Taken::all_or_nothing(is_aside(now))).await
        {
            Ok(now) if is_aside(&now) => Ok(now),
            Ok(_) => Err(failed(
                &client,
                &call,
                "the API confirmed twice that its key was changed, and still has the old key",
            )),
            Err(failure) => Err(failure),
        };
    match parked {
        Ok(live) => {
            shared.book.settle(ticket, Settled::Applied(Box::new(entry))).await?;
            Ok(Did { id: live.id, ..Did::default() })
        }
        Err(failure) => {
            shared.book.settle(ticket, unsettled(&failure)).await?;
            Err(failure.into())
        }
    }
}
