//! One client for every account of a stage: keys, limits, retries.

use super::answers::failure;
use super::endpoint::{EndpointError, Endpoints, check, flaw, host, host_and_port};
use super::failure::{Asked, Certainty, Failure, FailureKind};
use super::limits::Limits;
use super::retry::{Pause, retry_after, wait};
use super::transport::{Network, Request, Transport, authorised};
use super::wait::{Notice, Told, Wait, WaitReason, reason};
use crate::secret::{Secret, SecretGate, address as said_address};
use crate::store::{StateStore, StoreError, Ticket};
use crate::strangers::inline;
use plg_core::{AccountName, Call, Provider, linked};
use serde_json::Value as Json;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long after it is announced a write may be sent without being announced anew.
pub(crate) const SENT_WITHIN: Duration = Duration::from_secs(5);

/// The longest that a write is expected to take at an API that nobody knows any more.
const UNKNOWN_LATE_WINDOW: Duration = Duration::from_secs(60);

/// How the client behaves.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// The longest a request may take.
    pub timeout: Duration,
    /// How often a request is repeated at most.
    pub retries: u32,
    /// How many pages of one list are fetched at once.
    pub pages: usize,
    /// What takes requests to the APIs; the network, if nothing else does.
    pub transport: Option<Arc<dyn Transport>>,
    /// Masks secrets in everything an API says: APIs repeat parts of requests in their errors. The client registers its
    /// keys with it.
    pub gate: SecretGate,
    /// For how long a write may still be done after it was sent, where somebody knows better than the API's own limit on a
    /// request. Zero where the API's process dies with this one.
    pub late_window: Option<Duration>,
    /// Who is told about waits of more than two seconds.
    pub notice: Option<Arc<dyn Notice>>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        ClientOptions {
            timeout: Duration::from_secs(60),
            retries: 6,
            pages: 16,
            transport: None,
            gate: SecretGate::new(),
            late_window: None,
            notice: None,
        }
    }
}

/// Requests made so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// That only read.
    pub reads: u64,
    /// That changed something.
    pub writes: u64,
    /// That were sent again.
    pub retries: u64,
    /// Bytes of bodies that went out, before compression.
    pub sent: u64,
    /// Bytes of bodies that came back, unpacked.
    pub received: u64,
}

/// Sends requests to every account of a stage; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Clients(Arc<Inner>);

/// Sends requests to one account; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    all: Clients,
    provider: &'static Provider,
    account: AccountName,
    /// Its place among the accounts; none, where the stage has no such account.
    place: Option<usize>,
}

impl Deref for Client {
    type Target = Clients;

    fn deref(&self) -> &Clients {
        &self.all
    }
}

#[derive(Debug)]
struct Inner {
    transport: Arc<dyn Transport>,
    endpoints: Endpoints,
    limits: Vec<Limits>,
    options: ClientOptions,
    reads: AtomicU64,
    writes: AtomicU64,
    retries: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
    /// Held by the one write to each account that no other one like it may overlap.
    alone: Vec<tokio::sync::Mutex<()>>,
    /// The waits that were told, of each account.
    told: Vec<Told>,
}

impl Clients {
    /// A client for a stage's accounts.
    ///
    /// # Errors
    /// When an address is not one, or not encrypted and on another machine.
    pub(crate) fn new(endpoints: Endpoints, options: ClientOptions) -> Result<Self, EndpointError> {
        let mut limits = Vec::new();
        for endpoint in &endpoints.0 {
            options.gate.hide_credential(endpoint.key.expose(), None);
            if let Some(flaw) = flaw(&endpoint.key) {
                let variable = options.gate.name_of(endpoint.key.expose());
                return Err(EndpointError::Key { whose: endpoint.title(), variable, flaw });
            }
            let is_local = check(&endpoint.base)?;
            limits.push(if is_local { Limits::none() } else { Limits::real(endpoint.provider.api.limits()) });
            authorised(&Secret::new(endpoint.provider.api.authorisation(endpoint.key.expose()).1))?;
        }
        let transport = match &options.transport {
            Some(transport) => transport.clone(),
            None => {
                let bases: Vec<&str> = endpoints.0.iter().map(|e| e.base.trim_end_matches('/')).collect();
                Arc::new(Network::new(options.timeout, &bases)?)
            }
        };
        let alone = endpoints.0.iter().map(|_| tokio::sync::Mutex::new(())).collect();
        let told = endpoints.0.iter().map(|_| Told::default()).collect();
        Ok(Clients(Arc::new(Inner {
            transport,
            endpoints,
            limits,
            options,
            reads: AtomicU64::new(0),
            writes: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            alone,
            told,
        })))
    }

    /// Asks one account.
    pub(crate) fn of(&self, provider: &'static Provider, account: AccountName) -> Client {
        let place = self.0.endpoints.0.iter().position(|endpoint| endpoint.account == account);
        Client { all: self.clone(), provider, account, place }
    }

    /// Takes secrets out of what is said and kept.
    pub(crate) fn gate(&self) -> &SecretGate {
        &self.0.options.gate
    }

    /// The accounts it talks to.
    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.0.endpoints
    }

    /// Whether an API is elsewhere, so that its limits count.
    pub(crate) fn limited(&self) -> bool {
        self.0.limits.iter().any(Limits::any)
    }

    /// Requests made so far.
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            reads: self.0.reads.load(Ordering::Relaxed),
            writes: self.0.writes.load(Ordering::Relaxed),
            retries: self.0.retries.load(Ordering::Relaxed),
            sent: self.0.sent.load(Ordering::Relaxed),
            received: self.0.received.load(Ordering::Relaxed),
        }
    }

    /// The time now, by the clock that waits are measured with.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.0.transport.now()
    }

    /// Lets time pass.
    pub(crate) async fn pause(&self, time: Duration) {
        self.0.transport.pause(time).await;
    }

    /// Whether the APIs are a part of this process: what was sent is done, and shown, or never.
    pub(crate) fn is_immediate(&self) -> bool {
        self.0.options.late_window.is_some_and(|window| window.is_zero())
    }

    /// For how long a request of an earlier run may still be done after it was sent.
    pub(crate) fn late_window_of(&self, kind: &str) -> Duration {
        let own = || linked::find(kind).map_or(UNKNOWN_LATE_WINDOW, |spec| spec.provider().api.late_window());
        self.0.options.late_window.unwrap_or_else(own)
    }

    /// Whether there is an account of this name.
    pub(crate) fn has(&self, account: AccountName) -> bool {
        self.0.endpoints.of(account).is_some()
    }

    /// How many pages of one list are fetched at once.
    pub(super) fn most_pages(&self) -> usize {
        self.0.options.pages.max(1)
    }

    /// What others said, as it may be repeated: without secrets, and on one line.
    fn said(&self, text: &str) -> String {
        inline(&self.0.options.gate.masked(text)).into_owned()
    }
}

impl Client {
    /// Whose account it is, and which.
    pub(crate) fn who(&self) -> (&'static Provider, AccountName) {
        (self.provider, self.account)
    }

    /// For how long a write may still be done after it was sent.
    pub(crate) fn late_window(&self) -> Duration {
        self.all.0.options.late_window.unwrap_or_else(|| self.provider.api.late_window())
    }

    /// Reads something.
    ///
    /// # Errors
    /// When it cannot be read, after the retries that make sense.
    pub(crate) async fn read(&self, call: &Call) -> Result<Json, Failure> {
        self.send(call).await
    }

    /// Changes something. The ticket proves that the intent is on disk, and with it the instant after which it is
    /// not sent: who waited longer announces it anew. `null` is answered for a 204 alone: an answer of another status
    /// that says nothing is an empty text.
    ///
    /// # Errors
    /// When it was not done, or nobody knows: see [`Failure::certainty`].
    pub(crate) async fn write(&self, store: &StateStore, ticket: &Ticket, call: &Call) -> Result<Json, Failure> {
        self.attempt(call, Some((store, ticket))).await
    }

    pub(super) async fn send(&self, call: &Call) -> Result<Json, Failure> {
        self.attempt(call, None).await
    }

    async fn attempt(&self, call: &Call, leave: Option<(&StateStore, &Ticket)>) -> Result<Json, Failure> {
        let Some(place) = self.place else {
            let message = format!("this stage has no account `{}`; nothing was sent", self.account);
            return Err(Failure::of(
                self.who(),
                call,
                None,
                (FailureKind::Refused, Certainty::NothingChanged),
                message,
            ));
        };
        let _alone = self.alone(place, call).await;
        let mut attempt = 0;
        let mut is_unsure = false;
        loop {
            let class = self.provider.api.limit_of(call.method, &call.path);
            let pause = self.0.limits[place].wait(class, self.0.transport.instant());
            if !pause.is_zero() {
                self.tell(place, WaitReason::Budget, None, pause);
                self.0.transport.pause(pause).await;
            }
            if let Some((store, ticket)) = leave
                && !ticket.is_good(self.now())
                && let Err(error) = store.renew(ticket, self.now() + SENT_WITHIN).await
            {
                return Err(unannounced(self, call, &error));
            }
            let key = leave.and_then(|(_, ticket)| ticket.key().zip(self.provider.api.idempotency()));
            let (mut failure, pause) = match self.once(place, call, key.map(|(key, header)| (header, key))).await {
                Ok(json) => return Ok(json),
                Err(failed) => *failed,
            };
            is_unsure |= failure.certainty == Certainty::Unknown;
            if is_unsure && failure.kind == FailureKind::Limited {
                // An earlier try of this very request may still be at work.
                failure.certainty = Certainty::Unknown;
            }
            // With a key, the same once more makes nothing twice.
            let method = if only_reads(call) || key.is_some() { "GET" } else { call.method };
            match wait(method, &failure, pause, attempt, self.0.options.retries) {
                Some(wait) => {
                    tracing::debug!(
                        method = call.method,
                        path = call.path,
                        wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                        "again"
                    );
                    self.0.retries.fetch_add(1, Ordering::Relaxed);
                    self.tell(place, reason(&failure, pause), failure.status, wait);
                    if failure.kind == FailureKind::Limited && pause.after.is_some() {
                        self.0.limits[place].close(class, self.0.transport.instant() + wait);
                    }
                    self.0.transport.pause(wait).await;
                    attempt += 1;
                }
                None => return Err(failure),
            }
        }
    }

    /// Tells whoever wants to know about a wait, if it is a long one.
    fn tell(&self, place: usize, reason: WaitReason, status: Option<u16>, time: Duration) {
        let (Some(notice), now) = (&self.0.options.notice, self.now()) else { return };
        let Ok(until) = now.checked_add(time) else { return };
        let host = host(&self.0.endpoints.0[place].base);
        let (provider, account) = self.who();
        let wait = Wait { provider, account, host, reason, status, time, until };
        if self.0.told[place].is_news(now, &wait) {
            notice.wait(&wait);
        }
    }

    /// Waits until no other write is under way that this one may not overlap.
    async fn alone(&self, place: usize, call: &Call) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        if !only_reads(call) && self.provider.api.is_alone(call) {
            Some(self.0.alone[place].lock().await)
        } else {
            None
        }
    }

    /// Who an API is, for whoever looks for what went wrong.
    fn asked(&self, place: usize) -> Box<Asked> {
        let endpoint = &self.0.endpoints.0[place];
        let key = self.0.options.gate.name_of(endpoint.key.expose());
        Box::new(Asked { host: host_and_port(&endpoint.base), key })
    }

    async fn once(
        &self,
        place: usize,
        call: &Call,
        key: Option<(&'static str, &str)>,
    ) -> Result<Json, Box<(Failure, Pause)>> {
        let (endpoint, api) = (&self.0.endpoints.0[place], self.provider.api);
        let path = endpoint.filled(&call.path);
        let url = format!("{}{path}", endpoint.base.trim_end_matches('/'));
        let counter = if only_reads(call) { &self.0.reads } else { &self.0.writes };
        counter.fetch_add(1, Ordering::Relaxed);
        let failed = |status, kind, certainty, message: String| {
            let message = self.said(&message);
            let mut failure = Failure::of(self.who(), call, status, (kind, certainty), message);
            (failure.asked, failure.path) = (self.asked(place), path.clone());
            Box::new((failure, Pause::default()))
        };
        let unsure = if only_reads(call) { Certainty::NothingChanged } else { Certainty::Unknown };
        let (header, authorisation) = api.authorisation(endpoint.key.expose());
        let headers = api.headers().iter().copied().chain(key);
        let (content_type, body) = call.body.as_ref().map(|body| api.body(body)).unzip();
        let request = Request {
            method: call.method.to_owned(),
            url,
            key: endpoint.key.clone(),
            authorisation: (header, Secret::new(authorisation)),
            headers: headers.map(|(name, value)| (name, value.to_owned())).collect(),
            wanted: api.request_id(),
            body,
            content_type: content_type.unwrap_or("application/json"),
        };
        let length = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
        self.0.sent.fetch_add(request.body.as_ref().map_or(0, |body| length(body.len())), Ordering::Relaxed);
        let started = Instant::now();
        let answer = self.0.transport.send(request).await.map_err(|lost| {
            let certainty = if lost.unsent { Certainty::NothingChanged } else { unsure };
            failed(lost.status, lost.kind, certainty, lost.message)
        })?;
        let (status, bytes) = (answer.status, answer.body);
        self.0.received.fetch_add(length(bytes.len()), Ordering::Relaxed);
        tracing::debug!(
            method = call.method,
            path,
            status,
            ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "answered"
        );
        let header = |name: &str| answer.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        if (200..300).contains(&status) {
            if status == 204 {
                return Ok(Json::Null);
            }
            let said = if bytes.is_empty() { Ok(Json::Null) } else { serde_json::from_slice(&bytes) };
            return match said {
                // Only 204 says that there is nothing to say.
                Ok(Json::Null) => Ok(Json::String(String::new())),
                Ok(json) => Ok(json),
                Err(_) => Err(failed(Some(status), FailureKind::Malformed, unsure, "the answer is not JSON".into())),
            };
        }
        let body = serde_json::from_slice(&bytes).unwrap_or(Json::Null);
        let mut failure = failure(self.who(), call.method, &path, status, &body);
        failure.request_id = api.request_id().iter().find_map(|h| header(h)).map(str::to_owned);
        failure.asked = self.asked(place);
        if (300..400).contains(&status)
            && let Some(to) = header("location")
        {
            failure.message = format!("it redirects to {}, and plg sends keys to no other host", said_address(to));
        }
        let Failure { path, code, message, field, request_id, .. } = &mut failure;
        for said in
            [Some(path), Some(message), code.as_mut(), field.as_mut(), request_id.as_mut()].into_iter().flatten()
        {
            *said = self.said(said);
        }
        Err(Box::new((failure, Pause { after: retry_after(header("retry-after"), header("date")) })))
    }
}

/// A request that may not be sent, as it cannot be written down that it is.
fn unannounced(client: &Client, call: &Call, error: &StoreError) -> Failure {
    let message = format!("it was not sent, as the journal cannot be written: {error}");
    Failure::of(client.who(), call, None, (FailureKind::Network, Certainty::NothingChanged), message)
}

/// A query has a body, and changes nothing all the same.
fn only_reads(call: &Call) -> bool {
    call.method == "GET" || (call.method == "POST" && call.path.ends_with("/query"))
}
