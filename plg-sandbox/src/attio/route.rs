//! The routes of Attio: the function that answers each, and the scopes that its key needs.

use super::call::{AttioAnswer, AttioCall};
use super::refusal::AttioRefusal;
use super::{
    activity, attribute, comment, entry, fixture, list, member, note, object, record, search, task, token, values,
    view, webhook, workspace,
};
use crate::attio::choice::{option, status};
use crate::attio::comment::thread;
use crate::message::{Reply, SandboxRequest};
use crate::settings::Settings;
use crate::store::Store;
use uuid::Uuid;

/// The version of the API, which every path begins with.
pub(crate) const VERSION: &str = "v2";

/// What a path needs and who answers it.
struct Route(&'static [&'static str], fn(&mut AttioCall) -> AttioAnswer);

const OBJECT_READ: &[&str] = &["object_configuration:read"];
const OBJECT_WRITE: &[&str] = &["object_configuration:read-write"];
const OBJECT_DELETE: &[&str] = &["object_configuration:read-write", "record_permission:read-write"];
const LIST_READ: &[&str] = &["list_configuration:read"];
const LIST_WRITE: &[&str] = &["list_configuration:read-write"];
const HOOK_READ: &[&str] = &["webhook:read"];
const HOOK_WRITE: &[&str] = &["webhook:read-write"];
const TASK_READ: &[&str] =
    &["task:read", "object_configuration:read", "record_permission:read", "user_management:read"];
const TASK_WRITE: &[&str] =
    &["task:read-write", "object_configuration:read", "record_permission:read", "user_management:read"];
const NOTE_READ: &[&str] = &["note:read", "object_configuration:read", "record_permission:read"];
const NOTE_WRITE: &[&str] = &["note:read-write", "object_configuration:read", "record_permission:read"];
/// What is commented on needs more, which the handlers see to.
const COMMENT_READ: &[&str] = &["comment:read"];
const COMMENT_WRITE: &[&str] = &["comment:read-write"];
const RECORD_READ: &[&str] = &["record_permission:read", "object_configuration:read"];
const RECORD_WRITE: &[&str] = &["record_permission:read-write", "object_configuration:read"];
const RECORD_ENTRIES: &[&str] = &["record_permission:read", "object_configuration:read", "list_entry:read"];
const ENTRY_READ: &[&str] = &["list_entry:read", "list_configuration:read"];
const ENTRY_WRITE: &[&str] = &["list_entry:read-write", "list_configuration:read"];
const MEMBER_READ: &[&str] = &["user_management:read"];
const ACTIVITY_READ: &[&str] = &["activity_configuration:read"];
const ACTIVITY_WRITE: &[&str] = &["activity_configuration:read-write"];
const ACTIVITY_DELETE: &[&str] = &["activity_configuration:read-write", "activity_record:read-write"];

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

        ("GET", ["objects", _, "views"]) => Route(OBJECT_READ, view::list),
        ("GET", ["lists", _, "views"]) => Route(LIST_READ, view::list),

        ("GET", ["workspace_members"]) => Route(MEMBER_READ, member::list),
        ("GET", ["workspace_members", _]) => Route(MEMBER_READ, member::get),

        ("GET", ["activities"]) => Route(ACTIVITY_READ, activity::list),
        ("POST", ["activities"]) => Route(ACTIVITY_WRITE, activity::create),
        ("GET", ["activities", _]) => Route(ACTIVITY_READ, activity::get),
        ("PATCH", ["activities", _]) => Route(ACTIVITY_WRITE, activity::update),
        ("DELETE", ["activities", _]) => Route(ACTIVITY_DELETE, activity::delete),
        ("GET", ["tasks"]) => Route(TASK_READ, task::list),
        ("POST", ["tasks"]) => Route(TASK_WRITE, task::create),
        ("GET", ["tasks", _]) => Route(TASK_READ, task::get),
        ("PATCH", ["tasks", _]) => Route(TASK_WRITE, task::update),
        ("DELETE", ["tasks", _]) => Route(TASK_WRITE, task::delete),

        ("GET", ["notes"]) => Route(NOTE_READ, note::list),
        ("POST", ["notes"]) => Route(NOTE_WRITE, note::create),
        ("GET", ["notes", _]) => Route(NOTE_READ, note::get),
        ("PATCH", ["notes", _]) => Route(NOTE_WRITE, note::update),
        ("DELETE", ["notes", _]) => Route(NOTE_WRITE, note::delete),

        ("POST", ["comments"]) => Route(COMMENT_WRITE, comment::create),
        ("GET", ["comments", _]) => Route(COMMENT_READ, comment::get),
        ("DELETE", ["comments", _]) => Route(COMMENT_WRITE, comment::delete),
        ("GET", ["threads"]) => Route(COMMENT_READ, thread::list),
        ("GET", ["threads", _]) => Route(COMMENT_READ, thread::get),

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

        ("POST", ["objects", "records", "search"]) => Route(RECORD_READ, search::search),
        ("POST", ["objects", _, "records", "query"]) => Route(RECORD_READ, record::query),
        ("POST", ["objects", _, "records"]) => Route(RECORD_WRITE, record::create),
        ("PUT", ["objects", _, "records"]) => Route(RECORD_WRITE, record::assert),
        ("POST", ["objects", _, "records", "merge"]) => Route(RECORD_WRITE, record::merge),
        ("GET", ["objects", _, "records", _]) => Route(RECORD_READ, record::get),
        ("PATCH", ["objects", _, "records", _]) => Route(RECORD_WRITE, record::append),
        ("PUT", ["objects", _, "records", _]) => Route(RECORD_WRITE, record::overwrite),
        ("DELETE", ["objects", _, "records", _]) => Route(RECORD_WRITE, record::delete),
        ("GET", ["objects", _, "records", _, "attributes", _, "values"]) => Route(RECORD_READ, values::list),
        ("GET", ["objects", _, "records", _, "entries"]) => Route(RECORD_ENTRIES, entry::of_record),

        ("POST", ["lists", _, "entries", "query"]) => Route(ENTRY_READ, entry::query),
        ("POST", ["lists", _, "entries"]) => Route(ENTRY_WRITE, entry::create),
        ("PUT", ["lists", _, "entries"]) => Route(ENTRY_WRITE, entry::assert),
        ("GET", ["lists", _, "entries", _, "attributes", _, "values"]) => Route(ENTRY_READ, values::list),
        ("GET", ["lists", _, "entries", _]) => Route(ENTRY_READ, entry::get),
        ("PATCH", ["lists", _, "entries", _]) => Route(ENTRY_WRITE, entry::append),
        ("PUT", ["lists", _, "entries", _]) => Route(ENTRY_WRITE, entry::overwrite),
        ("DELETE", ["lists", _, "entries", _]) => Route(ENTRY_WRITE, entry::delete),
        _ => return None,
    })
}

/// Answers one request.
pub(crate) fn handle(store: &mut Store, request: &SandboxRequest, settings: &Settings) -> Reply {
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

/// The answer to a key without the scopes of this route, or from a server without the route.
pub(crate) fn refused(request: &SandboxRequest, absent: bool) -> Reply {
    let parts: Vec<String> = request.segments().into_iter().skip(1).collect();
    let names: Vec<&str> = parts.iter().map(String::as_str).collect();
    match route(&request.method, &names).filter(|_| !absent) {
        Some(Route(scopes, _)) => token::lacking(scopes.first().copied().unwrap_or_default()).reply(),
        None => no_endpoint(request).reply(),
    }
}

fn no_endpoint(request: &SandboxRequest) -> AttioRefusal {
    AttioRefusal::missing(format!("Could not find endpoint \"{} {}\".", request.method, request.path))
}

fn answer(store: &mut Store, request: &SandboxRequest, settings: &Settings) -> AttioAnswer {
    fixture::prepare(store);
    let workspace = workspace::workspace(store);
    let mut parts = request.segments();
    if parts.first().is_none_or(|version| version != VERSION) {
        return Err(no_endpoint(request));
    }
    parts.remove(0);
    let names: Vec<&str> = parts.iter().map(String::as_str).collect();
    if (request.method.as_str(), names.as_slice()) == ("GET", ["self"].as_slice()) {
        return Ok(token::identify(store, request, settings));
    }
    let token = token::of(request, settings)?;
    let Some(Route(scopes, run)) = route(&request.method, &names) else {
        return Err(no_endpoint(request));
    };
    token::permit(&token, scopes)?;
    run(&mut AttioCall { store, settings, request, parts, workspace })
}
