//! Queries for records and entries.

use super::call::AttioCall;
use super::filter::Sort;
use super::path::QueriedPlace;
use super::refusal::AttioRefusal;
use super::{filter, validate, view};
use serde_json::{Value, json};

/// The default and the most.
const LIMIT: u64 = 500;

/// The body of a query for records or entries.
pub(crate) struct Query {
    filter: Value,
    sorts: Vec<Sort>,
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
        let sorts = match body.get("sorts") {
            None | Some(Value::Null) => Some(Vec::new()),
            Some(sorts) => sorts.as_array().and_then(|all| all.iter().map(Sort::read).collect()),
        };
        Ok(Query {
            view,
            filter: body.get("filter").cloned().unwrap_or_default(),
            sorts: sorts.ok_or_else(|| bad("sorts"))?,
            limit: whole("limit", LIMIT).and_then(|n| usize::try_from(n).ok()).ok_or_else(|| bad("limit"))?,
            offset: whole("offset", 0).and_then(|n| usize::try_from(n).ok()).ok_or_else(|| bad("offset"))?,
        })
    }

    /// Refuses a view, an attribute or a path that is not there.
    pub(crate) fn check(&self, call: &AttioCall, place: &QueriedPlace) -> Result<(), AttioRefusal> {
        if let Some(view) = &self.view {
            view::check(call, view)?;
        }
        for (at, sort) in self.sorts.iter().enumerate() {
            place.check(sort.subject()).map_err(|refusal| refusal.at(&["sorts".to_owned(), at.to_string()]))?;
        }
        if self.filter.is_null() {
            return Ok(());
        }
        filter::check(&self.filter, &|subject| place.check(subject))
    }

    /// The rows asked for.
    pub(crate) fn select(&self, place: &QueriedPlace, rows: impl Iterator<Item = Value>) -> Value {
        let passes = |row: &Value| filter::passes(&self.filter, &|subject| place.values(row, subject));
        let mut rows: Vec<Value> = rows.filter(passes).collect();
        if !self.sorts.is_empty() {
            filter::sort(&mut rows, &self.sorts, &|row, subject| place.values(row, subject));
        }
        rows.into_iter().skip(self.offset).take(self.limit).collect()
    }
}
