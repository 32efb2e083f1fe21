//! Queries for records and entries.

use super::call::AttioCall;
use super::refusal::AttioRefusal;
use super::{filter, validate, view};
use crate::attio::attribute::rows as attributes;
use serde_json::{Value, json};

/// The default and the most.
const LIMIT: u64 = 500;

/// The body of a query for records or entries.
pub(crate) struct Query {
    filter: Value,
    sorts: Vec<Value>,
    limit: usize,
    offset: usize,
    view: Option<String>,
}

impl Query {
    pub(crate) fn read(call: &AttioCall) -> Result<Query, AttioRefusal> {
        let body = validate::object(&call.request.body)?;
        let whole = |key: &str, default: u64| match body.get(key) {
            None | Some(Value::Null) => Some(default),
            Some(value) => value.as_u64().filter(|n| key != "limit" || *n <= LIMIT),
        };
        let bad = |key: &str| {
            AttioRefusal::issues(
                "Body payload validation error.",
                vec![json!({"code": "invalid", "path": [key], "message": "Invalid input"})],
            )
        };
        let view = body.get("filter_view_id").and_then(Value::as_str).map(str::to_owned);
        if view.is_some() && body.get("filter").is_some_and(|filter| !filter.is_null()) {
            return Err(bad("filter_view_id"));
        }
        Ok(Query {
            view,
            filter: body.get("filter").cloned().unwrap_or_default(),
            sorts: body.get("sorts").and_then(Value::as_array).cloned().unwrap_or_default(),
            limit: whole("limit", LIMIT).and_then(|n| usize::try_from(n).ok()).ok_or_else(|| bad("limit"))?,
            offset: whole("offset", 0).and_then(|n| usize::try_from(n).ok()).ok_or_else(|| bad("offset"))?,
        })
    }

    pub(crate) fn check(&self, call: &AttioCall, parent: &str) -> Result<(), AttioRefusal> {
        if let Some(view) = &self.view {
            view::check(call, view)?;
        }
        if self.filter.is_null() {
            return Ok(());
        }
        filter::check(&self.filter, &|slug| attributes::lookup(call.store, call.settings, parent, slug).is_some())
    }

    /// The rows asked for; `values` is the key they have theirs under.
    pub(crate) fn select(&self, rows: impl Iterator<Item = Value>, values: &str) -> Value {
        let mut rows: Vec<Value> = rows.filter(|row| filter::passes(&self.filter, &row[values])).collect();
        if !self.sorts.is_empty() {
            filter::sort(&mut rows, values, &self.sorts);
        }
        rows.into_iter().skip(self.offset).take(self.limit).collect()
    }
}
