//! The till's server: prices in memory, a key a create, and whatever trouble a test wants.

use plg_core::provider::FailureKind;
use plg_runtime::http::{Answer, Awaited, Lost, Request, Transport};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The answers of the next creates are lost: so many.
    LostAnswers(u32),
    /// Whoever sends a create waits for ever: it is done, or it is not.
    Stuck { is_done: bool },
}

/// What it has.
#[derive(Debug, Default)]
pub(crate) struct Shop {
    pub(crate) prices: BTreeMap<u64, Json>,
    next: u64,
    /// What was answered under each key.
    keys: BTreeMap<String, (String, u16, Json)>,
    /// Whether the next create fails: that is what its key is answered from then on.
    pub(crate) fails: bool,
    /// Every request, as `METHOD /path`.
    pub(crate) asked: Vec<String>,
    trouble: Option<Trouble>,
}

/// The server, and the way to it.
#[derive(Debug, Default)]
pub(crate) struct Server(Mutex<Shop>, tokio::sync::Notify);

impl Server {
    pub(crate) fn shop<T>(&self, look: impl FnOnce(&mut Shop) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn trouble(&self, trouble: Option<Trouble>) {
        self.shop(|shop| shop.trouble = trouble);
    }

    /// Until somebody is stuck.
    pub(crate) async fn stuck(&self) {
        self.1.notified().await;
    }
}

fn form(body: &str) -> Json {
    let plain = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            let digits = if byte == b'%' { [rest.next(), rest.next()] } else { [None, None] };
            match digits {
                [Some(a), Some(b)] => {
                    let digits = [a, b];
                    let digits = std::str::from_utf8(&digits).unwrap();
                    bytes.push(u8::from_str_radix(digits, 16).unwrap());
                }
                _ => bytes.push(byte),
            }
        }
        String::from_utf8(bytes).unwrap()
    };
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    let typed = |text: String| match text.as_str() {
        "true" => json!(true),
        "false" => json!(false),
        _ => json!(text),
    };
    pairs.map(|(key, value)| (plain(key), typed(plain(value)))).collect::<serde_json::Map<_, _>>().into()
}

impl Shop {
    fn answer(&mut self, request: &Request) -> (u16, Json) {
        let path = request.url.split_once("//").unwrap().1.split_once('/').unwrap().1;
        self.asked.push(format!("{} /{path}", request.method));
        let header = |name: &str| request.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
        assert_eq!(request.authorisation.0, "x-till-key");
        assert_eq!(header("till-version").as_deref(), Some("2026-01-01"));
        let body = request.body.as_deref().map(|body| {
            assert_eq!(request.content_type, "application/x-www-form-urlencoded");
            form(body)
        });
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let with = |mut price: Json, id: u64| {
            price["id"] = json!(format!("price_{id}"));
            price
        };
        match (request.method.as_str(), path.split('/').collect::<Vec<_>>()[..].to_vec().as_slice()) {
            ("GET", ["v1", "account"]) => (200, json!({ "id": "acct_1" })),
            ("GET", ["v1", "prices"]) => {
                let value = |name: &str| {
                    query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")).map(str::to_owned))
                };
                let limit: usize = value("limit").unwrap().parse().unwrap();
                let after =
                    value("starting_after").map_or(u64::MAX, |id| id.trim_start_matches("price_").parse().unwrap());
                // The newest first.
                let rest: Vec<Json> =
                    self.prices.range(..after).rev().map(|(id, price)| with(price.clone(), *id)).collect();
                (200, json!({ "data": rest.iter().take(limit).collect::<Vec<_>>(), "has_more": rest.len() > limit }))
            }
            ("POST", ["v1", "prices"]) => {
                let key = header("idempotency-key").expect("every create has a key");
                let sent = request.body.clone().unwrap();
                if let Some((before, status, answer)) = self.keys.get(&key) {
                    assert_eq!(*before, sent, "one key, one request");
                    return (*status, answer.clone());
                }
                if std::mem::take(&mut self.fails) {
                    let answer = json!({ "error": { "message": "The till is open" } });
                    self.keys.insert(key, (sent, 500, answer.clone()));
                    return (500, answer);
                }
                self.next += 1;
                self.prices.insert(self.next, body.unwrap());
                let made = with(self.prices[&self.next].clone(), self.next);
                self.keys.insert(key, (sent, 200, made.clone()));
                (200, made)
            }
            (method, ["v1", "prices", id]) => {
                assert!(header("idempotency-key").is_none(), "only creates have one");
                let id: u64 = id.trim_start_matches("price_").parse().unwrap();
                let Some(price) = self.prices.get_mut(&id) else {
                    return (404, json!({ "error": { "code": "resource_missing", "message": "No such price" } }));
                };
                match method {
                    "POST" => {
                        let changes = body.unwrap();
                        price.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
                        (200, with(price.clone(), id))
                    }
                    "DELETE" => {
                        self.prices.remove(&id);
                        (200, json!({ "id": format!("price_{id}"), "deleted": true }))
                    }
                    _ => (200, with(price.clone(), id)),
                }
            }
            other => panic!("nobody asks for {other:?}"),
        }
    }
}

impl Transport for Server {
    fn send(&self, request: Request) -> Awaited<'_> {
        let is_create = request.method == "POST" && request.url.ends_with("/prices");
        Box::pin(async move {
            let trouble = self.shop(|shop| shop.trouble).filter(|_| is_create);
            if trouble != Some(Trouble::Stuck { is_done: false }) {
                let (status, body) = self.shop(|shop| shop.answer(&request));
                if trouble.is_none() {
                    return Ok(Answer { status, headers: Vec::new(), body: body.to_string().into_bytes() });
                }
            }
            match trouble {
                Some(Trouble::LostAnswers(left)) => {
                    self.trouble(left.checked_sub(1).filter(|left| *left > 0).map(Trouble::LostAnswers));
                    let message = "the connection broke".to_owned();
                    Err(Lost { kind: FailureKind::Network, status: None, unsent: false, message })
                }
                _ => {
                    self.1.notify_one();
                    std::future::pending().await
                }
            }
        })
    }

    fn pause(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}
