//! What PostHog's library for browsers starts with: `/array/{token}/config` and its like.

use super::{is_token, public};
use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::feature_flag::rows::FLAGS;
use crate::posthog::json::flagged;
use crate::posthog::project_settings::rows as settings;
use serde_json::{Value, json};

pub(super) fn answer(call: &PosthogCall) -> Reply {
    match call.method() {
        "GET" | "HEAD" => {}
        "OPTIONS" => return Reply::empty(204).with("allow", "GET, HEAD, OPTIONS"),
        _ => return Reply::empty(405).with("allow", "GET, HEAD, OPTIONS"),
    }
    let segments = call.request.segments();
    let (Some(token), Some(what)) = (segments.get(1), segments.get(2)) else { return Reply::empty(404) };
    if token.len() > 200 || !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
        return Reply::text(400, "Invalid token");
    }
    if !is_token(call, token) {
        return Reply::empty(404);
    }
    let reply = match what.as_str() {
        "config" => Reply::json(200, config(call)),
        "config.js" => {
            let config = json!({ "config": config(call), "siteApps": [] });
            script_of(&format!(
                "(function() {{ window._POSTHOG_REMOTE_CONFIG = window._POSTHOG_REMOTE_CONFIG || {{}}; \
                 window._POSTHOG_REMOTE_CONFIG[{}] = {} }})();",
                json!(token),
                // A page takes `</script>` for the end of a script, wherever it stands.
                config.to_string().replace('<', "\\u003c"),
            ))
        }
        // Whoever installs the library has it already.
        "array.js" => script_of(""),
        _ => return Reply::empty(404),
    };
    reply.with("cache-control", "public, max-age=300").with("vary", "Origin, Referer")
}

/// `/static/…`: pages that load the library from PostHog get an empty one, and what else it would load is not here.
pub(super) fn script(call: &PosthogCall) -> Reply {
    match call.request.path.as_str() {
        "/static/array.js" | "/static/recorder.js" => script_of(""),
        _ => Reply::empty(404),
    }
}

fn script_of(text: &str) -> Reply {
    Reply::text(200, text).with("content-type", "application/javascript")
}

/// What a browser's library is to do. What records people is off: it would only load more scripts.
pub(super) fn config(call: &PosthogCall) -> Value {
    let has_flags = call.rows(FLAGS).any(|(_, row)| flagged(row, "active") && !flagged(row, "deleted"));
    let row = settings::row(call);
    let said = |name: &str| row.get(name).cloned().unwrap_or(Value::Null);
    let surveys = public::shown_surveys(call);
    json!({
        "token": crate::posthog::account::team(call)["api_token"],
        "supportedCompression": ["gzip", "gzip-js"],
        "hasFeatureFlags": has_flags,
        "captureDeadClicks": false,
        "capturePerformance": false,
        "autocapture_opt_out": flagged(&row, "autocapture_opt_out"),
        "autocaptureExceptions": false,
        "analytics": { "endpoint": "/i/v0/e/" },
        "elementsChainAsString": true,
        "errorTracking": { "autocaptureExceptions": false, "suppressionRules": [] },
        "sessionRecording": false,
        "heatmaps": false,
        "surveys": if surveys.is_empty() { json!(false) } else { json!(surveys) },
        "survey_config": said("survey_config"),
        "defaultIdentifiedOnly": true,
        "siteApps": [],
        "isAuthenticated": false,
        "toolbarParams": {},
        "config": { "enable_collect_everything": true },
    })
}
