//! Bringing back what somebody deleted: under the id that is remembered, or else anew.

use super::check::{Taken, changed, failed};
use super::create::{converge, create};
use super::fields::entry;
use super::request::{announce, unsettled};
use super::work::{Shared, Worked};
use crate::declared::graph::GraphNode;
use crate::http::FailureKind;
use crate::plan::prior;
use crate::store::{Action, Entry, KindInAccount, Object, Settled, StateEvent, said};
use plg_core::{Live, Map, Terms};
use std::collections::BTreeSet;

/// Restores a resource that no request shows any more, and brings it in line. Where the API has it no more, it is made.
pub(super) async fn restore(
    shared: &Shared,
    node: &GraphNode,
    address: &str,
    before: &Entry,
    declared: &Terms,
    resolved: &Map,
) -> Worked {
    let wire = node.spec.wire;
    let known = prior(wire, resolved, Some(before), None);
    let Some((known, call)) = known.and_then(|known| wire.undelete(resolved, &known).map(|call| (known, call))) else {
        return create(shared, node, address, declared, resolved).await;
    };
    for kind in wire.brings_back() {
        // On disk before anything is sent: whoever goes on from here knows whom nobody asked back.
        let is_live = |id: &String| shared.seen.every(node.account, kind).any(|live| live.id == *id && !live.archived);
        let there = KindInAccount::of(kind, said(node.spec, node.account)).0;
        let deleted = shared.book.with_state(|state| state.archived.get(&there).cloned()).unwrap_or_default();
        let ids: BTreeSet<String> = deleted.into_iter().filter(|id| !is_live(id)).collect();
        if !ids.is_empty() {
            shared.book.record(StateEvent::Returning { kind: there, ids }).await?;
        }
    }
    let fields = Object::from(declared);
    let id = Some(known.id.clone());
    let ticket = announce(shared, address, node, Action::Revive, &call, &fields, id, &[]).await?;
    let taken = |now: &Live| Taken::all_or_nothing(!now.archived);
    match changed(shared, &shared.client_of(node), node.spec, &ticket, &call, &known, taken).await {
        Ok(live) if live.archived => {
            let failure =
                failed(&shared.client_of(node), &call, "the API confirmed its restore twice, and it is still deleted");
            shared.book.settle(ticket, Settled::Failed { message: failure.to_string() }).await?;
            Err(failure.into())
        }
        Ok(live) => {
            let restored = entry(shared, node, &live, &fields, Some(before), Some(&known));
            shared.book.settle(ticket, Settled::Applied(Box::new(restored.clone()))).await?;
            shared.was_restored(address);
            Box::pin(converge(shared, node, &live, restored, Some(before), declared, resolved)).await
        }
        // The API itself says that it has none. One that only did not answer may still restore it.
        Err(failure) if failure.kind == FailureKind::NotFound && failure.status == Some(404) => {
            shared.book.settle(ticket, Settled::Failed { message: failure.to_string() }).await?;
            let mut did = Box::pin(create(shared, node, address, declared, resolved)).await?;
            did.warnings.push(format!(
                "{address}: {} no longer has {}, and made {} in its place; lost: {}. Deploy again to update resources that \
                 refer to it and were not part of this deploy",
                node.spec.provider().title,
                known.id,
                did.id,
                wire.lost()
            ));
            Ok(did)
        }
        // Nobody saw an answer, and nobody sees the object: the next run asks again, which changes nothing twice.
        Err(failure) if failure.kind == FailureKind::NotFound => {
            shared.book.settle(ticket, Settled::Unknown { message: failure.to_string() }).await?;
            Err(failure.into())
        }
        Err(failure) => {
            shared.book.settle(ticket, unsettled(&failure)).await?;
            Err(failure.into())
        }
    }
}
