//! What was applied last.

use super::formats::STATE;
use super::history::Deployed;
use super::object::Object;
use plg_core::{AccountName, OnDestroy, Spec, Term, Terms, linked};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Everything a stage remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct State {
    /// Format of this file.
    pub version: u32,
    /// Made when the stage was first deployed; another lineage is another history.
    pub lineage: String,
    /// Grows by one with every snapshot.
    pub serial: u64,
    /// The number of the last record of a journal that is in it.
    #[serde(default)]
    pub sequence: u64,
    /// The stack's name.
    pub stack: String,
    /// The stage's name.
    pub stage: String,
    /// The accounts it was deployed to: the id of each, by the account's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, String>,
    /// The account that earlier versions kept here, where no provider of this program calls its accounts so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) workspace: Option<String>,
    /// As above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) project: Option<String>,
    /// By address.
    pub resources: BTreeMap<String, Entry>,
    /// The latest deploys that changed something, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Deployed>,
    /// A deploy that began and has not ended: it is at work, or died.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Box<Deployed>>,
    /// Creates that were given up, and whose object may have arrived all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watched: Vec<Watched>,
    /// What plg made and archived, or deleted where an API may bring it back by itself, by kind: the remote ids. Brought
    /// back, it is what plg made. In an account that is not the default one, a kind has its name: `cohort@marketing`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub archived: BTreeMap<String, BTreeSet<String>>,
    /// What plg made and deleted, and may be back beside something that a deploy restores, by kind, as above: the remote
    /// ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub returning: BTreeMap<String, BTreeSet<String>>,
}

impl State {
    /// A stage that was never deployed.
    pub fn new(stack: &str, stage: &str) -> Self {
        State {
            version: STATE,
            lineage: uuid::Uuid::new_v4().to_string(),
            serial: 0,
            sequence: 0,
            stack: stack.to_owned(),
            stage: stage.to_owned(),
            accounts: BTreeMap::new(),
            workspace: None,
            project: None,
            resources: BTreeMap::new(),
            history: Vec::new(),
            begun: None,
            watched: Vec::new(),
            archived: BTreeMap::new(),
            returning: BTreeMap::new(),
        }
    }

    /// The accounts that anything remembered is in.
    pub(crate) fn accounts_used(&self) -> BTreeSet<AccountName> {
        let (mut used, mut last) = (BTreeSet::new(), ("", None));
        for entry in self.resources.values() {
            // Addresses are in order, and so are their kinds.
            let own = (entry.kind.as_str(), entry.account.as_deref());
            if own != last {
                used.insert(entry.account());
                last = own;
            }
        }
        used
    }

    /// Gives the accounts that earlier versions remembered without a name theirs: the default ones.
    pub(super) fn name_accounts(&mut self) {
        for (word, kept) in [("workspace", &mut self.workspace), ("project", &mut self.project)] {
            let provider = linked::providers().find(|provider| provider.account == word);
            if let Some((provider, id)) = provider.and_then(|provider| Some((provider, kept.take()?))) {
                self.accounts.entry(provider.word.to_owned()).or_insert(id);
            }
        }
    }

    /// Whether plg made and archived it.
    pub(crate) fn has_archived(&self, kind: &KindInAccount, id: &str) -> bool {
        self.archived.get(&kind.0).is_some_and(|ids| ids.contains(id))
    }

    /// Remembers a resource as it is.
    pub(super) fn remember(&mut self, address: String, entry: Entry) {
        if !self.archived.is_empty()
            && let Some(ids) = self.archived.get_mut(&entry.kind_in_account().0)
        {
            ids.remove(&entry.id);
            self.archived.retain(|_, ids| !ids.is_empty());
        }
        self.resources.insert(address, entry);
    }

    /// Forgets a resource; `archived` says that it is hidden by now, and not gone.
    pub(super) fn let_go(&mut self, address: &str, archived: bool) {
        let gone = self.resources.remove(address);
        let comes_back = |entry: &Entry| {
            archived || plg_core::linked::find(&entry.kind).is_some_and(|spec| spec.wire.comes_back_with_another())
        };
        if let Some(entry) = gone.filter(|entry| entry.origin == Origin::Made && comes_back(entry)) {
            self.archived.entry(entry.kind_in_account().0).or_default().insert(entry.id);
        }
    }
}

/// One resource as it was applied last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its kind's keyword.
    pub kind: String,
    /// The account it is in, where that is not the default one of its provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Its remote id.
    pub id: String,
    /// What others may refer to; never a secret.
    #[serde(default)]
    pub outputs: Object,
    /// The fields as applied: references resolved, values from the environment as markers.
    #[serde(default)]
    pub fields: Object<Terms>,
    /// Fields that the API did not keep as they were sent, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unkept: BTreeMap<String, Unkept>,
    /// Secrets that were shown once, by name, each sealed for a key: see [`super::seal`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sealed: BTreeMap<String, String>,
    /// Keyed hashes of the values that variables had when they were applied, by the variables' names. None where the
    /// stage had no key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<String, String>,
    /// Addresses it refers to.
    #[serde(default)]
    pub depends: Vec<String>,
    /// Whether plg made it.
    #[serde(default, skip_serializing_if = "Origin::is_unknown")]
    pub origin: Origin,
    /// What the declaration said: `keep`, `archive`, `delete`, or nothing. States without an origin say `archive` where
    /// nothing was written: see [`Entry::written_on_destroy`].
    #[serde(default)]
    pub on_destroy: String,
    /// Whether it may be deleted, archived or replaced.
    #[serde(default)]
    pub protect: bool,
    /// Whether it was there before, and only referred to.
    #[serde(default)]
    pub existing: bool,
    /// Source file it was declared in.
    #[serde(default)]
    pub file: String,
    /// Line there.
    #[serde(default)]
    pub line: u32,
    /// When plg made or adopted it (RFC 3339).
    #[serde(default)]
    pub created_at: String,
    /// When plg last changed it (RFC 3339).
    #[serde(default)]
    pub updated_at: String,
    /// A request to make it that was given up, before the one that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_up: Option<Box<GivenUp>>,
    /// What people had made of it when a deploy looked last and found it otherwise than before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remarks: Option<Box<Remarks>>,
}

/// What was said of a live object that is left as people have it: for plans that do not look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Remarks {
    /// Since when it is so, as far as a deploy saw (RFC 3339).
    pub at: String,
    /// How it is, as in "it runs since 2026-11-01".
    pub says: Vec<String>,
}

impl Remarks {
    /// What was seen at a time.
    pub fn new(at: String, says: Vec<String>) -> Self {
        Remarks { at, says }
    }
}

/// The account that something is in, of which a file says only where it is not the default one.
pub(super) fn account_of(kind: &str, account: Option<&str>) -> AccountName {
    match (account, linked::find(kind)) {
        (Some(name), _) => AccountName::read(name),
        (None, Some(spec)) => spec.provider().default_account(),
        (None, None) => AccountName(""),
    }
}

/// What a file says of the account of something.
pub(crate) fn account_said(spec: &Spec, account: AccountName) -> Option<String> {
    said(spec, account).map(str::to_owned)
}

/// The account's name, where it is not the default one of a kind's provider. Of one kind, what is in one account says
/// the same here.
pub(crate) fn said(spec: &Spec, account: AccountName) -> Option<&'static str> {
    (account != spec.provider().default_account()).then_some(account.0)
}

/// A kind in one account, as a file names it: `cohort`, `cohort@marketing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KindInAccount(pub(crate) String);

impl KindInAccount {
    /// What is said of the account is nothing, where it is the default one.
    pub(crate) fn of(kind: &str, account: Option<&str>) -> Self {
        KindInAccount(account.map_or_else(|| kind.to_owned(), |account| format!("{kind}@{account}")))
    }

    /// The kind, and what is said of the account.
    pub(crate) fn read(text: &str) -> (&str, Option<&str>) {
        text.split_once('@').map_or((text, None), |(kind, account)| (kind, Some(account)))
    }
}

/// In the address of something whose declaration is in another account by now, before the account it was left in and
/// its id.
pub(crate) const MOVED: &str = "@moved-";

/// The address of something that its declaration has left behind in an account.
pub(crate) fn left_behind(address: &str, account: AccountName, id: &str) -> String {
    format!("{address}{MOVED}{account}-{id}")
}

/// Whether an address is one of what plg itself leaves: an instance of a marker, the old one of a replacement.
fn is_of_plg(address: &str) -> bool {
    address.contains('@') && !address.contains(MOVED)
}

impl Entry {
    /// The account it is in.
    pub fn account(&self) -> AccountName {
        account_of(&self.kind, self.account.as_deref())
    }

    /// Whether it is of a kind, and in an account.
    pub(crate) fn is_in(&self, spec: &Spec, account: AccountName) -> bool {
        self.kind == spec.keyword && self.account.as_deref() == said(spec, account)
    }

    /// Its kind, in its account.
    pub(crate) fn kind_in_account(&self) -> KindInAccount {
        KindInAccount::of(&self.kind, self.account.as_deref())
    }
}

impl Watched {
    /// The account it was for.
    pub fn account(&self) -> AccountName {
        account_of(&self.kind, self.account.as_deref())
    }
}

/// Whether plg made a resource, or found it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// plg made it, and removes it when it is no longer declared.
    Made,
    /// It was there before plg: it stays as it is when it is no longer declared.
    Adopted,
    /// An earlier plg did not note it. It counts as adopted.
    #[default]
    Unknown,
}

impl Origin {
    fn is_unknown(&self) -> bool {
        *self == Origin::Unknown
    }

    /// The word for it, as in the state.
    pub const fn word(self) -> &'static str {
        match self {
            Origin::Made => "made",
            Origin::Adopted => "adopted",
            Origin::Unknown => "unknown",
        }
    }
}

impl Entry {
    /// What `on_destroy` said, where it was written. States of earlier plgs have `archive` for everything where nothing
    /// was.
    pub fn written_on_destroy(&self) -> Option<OnDestroy> {
        let written = OnDestroy::spelt(&self.on_destroy);
        written.filter(|word| self.origin != Origin::Unknown || *word == OnDestroy::keep)
    }

    /// Whether nobody knows if plg made the resource at this address. What has `@` in its address is plg's in any case: an
    /// instance of a marker, or what a replacement left.
    pub fn is_of_unknown_origin(&self, address: &str) -> bool {
        self.origin == Origin::Unknown && !self.existing && !is_of_plg(address)
    }

    /// Whether the resource at this address is removed when it is no longer declared, and nothing else is said.
    pub fn is_made(&self, address: &str) -> bool {
        self.origin == Origin::Made || is_of_plg(address)
    }
}

/// A create of something without a key of its own that nobody saw the answer of, and that made nothing for as long as
/// it could be expected to. What arrives after all is told until it is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Watched {
    /// The address it was for.
    pub address: String,
    /// That kind's keyword.
    pub kind: String,
    /// The account it is in, where that is not the default one of its provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The fields that were sent: references resolved, values from the environment as markers.
    #[serde(default)]
    pub fields: Object<Terms>,
    /// Remote ids that had the same identity before: what it makes is none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<String>,
    /// When it was given up (RFC 3339).
    pub at: String,
    /// Remote ids that arrived after all, as far as a deploy saw them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arrived: Vec<String>,
}

/// A request that nobody saw the answer of, and that made nothing for as long as it was looked for.
/// It may still arrive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GivenUp {
    /// When (RFC 3339).
    pub at: String,
    /// Remote ids that had the same identity before: what it makes is none of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<String>,
}

/// A field that the API took without a word, and did not keep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unkept {
    /// As it was sent: references resolved, values from the environment as markers.
    pub sent: Term,
    /// The value afterwards. Nothing, where values from the environment were sent: they may be in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Json>,
    /// The answer did not have it at all.
    #[serde(default, skip_serializing_if = "is_not")]
    pub absent: bool,
}

impl Unkept {
    /// Whether it is no news: where nobody knows what an API does with a key, that it shows it to nobody, or hides a
    /// secret behind stars, goes without saying.
    pub fn is_expected(&self, spec: &Spec) -> bool {
        spec.wire.keys_in().is_some() && (self.absent || self.sent.names_variable())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_not(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(origin: Origin, on_destroy: &str) -> Entry {
        Entry { kind: "attribute".into(), id: "1".into(), origin, on_destroy: on_destroy.into(), ..Entry::default() }
    }

    #[test]
    fn archive_in_a_state_without_origins_was_written_by_nobody() {
        let written = |origin, text| entry(origin, text).written_on_destroy();
        assert_eq!(written(Origin::Unknown, "archive"), None);
        assert_eq!(written(Origin::Unknown, "keep"), Some(OnDestroy::keep));
        assert_eq!(written(Origin::Adopted, "archive"), Some(OnDestroy::archive));
        assert_eq!(written(Origin::Made, "delete"), Some(OnDestroy::delete));
        assert_eq!(written(Origin::Made, ""), None);
    }

    #[test]
    fn an_origin_is_in_the_text_only_where_it_is_known() {
        let text = |origin| serde_json::to_string(&entry(origin, "")).expect("JSON");
        assert!(text(Origin::Made).contains(r#""origin":"made""#));
        assert!(text(Origin::Adopted).contains(r#""origin":"adopted""#));
        assert!(!text(Origin::Unknown).contains("origin"));
        let read: Entry = serde_json::from_str(&text(Origin::Unknown)).expect("an entry");
        assert_eq!(read.origin, Origin::Unknown);
    }

    #[test]
    fn what_plg_made_and_archived_is_known_until_it_is_back() {
        let mut state = State::new("shop", "prod");
        for (origin, archived, known) in
            [(Origin::Made, true, true), (Origin::Made, false, false), (Origin::Adopted, true, false)]
        {
            state.remember("attribute.Tier".into(), entry(origin, ""));
            let attributes = KindInAccount::of("attribute", None);
            assert!(!state.has_archived(&attributes, "1"));
            state.let_go("attribute.Tier", archived);
            assert_eq!(state.has_archived(&attributes, "1"), known, "{origin:?} {archived}");
            assert!(!state.has_archived(&KindInAccount::of("attribute", Some("sales")), "1"));
        }
        assert!(state.resources.is_empty());
    }
}
