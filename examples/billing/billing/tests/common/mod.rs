//! Stripe's account as other people see it.

#![allow(dead_code, reason = "each test uses a part of it")]

use plg_sandbox::{Reply, Sandbox, SandboxRequest};
use serde_json::Value;

/// An account of Stripe in a sandbox.
pub(crate) struct StripeAccount<'a> {
    sandbox: &'a Sandbox,
    below: String,
}

impl<'a> StripeAccount<'a> {
    /// The one that is called like its API.
    pub(crate) fn new(sandbox: &'a Sandbox) -> Self {
        let address = sandbox.addresses("").into_iter().find(|address| address.name == "stripe");
        StripeAccount { sandbox, below: address.expect("it is mounted").url }
    }

    /// Sends a form; the answer has to be good.
    pub(crate) fn post(&self, path: &str, form: &str) -> Value {
        let reply = self.send("POST", path, form, &[]);
        assert_eq!(reply.status, 200, "{path} {form}: {:?}", reply.body);
        reply.body.unwrap_or_default()
    }

    /// Every row of a list.
    pub(crate) fn list(&self, path: &str) -> Vec<Value> {
        let reply = self.send("GET", &format!("{path}?limit=100"), "", &[]);
        let rows = reply.body.as_ref().and_then(|body| body["data"].as_array()).cloned();
        rows.unwrap_or_else(|| panic!("{path}: {:?}", reply.body))
    }

    /// The row of a list whose field is this.
    pub(crate) fn one(&self, path: &str, field: &str, value: &str) -> Value {
        let found: Vec<Value> = self.list(path).into_iter().filter(|row| row[field] == value).collect();
        assert_eq!(found.len(), 1, "{path} {field} {value}: {found:?}");
        found.into_iter().next().unwrap_or_default()
    }

    /// Sends a request as it is.
    pub(crate) fn send(&self, method: &str, path: &str, form: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = SandboxRequest::new(method, &format!("{}/v1/{path}", self.below));
        request.headers.push(("authorization".into(), "Bearer sk_test_somebody".into()));
        request.headers.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        request.body = form.as_bytes().to_vec();
        self.sandbox.answer(&request)
    }
}
