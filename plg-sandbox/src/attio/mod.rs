//! The Attio emulator: who may ask, and which function answers.

mod attribute;
mod cell;
mod choice;
mod entry;
mod error;
mod filter;
mod fixture;
mod list;
mod names;
mod object;
mod option;
mod query;
mod record;
mod rule;
mod status;
mod token;
mod validate;
mod value;
mod webhook;

use crate::{Reply, Request, Settings, Store};
use error::Problem;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;
use validate::Shape;

pub(crate) use fixture::prepare;

type Answer = Result<Value, Problem>;

/// One request under way.
struct Call<'a> {
    store: &'a mut Store,
    settings: &'a Settings,
    request: &'a Request,
    /// Path segments after `/v2`.
    parts: Vec<String>,
    workspace: String,
}

/// What a path needs and who answers it.
struct Route(&'static [&'static str], fn(&mut Call) -> Answer);

const OBJECT_READ: &[&str] = &["object_configuration:read"];
const OBJECT_WRITE: &[&str] = &["object_configuration:read-write"];
const OBJECT_DELETE: &[&str] = &["object_configuration:read-write", "record_permission:read-write"];
const LIST_READ: &[&str] = &["list_configuration:read"];
const LIST_WRITE: &[&str] = &["list_configuration:read-write"];
const HOOK_READ: &[&str] = &["webhook:read"];
const HOOK_WRITE: &[&str] = &["webhook:read-write"];
const RECORD_READ: &[&str] = &["record_permission:read", "object_configuration:read"];
const RECORD_WRITE: &[&str] = &["record_permission:read-write", "object_configuration:read"];
const RECORD_ENTRIES: &[&str] = &["record_permission:read", "object_configuration:read", "list_entry:read"];
const ENTRY_READ: &[&str] = &["list_entry:read", "list_configuration:read"];
const ENTRY_WRITE: &[&str] = &["list_entry:read-write", "list_configuration:read"];

fn route(method: &str, parts: &[&str]) -> Option<Route> {
    Some(match (method, parts) {
        ("GET", ["objects"]) => Route(OBJECT_READ, object::list),
        ("POST", ["objects"]) => Route(OBJECT_WRITE, object::create),
        ("GET", ["objects", _]) => Route(OBJECT_READ, object::get),
        ("PATCH", ["objects", _]) => Route(OBJECT_WRITE, object::update),
        ("DELETE", ["objects", _]) => Route(OBJECT_DELETE, object::delete),

        ("GET", ["lists"]) => Route(LIST_READ, list::list),
        ("POST", ["lists"]) => Route(LIST_WRITE, list::create),
        ("GET", ["lists", _]) => Route(LIST_READ, list::get),
        ("PATCH", ["lists", _]) => Route(LIST_WRITE, list::update),

        ("GET", ["webhooks"]) => Route(HOOK_READ, webhook::list),
        ("POST", ["webhooks"]) => Route(HOOK_WRITE, webhook::create),
        ("GET", ["webhooks", _]) => Route(HOOK_READ, webhook::get),
        ("PATCH", ["webhooks", _]) => Route(HOOK_WRITE, webhook::update),
        ("DELETE", ["webhooks", _]) => Route(HOOK_WRITE, webhook::delete),

        (method, [target @ ("objects" | "lists"), _, "attributes", rest @ ..]) => {
            let scopes = match (*target, method) {
                ("lists", "GET") => LIST_READ,
                ("lists", _) => LIST_WRITE,
                (_, "GET") => OBJECT_READ,
                _ => OBJECT_WRITE,
            };
            let run = match (method, rest) {
                ("GET", []) => attribute::list,
                ("POST", []) => attribute::create,
                ("GET", [_]) => attribute::get,
                ("PATCH", [_]) => attribute::update,
                ("GET", [_, "options"]) => option::list,
                ("POST", [_, "options"]) => option::create,
                ("PATCH", [_, "options", _]) => option::update,
                ("GET", [_, "statuses"]) => status::list,
                ("POST", [_, "statuses"]) => status::create,
                ("PATCH", [_, "statuses", _]) => status::update,
                _ => return None,
            };
            Route(scopes, run)
        }

        ("POST", ["objects", _, "records", "query"]) => Route(RECORD_READ, record::query),
        ("POST", ["objects", _, "records"]) => Route(RECORD_WRITE, record::create),
        ("PUT", ["objects", _, "records"]) => Route(RECORD_WRITE, record::assert),
        ("GET", ["objects", _, "records", _]) => Route(RECORD_READ, record::get),
        ("PATCH", ["objects", _, "records", _]) => Route(RECORD_WRITE, record::append),
        ("PUT", ["objects", _, "records", _]) => Route(RECORD_WRITE, record::overwrite),
        ("DELETE", ["objects", _, "records", _]) => Route(RECORD_WRITE, record::delete),
        ("GET", ["objects", _, "records", _, "entries"]) => Route(RECORD_ENTRIES, entry::of_record),

        ("POST", ["lists", _, "entries", "query"]) => Route(ENTRY_READ, entry::query),
        ("POST", ["lists", _, "entries"]) => Route(ENTRY_WRITE, entry::create),
        ("PUT", ["lists", _, "entries"]) => Route(ENTRY_WRITE, entry::assert),
        ("GET", ["lists", _, "entries", _]) => Route(ENTRY_READ, entry::get),
        ("PATCH", ["lists", _, "entries", _]) => Route(ENTRY_WRITE, entry::append),
        ("PUT", ["lists", _, "entries", _]) => Route(ENTRY_WRITE, entry::overwrite),
        ("DELETE", ["lists", _, "entries", _]) => Route(ENTRY_WRITE, entry::delete),
        _ => return None,
    })
}

/// Answers one request.
pub(crate) fn handle(store: &mut Store, request: &Request, settings: &Settings) -> Reply {
    let mut reply = match answer(store, request, settings) {
        Ok(body) => Reply::json(200, body),
        Err(problem) => problem.reply(),
    };
    reply = reply
        .with("content-type", "application/json; charset=utf-8")
        .with("x-attio-execution-id", Uuid::new_v4().to_string());
    if request.method == "GET" && request.path != "/v2/self" {
        let now = settings.clock().strftime("%Y-%m-%dT%H:%M:%S.%9fZ").to_string();
        reply = reply.with("x-accurate-at", now);
    }
    reply
}

fn answer(store: &mut Store, request: &Request, settings: &Settings) -> Answer {
    fixture::prepare(store);
    let workspace = fixture::workspace(store);
    let parts: Vec<String> = request.segments().into_iter().skip(1).collect();
    let names: Vec<&str> = parts.iter().map(String::as_str).collect();
    if (request.method.as_str(), names.as_slice()) == ("GET", ["self"].as_slice()) {
        return Ok(token::identify(store, request, settings));
    }
    let token = token::of(request, settings)?;
    let Some(Route(scopes, run)) = route(&request.method, &names) else {
        let message = format!("Could not find endpoint \"{} {}\".", request.method, request.path);
        return Err(Problem::missing(message));
    };
    token::permit(&token, scopes)?;
    run(&mut Call { store, settings, request, parts, workspace })
}

impl Call<'_> {
    /// A path segment; the route has made sure that it is there.
    fn part(&self, at: usize) -> &str {
        self.parts.get(at).map_or("", String::as_str)
    }

    fn data(&self, shape: &'static Shape) -> Result<Map<String, Value>, Problem> {
        validate::data(&self.request.body, shape)
    }

    fn whole(&self, key: &str, least: usize, most: usize, default: usize) -> Result<usize, Problem> {
        validate::whole(self.request.query(key), key, least, most, default)
    }

    fn show_archived(&self) -> Result<bool, Problem> {
        validate::flag(self.request.query("show_archived"), "show_archived")
    }

    fn now(&self) -> String {
        stamp(self.settings.clock())
    }

    /// The actor behind this request's key.
    fn actor(&self) -> Value {
        json!({"type": "api-token", "id": fixture::client(self.store)})
    }
}

/// A time as Attio writes it: nine digits of which three are meant.
fn stamp(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3f000000Z").to_string()
}

/// Empties one table, at the cost of its own rows only.
fn empty(store: &mut Store, table: &str) {
    let keys: Vec<String> = store.rows(table).map(|(key, _)| key.to_owned()).collect();
    for key in keys {
        store.remove(table, &key);
    }
}

fn new_id() -> String {
    Uuid::new_v4().to_string()
}

/// A string of a row or a checked body; empty if it is not there.
fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

fn id<'a>(row: &'a Value, key: &str) -> &'a str {
    text(&row["id"], key)
}

/// A row without what is kept for the emulator's own use.
fn shown(row: &Value) -> Value {
    let Value::Object(map) = row else { return row.clone() };
    Value::Object(map.iter().filter(|(k, _)| !k.starts_with('_')).map(|(k, v)| (k.clone(), v.clone())).collect())
}

fn data(value: Value) -> Answer {
    Ok(json!({"data": value}))
}
