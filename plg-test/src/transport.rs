//! The way to the sandbox: in this process, with delays on a clock of its own.

use crate::clock::Clock;
use crate::killer::{Dice, Killer};
use plg_runtime::http::{Answer, Awaited, FailureKind, Lost, Request, Transport};
use plg_sandbox::{Arrival, Delivery, Reply, Sandbox};
use serde_json::Value;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Where the sandbox seems to be.
pub(crate) const BASE: &str = "http://127.0.0.1";
/// The longest an answer is waited for; a sandbox that delays longer is given up.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

/// The shortest delay there is.
const LATENCY: Duration = Duration::from_millis(15);

#[derive(Debug)]
pub(crate) struct SandboxTransport {
    sandbox: Sandbox,
    killer: Arc<Killer>,
    pub(crate) clock: Clock,
    dice: Mutex<Dice>,
    /// Writes that reached the sandbox and are not finished.
    under_way: Mutex<UnderWay>,
    waited: AtomicU64,
    /// Whether every answer has a field that nobody knows.
    pub(crate) chatty: AtomicBool,
    /// A write that arrives late: how many come before it, and by how much.
    late: Mutex<Option<(u64, Duration)>>,
}

/// Writes by number.
#[derive(Debug, Default)]
struct UnderWay {
    next: u64,
    writes: BTreeMap<u64, Arrival>,
}

impl SandboxTransport {
    pub(crate) fn new(sandbox: Sandbox, killer: Arc<Killer>, seed: u64) -> Self {
        SandboxTransport {
            clock: Clock::new(sandbox.clone()),
            sandbox,
            killer,
            under_way: Mutex::default(),
            dice: Mutex::new(Dice(seed)),
            waited: AtomicU64::new(0),
            chatty: AtomicBool::new(false),
            late: Mutex::new(None),
        }
    }

    /// All the time that was waited, had it passed.
    pub(crate) fn waited(&self) -> Duration {
        Duration::from_millis(self.waited.load(Ordering::Relaxed))
    }

    pub(crate) fn set_late(&self, after: u64, by: Duration) {
        *self.late.lock().unwrap_or_else(PoisonError::into_inner) = Some((after, by));
    }

    /// By how much this write is late.
    fn late(&self) -> Option<Duration> {
        let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        match late.as_mut()? {
            (0, by) => {
                let by = *by;
                *late = None;
                Some(by)
            }
            (left, _) => {
                *left -= 1;
                None
            }
        }
    }

    async fn instant(&self, what: impl FnOnce() -> String) {
        if self.killer.strikes(what) {
            // Nothing is ever heard of a dead process again.
            std::future::pending::<()>().await;
        }
    }

    /// The process that sent them is dead: what reached the sandbox is finished later, the first after `by` and the
    /// others soon after it, or never.
    pub(crate) fn orphan(&self, by: Option<Duration>) -> usize {
        let writes = std::mem::take(&mut self.under_way().writes);
        let count = writes.len();
        let Some(mut by) = by else { return 0 };
        for arrival in writes.into_values() {
            arrival.outlive(by);
            by += Duration::from_millis(10);
        }
        count
    }

    fn under_way(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn latency(&self) {
        let steps = self.dice.lock().unwrap_or_else(PoisonError::into_inner).roll(4);
        self.clock.sleep(LATENCY * u32::try_from(steps).unwrap_or_default()).await;
    }

    async fn carry(&self, request: Request) -> Result<Answer, Lost> {
        let path = request.url.strip_prefix(BASE).unwrap_or(&request.url);
        let (method, reads) = (request.method.as_str(), request.method == "GET");
        self.instant(|| format!("before {method} {path} is sent")).await;
        let mut sent = plg_sandbox::SandboxRequest::new(method, path);
        let (header, value) = &request.authorisation;
        sent.headers.push(((*header).into(), value.expose().clone()));
        sent.headers.push(("content-type".into(), request.content_type.into()));
        sent.headers.extend(request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        sent.origin = BASE.into();
        sent.body = request.body.clone().unwrap_or_default().into_bytes();
        let lost = |kind, status, message: &str| Lost { kind, status, unsent: false, message: message.to_owned() };
        let late = || lost(FailureKind::Timeout, None, "no answer in time");
        let arrival = self.sandbox.receive(sent);
        let delay = arrival.delay();
        let outcome = if reads {
            self.latency().await;
            self.clock.sleep(delay.min(TIMEOUT)).await;
            Some(arrival)
        } else {
            let give_up = self.late();
            let number = {
                let mut under_way = self.under_way();
                under_way.next += 1;
                let number = under_way.next;
                under_way.writes.insert(number, arrival);
                number
            };
            if self.killer.receives(|| format!("while {method} {path} is under way")) {
                std::future::pending::<()>().await;
            }
            self.latency().await;
            self.clock.sleep(if give_up.is_some() { TIMEOUT } else { delay.min(TIMEOUT) }).await;
            if self.killer.dead().is_some() {
                std::future::pending::<()>().await;
            }
            let arrival = self.under_way().writes.remove(&number);
            match (arrival, give_up) {
                (Some(arrival), Some(by)) => {
                    arrival.outlive(by);
                    None
                }
                (arrival, _) => arrival,
            }
        };
        let Some(arrival) = outcome else { return Err(late()) };
        if delay > TIMEOUT && !reads {
            arrival.outlive(delay - TIMEOUT);
            return Err(late());
        }
        let outcome = arrival.finish();
        if !reads {
            self.instant(|| format!("after {method} {path} is done, and before it is answered")).await;
        }
        self.latency().await;
        if !reads {
            self.instant(|| format!("after {method} {path} is answered")).await;
        }
        if delay >= TIMEOUT {
            return Err(late());
        }
        match outcome {
            Delivery::Answer(reply) => Ok(self.answer(reply)),
            Delivery::Garbled(reply) => {
                Ok(Answer { body: b"{\"data\": [{\"id\": xxxx".to_vec(), ..self.answer(reply) })
            }
            Delivery::HalfBody(reply) => {
                Err(lost(FailureKind::Network, Some(reply.status), "the connection broke: half a body"))
            }
            Delivery::Cut => Err(lost(FailureKind::Network, None, "the connection broke")),
        }
    }

    fn answer(&self, mut reply: Reply) -> Answer {
        if self.chatty.load(Ordering::Relaxed)
            && let Some(body) = &mut reply.body
        {
            chat(body);
        }
        Answer {
            status: reply.status,
            headers: reply.headers,
            body: reply.body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
        }
    }
}

/// Adds what no client knows, where an API adds fields over the years.
fn chat(body: &mut Value) {
    if let Value::Object(fields) = body {
        for key in ["data", "results"] {
            match fields.get_mut(key) {
                Some(Value::Array(rows)) => rows.iter_mut().for_each(chat),
                Some(row) => chat(row),
                None => {}
            }
        }
        fields.insert("added_last_week".into(), serde_json::json!({ "nested": [1, null, "two"] }));
    }
}

impl Transport for SandboxTransport {
    fn send(&self, request: Request) -> Awaited<'_> {
        Box::pin(self.carry(request))
    }

    fn pause(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.waited.fetch_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
        Box::pin(self.clock.sleep(time))
    }

    fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }
}
