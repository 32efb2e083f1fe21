//! A sandbox without its sockets: one lock around the store, and what surrounds each request.

use crate::delivery::{Delivery, dress};
use crate::faults::{Act, Faults, Lacks};
use crate::limits::RateLimits;
use crate::log::{Logged, RequestLog};
use crate::tagged::TaggedWrites;
use crate::traffic::{Api, Stats, is_write};
use crate::{Reply, SandboxRequest, Settings, Store, attio, posthog};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a write with tags takes at least, where others can disturb it.
const TAGGED_MS: u64 = 20;

/// Attio and PostHog for one account; clones share it.
#[derive(Debug, Clone)]
pub struct Sandbox {
    state: Arc<Mutex<SandboxState>>,
    _lock: Arc<Option<File>>,
}

/// What is behind the lock.
#[derive(Debug, Default)]
struct SandboxState {
    store: Store,
    settings: Settings,
    faults: Faults,
    limits: RateLimits,
    log: RequestLog,
    stats: Stats,
    tagged: TaggedWrites,
    /// The time, where it is not the system's.
    time: Option<Timestamp>,
    /// Requests that are processed later, with their time; nobody waits for them.
    late: Vec<(Timestamp, SandboxRequest)>,
}

impl Sandbox {
    /// Opens the sandbox in `dir`, or one in memory. Without `settings` those of the last time hold.
    ///
    /// # Errors
    /// When the folder cannot be read or written, or another process has it open.
    pub fn open(dir: Option<&Path>, settings: Option<Settings>) -> io::Result<Sandbox> {
        let (mut store, lock) = match dir {
            Some(dir) => {
                let lock = lock(dir)?;
                (Store::open(dir)?, Some(lock))
            }
            None => (Store::in_memory(), None),
        };
        let settings = settings.or_else(|| Settings::load(&store)).unwrap_or_default();
        settings.save(&mut store);
        attio::fixture::prepare(&mut store);
        store.commit()?;
        let state = SandboxState { store, settings, ..SandboxState::default() };
        Ok(Sandbox { state: Arc::new(Mutex::new(state)), _lock: Arc::new(lock) })
    }

    /// The settings in force.
    pub fn settings(&self) -> Settings {
        self.state().settings.clone()
    }

    /// Changes the settings, now and for the next time.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn set_settings(&self, settings: Settings) -> io::Result<()> {
        let mut state = self.state();
        settings.save(&mut state.store);
        state.settings = settings;
        state.store.commit()
    }

    /// Empties the workspace and the project. Settings and faults stay, and so does the workspace's id.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn reset(&self) -> io::Result<()> {
        let mut state = self.state();
        state.store.clear("attio.");
        state.store.clear("posthog.");
        attio::fixture::prepare(&mut state.store);
        state.store.commit()
    }

    /// Lets an event arrive at the project, which is how PostHog learns of events and their properties.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn ingest(&self, event: &str, properties: &Map<String, Value>) -> io::Result<()> {
        let mut state = self.state();
        let at = state.timed().clock().strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string();
        let project = state.settings.project;
        posthog::event_definition::rows::ingest(&mut state.store, project, event, properties, &at);
        state.store.commit()
    }

    /// The faults in force, with their counts.
    pub fn faults(&self) -> Faults {
        self.state().faults.clone()
    }

    /// Replaces all faults.
    pub fn set_faults(&self, faults: Faults) {
        let mut state = self.state();
        state.store.remember(faults.lags());
        state.faults = faults;
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
        self.state().late.iter().map(|(due, _)| *due).min()
    }

    /// Processes what is due.
    pub fn process_due(&self) {
        let mut state = self.state();
        let now = state.now();
        state.late.sort_by_key(|(due, _)| *due);
        let many = state.late.iter().take_while(|(due, _)| *due <= now).count();
        for (due, request) in state.late.drain(..many).collect::<Vec<_>>() {
            let time = state.time;
            state.time = time.map(|_| due);
            // It was logged when it came in.
            let _ = state.answer(&request);
            state.time = time;
        }
    }

    /// The last requests, oldest first.
    pub fn log(&self) -> Vec<Logged> {
        self.state().log.entries()
    }

    /// Keeps a request in the log that no API answers: a refused or half one, or one of an application.
    pub(crate) fn keep(&self, entry: Logged) {
        self.state().log.push(entry);
    }

    /// How many requests came in.
    pub fn stats(&self) -> Stats {
        self.state().stats
    }

    /// Starts the counts and the log anew.
    pub fn reset_stats(&self) {
        let mut state = self.state();
        state.stats = Stats::default();
        state.log.clear();
    }

    /// Answers one request as its provider would, without faults and limits.
    pub fn answer(&self, request: &SandboxRequest) -> Reply {
        self.state().answer(request)
    }

    /// Another sandbox, in memory, with everything that is in this one.
    pub fn fork(&self) -> Sandbox {
        let state = self.state();
        let copy = SandboxState {
            store: state.store.copy(),
            settings: state.settings.clone(),
            faults: state.faults.clone(),
            time: state.time,
            late: state.late.clone(),
            ..SandboxState::default()
        };
        Sandbox { state: Arc::new(Mutex::new(copy)), _lock: Arc::new(None) }
    }

    /// Everything that is stored, row by row: the name of a table, a key in it, and the row.
    pub fn rows(&self) -> BTreeMap<(String, String), Value> {
        self.state().store.everything()
    }

    /// What a client with every permission would be answered; an empty answer where that is none.
    pub(crate) fn look(&self, request: &SandboxRequest) -> Value {
        let mut state = self.state();
        let settings = Settings { tokens: None, ..state.settings.clone() };
        let mut request = request.clone();
        request.headers.push(("authorization".to_owned(), "Bearer home".to_owned()));
        let reply = match Api::of(&request.path) {
            Some(Api::Attio) => attio::route::handle(&mut state.store, &request, &settings),
            Some(Api::Posthog) => posthog::route::handle(&mut state.store, &request, &settings),
            None => return Value::Null,
        };
        reply.body.unwrap_or_default()
    }

    /// What happens to a request, and its number where it is a write that others can disturb.
    pub(crate) fn fate(&self, request: &SandboxRequest) -> (Act, Option<u64>) {
        let mut state = self.state();
        if Api::of(&request.path).is_none() {
            return (Act::default(), None);
        }
        let mut fate = state.faults.take(request);
        let tagged = state.faults.may_clash(request).then(|| state.tagged.begin());
        if tagged.is_some() {
            fate.delay_ms = fate.delay_ms.max(TAGGED_MS);
        }
        (fate, tagged)
    }

    /// Processes, counts and logs one request under its fate.
    pub(crate) fn process(&self, provider: Api, request: &SandboxRequest, fate: &Act) -> Delivery {
        if fate.late_ms > 0 {
            self.process_late(request, Duration::from_millis(fate.late_ms));
        }
        let mut state = self.state();
        let now = state.now();
        let limits = fate.processes().then(|| state.refusal(provider, request, now)).flatten();
        let real = limits.or_else(|| state.carry_out(provider, request, fate));
        let delivery = dress(real, fate, now);
        state.note(provider, request, &delivery);
        delivery
    }

    /// Processes a request later, whose client is gone.
    pub(crate) fn abandon(&self, request: &SandboxRequest, by: Duration) {
        if let Some(provider) = Api::of(&request.path) {
            self.state().note(provider, request, &Delivery::Cut);
        }
        self.process_late(request, by);
    }

    /// Processes a request later.
    fn process_late(&self, request: &SandboxRequest, by: Duration) {
        let mut state = self.state();
        let due = state.now().saturating_add(by).unwrap_or(Timestamp::MAX);
        state.late.push((due, request.clone()));
    }

    /// A write that others can disturb is done; whether it was disturbed.
    pub(crate) fn untag(&self, number: u64) -> bool {
        self.state().tagged.end(number)
    }

    fn state(&self) -> MutexGuard<'_, SandboxState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SandboxState {
    fn refusal(&mut self, provider: Api, request: &SandboxRequest, now: Timestamp) -> Option<Reply> {
        if !self.settings.rate_limits {
            return None;
        }
        match provider {
            Api::Attio => self.limits.attio(is_write(request), now),
            Api::Posthog => {
                let insight = request.segments().iter().any(|s| s == "insights");
                self.limits.posthog(request.bearer().unwrap_or_default(), insight, now)
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.time.unwrap_or_else(Timestamp::now)
    }

    /// The settings with the time in them.
    fn timed(&self) -> Settings {
        Settings { now: self.settings.now.or(self.time), ..self.settings.clone() }
    }

    /// What its fate makes of a request; nothing where it is kept out.
    fn carry_out(&mut self, provider: Api, request: &SandboxRequest, fate: &Act) -> Option<Reply> {
        if let Some(lacks) = fate.lacks {
            return Some(match provider {
                Api::Attio => attio::route::refused(request, lacks == Lacks::Endpoint),
                Api::Posthog => posthog::route::refused(request, lacks == Lacks::Endpoint),
            });
        }
        if let Some(untrue) = fate.untrue {
            let row = self.answer(&SandboxRequest { method: "GET".into(), body: Vec::new(), ..request.clone() });
            let row = row.body.filter(|_| row.status == 200 && request.method != "POST");
            return Some(untrue.reply(row, serde_json::from_slice(&request.body).unwrap_or_default()));
        }
        if !fate.processes() {
            return None;
        }
        let shifted = fate.page.as_ref().map(|page| page.asked(request));
        let request = shifted.as_ref().unwrap_or(request);
        if fate.lag_ms > 0 && request.method == "GET" {
            let since = self.now().saturating_sub(Duration::from_millis(fate.lag_ms)).unwrap_or(Timestamp::MIN);
            let mut old = self.store.as_of(since);
            let settings = self.timed();
            return Some(match provider {
                Api::Attio => attio::route::handle(&mut old, request, &settings),
                Api::Posthog => posthog::route::handle(&mut old, request, &settings),
            });
        }
        Some(self.answer(request))
    }

    fn answer(&mut self, request: &SandboxRequest) -> Reply {
        let (now, settings) = (self.now(), self.timed());
        self.store.set_time(now);
        let reply = match Api::of(&request.path) {
            Some(Api::Attio) => attio::route::handle(&mut self.store, request, &settings),
            Some(Api::Posthog) => posthog::route::handle(&mut self.store, request, &settings),
            None => Reply::json(404, json!({"error": "neither /v2, /api nor /_sandbox"})),
        };
        match self.store.commit() {
            Ok(()) => reply,
            Err(error) => Reply::json(500, json!({"error": format!("the sandbox could not store this: {error}")})),
        }
    }

    fn note(&mut self, provider: Api, request: &SandboxRequest, delivery: &Delivery) {
        let counts = match provider {
            Api::Attio => &mut self.stats.attio,
            Api::Posthog => &mut self.stats.posthog,
        };
        if is_write(request) {
            counts.writes += 1;
        } else {
            counts.reads += 1;
        }
        let status = match delivery {
            Delivery::Answer(reply) | Delivery::Garbled(reply) => Some(reply.status),
            Delivery::HalfBody(_) | Delivery::Cut => None,
        };
        self.log.push(Logged::of(request, status));
    }
}

/// Takes the folder for this process; the lock ends with the file.
fn lock(dir: &Path) -> io::Result<File> {
    fs::create_dir_all(dir)?;
    let file = File::options().create(true).truncate(false).write(true).open(dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(io::Error::new(
            io::ErrorKind::WouldBlock,
            format!("another process has the sandbox in `{}` open", dir.display()),
        )),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::RequestCounts;

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
        assert_eq!(sandbox.stats().attio, RequestCounts { reads: 0, writes: 26 });
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
