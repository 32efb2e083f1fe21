//! A way to the sandbox that bends what is asked and what is answered, as the world does.

use plg_runtime::http::{Answer, Awaited, Lost, Request, Transport};
use plg_sandbox::{Reply, Sandbox, SandboxRequest};
use serde_json::Value;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Where the sandbox seems to be.
pub const BASE: &str = "http://127.0.0.1:1";

/// Sends a request to the sandbox.
pub type Pass<'a> = &'a dyn Fn(&Request) -> Answer;

type Bend = dyn Fn(&Request, Pass<'_>) -> Option<Result<Answer, Lost>> + Send + Sync;

/// The way, with a list of all that went over it.
pub struct Bent {
    sandbox: Sandbox,
    bend: Box<Bend>,
    asked: Mutex<Vec<String>>,
    paused: Mutex<Duration>,
}

impl fmt::Debug for Bent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bent")
    }
}

impl Bent {
    /// What `bend` leaves alone reaches the sandbox as it is.
    pub fn new(
        sandbox: &Sandbox,
        bend: impl Fn(&Request, Pass<'_>) -> Option<Result<Answer, Lost>> + Send + Sync + 'static,
    ) -> Self {
        Bent { sandbox: sandbox.clone(), bend: Box::new(bend), asked: Mutex::default(), paused: Mutex::default() }
    }

    /// All requests so far, as `METHOD /path`.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many requests there were of this method to paths that contain this.
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.starts_with(method) && asked.contains(path)).count()
    }

    /// All the time that was waited, had it passed.
    pub fn paused(&self) -> Duration {
        *self.paused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pass(&self, request: &Request) -> Answer {
        let mut sent = SandboxRequest::new(&request.method, request.url.strip_prefix(BASE).unwrap_or(&request.url));
        sent.headers = vec![
            ("authorization".into(), format!("Bearer {}", request.key.expose())),
            ("content-type".into(), "application/json".into()),
        ];
        sent.origin = BASE.into();
        sent.body = request.body.clone().unwrap_or_default().into_bytes();
        let Reply { status, headers, body, .. } = self.sandbox.answer(&sent);
        Answer { status, headers, body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default() }
    }
}

impl Transport for Bent {
    fn send(&self, request: Request) -> Awaited<'_> {
        let path = request.url.strip_prefix(BASE).unwrap_or(&request.url);
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{} {path}", request.method));
        let answer = (self.bend)(&request, &|request| self.pass(request));
        Box::pin(async move { answer.unwrap_or_else(|| Ok(self.pass(&request))) })
    }

    fn pause(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        *self.paused.lock().unwrap_or_else(PoisonError::into_inner) += time;
        Box::pin(tokio::task::yield_now())
    }
}

/// An answer with this body.
pub fn says(status: u16, body: &Value) -> Answer {
    Answer { status, headers: Vec::new(), body: body.to_string().into_bytes() }
}

/// The body of an answer.
pub fn body(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}
