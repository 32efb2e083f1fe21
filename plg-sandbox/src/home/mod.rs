//! What is deployed, as a person would look for it: the page at `/`.

mod attio;
mod criteria;
mod html;
mod posthog;
mod survey;

use crate::{Sandbox, SandboxRequest};

const STYLE: &str = include_str!("home.css");

/// What keeps the page as the sandbox is, at `/home.js`.
pub(crate) const SCRIPT: &str = include_str!("home.js");

/// The page, from the same answers a client gets.
pub(crate) fn page(sandbox: &Sandbox) -> String {
    let look = |path: &str| sandbox.look(&SandboxRequest::new("GET", path));
    let project = sandbox.settings().project;
    let mut body = String::new();
    attio::write(&mut body, &look);
    posthog::write(&mut body, &look, project);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'self'; connect-src 'self'\">\n\
         <title>plg sandbox</title>\n<style>\n{STYLE}</style>\n<script src=\"/home.js\" defer></script>\n</head>\n<body>\n<header>\n<h1>plg sandbox</h1>\n\
         <p>What is deployed here. Attio is served under <code>/v2</code>, PostHog under <code>/api</code>, \
         controls under <code>/_sandbox</code>. Nothing here reaches the real services.</p>\n\
         <p id=\"live\" class=\"note\" role=\"status\"></p>\n\
         <nav aria-label=\"On this page\"><a href=\"#objects\">Objects</a> <a href=\"#webhooks\">Webhooks</a> \
         <a href=\"#flags\">Flags</a> <a href=\"#experiments\">Experiments</a> <a href=\"#cohorts\">Cohorts</a> \
         <a href=\"#surveys\">Surveys</a> <a href=\"#dashboards\">Dashboards</a> <a href=\"#events\">Events</a> \
         <a href=\"#actions\">Actions</a> \
         <a href=\"#annotations\">Annotations</a></nav>\n</header>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}
