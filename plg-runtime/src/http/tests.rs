//! The client against a scripted API.

use super::*;
use crate::secret::Secret;
use jiff::Timestamp;
use plg_core::{Call, Provider};
use serde_json::json;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The default account of a provider.
fn of(clients: &Clients, provider: &'static Provider) -> Client {
    clients.of(provider, provider.default_account())
}

/// Answers in turn, and then with 200; its clock goes on when somebody waits.
#[derive(Debug, Default)]
struct Scripted {
    answers: Mutex<Vec<Answer>>,
    waited: Mutex<Duration>,
    /// Its clock stands still.
    is_stopped: AtomicBool,
    /// Writes with tags under way, and the most there ever were.
    tagged: AtomicUsize,
    most: AtomicUsize,
    /// The most writes of any kind.
    under_way: AtomicUsize,
    widest: AtomicUsize,
}

impl Transport for Scripted {
    fn send(&self, request: Request) -> Awaited<'_> {
        Box::pin(async move {
            let is_tagged = request.body.is_some_and(|body| body.contains("\"tags\""));
            let all = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.widest.fetch_max(all, Ordering::SeqCst);
            if is_tagged {
                let now = self.tagged.fetch_add(1, Ordering::SeqCst) + 1;
                self.most.fetch_max(now, Ordering::SeqCst);
            }
            for _ in 0..5 {
                tokio::task::yield_now().await;
            }
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            if is_tagged {
                self.tagged.fetch_sub(1, Ordering::SeqCst);
            }
            let next = self.answers.lock().expect("nobody panicked").pop();
            Ok(next.unwrap_or_else(|| Answer { status: 200, headers: Vec::new(), body: b"{}".to_vec() }))
        })
    }

    fn pause(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        if !self.is_stopped.load(Ordering::SeqCst) {
            *self.waited.lock().expect("nobody panicked") += time;
        }
        Box::pin(async {})
    }

    fn now(&self) -> Timestamp {
        let waited = *self.waited.lock().expect("nobody panicked");
        "2026-11-29T18:20:02Z".parse::<Timestamp>().expect("a moment") + waited
    }
}

#[derive(Debug, Default)]
struct Heard(Mutex<Vec<Wait>>);

impl Notice for Heard {
    fn wait(&self, wait: &Wait) {
        self.0.lock().expect("nobody panicked").push(wait.clone());
    }
}

fn client(base: &str, script: &Arc<Scripted>, heard: &Arc<Heard>) -> Clients {
    let endpoint = |provider| Endpoint::new(provider, base, Secret::new("a-long-key".into()));
    let endpoints = Endpoints(vec![endpoint(&plg_attio::PROVIDER), endpoint(&plg_posthog::PROVIDER)]);
    let options =
        ClientOptions { transport: Some(script.clone()), notice: Some(heard.clone()), ..ClientOptions::default() };
    Clients::new(endpoints, options).expect("a client")
}

fn says(status: u16, headers: &[(&str, &str)]) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Answer { status, headers, body: Vec::new() }
}

#[tokio::test]
async fn writes_with_tags_go_one_after_another() {
    let (script, heard) = (Arc::new(Scripted::default()), Arc::default());
    let client = client("http://127.0.0.1:1", &script, &heard);
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..12 {
        let client = client.clone();
        let body = if n % 2 == 0 { json!({ "name": n, "tags": [] }) } else { json!({ "name": n }) };
        tasks.spawn(async move { of(&client, &plg_posthog::PROVIDER).send(&Call::new("PATCH", "/x/", body)).await });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("nobody panicked").expect("it is answered");
    }
    assert_eq!(script.most.load(Ordering::SeqCst), 1);
    assert!(script.widest.load(Ordering::SeqCst) > 4, "the others wait for nobody");
}

#[tokio::test]
async fn a_wait_is_told_once_with_its_end() {
    let (script, heard) = (Arc::new(Scripted::default()), Arc::<Heard>::default());
    // The last one is the first to be answered.
    *script.answers.lock().expect("nobody panicked") =
        vec![says(200, &[]), says(429, &[("retry-after", "29")]), says(429, &[("retry-after", "1")])];
    let client = client("http://127.0.0.1:1", &script, &heard);
    of(&client, &plg_posthog::PROVIDER).read(&Call::bare("GET", "/x/")).await.expect("it is answered at last");
    let told = heard.0.lock().expect("nobody panicked").clone();
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["PostHog asked plg to wait 29 s (429): until 18:20:32 UTC"]);

    // Those that wait for the same end are one.
    script.is_stopped.store(true, Ordering::SeqCst);
    *script.answers.lock().expect("nobody panicked") = vec![says(429, &[("retry-after", "600")]); 8];
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let client = client.clone();
        tasks.spawn(async move { of(&client, &plg_attio::PROVIDER).read(&Call::bare("GET", "/v2/self")).await });
    }
    tasks.join_all().await;
    let told = heard.0.lock().expect("nobody panicked").clone();
    let told: Vec<String> = told.iter().skip(1).map(ToString::to_string).collect();
    assert_eq!(told, ["Attio asked plg to wait 600 s (429): until 18:30:32 UTC"]);
}

#[tokio::test]
async fn a_budget_of_our_own_is_told_too() {
    let (script, heard) = (Arc::new(Scripted::default()), Arc::<Heard>::default());
    let client = client("https://eu.posthog.example", &script, &heard);
    // One more than go out at once: it waits for the minute to be over.
    for _ in 0..446 {
        of(&client, &plg_posthog::PROVIDER).read(&Call::bare("GET", "/x/")).await.expect("it is answered");
    }
    let told = heard.0.lock().expect("nobody panicked").clone();
    let first = told.first().expect("a wait");
    assert_eq!((first.reason, first.status, first.host.as_str()), (WaitReason::Budget, None, "eu.posthog.example"));
    assert!(first.to_string().starts_with("the limits of PostHog ask for a wait of 6"), "{first}");
    assert!((55..=61).contains(&first.time.as_secs()), "{first}");
}

#[tokio::test]
async fn a_redirect_is_answered_and_not_followed() {
    for status in [301, 302, 307, 308] {
        let (script, heard) = (Arc::new(Scripted::default()), Arc::default());
        let elsewhere = says(status, &[("location", "https://elsewhere.example/")]);
        *script.answers.lock().expect("nobody panicked") = vec![elsewhere.clone(), elsewhere];
        let client = client("http://127.0.0.1:1", &script, &heard);
        for (method, certainty) in [("PATCH", Certainty::Unknown), ("GET", Certainty::NothingChanged)] {
            let failure = of(&client, &plg_posthog::PROVIDER)
                .send(&Call::bare(method, "/x/"))
                .await
                .expect_err("it is no answer");
            assert_eq!((failure.certainty, failure.kind), (certainty, FailureKind::Malformed), "{method} {status}");
        }
        assert_eq!(client.counts().retries, 0);
    }
}

#[tokio::test]
async fn only_204_says_that_there_is_nothing_to_say() {
    let (script, heard) = (Arc::new(Scripted::default()), Arc::default());
    let null = Answer { body: b"null".to_vec(), ..says(200, &[]) };
    *script.answers.lock().expect("nobody panicked") = vec![null, says(200, &[]), says(204, &[])];
    let client = client("http://127.0.0.1:1", &script, &heard);
    let mut said = Vec::new();
    for _ in 0..3 {
        said.push(of(&client, &plg_attio::PROVIDER).send(&Call::bare("DELETE", "/x")).await.expect("a 2xx"));
    }
    assert_eq!(said, [json!(null), json!(""), json!("")]);
}
