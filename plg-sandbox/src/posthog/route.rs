//! Who may ask PostHog, and which resource answers.

use super::application::{query, reads};
use super::call::PosthogCall;
use super::fault::{Fault, PosthogAnswer};
use super::{
    account, action, activity_log, alert, annotation, auth, cohort, dashboard, early_access_feature, event_definition,
    experiment, feature_flag, hog_function, holdout, insight, insight_variable, multipart, project_settings, projects,
    property_definition, property_group, recording_playlist, saved_metric, scheduled_change, subscription, survey,
};
use crate::endpoints;
use crate::message::{Reply, SandboxRequest, decode};
use crate::settings::{ApiToken, Settings};
use crate::store::Store;
use serde_json::{Map, Value};

/// A resource: its name in the path, the object its scopes are about, and who answers.
struct Resource {
    name: &'static str,
    scope: &'static str,
    route: fn(&mut PosthogCall, &[&str]) -> PosthogAnswer,
}

const fn resource(
    name: &'static str,
    scope: &'static str,
    route: fn(&mut PosthogCall, &[&str]) -> PosthogAnswer,
) -> Resource {
    Resource { name, scope, route }
}

/// Every project's resources, one row each.
const RESOURCES: &[Resource] = &[
    resource("feature_flags", "feature_flag", feature_flag::route),
    resource("scheduled_changes", "feature_flag", scheduled_change::route),
    resource("experiments", "experiment", experiment::route),
    resource("experiment_holdouts", "experiment_holdout", holdout::route),
    resource("experiment_saved_metrics", "experiment_saved_metric", saved_metric::route),
    resource("cohorts", "cohort", cohort::route),
    resource("actions", "action", action::route),
    resource("early_access_feature", "early_access_feature", early_access_feature::route),
    resource("dashboards", "dashboard", dashboard::route),
    resource("insights", "insight", insight::route),
    resource("insight_variables", "insight_variable", insight_variable::route),
    resource("surveys", "survey", survey::route),
    resource("annotations", "annotation", annotation::route),
    resource("event_definitions", "event_definition", event_definition::route),
    resource("property_definitions", "property_definition", property_definition::route),
    resource("schema_property_groups", "event_definition", property_group::route),
    resource("event_schemas", "event_definition", property_group::schemas::route),
    resource("activity_log", "activity_log", activity_log::route),
    resource("alerts", "alert", alert::route),
    resource("subscriptions", "subscription", subscription::route),
    resource("hog_functions", "hog_function", hog_function::route),
    resource("session_recording_playlists", "session_recording_playlist", recording_playlist::route),
    resource("hog_function_templates", "hog_function", hog_function::templates::route),
    resource("persons", "person", reads::persons),
    resource("events", "event", reads::events),
    resource("groups_types", "group", reads::group_types),
    resource("groups", "group", reads::groups),
    resource("query", "query", query::route),
];

/// What stands in the place of an id, by resource; any other name of the API there is one that the sandbox lacks.
const NAMED: &[(&str, &[&str])] = &[
    ("feature_flags", &["my_flags", "bulk_keys", "bulk_delete", "bulk_update_tags", "activity"]),
    ("experiments", &["eligible_feature_flags", "activity"]),
    ("experiment_holdouts", &["activity"]),
    ("experiment_saved_metrics", &["activity"]),
    ("cohorts", &["activity"]),
    ("actions", &["activity"]),
    ("early_access_feature", &["activity"]),
    ("dashboards", &["create_from_template_json"]),
    ("insights", &["my_last_viewed", "trend", "funnel", "activity"]),
    ("surveys", &["responses_count", "stats", "activity"]),
    ("event_definitions", &["by_name", "bulk_update_tags", "bulk_update_verified"]),
    ("hog_functions", &["masked_secrets", "rearrange"]),
];

/// Whether a path has the name of something that the sandbox lacks where others have an id.
fn lacks(resource: &Resource, tail: &[&str]) -> bool {
    let Some(name) = tail.first().filter(|name| name.starts_with(|c: char| c.is_ascii_lowercase())) else {
        return false;
    };
    let is_there = NAMED.iter().any(|(of, names)| *of == resource.name && names.contains(name));
    !is_there && endpoints::is_name(resource.name, name)
}

/// Answers a request to `/api/…`.
pub(crate) fn handle(store: &mut Store, request: &SandboxRequest, settings: &Settings) -> Reply {
    answer(store, request, settings).unwrap_or_else(|fault| {
        let lacking = if fault.is_of_path() { lacking(request) } else { None };
        lacking.unwrap_or_else(|| fault.reply())
    })
}

/// The answer where PostHog has the endpoint: it says that only the sandbox lacks it.
fn lacking(request: &SandboxRequest) -> Option<Reply> {
    let lacked = endpoints::lacked(request)?;
    let fault = Fault::not_found_as(format!("Endpoint not found. {}", lacked.reason()));
    Some(fault.reply().with(endpoints::LACKS, lacked.name()))
}

/// The answer to a key without the scope of this route, or from a server without the route.
pub(crate) fn refused(request: &SandboxRequest, absent: bool) -> Reply {
    let segments = request.segments();
    let resource = segments.get(3).and_then(|name| RESOURCES.iter().find(|r| r.name == name)).filter(|_| !absent);
    let reads = matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS");
    match resource {
        Some(resource) => Fault::forbidden_scope(&scope(resource, reads)).reply(),
        None => Fault::no_endpoint().reply(),
    }
}

fn scope(resource: &Resource, reads: bool) -> String {
    format!("{}:{}", resource.scope, if reads { "read" } else { "write" })
}

fn answer(store: &mut Store, request: &SandboxRequest, settings: &Settings) -> PosthogAnswer {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    if segments.first() != Some(&"api") {
        return Err(Fault::no_endpoint());
    }
    let body = body(request);
    let token = auth::authenticate(request, settings, body.as_ref().ok())?;
    let mut call = PosthogCall {
        store,
        request,
        settings,
        project: settings.project,
        body: Map::new(),
        scopes: token.scopes.clone(),
    };
    match segments.as_slice() {
        ["api", "personal_api_keys", tail @ ..] => account::key(&call, &token, tail),
        ["api", "users", "@me"] => account::user(&call, &token),
        ["api", "projects"] => projects::route(&call, &token),
        ["api", "organizations", organization, "projects", rest @ ..] if rest.len() < 2 => {
            if !account::is_organization(organization) {
                return Err(Fault::not_found_as("Organization not found."));
            }
            match rest {
                [project] => itself(call, &token, project, body),
                _ => projects::route(&call, &token),
            }
        }
        ["api", "organizations", tail @ ..] => account::organizations(&call, &token, tail),
        ["api", "projects" | "environments", project, tail @ ..] => {
            let Some((name, tail)) = tail.split_first() else { return itself(call, &token, project, body) };
            call.project = auth::project(project, settings, &token)?;
            project_settings::refuses(name, tail)?;
            let resource = RESOURCES.iter().find(|r| r.name == *name).ok_or_else(Fault::no_endpoint)?;
            if lacks(resource, tail) {
                return Err(Fault::no_endpoint());
            }
            // Whatever is due happens before anybody looks.
            scheduled_change::run::due(&mut call);
            // Whoever asks a query sends it.
            let reads = matches!(call.method(), "GET" | "HEAD" | "OPTIONS");
            call.need_scope(&scope(resource, reads || *name == "query"))?;
            if !reads {
                call.body = match body? {
                    // Actions such as `launch` take no body, and some clients send `[]` for none.
                    Value::Array(list) if list.is_empty() && tail.len() > 1 => Map::new(),
                    body => object(body)?,
                };
            }
            (resource.route)(&mut call, tail)
        }
        _ => Err(Fault::no_endpoint()),
    }
}

/// A project that is asked for by itself.
fn itself(mut call: PosthogCall, token: &ApiToken, project: &str, body: Result<Value, Fault>) -> PosthogAnswer {
    call.project = auth::project(project, call.settings, token).map_err(|fault| alone(fault, project))?;
    if call.partial() {
        call.body = object(body?)?;
    }
    project_settings::route(&mut call)
}

fn object(body: Value) -> Result<Map<String, Value>, Fault> {
    match body {
        Value::Object(body) => Ok(body),
        other => Err(Fault::not_an_object(&other)),
    }
}

/// A project that is asked for by itself is looked up as any object is.
fn alone(fault: Fault, id: &str) -> Fault {
    match fault.status {
        404 if id.parse::<u64>().is_err() => Fault::invalid(format!("Field 'id' expected a number but got '{id}'.")),
        404 => Fault::not_found(),
        _ => fault,
    }
}

/// The body as JSON: an empty one is an empty object, a form is an object of strings.
pub(crate) fn body(request: &SandboxRequest) -> Result<Value, Fault> {
    if request.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(Map::new()));
    }
    if request.header("content-type").is_some_and(|t| t.starts_with("application/x-www-form-urlencoded")) {
        let form = String::from_utf8_lossy(&request.body);
        let pairs = form.split('&').filter(|p| !p.is_empty()).map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&key.replace('+', " ")), Value::String(decode(&value.replace('+', " "))))
        });
        return Ok(Value::Object(pairs.collect()));
    }
    let media = request.header("content-type").unwrap_or("application/json");
    let kind = media.split(';').next().unwrap_or_default().trim();
    if kind == "multipart/form-data"
        && let Some(form) = multipart::read(media, &request.body)
    {
        return Ok(Value::Object(form));
    }
    if !matches!(kind, "application/json" | "multipart/form-data") {
        return Err(Fault::unsupported_media(kind));
    }
    serde_json::from_slice(&request.body).map_err(|error| Fault::parse(format!("JSON parse error - {error}")))
}
