//! A sandbox without its sockets: one lock around everything.

use crate::accounts::{AccountAddress, AccountRows, SandboxAccount, ServedAccount, addressed, nobody};
use crate::api::SandboxApi;
use crate::delivery::{Delivery, dress};
use crate::faults::{Act, AskedRequest, Faults};
use crate::home::build::BuildStatus;
use crate::log::Logged;
use crate::posthog::captured::{self, CapturedEvent};
use crate::posthog::{application, capture};
use crate::state::SandboxState;
use crate::traffic::{RequestCounts, Stats};
use crate::{Reply, SandboxRequest, Settings};
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a write with tags takes at least, where others can disturb it.
const TAGGED_MS: u64 = 20;

/// Accounts of Attio, of PostHog and of what is mounted; clones share them.
#[derive(Debug, Clone)]
pub struct Sandbox {
    state: Arc<Mutex<SandboxState>>,
    _lock: Arc<Option<File>>,
}

/// A request on its way to an account, and what will happen to it.
#[derive(Debug)]
pub(crate) struct RequestFate {
    /// None where nobody has that address.
    pub(crate) to: Option<usize>,
    /// As the account's API has it.
    pub(crate) request: SandboxRequest,
    pub(crate) act: Act,
    /// Its number among the writes to its account that can disturb each other.
    pub(crate) tagged: Option<u64>,
    /// Whether faults and counts leave it alone.
    pub(crate) is_apart: bool,
}

impl Sandbox {
    /// A sandbox of accounts, each of which is kept somewhere.
    pub(crate) fn of(kept: Vec<AccountRows>, accounts: Vec<ServedAccount>, lock: Option<File>) -> io::Result<Sandbox> {
        let mut state = SandboxState { kept, accounts, ..SandboxState::default() };
        for at in 0..state.accounts.len() {
            state.prepare(at);
        }
        state.commit()?;
        Ok(Sandbox { state: Arc::new(Mutex::new(state)), _lock: Arc::new(lock) })
    }

    /// Every account that is served, in the order in which they were named.
    pub fn accounts(&self) -> Vec<SandboxAccount> {
        self.state().accounts.iter().map(|served| served.account.clone()).collect()
    }

    /// Where every account answers while the sandbox is served at `base`, and with which number.
    pub fn addresses(&self, base: &str) -> Vec<AccountAddress> {
        let state = self.state();
        let one = |served: &ServedAccount| AccountAddress {
            name: served.account.name.clone(),
            provider: served.account.provider.clone(),
            url: served.account.url(base),
            number: state.kept[served.kept].settings.project,
        };
        state.accounts.iter().map(one).collect()
    }

    /// What an application is told of an account: its public keys, by names for people.
    pub fn public_keys(&self, account: &str) -> Vec<(&'static str, String)> {
        let mut state = self.state();
        let Some(at) = state.named(account) else { return Vec::new() };
        let kept = state.accounts[at].kept;
        let settings = state.kept[kept].settings.clone();
        let (api, mut account) = state.part(at, &settings);
        api.public_keys(&mut account)
    }

    /// The settings in force for the default accounts of Attio and PostHog.
    pub fn settings(&self) -> Settings {
        self.state().kept[0].settings.clone()
    }

    /// Changes the settings of the default accounts of Attio and PostHog, now and for the next time.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn set_settings(&self, settings: Settings) -> io::Result<()> {
        self.state().change(0, settings)
    }

    /// The settings in force for an account.
    pub fn settings_of(&self, account: &str) -> Option<Settings> {
        let state = self.state();
        let kept = state.accounts[state.named(account)?].kept;
        Some(state.kept[kept].settings.clone())
    }

    /// Changes the settings of an account, now and for the next time.
    ///
    /// # Errors
    /// When there is no such account, or they cannot be written.
    pub fn set_settings_of(&self, account: &str, settings: Settings) -> io::Result<()> {
        let mut state = self.state();
        let kept = state.existing(account).map(|at| state.accounts[at].kept)?;
        state.change(kept, settings)
    }

    /// Empties every account. Settings and faults stay, and so do the ids of accounts.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn reset(&self) -> io::Result<()> {
        let mut state = self.state();
        (0..state.accounts.len()).for_each(|at| state.empty(at));
        state.commit()
    }

    /// Empties one account.
    ///
    /// # Errors
    /// When there is no such account, or it cannot be written.
    pub fn reset_of(&self, account: &str) -> io::Result<()> {
        let mut state = self.state();
        let at = state.existing(account)?;
        state.empty(at);
        state.commit()
    }

    /// Lets an event arrive at the default project, which is how PostHog learns of events and their properties.
    ///
    /// # Errors
    /// When there is no such project, or it cannot be written.
    pub fn ingest(&self, event: &str, properties: &Map<String, Value>) -> io::Result<()> {
        self.ingest_at("posthog", event, properties)
    }

    /// Lets an event arrive at the project of an account.
    ///
    /// # Errors
    /// When there is no such project, or it cannot be written.
    pub fn ingest_at(&self, account: &str, event: &str, properties: &Map<String, Value>) -> io::Result<()> {
        let mut state = self.state();
        let at = state.existing(account)?;
        if state.accounts[at].account.provider != "posthog" {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("account `{account}` takes no events")));
        }
        let kept = state.accounts[at].kept;
        let settings = state.timed(kept);
        capture::ingest(&mut state.kept[kept].store, &settings, event, properties);
        state.send_on(at, &[CapturedEvent::named(event, properties, settings.clock())]);
        state.commit()
    }

    /// Decides flags from definitions in the form of `GET /flags/definitions`, in the place of those of an account's project; none
    /// brings the project's own back. Tests of evaluation use it.
    ///
    /// # Errors
    /// When there is no such project, they are no definitions, or it cannot be written.
    pub fn set_definitions(&self, account: &str, definitions: Option<Value>) -> io::Result<()> {
        let mut state = self.state();
        let at = state.existing(account)?;
        if state.accounts[at].account.provider != "posthog" {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("account `{account}` has no flags")));
        }
        let kept = state.accounts[at].kept;
        let settings = state.timed(kept);
        application::load(&mut state.kept[kept].store, &settings, definitions)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        state.commit()
    }

    /// The faults in force, with their counts.
    pub fn faults(&self) -> Faults {
        self.state().faults.clone()
    }

    /// Replaces all faults.
    pub fn set_faults(&self, faults: Faults) {
        let mut state = self.state();
        state.kept.iter_mut().for_each(|kept| kept.store.remember(faults.lags()));
        state.faults = faults;
    }

    /// How the stack whose sandbox this is was built and deployed last, where somebody said so.
    pub(crate) fn build(&self) -> Option<BuildStatus> {
        self.state().build.clone()
    }

    /// Shows this at the top of the page from now on, or nothing.
    pub(crate) fn set_build(&self, status: Option<BuildStatus>) {
        self.state().build = status.map(BuildStatus::kept);
    }

    /// The time as the sandbox counts it, whatever its settings say to others.
    pub fn time(&self) -> Timestamp {
        self.state().now()
    }

    /// Sets the time, which stands still from then on; what was to be processed until then is processed, in order.
    pub fn set_time(&self, now: Timestamp) {
        self.state().time = Some(now);
        self.process_due();
    }

    /// When the next request that nobody waits for is processed.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.state().late.iter().map(|(due, _, _)| *due).min()
    }

    /// Processes what is due.
    pub fn process_due(&self) {
        let mut state = self.state();
        let now = state.now();
        state.late.sort_by_key(|(due, _, _)| *due);
        let many = state.late.iter().take_while(|(due, _, _)| *due <= now).count();
        for (due, to, request) in state.late.drain(..many).collect::<Vec<_>>() {
            let time = state.time;
            state.time = time.map(|_| due);
            // It was logged when it came in.
            let _ = state.answer(to, &request);
            state.time = time;
        }
    }

    /// The last requests, oldest first.
    pub fn log(&self) -> Vec<Logged> {
        self.state().log.entries()
    }

    /// The last requests to an account, oldest first.
    pub(crate) fn log_of(&self, account: &str) -> Vec<Logged> {
        let state = self.state();
        let mut all = state.log.entries();
        all.retain(|entry| entry.account.as_deref().or(entry.provider) == Some(account));
        all
    }

    /// Keeps a request in the log that no account answers under its faults: a refused or half one, or one of an
    /// application.
    pub(crate) fn keep(&self, request: &SandboxRequest, status: Option<u16>, note: Option<String>) {
        let mut state = self.state();
        let (to, inner) = addressed(&state.accounts, request);
        let entry = Logged { note, ..Logged::of(inner.as_ref().unwrap_or(request), status) };
        state.push(to, entry);
    }

    /// How many requests came in.
    pub fn stats(&self) -> Stats {
        Stats(self.state().accounts.iter().map(|served| (served.account.name.clone(), served.counts)).collect())
    }

    /// Starts the counts and the log anew.
    pub fn reset_stats(&self) {
        let mut state = self.state();
        state.accounts.iter_mut().for_each(|served| served.counts = RequestCounts::default());
        state.log.clear();
    }

    /// Answers one request as its account would, without faults and limits.
    pub fn answer(&self, request: &SandboxRequest) -> Reply {
        let mut state = self.state();
        let (to, inner) = addressed(&state.accounts, request);
        match to {
            Some(to) => answer(&mut state, to, inner.as_ref().unwrap_or(request)),
            None => nobody(&state.accounts, request),
        }
    }

    /// Another sandbox, in memory, with everything that is in this one.
    pub fn fork(&self) -> Sandbox {
        let state = self.state();
        let again =
            |served: &ServedAccount| ServedAccount::new(served.account.clone(), served.api.clone(), served.kept);
        let kept = |kept: &AccountRows| AccountRows { store: kept.store.copy(), settings: kept.settings.clone() };
        let copy = SandboxState {
            kept: state.kept.iter().map(kept).collect(),
            accounts: state.accounts.iter().map(again).collect(),
            faults: state.faults.clone(),
            time: state.time,
            late: state.late.clone(),
            ..SandboxState::default()
        };
        Sandbox { state: Arc::new(Mutex::new(copy)), _lock: Arc::new(None) }
    }

    /// Everything that is stored, row by row: the name of a table, a key in it, and the row. Tables of an account that
    /// is not a default one of Attio or PostHog have its name before theirs: `marketing/posthog.flags`.
    pub fn rows(&self) -> BTreeMap<(String, String), Value> {
        let state = self.state();
        let mut all = state.kept[0].store.everything();
        for served in state.accounts.iter().filter(|served| served.kept != 0) {
            let rows = state.kept[served.kept].store.everything().into_iter();
            all.extend(rows.map(|((table, key), row)| ((served.prefix() + &table, key), row)));
        }
        all
    }

    /// Whose a request is, and the request as that account has it, where that differs.
    pub(crate) fn addressed(&self, request: &SandboxRequest) -> (Option<SandboxAccount>, Option<SandboxRequest>) {
        let state = self.state();
        let (to, inner) = addressed(&state.accounts, request);
        (to.map(|to| state.accounts[to].account.clone()), inner)
    }

    /// Whether an application asks this, which may be a page in a browser.
    pub(crate) fn is_for_applications(&self, request: &SandboxRequest) -> bool {
        let state = self.state();
        let (to, inner) = addressed(&state.accounts, request);
        to.is_some_and(|to| state.accounts[to].api.is_for_applications(inner.as_ref().unwrap_or(request)))
    }

    /// An account's API and settings.
    pub(crate) fn api_of(&self, account: &SandboxAccount) -> Option<(Arc<dyn SandboxApi>, Settings)> {
        let state = self.state();
        let served = &state.accounts[state.named(&account.name)?];
        Some((served.api.clone(), state.kept[served.kept].settings.clone()))
    }

    /// What a client of an account with every permission would be answered; null where that is nothing.
    pub(crate) fn look(&self, account: &SandboxAccount, request: &SandboxRequest) -> Value {
        self.reply(account, request).and_then(|reply| reply.body).unwrap_or_default()
    }

    /// The same with its status; nothing where there is no such account.
    pub(crate) fn reply(&self, account: &SandboxAccount, request: &SandboxRequest) -> Option<Reply> {
        let mut state = self.state();
        let at = state.named(&account.name)?;
        let kept = state.accounts[at].kept;
        let settings = Settings { tokens: None, ..state.kept[kept].settings.clone() };
        let mut request = request.clone();
        request.headers.push(("authorization".to_owned(), "Bearer home".to_owned()));
        let (api, mut account) = state.part(at, &settings);
        Some(api.answer(&mut account, &request))
    }

    /// Whose a request is, and what happens to it.
    pub(crate) fn fate(&self, request: SandboxRequest) -> RequestFate {
        let mut state = self.state();
        let (to, inner) = addressed(&state.accounts, &request);
        let request = inner.unwrap_or(request);
        let is_apart = to.is_none_or(|to| state.accounts[to].api.is_for_applications(&request));
        let Some(at) = to.filter(|_| !is_apart) else {
            return RequestFate { to, request, act: Act::default(), tagged: None, is_apart };
        };
        let SandboxState { accounts, faults, .. } = &mut *state;
        let served = &mut accounts[at];
        let asked = AskedRequest {
            account: &served.account.name,
            request: &request,
            is_list: served.api.is_list(&request),
            is_write: served.api.is_write(&request),
        };
        let mut act = faults.take(asked);
        let tagged = faults.may_clash(asked).then(|| served.tagged.begin());
        if tagged.is_some() {
            act.delay_ms = act.delay_ms.max(TAGGED_MS);
        }
        RequestFate { to, request, act, tagged, is_apart }
    }

    /// Answers a request that faults and counts leave alone.
    pub(crate) fn answer_apart(&self, to: Option<usize>, request: &SandboxRequest) -> Reply {
        let mut state = self.state();
        match to {
            Some(to) => answer(&mut state, to, request),
            None => nobody(&state.accounts, request),
        }
    }

    /// Processes, counts and logs one request under its fate.
    pub(crate) fn process(&self, to: usize, request: &SandboxRequest, act: &Act) -> Delivery {
        if act.late_ms > 0 {
            self.process_late(to, request, Duration::from_millis(act.late_ms));
        }
        let mut state = self.state();
        let now = state.now();
        let limits = act.processes().then(|| state.refusal(to, request, now)).flatten();
        let real = limits.or_else(|| state.carry_out(to, request, act));
        let delivery = dress(real, act, now);
        state.note(to, request, &delivery);
        delivery
    }

    /// Processes a request later, whose client is gone.
    pub(crate) fn abandon(&self, to: usize, request: &SandboxRequest, by: Duration) {
        self.state().note(to, request, &Delivery::Cut);
        self.process_late(to, request, by);
    }

    /// Processes a request later.
    fn process_late(&self, to: usize, request: &SandboxRequest, by: Duration) {
        let mut state = self.state();
        let due = state.now().saturating_add(by).unwrap_or(Timestamp::MAX);
        state.late.push((due, to, request.clone()));
    }

    /// A write that others can disturb is done; whether it was disturbed.
    pub(crate) fn untag(&self, to: usize, number: u64) -> bool {
        self.state().accounts[to].tagged.end(number)
    }

    fn state(&self) -> MutexGuard<'_, SandboxState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an account answers; events that arrive with the request are heard of by destinations.
fn answer(state: &mut SandboxState, to: usize, request: &SandboxRequest) -> Reply {
    let reply = state.answer(to, request);
    if state.accounts[to].account.provider != "posthog" || !application::is_asked(request) {
        return reply;
    }
    let kept = state.accounts[to].kept;
    let events = captured::take_all(&mut state.kept[kept].store);
    if events.is_empty() {
        return reply;
    }
    state.send_on(to, &events);
    match state.commit() {
        Ok(()) => reply,
        Err(error) => Reply::error(500, &format!("the sandbox could not store this: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request(method: &str, path: &str, body: Value) -> SandboxRequest {
        SandboxRequest {
            method: method.into(),
            path: path.into(),
            headers: vec![("authorization".into(), "Bearer key".into())],
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
            ..SandboxRequest::default()
        }
    }

    fn tier() -> SandboxRequest {
        let body = json!({"data": {"api_slug": "tiers", "singular_noun": "Tier", "plural_noun": "Tiers"}});
        request("POST", "/v2/objects", body)
    }

    #[test]
    fn a_folder_is_open_once_and_keeps_everything() {
        let dir = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::open(Some(dir.path()), None).unwrap();
        let refused = Sandbox::open(Some(dir.path()), None).unwrap_err();
        assert!(refused.to_string().contains("another process has the sandbox"), "{refused}");
        let workspace = sandbox.answer(&request("GET", "/v2/self", Value::Null)).body;
        assert_eq!(sandbox.answer(&tier()).status, 200);
        sandbox.set_settings(Settings { deals: false, ..Settings::default() }).unwrap();
        drop(sandbox);

        let sandbox = Sandbox::open(Some(dir.path()), None).unwrap();
        assert!(!sandbox.settings().deals);
        assert_eq!(sandbox.answer(&request("GET", "/v2/objects/tiers", Value::Null)).status, 200);
        sandbox.reset().unwrap();
        assert_eq!(sandbox.answer(&request("GET", "/v2/objects/tiers", Value::Null)).status, 404);
        assert_eq!(sandbox.answer(&request("GET", "/v2/objects/people", Value::Null)).status, 200);
        let again = sandbox.answer(&request("GET", "/v2/self", Value::Null)).body;
        assert_eq!(workspace.unwrap()["workspace_id"], again.unwrap()["workspace_id"]);
    }

    #[test]
    fn a_request_over_the_rate_is_refused_and_not_processed() {
        let settings = Settings { rate_limits: true, ..Settings::default() };
        let sandbox = Sandbox::open(None, Some(settings)).unwrap();
        sandbox.set_time(Timestamp::from_second(1_000).unwrap());
        let mut last = Delivery::Cut;
        for _ in 0..26 {
            last = sandbox.receive(tier()).finish();
        }
        assert!(matches!(last, Delivery::Answer(Reply { status: 429, .. })), "{last:?}");
        assert_eq!(sandbox.stats().of("attio"), RequestCounts { reads: 0, writes: 26 });
        assert_eq!(sandbox.log().len(), 26);
    }

    #[test]
    fn the_log_has_bodies_but_no_key() {
        let sandbox = Sandbox::open(None, None).unwrap();
        sandbox.receive(tier()).finish();
        let log = serde_json::to_string(&sandbox.log()).unwrap();
        assert!(log.contains("tiers"));
        assert!(!log.contains("key"), "{log}");
    }
}
