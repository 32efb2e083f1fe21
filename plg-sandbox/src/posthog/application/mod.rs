//! What an application asks of PostHog: it sends events, and asks for flags, surveys and early access features. Pages in a
//! browser may ask all of it, from wherever they are served: nothing here changes what the stack declares.

mod body;
mod browser;
mod continuity;
mod definitions;
mod events;
mod flags;
mod lz64;
pub(crate) mod page;
pub(crate) mod people;
mod public;
pub(crate) mod query;
pub(crate) mod reads;
mod remote;
mod sent;
mod skew;
mod world;

use super::account;
use super::call::PosthogCall;
use crate::message::{Reply, SandboxRequest};
use crate::settings::Settings;
use crate::store::Store;
use plg_flags::UnreadableFlags;
use serde_json::{Map, Value};

/// What an application asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ApplicationRoute {
    /// It sends events.
    Events,
    /// It sends events in the newest form.
    NewEvents,
    /// What one person gets of every flag.
    Flags,
    /// The same, by the older name.
    Decide,
    /// Every flag, to decide by itself.
    Definitions,
    /// The payload of a remote configuration.
    Remote,
    /// What a browser's library starts with.
    Array,
    /// A script that PostHog serves to pages.
    Script,
    /// Surveys that may be shown.
    Surveys,
    /// Features that people may enrol in.
    Features,
}

fn asked(request: &SandboxRequest) -> Option<ApplicationRoute> {
    let path = request.path.trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    Some(match parts.as_slice() {
        ["batch" | "e" | "capture" | "track" | "engage"] | ["i", "v0", "e"] | ["i", "v0", "ai", "batch"] => {
            ApplicationRoute::Events
        }
        ["i", "v1", "analytics", "events"] => ApplicationRoute::NewEvents,
        ["flags"] => ApplicationRoute::Flags,
        ["decide"] => ApplicationRoute::Decide,
        ["flags", "definitions"] | ["api", "feature_flag", "local_evaluation"] => ApplicationRoute::Definitions,
        ["api", "projects" | "environments", _, "feature_flags", _, "remote_config"] => ApplicationRoute::Remote,
        ["array", _, _] => ApplicationRoute::Array,
        ["static", ..] => ApplicationRoute::Script,
        ["api", "surveys"] | ["surveys"] => ApplicationRoute::Surveys,
        ["api", "early_access_features"] => ApplicationRoute::Features,
        _ => return None,
    })
}

/// Whether an application asks this.
pub(crate) fn is_asked(request: &SandboxRequest) -> bool {
    asked(request).is_some()
}

/// Answers an application. A page is told that it may read the answer, whichever page it is.
pub(crate) fn handle(store: &mut Store, request: &SandboxRequest, settings: &Settings) -> Reply {
    let Some(asked) = asked(request) else { return Reply::text(404, "") };
    let is_preflight = request.method == "OPTIONS" && request.header("access-control-request-method").is_some();
    let reply = if is_preflight { Reply::empty(200) } else { answer(asked, store, request, settings) };
    let Some(origin) = request.header("origin") else { return reply };
    let headers = request.header("access-control-request-headers").unwrap_or("*");
    let methods = if asked == ApplicationRoute::Events { "GET, POST, OPTIONS" } else { "GET, POST, OPTIONS, HEAD" };
    reply
        .with("access-control-allow-origin", origin)
        .with("access-control-allow-credentials", "true")
        .with("access-control-allow-methods", methods)
        .with("access-control-allow-headers", headers)
        .with("cross-origin-resource-policy", "cross-origin")
        .with("vary", "Origin")
}

fn answer(asked: ApplicationRoute, store: &mut Store, request: &SandboxRequest, settings: &Settings) -> Reply {
    let scopes = vec!["*".to_owned()];
    let mut call = PosthogCall { store, request, settings, project: settings.project, body: Map::new(), scopes };
    match asked {
        ApplicationRoute::Events => events::old(&mut call),
        ApplicationRoute::NewEvents => events::new(&mut call),
        ApplicationRoute::Flags => flags::answer(&mut call, false),
        ApplicationRoute::Decide => flags::answer(&mut call, true),
        ApplicationRoute::Definitions => definitions::answer(&call),
        ApplicationRoute::Remote => remote::answer(&call),
        ApplicationRoute::Array => browser::answer(&call),
        ApplicationRoute::Script => browser::script(&call),
        ApplicationRoute::Surveys => public::surveys(&call),
        ApplicationRoute::Features => public::features(&call),
    }
}

/// Lets flags be evaluated from definitions that a test brings, or from the project's own again.
pub(crate) fn load(store: &mut Store, settings: &Settings, definitions: Option<Value>) -> Result<(), UnreadableFlags> {
    if let Some(definitions) = &definitions {
        plg_flags::FlagDefinitions::read(definitions)?;
    }
    let request = SandboxRequest::default();
    let scopes = Vec::new();
    let project = settings.project;
    world::load(
        &mut PosthogCall { store, request: &request, settings, project, body: Map::new(), scopes },
        definitions,
    );
    Ok(())
}

/// The project's token, by which applications name it.
pub(crate) fn token(store: &mut Store, settings: &Settings) -> String {
    let request = SandboxRequest::default();
    let call = PosthogCall {
        store,
        request: &request,
        settings,
        project: settings.project,
        body: Map::new(),
        scopes: Vec::new(),
    };
    account::team(&call)["api_token"].as_str().unwrap_or_default().to_owned()
}

/// Whether a token is that of the project.
fn is_token(call: &PosthogCall, token: &str) -> bool {
    account::team(call)["api_token"].as_str() == Some(token)
}
