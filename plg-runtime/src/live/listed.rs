//! The rows of one list, found by id and by identity without going through them all.

use crate::store::said;
use plg_core::{AccountName, Live, Spec};
use std::collections::HashMap;
use std::sync::Arc;

/// Everything live in one list.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) rows: Vec<Arc<Live>>,
    by_id: HashMap<String, usize>,
    by_identity: HashMap<String, Vec<usize>>,
}

impl Listed {
    pub(super) fn of(spec: Option<&'static Spec>, rows: Vec<Live>) -> Self {
        let rows: Vec<Arc<Live>> = rows.into_iter().map(Arc::new).collect();
        let by_id = rows.iter().enumerate().map(|(place, live)| (live.id.clone(), place)).collect();
        let mut by_identity: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, live) in rows.iter().enumerate() {
            if let Some(identity) = spec.and_then(|spec| spec.wire.identity(&live.fields)) {
                by_identity.entry(identity).or_default().push(place);
            }
        }
        Listed { rows, by_id, by_identity }
    }

    /// Adds what the list did not show.
    pub(super) fn add(&mut self, spec: &'static Spec, live: Live) {
        let place = self.rows.len();
        self.by_id.insert(live.id.clone(), place);
        if let Some(identity) = spec.wire.identity(&live.fields) {
            self.by_identity.entry(identity).or_default().push(place);
        }
        self.rows.push(Arc::new(live));
    }

    /// The one with this id.
    pub(super) fn with_id(&self, id: &str) -> Option<&Arc<Live>> {
        self.by_id.get(id).and_then(|place| self.rows.get(*place))
    }

    /// Those with this identity, in the order they were listed.
    pub(super) fn like(&self, identity: &str) -> impl Iterator<Item = &Arc<Live>> {
        self.by_identity.get(identity).into_iter().flatten().filter_map(|place| self.rows.get(*place))
    }
}

/// Addresses by what they stand for: a kind, an account and an id.
#[derive(Debug)]
pub(super) struct Owners<'a>(HashMap<(&'a str, Option<&'a str>, &'a str), Vec<&'a str>>);

impl<'a> Owners<'a> {
    pub(super) fn of(state: &'a crate::store::State) -> Self {
        let mut owners: HashMap<(&str, Option<&str>, &str), Vec<&str>> = HashMap::new();
        for (address, entry) in &state.resources {
            owners.entry((&entry.kind, entry.account.as_deref(), &entry.id)).or_default().push(address);
        }
        Owners(owners)
    }

    /// The first address but this one that stands for it.
    pub(super) fn other(&self, (spec, account): (&Spec, AccountName), id: &str, than: &str) -> Option<String> {
        let all = self.0.get(&(spec.keyword, said(spec, account), id)).into_iter().flatten();
        all.copied().find(|address| *address != than).map(str::to_owned)
    }

    /// Whether any address stands for it.
    pub(super) fn has(&self, (spec, account): (&Spec, AccountName), id: &str) -> bool {
        self.0.contains_key(&(spec.keyword, said(spec, account), id))
    }
}
