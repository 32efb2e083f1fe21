//! What an API is to the sandbox: a word, and answers from a store. Attio's and PostHog's are served in this way.

use crate::faults::Lacks;
use crate::home::part::HomePart;
use crate::limits::Rate;
use crate::{Reply, SandboxRequest, Settings, Store};
use jiff::Timestamp;
use serde_json::json;
use std::fmt::Debug;
use std::time::Duration;

/// An API that a sandbox serves. [`mount`](crate::SandboxBuilder::mount) adds one to Attio and PostHog.
///
/// Three methods are enough; what an account has is rows in its [`Store`]. The sandbox does the rest: it keeps the
/// store in its folder, commits once a request is answered, and applies faults, delays, clock and log as to any other
/// account.
///
/// ```
/// use plg_sandbox::{ApiAccount, HomePart, Reply, Sandbox, SandboxAccount, SandboxApi, SandboxRequest};
/// use serde_json::{Value, json};
///
/// /// An API of two routes: products can be listed and created.
/// #[derive(Debug)]
/// struct Billing;
///
/// impl SandboxApi for Billing {
///     fn word(&self) -> &'static str {
///         "billing"
///     }
///
///     fn title(&self) -> &'static str {
///         "Billing"
///     }
///
///     fn answer(&self, account: &mut ApiAccount<'_>, request: &SandboxRequest) -> Reply {
///         if request.bearer().is_none() {
///             return Reply::json(401, json!({ "error": "no key" }));
///         }
///         match (request.method.as_str(), request.path.as_str()) {
///             ("GET", "/v1/products") => {
///                 let all: Vec<&Value> = account.store.rows("products").map(|(_, row)| row).collect();
///                 Reply::json(200, json!({ "data": all }))
///             }
///             ("POST", "/v1/products") => {
///                 let Ok(sent) = serde_json::from_slice::<Value>(&request.body) else {
///                     return Reply::json(400, json!({ "error": "the body is no JSON" }));
///                 };
///                 let id = format!("prod_{}", account.store.next_number("products"));
///                 let row = json!({ "id": id, "name": sent["name"], "created": account.now().as_second() });
///                 account.store.put("products", &id, row.clone());
///                 Reply::json(201, row)
///             }
///             _ => Reply::json(404, json!({ "error": "no such route" })),
///         }
///     }
///
///     fn home(&self, home: &mut HomePart<'_>) {
///         let answer = home.get("/v1/products");
///         let products = answer["data"].as_array().into_iter().flatten();
///         home.list("Products", products.map(|row| (row["name"].as_str().unwrap_or_default(), "")));
///     }
/// }
///
/// # fn main() -> std::io::Result<()> {
/// let sandbox = Sandbox::builder()
///     .mount(Billing)
///     .account(SandboxAccount::new("posthog", "posthog"))
///     .account(SandboxAccount::new("billing", "billing"))
///     .open()?;
///
/// let mut request = SandboxRequest::new("POST", "/accounts/billing/v1/products");
/// request.headers.push(("authorization".into(), "Bearer any".into()));
/// request.body = br#"{ "name": "Gold" }"#.to_vec();
/// let reply = sandbox.answer(&request);
/// assert_eq!((reply.status, &reply.body.unwrap()["id"]), (201, &json!("prod_1")));
/// # Ok(())
/// # }
/// ```
pub trait SandboxApi: Debug + Send + Sync + 'static {
    /// The word that accounts name it by: lower-case letters, digits, `_` and `-`.
    fn word(&self) -> &'static str;

    /// Its name for people.
    fn title(&self) -> &'static str;

    /// Answers one request. Its path is as the API has it, without what the sandbox puts before it.
    fn answer(&self, account: &mut ApiAccount<'_>, request: &SandboxRequest) -> Reply;

    /// Puts in place what an account has before anybody asks: when it is opened, and after a reset. What is there
    /// stays.
    fn prepare(&self, _account: &mut ApiAccount<'_>) {}

    /// Writes what an account holds on the sandbox's page.
    fn home(&self, _home: &mut HomePart<'_>) {}

    /// Whether a request can change anything.
    fn is_write(&self, request: &SandboxRequest) -> bool {
        !is_safe(request)
    }

    /// Whether a request asks for a list, for faults that are about lists alone.
    fn is_list(&self, _request: &SandboxRequest) -> bool {
        false
    }

    /// Whether an application asks this, from a browser too: any page may, and faults and counts leave it alone. The answer
    /// says itself which pages may read it.
    fn is_for_applications(&self, _request: &SandboxRequest) -> bool {
        false
    }

    /// What an application is told of an account, by names for people: its public keys, not those that a client of the API has.
    fn public_keys(&self, _account: &mut ApiAccount<'_>) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// What a key without the permission, or a server without the endpoint, answers.
    fn lacking(&self, _request: &SandboxRequest, lacks: Lacks) -> Reply {
        match lacks {
            Lacks::Scope => Reply::json(403, json!({ "error": "the key lacks the permission" })),
            Lacks::Endpoint => Reply::json(404, json!({ "error": "there is no such endpoint" })),
        }
    }

    /// The rates that a request counts in, where the settings hold rates.
    fn rates(&self, _request: &SandboxRequest) -> Vec<Rate> {
        Vec::new()
    }

    /// What a request above a rate is answered, which would be taken after a while.
    fn limited(&self, wait: Duration, _now: Timestamp) -> Reply {
        let reply = Reply::json(429, json!({ "error": "too many requests" }));
        reply.with("retry-after", wait.as_millis().div_ceil(1000).to_string())
    }
}

/// Whether a method never changes anything.
pub(crate) fn is_safe(request: &SandboxRequest) -> bool {
    matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS")
}

/// The account that is asked.
#[derive(Debug)]
pub struct ApiAccount<'a> {
    /// Its name in the sandbox.
    pub name: &'a str,
    /// What it has. Tables whose names begin with `_` outlive a reset.
    pub store: &'a mut Store,
    /// What the sandbox was told about it.
    pub settings: &'a Settings,
}

impl ApiAccount<'_> {
    /// The time, as the sandbox has it.
    pub fn now(&self) -> Timestamp {
        self.settings.clock()
    }
}
