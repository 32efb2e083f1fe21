//! How an API is talked to.

use super::{AccountIdentity, KeyFlaw, KeyRights, LastChange, LimitClass, Refusal};
use crate::{Call, Hold, Map, Permission};
use serde_json::Value as Json;
use std::fmt::Debug;
use std::time::Duration;

/// How an API is talked to: pure functions over values, no I/O, no clock, no randomness.
///
/// What has a default is what most APIs do. `account` in a signature is where a request goes: the address without a
/// path, such as `https://eu.posthog.com`.
pub trait Api: Debug + Sync {
    /// The path that all of its requests start with. A word in braces is a setting of the account, such as
    /// `{project}`: see [`AccountSettings::holes`](super::AccountSettings::holes).
    fn base(&self) -> &'static str;

    /// The header that authorises a request: its name in lower case, and its value.
    fn authorisation(&self, key: &str) -> (&'static str, String) {
        ("authorization", format!("Bearer {key}"))
    }

    /// A body as it is sent, with its content type: JSON, unless the API wants another form, such as
    /// [`form_body`](super::form_body).
    fn body(&self, body: &Json) -> (&'static str, String) {
        ("application/json", body.to_string())
    }

    /// Further headers of every request, such as the version of the API that is spoken.
    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Reads an answer that says no: its status and its body, `null` where that is no JSON.
    fn refusal(&self, status: u16, body: &Json) -> Refusal;

    /// Headers of an answer of which the first that is there names the request to whoever gives support.
    fn request_id(&self) -> &'static [&'static str] {
        &["x-request-id"]
    }

    /// Asks which account a key leads to.
    fn whoami(&self) -> Call;

    /// Reads the answer to [`Api::whoami`].
    ///
    /// # Errors
    /// Why the key is not good although it was answered.
    fn identity(
        &self,
        answer: &Json,
        address: &str,
        holes: &[(&'static str, String)],
    ) -> Result<AccountIdentity, String>;

    /// What a key itself says of where it leads, where an account has several sides under one id, such as `test` and
    /// `live`: it becomes a part of the id that a state is pinned to.
    fn side(&self, key: &str) -> Option<&'static str> {
        let _ = key;
        None
    }

    /// What is said where [`Api::whoami`] is refused because nothing is there, before the API's own words.
    fn nowhere(&self, holes: &[(&'static str, String)]) -> Option<String> {
        let _ = holes;
        None
    }

    /// Asks what a key may do, where [`Api::whoami`] does not say. An answer that says no is no answer.
    fn ask_rights(&self) -> Option<Call> {
        None
    }

    /// Reads the answer to [`Api::ask_rights`].
    fn rights(&self, answer: &Json) -> KeyRights {
        let _ = answer;
        KeyRights::default()
    }

    /// Why a key cannot be the one that is needed, as it looks: no request has to be made for that.
    fn misplaced(&self, key: &str) -> Option<KeyFlaw> {
        let _ = key;
        None
    }

    /// Why a key does not reach the account, by what [`Api::rights`] said: `refused` where the account was refused to
    /// it.
    fn unreached(&self, rights: &KeyRights, holes: &[(&'static str, String)], refused: bool) -> Option<KeyFlaw> {
        let _ = (rights, holes, refused);
        None
    }

    /// Where people make keys: `under Settings, Personal API keys`.
    fn keys_are(&self) -> &'static str;

    /// The permission that reading what a path lists takes, and with `writes` changing it. None where the API has no
    /// permissions.
    fn permission(&self, path: &str) -> Option<Permission>;

    /// What it takes beside that to delete what a path lists.
    fn permission_to_delete(&self, path: &str) -> Option<Permission> {
        let _ = path;
        None
    }

    /// The permission that every stack takes, whatever it declares.
    fn permission_of_all(&self) -> Option<Permission> {
        None
    }

    /// The budgets of requests. What is kept to stays below what is published, as others use the
    /// same key.
    fn limits(&self) -> &'static [LimitClass];

    /// Which of [`Api::limits`] a request counts against.
    fn limit_of(&self, method: &str, path: &str) -> usize {
        let _ = (method, path);
        0
    }

    /// Whether a write may only be under way where no other one of these is: such as two that both clean up after each
    /// other.
    fn is_alone(&self, call: &Call) -> bool {
        let _ = call;
        false
    }

    /// For how long a write may still be done after it was sent, when its client is gone.
    fn late_window(&self) -> Duration {
        Duration::from_secs(60)
    }

    /// The header that a create can carry a key in, in lower case, so that a second try of one whose answer was lost makes
    /// nothing twice: it is answered as the first one was. Then a create whose answer is lost is simply sent again, at once
    /// and by later runs.
    ///
    /// An API that refuses a second try while the first one is at work says so with a kind that is tried again:
    /// [`FailureKind::Limited`](super::FailureKind::Limited).
    fn idempotency(&self) -> Option<&'static str> {
        None
    }

    /// For how long after it was sent first such a create may be sent again under its key.
    fn idempotency_window(&self) -> Duration {
        Duration::from_secs(24 * 60 * 60)
    }

    /// Who changed an object last, as far as its row says it: `fields` are all that [`Wire::read`](crate::Wire::read) kept
    /// of it. Nothing more is asked for that.
    fn last_change(&self, fields: &Map) -> Option<LastChange> {
        let _ = fields;
        None
    }

    /// The request to the API's own log of changes, for an object of a kind whose rows do not say who changed it. It is
    /// asked where something was changed by others; what an API refuses, it does not tell.
    fn log_of(&self, kind: &str, id: &str) -> Option<Call> {
        let _ = (kind, id);
        None
    }

    /// Who changed one of these fields last, as the answer to [`Api::log_of`] says.
    fn last_change_in(&self, log: &Json, fields: &[&str]) -> Option<LastChange> {
        let _ = (log, fields);
        None
    }

    /// Why this key may not change or remove an object, where the object's own row says so; none where it may.
    fn withheld(&self, fields: &Map) -> Option<Hold> {
        let _ = fields;
        None
    }

    /// What to do where something that every account has is not there: `an admin switches it on, under …`.
    fn switched_off(&self) -> &'static str {
        "see that it is there in the web app"
    }
}
