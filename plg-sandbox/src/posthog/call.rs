//! What a handler works with: the store, the request, who asks, and the rows of one project.

use super::body::BodyReader;
use super::fault::{Fault, PosthogAnswer};
use super::field::{BodyField, Holds};
use super::json::flagged;
use super::time::stamp;
use crate::message::{Reply, SandboxRequest};
use crate::settings::Settings;
use crate::store::Store;
use serde_json::{Map, Value, json};

/// The key, in a stored row, of the project it belongs to. Keys with a leading `_` are never shown.
const PROJECT: &str = "_project";

/// One request in one project.
pub(crate) struct PosthogCall<'a> {
    pub(crate) store: &'a mut Store,
    pub(crate) request: &'a SandboxRequest,
    pub(crate) settings: &'a Settings,
    pub(crate) project: u64,
    /// The body's fields; empty if there was none.
    pub(crate) body: Map<String, Value>,
    pub(crate) scopes: Vec<String>,
}

impl PosthogCall<'_> {
    /// The method, in upper case.
    pub(crate) fn method(&self) -> &str {
        &self.request.method
    }

    /// Whether only what was sent is to be changed.
    pub(crate) fn partial(&self) -> bool {
        self.request.method == "PATCH"
    }

    /// The time, as PostHog prints it.
    pub(crate) fn now(&self) -> String {
        stamp(self.settings.clock())
    }

    /// The one user there is, in PostHog's short form.
    pub(crate) fn user(&self) -> Value {
        the_user()
    }

    /// Reads the body; nothing is required of a PATCH.
    pub(crate) fn reader(&self) -> BodyReader<'_> {
        BodyReader::new(&self.body, self.partial())
    }

    /// The tags of the body, if it has any and the licence keeps them.
    pub(crate) fn tags(&self) -> Result<Option<Value>, Fault> {
        let mut read = self.reader();
        read.tags(self.settings.tagging)?;
        Ok(read.done().remove("tags"))
    }

    /// A switch in the body that is not stored; off if it is not there.
    pub(crate) fn switch(&self, name: &'static str) -> Result<bool, Fault> {
        let mut read = self.reader();
        read.take(&[BodyField::new(name, Holds::Flag).or_null()])?;
        Ok(flagged(&read.done(), name))
    }

    /// Whether the key has a scope; `write` includes `read`.
    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        let write = scope.strip_suffix(":read").map(|object| format!("{object}:write"));
        self.scopes.iter().any(|s| s == "*" || s == scope || Some(s) == write.as_ref())
    }

    /// Refuses a key without the scope.
    pub(crate) fn need_scope(&self, scope: &str) -> Result<(), Fault> {
        if self.has_scope(scope) { Ok(()) } else { Err(Fault::forbidden_scope(scope)) }
    }

    /// A row of this project.
    pub(crate) fn find(&self, table: &str, id: &str) -> Option<&Map<String, Value>> {
        let row = self.store.get(table, id)?.as_object()?;
        belongs(row, self.project).then_some(row)
    }

    /// A row of this project, or a 404.
    pub(crate) fn row(&self, table: &str, id: &str) -> Result<Map<String, Value>, Fault> {
        self.find(table, id).cloned().ok_or_else(Fault::not_found)
    }

    /// Rows of this project, oldest first.
    pub(crate) fn rows<'s>(
        &'s self,
        table: &str,
    ) -> impl DoubleEndedIterator<Item = (&'s str, &'s Map<String, Value>)> {
        let project = self.project;
        self.store
            .rows(table)
            .filter_map(|(key, row)| Some((key, row.as_object()?)))
            .filter(move |(_, row)| belongs(row, project))
    }

    /// The next whole number for rows of a table.
    pub(crate) fn next_id(&mut self, table: &str) -> u64 {
        self.store.next_number(table)
    }

    /// Puts a row of this project.
    pub(crate) fn put(&mut self, table: &str, id: &str, mut row: Map<String, Value>) {
        row.insert(PROJECT.to_owned(), json!(self.project));
        self.store.put(table, id, Value::Object(row));
    }

    /// The search words, if there are any; more than 200 characters are refused.
    pub(crate) fn search(&self) -> Result<Option<String>, Fault> {
        let Some(words) = self.request.query("search").map(str::trim).filter(|s| !s.is_empty()) else {
            return Ok(None);
        };
        if words.chars().count() > 200 {
            return Err(Fault::invalid_input("search", "Search query must be 200 characters or fewer."));
        }
        Ok(Some(words.to_lowercase()))
    }

    /// Where a page starts and how many it holds.
    pub(crate) fn window(&self, default_limit: usize) -> (usize, usize) {
        let number = |name: &str| self.request.query(name).and_then(|v| v.trim().parse::<usize>().ok());
        (number("offset").unwrap_or(0), number("limit").filter(|n| *n > 0).unwrap_or(default_limit))
    }

    /// One page of rows that are all at hand.
    pub(crate) fn page(&self, rows: Vec<Value>, default_limit: usize) -> Reply {
        let (offset, limit) = self.window(default_limit);
        let count = rows.len();
        let results = rows.into_iter().skip(offset).take(limit).collect();
        self.envelope(count, results, default_limit)
    }

    /// One page of rows that are made only if they are on it.
    pub(crate) fn page_of<T>(&self, rows: &[T], default_limit: usize, show: impl FnMut(&T) -> Value) -> Reply {
        let (offset, limit) = self.window(default_limit);
        let results = rows.iter().skip(offset).take(limit).map(show).collect();
        self.envelope(rows.len(), results, default_limit)
    }

    /// A page by its number, of lists that are cut into pages of one size.
    pub(crate) fn numbered_page(&self, rows: Vec<Value>, size: usize) -> PosthogAnswer {
        let asked = self.request.query("page").unwrap_or("1");
        let last = rows.len().div_ceil(size).max(1);
        let number = if asked == "last" { Some(last) } else { asked.trim().parse::<usize>().ok() };
        let Some(number) = number.filter(|number| (1..=last).contains(number)) else {
            return Err(Fault::not_found_as("Invalid page."));
        };
        let link = |number: usize| match number {
            1 => format!("{}{}", self.request.origin, self.request.path),
            number => format!("{}{}?page={number}", self.request.origin, self.request.path),
        };
        let next = (number < last).then(|| link(number + 1));
        let previous = (number > 1).then(|| link(number - 1));
        let count = rows.len();
        let results: Vec<Value> = rows.into_iter().skip((number - 1) * size).take(size).collect();
        Ok(Reply::json(200, json!({ "count": count, "next": next, "previous": previous, "results": results })))
    }

    fn envelope(&self, count: usize, results: Vec<Value>, default_limit: usize) -> Reply {
        let (offset, limit) = self.window(default_limit);
        let end = offset.saturating_add(limit);
        let next = (end < count).then(|| self.link(limit, end));
        let previous = (offset > 0).then(|| self.link(limit, offset.saturating_sub(limit)));
        Reply::json(200, json!({ "count": count, "next": next, "previous": previous, "results": results }))
    }

    fn link(&self, limit: usize, offset: usize) -> String {
        let mut query: Vec<(String, String)> =
            self.request.query.iter().filter(|(k, _)| k != "limit" && k != "offset").cloned().collect();
        query.push(("limit".into(), limit.to_string()));
        if offset > 0 {
            query.push(("offset".into(), offset.to_string()));
        }
        query.sort();
        let query: Vec<String> = query.iter().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect();
        format!("{}{}?{}", self.request.origin, self.request.path, query.join("&"))
    }

    /// The answer to DELETE where rows are only ever marked as deleted: no body, no look-up.
    pub(crate) fn no_destroy(&self) -> PosthogAnswer {
        Ok(Reply::empty(405).with("allow", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"))
    }

    /// The answer to a method that a route does not have.
    pub(crate) fn no_method(&self) -> PosthogAnswer {
        Err(Fault::method_not_allowed(self.method()))
    }

    /// The history of a row, which the sandbox does not keep: an empty page.
    pub(crate) fn activity(&self) -> PosthogAnswer {
        self.need_scope("activity_log:read")?;
        Ok(self.page(Vec::new(), 100))
    }
}

/// The one user there is.
pub(crate) fn the_user() -> Value {
    json!({
        "id": 1,
        "uuid": "01900000-0000-7000-8000-000000000001",
        "distinct_id": "sandbox-user",
        "first_name": "Sandbox",
        "last_name": "",
        "email": "sandbox@example.com",
        "is_email_verified": true,
        "hedgehog_config": null,
        "role_at_organization": null,
    })
}

/// Whether a row is of a project; some kinds show it, as `team_id`.
fn belongs(row: &Map<String, Value>, project: u64) -> bool {
    row.get(PROJECT).or_else(|| row.get("team_id")).and_then(Value::as_u64) == Some(project)
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
