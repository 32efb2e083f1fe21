//! First deploys as fast as the published rates allow: `cargo bench -p benches --bench limits`.
//!
//! The sandbox refuses what comes above the rates of Attio and PostHog, as they do, and its clock goes faster than that
//! of the machine; so does the client's. What is printed are seconds of that clock, beside what the rates allow at best
//! for the requests that were answered. Two stages that share the accounts are two runs that know nothing of each other.

use benches::{stack, stack_of};
use jiff::Timestamp;
use plg_core::{Account, Provider, Stack};
use plg_runtime::apply::ApplyOptions;
use plg_runtime::apply::progress::Silent;
use plg_runtime::http::{Answer, Awaited, ClientOptions, Endpoints, FailureKind, Lost, Request, Transport};
use plg_runtime::session::{Environment, PlanOptions, Session, SessionOptions, folder, key};
use plg_runtime::store::Folder;
use plg_runtime::store::seal::SecretSealer;
use plg_sandbox::{Delivery, Sandbox, SandboxRequest, Settings};
use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// A host that is not this machine, so that its budgets count.
const BASE: &str = "https://sandbox.invalid";
/// What a request takes on its way, by that clock.
const LATENCY: Duration = Duration::from_millis(50);

/// Requests of a class that were taken, and those that were refused.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    taken: u32,
    refused: u32,
}

/// Both APIs behind a clock that goes faster.
#[derive(Debug)]
struct Fast {
    sandbox: Sandbox,
    /// How many times faster its clock goes. What the machine itself takes, its disk above all, is seen as often.
    factor: u32,
    began: (Instant, Timestamp),
    counts: Mutex<BTreeMap<(&'static str, usize), Count>>,
}

impl Fast {
    fn new(factor: u32) -> Fast {
        let sandbox = Sandbox::open(None, None).expect("it is in memory");
        sandbox.set_settings(Settings { rate_limits: true, ..Settings::default() }).expect("nothing is written");
        Fast { sandbox, factor, began: (Instant::now(), Timestamp::now()), counts: Mutex::default() }
    }

    fn passed(&self) -> Duration {
        self.began.0.elapsed() * self.factor
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time / self.factor).await;
    }

    async fn carry(&self, request: Request) -> Result<Answer, Lost> {
        let path = request.url.strip_prefix(BASE).unwrap_or(&request.url);
        let provider: &'static Provider =
            if path.starts_with("/v2") { &plg_attio::PROVIDER } else { &plg_posthog::PROVIDER };
        let class = (provider.word, provider.api.limit_of(request.method.as_str(), path));
        let mut sent = SandboxRequest::new(request.method.as_str(), path);
        let (header, value) = &request.authorisation;
        sent.headers.push(((*header).into(), value.expose().clone()));
        sent.headers.push(("content-type".into(), request.content_type.into()));
        sent.origin = BASE.into();
        sent.body = request.body.clone().unwrap_or_default().into_bytes();
        self.sleep(LATENCY / 2).await;
        self.sandbox.set_time(self.now());
        let delivery = self.sandbox.receive(sent).finish();
        self.sleep(LATENCY / 2).await;
        let Delivery::Answer(reply) = delivery else {
            let message = "no sandbox without faults does that".to_owned();
            return Err(Lost { kind: FailureKind::Network, status: None, unsent: false, message });
        };
        {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(class).or_default();
            *(if reply.status == 429 { &mut count.refused } else { &mut count.taken }) += 1;
        }
        let body = reply.body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let mut headers = reply.headers;
        // Dates in answers are read against it.
        headers.push(("date".to_owned(), self.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()));
        Ok(Answer { status: reply.status, headers, body })
    }

    /// The least that the published rates allow for what was taken, and how much was refused.
    fn bound(&self) -> (Duration, u32, u32) {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut least = Duration::ZERO;
        for ((word, class), count) in &*counts {
            let provider =
                if *word == plg_attio::PROVIDER.word { &plg_attio::PROVIDER } else { &plg_posthog::PROVIDER };
            for rate in provider.api.limits()[*class].published {
                let spans = (f64::from(count.taken.saturating_sub(1)) / rate.burst).floor();
                least = least.max(rate.span().mul_f64(spans));
            }
        }
        let of = |which: fn(&Count) -> u32| counts.values().map(which).sum();
        (least, of(|count| count.taken), of(|count| count.refused))
    }
}

impl Transport for Fast {
    fn send(&self, request: Request) -> Awaited<'_> {
        Box::pin(self.carry(request))
    }

    fn pause(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.sleep(time))
    }

    fn instant(&self) -> Instant {
        self.began.0 + self.passed()
    }

    fn now(&self) -> Timestamp {
        self.began.1.saturating_add(self.passed()).expect("it is soon")
    }
}

/// The first deploy of a stage, by somebody who knows nothing of others.
async fn deploy(stack: &'static Stack, root: &Path, fast: Arc<Fast>) {
    let account = |provider: &'static Provider| Account { name: provider.default_account(), provider, settings: None };
    let accounts = [&plg_attio::PROVIDER, &plg_posthog::PROVIDER].map(account);
    let state = folder(root, stack.name, "local");
    let options = SessionOptions::new(
        stack,
        "local",
        Arc::new(Folder::new(&state)),
        SecretSealer::new(None, &key(root)),
        Endpoints::in_sandbox(&accounts, BASE, "key", Settings::default().project),
    )
    .environment(Environment::new(|name| {
        Some(if name.ends_with("URL") { format!("https://example.com/{name}") } else { "a-value".to_owned() })
    }))
    .command("bench")
    .client(ClientOptions { transport: Some(fast), ..ClientOptions::default() });
    let mut session = Session::open(options).await.expect("the API answers");
    let plan = session.plan(&PlanOptions::default()).await.expect("the stack fits");
    let options = ApplyOptions {
        parallelism: 16,
        cancel: CancellationToken::new(),
        no_wait: false,
        keep_going: false,
        progress: Arc::new(Silent),
    };
    let outcome = session.apply(&plan, &options).await.expect("the session writes");
    assert!(outcome.failed.is_empty(), "{:?}", outcome.failed.first());
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    println!("| first deploy | requests | refused | seconds | the rates allow | times it |");
    println!("|---|---|---|---|---|---|");
    let of_another = stack_of(100_000..101_000);
    let runs: [(&str, u32, Vec<&'static Stack>); 4] = [
        ("plg-stack", 2, vec![&plg_stack::STACK]),
        ("300 resources", 2, vec![stack(300)]),
        ("1,000 resources", 10, vec![stack(1_000)]),
        ("1,000 and another 1,000, at the same time", 10, vec![stack(1_000), of_another]),
    ];
    for (name, factor, stacks) in runs {
        let fast = Arc::new(Fast::new(factor));
        runtime.block_on(async {
            let mut runs = tokio::task::JoinSet::new();
            for stack in stacks {
                let (fast, root) = (fast.clone(), tempfile::tempdir().expect("a folder"));
                runs.spawn(async move { deploy(stack, root.path(), fast).await });
            }
            while let Some(run) = runs.join_next().await {
                run.expect("it is deployed");
            }
        });
        let (took, (least, taken, refused)) = (fast.passed().as_secs_f64(), fast.bound());
        let least = least.as_secs_f64();
        let ratio = if least == 0.0 { "–".to_owned() } else { format!("{:.2}", took / least) };
        println!("| {name} | {taken} | {refused} | {took:.1} | {least:.1} | {ratio} |");
    }
}
