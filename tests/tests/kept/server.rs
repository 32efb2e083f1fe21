//! Servers of other versions and plans, which know more keys or fewer.

use plg_runtime::http::{Answer, Request};
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use tests::bent::{self, Bent};
use tests::stage::Stage;

/// The rows of an answer with these keys in them.
pub(crate) fn with_keys(answer: Answer, keys: &Value) -> Answer {
    let mut body = bent::body(&answer);
    let row = if body["data"].is_object() { &mut body["data"] } else { &mut body };
    if let Some(row) = row.as_object_mut().filter(|row| row.contains_key("id"))
        && let Some(keys) = keys.as_object()
    {
        row.extend(keys.clone());
        return Answer { body: body.to_string().into_bytes(), ..answer };
    }
    answer
}

/// A server on whose plan attributes have pairings, of which it answers more than it was told.
#[derive(Debug, Default)]
pub(crate) struct Server {
    many: Mutex<Value>,
    /// Whether annotations have signs: older ones do not.
    has_signs: bool,
    /// What the row of a cohort has besides.
    pub(crate) cohort: Mutex<Value>,
}

impl Server {
    pub(crate) fn older() -> Arc<Self> {
        Arc::new(Server::default())
    }

    pub(crate) fn newer() -> Arc<Self> {
        Arc::new(Server { many: Mutex::new(json!(true)), has_signs: true, ..Server::default() })
    }

    pub(crate) fn serve(self: Arc<Self>, stage: &mut Stage) -> Arc<Bent> {
        stage.bend(move |request, pass| Some(Ok(self.answer(request, pass))))
    }

    fn answer(&self, request: &Request, pass: bent::Pass<'_>) -> Answer {
        let mut sent = request.clone();
        if request.url.contains("/attributes")
            && let Some(text) = sent.body.as_mut()
            && let Ok(mut body) = serde_json::from_str::<Value>(text)
            && let Some(data) = body["data"].as_object_mut()
            && let Some(pairing) = data.remove("pairing")
        {
            self.many.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&pairing["many"]);
            *text = body.to_string();
            if body["data"].as_object().is_some_and(Map::is_empty) {
                sent = Request { method: "GET".into(), body: None, ..sent };
            }
        }
        let answer = pass(&sent);
        let mut body = bent::body(&answer);
        let rows = match &mut body {
            Value::Object(map) if map.contains_key("data") => map.get_mut("data"),
            Value::Object(map) if map.contains_key("results") => map.get_mut("results"),
            other => Some(other),
        };
        match rows {
            Some(Value::Array(rows)) => rows.iter_mut().for_each(|row| self.row(request, row)),
            Some(row) => self.row(request, row),
            None => {}
        }
        if body.is_null() { answer } else { Answer { body: body.to_string().into_bytes(), ..answer } }
    }

    fn row(&self, request: &Request, row: &mut Value) {
        let Some(row) = row.as_object_mut() else { return };
        if row.get("api_slug") == Some(&json!("seats")) {
            let many = self.many.lock().unwrap_or_else(PoisonError::into_inner).clone();
            row.insert("pairing".into(), json!({ "id": request.url, "title": "Tenants", "many": many }));
        }
        if !self.has_signs && request.url.contains("/annotations/") {
            row.remove("emoji");
        }
        if let Some(keys) = self
            .cohort
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_object()
            .filter(|_| request.url.contains("/cohorts/"))
        {
            row.extend(keys.clone());
        }
    }
}
