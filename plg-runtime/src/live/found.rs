//! What a look at the accounts found.

use super::listed::Listed;
use crate::http::{Client, Clients};
use plg_core::{AccountName, Listing, Live, Map, Prior, Spec, Terms, linked};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// An object that a create made after it had been given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LateObject {
    /// The address that the create was for.
    pub address: String,
    /// That kind's keyword.
    pub kind: String,
    /// The account it is in.
    pub account: String,
    /// Its remote id.
    pub id: String,
}

impl LateObject {
    /// What tells it apart from every other one: its id, and where it is not in the default account, that account's name.
    pub fn named(&self) -> String {
        let is_default =
            linked::find(&self.kind).is_none_or(|spec| spec.provider().default_account().0 == self.account);
        if is_default { self.id.clone() } else { format!("{}/{}", self.account, self.id) }
    }
}

/// What was found for one address.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lookup {
    /// The live object, if there is one.
    pub(crate) live: Option<Arc<Live>>,
    /// It was found by its key or name, not by the id that is remembered.
    pub(crate) adopted: bool,
    /// The address it is remembered under, where that is another one that is no longer declared.
    pub(crate) owner: Option<String>,
    /// Ids of several that could be meant.
    pub(crate) ambiguous: Vec<String>,
    /// Ids of what a request made that was given up, beside the one that is remembered.
    pub(crate) late: Vec<String>,
    /// Ids that have the same identity already: what is created is none of these.
    pub(crate) known: Vec<String>,
}

pub(super) type Key = (AccountName, &'static str, Listing);

/// Asks the account that a list is in.
pub(super) fn client_of(clients: &Clients, key: &Key) -> Option<Client> {
    linked::find(key.1).map(|spec| clients.of(spec.provider(), key.0))
}

/// Everything that was looked at.
#[derive(Debug, Default)]
pub(crate) struct LiveState {
    pub(super) looks: HashMap<String, Lookup>,
    pub(super) lists: BTreeMap<Key, Listed>,
    /// The address that a declaration was remembered under, where that is another one.
    pub(crate) renamed: BTreeMap<String, String>,
    /// What arrived although its create had been given up.
    pub(crate) late: Vec<LateObject>,
    /// Whether everything was looked at.
    pub(crate) fresh: bool,
    /// When that was (RFC 3339).
    pub(crate) at: String,
}

impl LiveState {
    /// What was found for an address.
    pub(crate) fn look(&self, address: &str) -> Option<&Lookup> {
        self.looks.get(address)
    }

    /// Everything live in a list, if it was looked at.
    pub(crate) fn list(&self, account: AccountName, spec: &'static Spec, listing: &Listing) -> Option<&[Arc<Live>]> {
        self.lists.get(&(account, spec.keyword, listing.clone())).map(|listed| listed.rows.as_slice())
    }

    /// Everything live of a kind in an account, as far as it was looked at.
    pub(crate) fn every(&self, account: AccountName, kind: &str) -> impl Iterator<Item = &Live> {
        self.lists
            .iter()
            .filter(move |((of, keyword, _), _)| *keyword == kind && *of == account)
            .flat_map(|(_, listed)| &listed.rows)
            .map(|live| &**live)
    }

    /// Live objects of a list that have this identity, as far as it was looked at.
    pub(crate) fn like(
        &self,
        account: AccountName,
        spec: &'static Spec,
        listing: &Listing,
        identity: &str,
    ) -> Vec<&Live> {
        let listed = self.lists.get(&(account, spec.keyword, listing.clone()));
        listed.into_iter().flat_map(|listed| listed.like(identity)).map(|live| &**live).collect()
    }

    /// The address that something is remembered under.
    pub(crate) fn remembered_as<'a>(&'a self, address: &'a str) -> &'a str {
        self.renamed.get(address).map_or(address, String::as_str)
    }

    /// The live object at an address, to be held by others, too.
    pub(crate) fn shared(&self, address: &str) -> Option<&Arc<Live>> {
        self.looks.get(address)?.live.as_ref()
    }

    /// The live object at an address.
    pub(crate) fn live(&self, address: &str) -> Option<&Live> {
        self.looks.get(address)?.live.as_deref()
    }
}

pub(super) struct Subject<'a> {
    pub(super) address: &'a str,
    pub(super) spec: &'static Spec,
    pub(super) account: AccountName,
    pub(super) want: Cow<'a, Terms>,
    pub(super) id: Option<String>,
    pub(super) listing: Option<Listing>,
    /// Its parents, as far as they are known by now.
    pub(super) within: Map,
}

impl Subject<'_> {
    /// The list it is in.
    pub(super) fn key(&self) -> Option<Key> {
        Some((self.account, self.spec.keyword, self.listing.clone()?))
    }

    /// What is known of it once it was found.
    pub(super) fn prior(&self, live: &Live) -> Prior {
        let mut fields = live.fields.clone();
        fields.extend(self.within.clone());
        Prior { id: live.id.clone(), outputs: live.outputs.clone(), fields }
    }

    /// The fields that say where it is.
    pub(super) fn parents(&self) -> Terms {
        let parents = self.spec.wire.parents().iter();
        parents.filter_map(|parent| Some((*parent, self.want.get(parent)?.clone()))).collect()
    }
}
