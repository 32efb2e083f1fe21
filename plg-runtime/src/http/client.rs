//! One client for both APIs: keys, limits, retries.

use super::answers::failure;
use super::endpoint::{Endpoint, EndpointError, Endpoints, check, flaw, host, host_and_port};
use super::failure::{Asked, Certainty, Failure, FailureKind};
use super::limits::{Class, Limits};
use super::retry::{Pause, retry_after, wait};
use super::transport::{Network, Request, Transport, bearer};
use super::wait::{Notice, Told, Wait, WaitReason, reason};
use crate::secret::{SecretGate, address as said_address};
use crate::store::{StateStore, StoreError, Ticket};
use crate::strangers::inline;
use plg_core::{Call, Provider};
use serde_json::Value as Json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long after it is announced a write may be sent without being announced anew.
pub(crate) const SENT_WITHIN: Duration = Duration::from_secs(5);

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
    /// For how long a write may still be done after it was sent: an API's own limit on a request. Zero where the
    /// API's process dies with this one.
    pub late_window: Duration,
    /// Who is told about waits of more than two seconds.
    pub notice: Option<Arc<dyn Notice>>,
}

/// The longest that a write is expected to take at an API, unless somebody knows better.
pub const LATE_WINDOW: Duration = Duration::from_secs(60);

impl Default for ClientOptions {
    fn default() -> Self {
        ClientOptions {
            timeout: Duration::from_secs(60),
            retries: 6,
            pages: 16,
            transport: None,
            gate: SecretGate::new(),
            late_window: LATE_WINDOW,
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

/// Sends requests; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    transport: Arc<dyn Transport>,
    endpoints: Endpoints,
    limits: [Limits; 2],
    options: ClientOptions,
    reads: AtomicU64,
    writes: AtomicU64,
    retries: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
    /// Held by the one write to PostHog's project that carries tags.
    tagging: tokio::sync::Mutex<()>,
    /// The waits that were told, of each API.
    told: [Told; 2],
}

impl Client {
    /// A client for a stage's APIs.
    ///
    /// # Errors
    /// When an address is not one, or not encrypted and on another machine.
    pub(crate) fn new(endpoints: Endpoints, options: ClientOptions) -> Result<Self, EndpointError> {
        for (provider, endpoint) in [(Provider::Attio, &endpoints.attio), (Provider::Posthog, &endpoints.posthog)] {
            options.gate.hide_credential(endpoint.key.expose(), None);
            if let Some(flaw) = flaw(&endpoint.key) {
                let variable = options.gate.name_of(endpoint.key.expose());
                return Err(EndpointError::Key { whose: provider.title(), variable, flaw });
            }
        }
        let limits = |endpoint: &Endpoint| {
            check(&endpoint.base).map(|local| if local { Limits::none() } else { Limits::real(Instant::now()) })
        };
        let limits = [limits(&endpoints.attio)?, limits(&endpoints.posthog)?];
        bearer(&endpoints.attio.key)?;
        bearer(&endpoints.posthog.key)?;
        let transport = match &options.transport {
            Some(transport) => transport.clone(),
            None => {
                let bases = [&endpoints.attio, &endpoints.posthog].map(|e| e.base.trim_end_matches('/'));
                Arc::new(Network::new(options.timeout, &bases)?)
            }
        };
        Ok(Client(Arc::new(Inner {
            transport,
            endpoints,
            limits,
            options,
            reads: AtomicU64::new(0),
            writes: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            tagging: tokio::sync::Mutex::new(()),
            told: Default::default(),
        })))
    }

    /// Takes secrets out of what is said and kept.
    pub(crate) fn gate(&self) -> &SecretGate {
        &self.0.options.gate
    }

    /// The APIs it talks to.
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

    /// Reads something.
    ///
    /// # Errors
    /// When it cannot be read, after the retries that make sense.
    pub(crate) async fn read(&self, provider: Provider, call: &Call) -> Result<Json, Failure> {
        self.send(provider, call).await
    }

    /// Changes something. The ticket proves that the intent is on disk, and with it the instant after which it is
    /// not sent: who waited longer announces it anew. `null` is answered for a 204 alone: an answer of another status
    /// that says nothing is an empty text.
    ///
    /// # Errors
    /// When it was not done, or nobody knows: see [`Failure::certainty`].
    pub(crate) async fn write(
        &self,
        provider: Provider,
        store: &StateStore,
        ticket: &Ticket,
        call: &Call,
    ) -> Result<Json, Failure> {
        self.attempt(provider, call, Some((store, ticket))).await
    }

    /// For how long a write may still be done after it was sent.
    pub(crate) fn late_window(&self) -> Duration {
        self.0.options.late_window
    }

    /// How many pages of one list are fetched at once.
    pub(super) fn most_pages(&self) -> usize {
        self.0.options.pages.max(1)
    }

    pub(super) async fn send(&self, provider: Provider, call: &Call) -> Result<Json, Failure> {
        self.attempt(provider, call, None).await
    }

    async fn attempt(
        &self,
        provider: Provider,
        call: &Call,
        leave: Option<(&StateStore, &Ticket)>,
    ) -> Result<Json, Failure> {
        let _alone = self.alone(provider, call).await;
        let mut attempt = 0;
        loop {
            let class = Class::of(provider, call.method, &call.path);
            let pause = self.0.limits[index(provider)].wait(class, Instant::now());
            if !pause.is_zero() {
                self.tell(provider, WaitReason::Budget, None, pause);
                self.0.transport.pause(pause).await;
            }
            if let Some((store, ticket)) = leave
                && !ticket.is_good(self.now())
                && let Err(error) = store.renew(ticket, self.now() + SENT_WITHIN).await
            {
                return Err(unannounced(provider, call, &error));
            }
            let (failure, pause) = match self.once(provider, call).await {
                Ok(json) => return Ok(json),
                Err(failed) => *failed,
            };
            let method = if only_reads(call) { "GET" } else { call.method };
            match wait(method, &failure, pause, attempt, self.0.options.retries) {
                Some(wait) => {
                    tracing::debug!(
                        method = call.method,
                        path = call.path,
                        wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                        "again"
                    );
                    self.0.retries.fetch_add(1, Ordering::Relaxed);
                    self.tell(provider, reason(&failure, pause), failure.status, wait);
                    self.0.transport.pause(wait).await;
                    attempt += 1;
                }
                None => return Err(failure),
            }
        }
    }

    /// Tells whoever wants to know about a wait, if it is a long one.
    fn tell(&self, provider: Provider, reason: WaitReason, status: Option<u16>, time: Duration) {
        let (Some(notice), now) = (&self.0.options.notice, self.now()) else { return };
        let Ok(until) = now.checked_add(time) else { return };
        let host = host(&self.0.endpoints.of(provider).base);
        let wait = Wait { provider, host, reason, status, time, until };
        if self.0.told[index(provider)].is_news(now, &wait) {
            notice.wait(&wait);
        }
    }

    /// Waits until no other write carries tags, for one that does. Where two overlap, PostHog deletes the tag of one
    /// while it cleans up after the other, and answers 500 to what it has kept already.
    async fn alone(&self, provider: Provider, call: &Call) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        if provider == Provider::Posthog && !only_reads(call) && call.has_tags() {
            Some(self.0.tagging.lock().await)
        } else {
            None
        }
    }

    /// Who an API is, for whoever looks for what went wrong.
    fn asked(&self, provider: Provider) -> Box<Asked> {
        let endpoint = self.0.endpoints.of(provider);
        let key = self.0.options.gate.name_of(endpoint.key.expose());
        Box::new(Asked { host: host_and_port(&endpoint.base), key })
    }

    /// What others said, as it may be repeated: without secrets, and on one line.
    fn said(&self, text: &str) -> String {
        inline(&self.0.options.gate.masked(text)).into_owned()
    }

    async fn once(&self, provider: Provider, call: &Call) -> Result<Json, Box<(Failure, Pause)>> {
        let path = call.path.replace("{project}", &self.0.endpoints.project.to_string());
        let url = format!("{}{path}", self.0.endpoints.of(provider).base.trim_end_matches('/'));
        let counter = if only_reads(call) { &self.0.reads } else { &self.0.writes };
        counter.fetch_add(1, Ordering::Relaxed);
        let failed = |status, kind, certainty, message: String| {
            let message = self.said(&message);
            let failure = Failure {
                provider,
                asked: self.asked(provider),
                method: call.method.to_owned(),
                path: path.clone(),
                status,
                code: None,
                message,
                field: None,
                request_id: None,
                certainty,
                kind,
            };
            Box::new((failure, Pause::default()))
        };
        let unsure = if only_reads(call) { Certainty::NothingChanged } else { Certainty::Unknown };
        let request = Request {
            method: call.method.to_owned(),
            url,
            key: self.0.endpoints.of(provider).key.clone(),
            body: call.body.as_ref().map(|body| serde_json::to_string(body).unwrap_or_else(|_| body.to_string())),
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
                Err(_) => Err(failed(Some(status), FailureKind::Malformed, unsure, "the answer is no JSON".into())),
            };
        }
        let body = serde_json::from_slice(&bytes).unwrap_or(Json::Null);
        let mut failure = failure(provider, call.method, &path, status, &body);
        failure.request_id = ["x-attio-execution-id", "x-request-id"].iter().find_map(|h| header(h)).map(str::to_owned);
        failure.asked = self.asked(provider);
        if (300..400).contains(&status)
            && let Some(to) = header("location")
        {
            failure.message = format!("it redirects to {}, and keys are sent nowhere else", said_address(to));
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
fn unannounced(provider: Provider, call: &Call, error: &StoreError) -> Failure {
    Failure {
        provider,
        asked: Box::default(),
        method: call.method.to_owned(),
        path: call.path.clone(),
        status: None,
        code: None,
        message: format!("it was not sent, as the journal cannot be written: {error}"),
        field: None,
        request_id: None,
        certainty: Certainty::NothingChanged,
        kind: FailureKind::Network,
    }
}

/// A query has a body, and changes nothing all the same.
fn only_reads(call: &Call) -> bool {
    call.method == "GET" || (call.method == "POST" && call.path.ends_with("/query"))
}

fn index(provider: Provider) -> usize {
    match provider {
        Provider::Attio => 0,
        Provider::Posthog => 1,
    }
}
