//! The way to the sandbox: in this process, with delays that only change the order of things.

use crate::killer::{Dice, Killer};
use plg_runtime::http::{Answer, Awaited, FailureKind, Lost, Request, Transport};
use plg_sandbox::{Delivery, Reply, Sandbox};
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Where the sandbox seems to be.
pub(crate) const BASE: &str = "http://127.0.0.1";
/// The longest an answer is waited for; a sandbox that delays longer is given up.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct SandboxTransport {
    sandbox: Sandbox,
    killer: Arc<Killer>,
    dice: Mutex<Dice>,
    waited: AtomicU64,
    /// Whether every answer has a field that nobody knows.
    pub(crate) chatty: AtomicBool,
    /// A write that arrives late: how many come before it, and by how much.
    late: Mutex<Option<(u64, Duration)>>,
}

impl SandboxTransport {
    pub(crate) fn new(sandbox: Sandbox, killer: Arc<Killer>, seed: u64) -> Self {
        SandboxTransport {
            sandbox,
            killer,
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

    async fn latency(&self) {
        let steps = self.dice.lock().unwrap_or_else(PoisonError::into_inner).roll(4);
        for _ in 0..steps {
            tokio::task::yield_now().await;
        }
    }

    async fn carry(&self, request: Request) -> Result<Answer, Lost> {
        let path = request.url.strip_prefix(BASE).unwrap_or(&request.url);
        let (method, reads) = (request.method.as_str(), request.method == "GET");
        self.instant(|| format!("before {method} {path} is sent")).await;
        self.latency().await;
        let mut sent = plg_sandbox::SandboxRequest::new(method, path);
        sent.headers.push(("authorization".into(), format!("Bearer {}", request.key.expose())));
        sent.headers.push(("content-type".into(), "application/json".into()));
        sent.origin = BASE.into();
        sent.body = request.body.clone().unwrap_or_default().into_bytes();
        if self.killer.dead().is_some() {
            std::future::pending::<()>().await;
        }
        let lost = |kind, status, message: &str| Lost { kind, status, unsent: false, message: message.to_owned() };
        if !reads && let Some(by) = self.late() {
            let sandbox = self.sandbox.clone();
            tokio::spawn(async move {
                pass(by).await;
                sandbox.exchange(&sent);
            });
            return Err(lost(FailureKind::Timeout, None, "no answer in time"));
        }
        let (delay, outcome) = self.sandbox.exchange(&sent);
        if !reads {
            self.instant(|| format!("after {method} {path} is done, and before it is answered")).await;
        }
        self.latency().await;
        if !reads {
            self.instant(|| format!("after {method} {path} is answered")).await;
        }
        if delay >= TIMEOUT {
            return Err(lost(FailureKind::Timeout, None, "no answer in time"));
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

/// Lets others go on: the longer, the further.
async fn pass(time: Duration) {
    for _ in 0..(time.as_millis() / 50).clamp(1, 2_000) {
        tokio::task::yield_now().await;
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
        Box::pin(pass(time))
    }
}
