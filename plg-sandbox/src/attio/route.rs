//! The routes of Attio: the function that answers each, and the scopes that its key needs.

use super::call::{AttioAnswer, AttioCall};
use super::refusal::AttioRefusal;
use super::{
    activity, attribute, comment, entry, fixture, list, member, note, object, record, search, task, token, values,
    view, webhook, workspace,
};
use crate::attio::choice::{option, status};
use crate::attio::comment::thread;
use crate::endpoints;
use crate::endpoints::matches;
use crate::message::{Reply, SandboxRequest};
use crate::settings::Settings;
use crate::store::Store;
use uuid::Uuid;

/// The version of the API, which every path begins with.
pub(crate) const VERSION: &str = "v2";

/// What a path needs and who answers it.
struct Route {
    method: &'static str,
    /// After the version; names in braces stand for any part.
    path: &'static str,
    scopes: &'static [&'static str],
    run: fn(&mut AttioCall) -> AttioAnswer,
}

const fn route(
    method: &'static str,
    path: &'static str,
    scopes: &'static [&'static str],
    run: fn(&mut AttioCall) -> AttioAnswer,
) -> Route {
    Route { method, path, scopes, run }
}

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

/// Every route.
const ROUTES: &[Route] = &[
    route("GET", "objects", OBJECT_READ, object::list),
    route("POST", "objects", OBJECT_WRITE, object::create),
    route("GET", "objects/{object}", OBJECT_READ, object::get),
    route("PATCH", "objects/{object}", OBJECT_WRITE, object::update),
    route("DELETE", "objects/{object}", OBJECT_DELETE, object::delete),
    route("GET", "lists", LIST_READ, list::list),
    route("POST", "lists", LIST_WRITE, list::create),
    route("GET", "lists/{list}", LIST_READ, list::get),
    route("PATCH", "lists/{list}", LIST_WRITE, list::update),
    route("GET", "webhooks", HOOK_READ, webhook::list),
    route("POST", "webhooks", HOOK_WRITE, webhook::create),
    route("GET", "webhooks/{webhook_id}", HOOK_READ, webhook::get),
    route("PATCH", "webhooks/{webhook_id}", HOOK_WRITE, webhook::update),
    route("DELETE", "webhooks/{webhook_id}", HOOK_WRITE, webhook::delete),
    route("GET", "objects/{object}/views", OBJECT_READ, view::list),
    route("GET", "lists/{list}/views", LIST_READ, view::list),
    route("GET", "workspace_members", MEMBER_READ, member::list),
    route("GET", "workspace_members/{workspace_member_id}", MEMBER_READ, member::get),
    route("GET", "activities", ACTIVITY_READ, activity::list),
    route("POST", "activities", ACTIVITY_WRITE, activity::create),
    route("GET", "activities/{activity}", ACTIVITY_READ, activity::get),
    route("PATCH", "activities/{activity}", ACTIVITY_WRITE, activity::update),
    route("DELETE", "activities/{activity}", ACTIVITY_DELETE, activity::delete),
    route("GET", "tasks", TASK_READ, task::list),
    route("POST", "tasks", TASK_WRITE, task::create),
    route("GET", "tasks/{task_id}", TASK_READ, task::get),
    route("PATCH", "tasks/{task_id}", TASK_WRITE, task::update),
    route("DELETE", "tasks/{task_id}", TASK_WRITE, task::delete),
    route("GET", "notes", NOTE_READ, note::list),
    route("POST", "notes", NOTE_WRITE, note::create),
    route("GET", "notes/{note_id}", NOTE_READ, note::get),
    route("PATCH", "notes/{note_id}", NOTE_WRITE, note::update),
    route("DELETE", "notes/{note_id}", NOTE_WRITE, note::delete),
    route("POST", "comments", COMMENT_WRITE, comment::create),
    route("GET", "comments/{comment_id}", COMMENT_READ, comment::get),
    route("DELETE", "comments/{comment_id}", COMMENT_WRITE, comment::delete),
    route("GET", "threads", COMMENT_READ, thread::list),
    route("GET", "threads/{thread_id}", COMMENT_READ, thread::get),
    route("GET", "objects/{object}/attributes", OBJECT_READ, attribute::list),
    route("POST", "objects/{object}/attributes", OBJECT_WRITE, attribute::create),
    route("GET", "objects/{object}/attributes/{attribute}", OBJECT_READ, attribute::get),
    route("PATCH", "objects/{object}/attributes/{attribute}", OBJECT_WRITE, attribute::update),
    route("GET", "objects/{object}/attributes/{attribute}/options", OBJECT_READ, option::list),
    route("POST", "objects/{object}/attributes/{attribute}/options", OBJECT_WRITE, option::create),
    route("PATCH", "objects/{object}/attributes/{attribute}/options/{option}", OBJECT_WRITE, option::update),
    route("GET", "objects/{object}/attributes/{attribute}/statuses", OBJECT_READ, status::list),
    route("POST", "objects/{object}/attributes/{attribute}/statuses", OBJECT_WRITE, status::create),
    route("PATCH", "objects/{object}/attributes/{attribute}/statuses/{status}", OBJECT_WRITE, status::update),
    route("GET", "lists/{list}/attributes", LIST_READ, attribute::list),
    route("POST", "lists/{list}/attributes", LIST_WRITE, attribute::create),
    route("GET", "lists/{list}/attributes/{attribute}", LIST_READ, attribute::get),
    route("PATCH", "lists/{list}/attributes/{attribute}", LIST_WRITE, attribute::update),
    route("GET", "lists/{list}/attributes/{attribute}/options", LIST_READ, option::list),
    route("POST", "lists/{list}/attributes/{attribute}/options", LIST_WRITE, option::create),
    route("PATCH", "lists/{list}/attributes/{attribute}/options/{option}", LIST_WRITE, option::update),
    route("GET", "lists/{list}/attributes/{attribute}/statuses", LIST_READ, status::list),
    route("POST", "lists/{list}/attributes/{attribute}/statuses", LIST_WRITE, status::create),
    route("PATCH", "lists/{list}/attributes/{attribute}/statuses/{status}", LIST_WRITE, status::update),
    route("POST", "objects/records/search", RECORD_READ, search::search),
    route("POST", "objects/{object}/records/query", RECORD_READ, record::query),
    route("POST", "objects/{object}/records", RECORD_WRITE, record::create),
    route("PUT", "objects/{object}/records", RECORD_WRITE, record::assert),
    route("POST", "objects/{object}/records/merge", RECORD_WRITE, record::merge),
    route("GET", "objects/{object}/records/{record_id}", RECORD_READ, record::get),
    route("PATCH", "objects/{object}/records/{record_id}", RECORD_WRITE, record::append),
    route("PUT", "objects/{object}/records/{record_id}", RECORD_WRITE, record::overwrite),
    route("DELETE", "objects/{object}/records/{record_id}", RECORD_WRITE, record::delete),
    route("GET", "objects/{object}/records/{record_id}/attributes/{attribute}/values", RECORD_READ, values::list),
    route("PUT", "objects/{object}/records/{record_id}/attributes/{attribute}/values", RECORD_WRITE, values::write),
    route("GET", "objects/{object}/records/{record_id}/entries", RECORD_ENTRIES, entry::of_record),
    route("POST", "lists/{list}/entries/query", ENTRY_READ, entry::query),
    route("POST", "lists/{list}/entries", ENTRY_WRITE, entry::create),
    route("PUT", "lists/{list}/entries", ENTRY_WRITE, entry::assert),
    route("GET", "lists/{list}/entries/{entry_id}/attributes/{attribute}/values", ENTRY_READ, values::list),
    route("PUT", "lists/{list}/entries/{entry_id}/attributes/{attribute}/values", ENTRY_WRITE, values::write),
    route("GET", "lists/{list}/entries/{entry_id}", ENTRY_READ, entry::get),
    route("PATCH", "lists/{list}/entries/{entry_id}", ENTRY_WRITE, entry::append),
    route("PUT", "lists/{list}/entries/{entry_id}", ENTRY_WRITE, entry::overwrite),
    route("DELETE", "lists/{list}/entries/{entry_id}", ENTRY_WRITE, entry::delete),
];

/// Who answers a request, by the parts of its path after the version.
fn find(method: &str, parts: &[&str]) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.method == method && matches(route.path, parts))
}

/// Answers one request.
pub(crate) fn handle(store: &mut Store, request: &SandboxRequest, settings: &Settings) -> Reply {
    let mut reply = match answer(store, request, settings) {
        Ok(body) => Reply::json(200, body),
        Err(problem) if problem.begins(NO_ENDPOINT) => lacking(request).unwrap_or_else(|| problem.reply()),
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
    match find(&request.method, &names).filter(|_| !absent) {
        Some(route) => token::lacking(route.scopes.first().copied().unwrap_or_default()).reply(),
        None => no_endpoint(request).reply(),
    }
}

const NO_ENDPOINT: &str = "Could not find endpoint";

fn no_endpoint(request: &SandboxRequest) -> AttioRefusal {
    AttioRefusal::missing(format!("{NO_ENDPOINT} \"{} {}\".", request.method, request.path))
}

/// The answer where Attio has the endpoint: it says that only the sandbox lacks it.
fn lacking(request: &SandboxRequest) -> Option<Reply> {
    let lacked = endpoints::lacked(request)?;
    let message = format!("{NO_ENDPOINT} \"{} {}\": {}", request.method, request.path, lacked.reason());
    Some(AttioRefusal::missing(message).reply().with(endpoints::LACKS, lacked.name()))
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
    let Some(route) = find(&request.method, &names) else {
        return Err(no_endpoint(request));
    };
    token::permit(&token, route.scopes)?;
    (route.run)(&mut AttioCall { store, settings, request, parts, workspace })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_one_of_the_api() {
        for route in ROUTES {
            let path = format!("/{VERSION}/{}", route.path);
            let is_known = endpoints::endpoints().iter().any(|one| {
                let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
                one.method == route.method && matches(one.path, &parts)
            });
            assert!(is_known, "{} {path} is in no list of Attio's endpoints", route.method);
        }
    }
}
