//! What PostHog would say, asked through the front door.

mod fields;
mod product;
mod rules;

use super::route::handle;
use crate::{Reply, SandboxRequest, Settings, Store};
use serde_json::Value;

/// A project, and what was asked of it last.
struct Project {
    store: Store,
    settings: Settings,
}

impl Project {
    fn new() -> Self {
        Project { store: Store::in_memory(), settings: Settings::default() }
    }

    fn ask(&mut self, method: &str, path: &str, body: Value) -> Reply {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let pair = |pair: &str| pair.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()));
        let request = SandboxRequest {
            method: method.to_owned(),
            path: format!("/api/projects/@current/{path}"),
            query: query.split('&').filter_map(pair).collect(),
            headers: vec![("authorization".into(), "Bearer phx_test".into())],
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
            origin: "http://127.0.0.1:1".into(),
        };
        handle(&mut self.store, &request, &self.settings)
    }

    /// The body of an answer that must have this status.
    #[track_caller]
    fn answer(&mut self, status: u16, method: &str, path: &str, body: Value) -> Value {
        let reply = self.ask(method, path, body);
        assert_eq!(reply.status, status, "{method} {path}: {:?}", reply.body);
        reply.body.unwrap_or_default()
    }

    #[track_caller]
    fn get(&mut self, path: &str) -> Value {
        self.answer(200, "GET", path, Value::Null)
    }

    #[track_caller]
    fn post(&mut self, path: &str, body: Value) -> Value {
        self.answer(201, "POST", path, body)
    }

    #[track_caller]
    fn patch(&mut self, path: &str, body: Value) -> Value {
        self.answer(200, "PATCH", path, body)
    }

    /// What a refused request was told: code, attribute and text.
    #[track_caller]
    fn refusal(&mut self, method: &str, path: &str, body: Value) -> (String, Value, String) {
        let body = self.answer(400, method, path, body);
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        (text("code"), body["attr"].clone(), text("detail"))
    }
}
