//! The page of the endpoints that the sandbox has and lacks: each is asked of a sandbox.
//!
//! `PLG_WRITE=1 cargo test -p plg-sandbox --test endpoints` writes it anew.

use plg_sandbox::{Reply, Sandbox, SandboxEndpoint, SandboxRequest, Settings, endpoints};
use std::fmt::Write;
use std::path::Path;

const PAGE: &str = "../docs/sandbox-endpoints.md";

/// The header by which the sandbox says that it lacks what it was asked.
const LACKS: &str = "x-sandbox-lacks";

/// Something for each name in braces that a sandbox can look for.
fn filled(path: &str) -> String {
    let part = |part: &str| match part.strip_prefix('{') {
        None => part.to_owned(),
        Some("project}") => Settings::default().project.to_string(),
        Some("organization}") => "@current".to_owned(),
        Some("token}") => "phc_sandbox".to_owned(),
        Some("object}") => "people".to_owned(),
        Some(_) => "00000000-0000-4000-8000-000000000000".to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn asked(sandbox: &Sandbox, endpoint: &SandboxEndpoint) -> Reply {
    let mut request = SandboxRequest::new(endpoint.method, &filled(endpoint.path));
    request.headers.push(("authorization".into(), "Bearer any".into()));
    if endpoint.method != "GET" {
        request.headers.push(("content-type".into(), "application/json".into()));
        request.body = b"{}".to_vec();
    }
    sandbox.answer(&request)
}

fn lacked(reply: &Reply) -> Option<&str> {
    reply.headers.iter().find(|(name, _)| name == LACKS).map(|(_, said)| said.as_str())
}

/// Whether a name in the path is looked for as an id would be.
fn taken_for_an_id(sandbox: &Sandbox, endpoint: &SandboxEndpoint, reply: &Reply) -> bool {
    let parts: Vec<&str> = endpoint.path.split('/').collect();
    let is_beside = |other: &SandboxEndpoint| {
        let others: Vec<&str> = other.path.split('/').collect();
        let differs = |(one, other): &(&&str, &&str)| one != other;
        let different: Vec<_> = parts.iter().zip(&others).filter(differs).collect();
        let is_id =
            different.len() == 1 && different.iter().all(|(one, other)| !one.starts_with('{') && **other == "{id}");
        other.method == endpoint.method && parts.len() == others.len() && is_id
    };
    let all = endpoints();
    let beside = all.iter().find(|other| is_beside(other));
    beside.is_some_and(|other| reply.status == 404 && asked(sandbox, other).body == reply.body)
}

/// What the page says of an endpoint, as a sandbox answers it.
fn said(sandbox: &Sandbox, endpoint: &SandboxEndpoint) -> String {
    let reply = asked(sandbox, endpoint);
    let name = endpoint.name();
    let Some(lacked) = lacked(&reply) else {
        let taken = taken_for_an_id(sandbox, endpoint, &reply);
        assert!(!taken, "{name} is answered as if the name were an id: {reply:?}");
        let what = (reply.status, reply.body.map(|body| body.to_string()).unwrap_or_default());
        assert!(what.0 != 405 && what.0 < 500, "{name}: {what:?}");
        assert!(!what.1.contains("find endpoint") && !what.1.contains("Endpoint not found"), "{name}: {what:?}");
        return if endpoint.but.is_empty() { "has".to_owned() } else { format!("has, but {}", endpoint.but) };
    };
    assert_eq!((lacked, reply.status), (name.as_str(), 404), "it names itself");
    let body = reply.body.map(|body| body.to_string()).unwrap_or_default();
    assert!(body.contains("this sandbox does not") && body.contains("docs/sandbox-endpoints.md"), "{name}: {body}");
    assert_eq!(endpoint.but, "", "{name} is not there, and the list says how it differs");
    "lacks".to_owned()
}

fn page() -> String {
    let sandbox = Sandbox::open(None, None).expect("it is in memory");
    let all: Vec<(SandboxEndpoint, String)> =
        endpoints().into_iter().map(|endpoint| (endpoint, said(&sandbox, &endpoint))).collect();
    let mut page = String::from(
        "# The endpoints of the sandbox\n\n\
         What [the sandbox](sandbox.md) has of the APIs that it plays, endpoint by endpoint. Each was asked of a sandbox when this\n\
         page was written: `PLG_WRITE=1 cargo test -p plg-sandbox --test endpoints` writes it anew.\n\n\
         `has` is answered as the API answers it, as far as [that is known](sandbox.md#what-the-sandbox-knows-and-what-it-guesses). `lacks` is answered 404, with a\n\
         message that says so and names this page, and with the header `x-sandbox-lacks`. A path that is in neither list is\n\
         answered as the API answers what it does not know.\n",
    );
    let (mut title, mut section) = ("", "");
    for (endpoint, said) in &all {
        if endpoint.title != title {
            title = endpoint.title;
            section = "";
            let own = all.iter().filter(|(one, _)| one.title == title);
            let has = own.clone().filter(|(_, said)| said != "lacks").count();
            let _ = write!(page, "\n## {title}\n\nThe sandbox has {has} of {} endpoints.\n", own.count());
        }
        if endpoint.section != section {
            section = endpoint.section;
            let _ = write!(page, "\n### {title}: {section}\n\n| endpoint | the sandbox |\n|---|---|\n");
        }
        let _ = writeln!(page, "| `{}` | {said} |", endpoint.name());
    }
    page
}

#[test]
fn the_page_says_of_each_endpoint_whether_it_is_there() {
    let page = page();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    if std::env::var_os("PLG_WRITE").is_some() {
        std::fs::write(&path, &page).expect("it can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "{PAGE} is not as the sandbox answers: run it with PLG_WRITE=1");
}

/// Whoever sends no key is told, too, and so is whoever asks an account by its name.
#[test]
fn what_is_lacked_says_so_wherever_it_is_asked() {
    let sandbox = Sandbox::open(None, None).expect("it is in memory");
    for (method, path) in [
        ("POST", "/s/"),
        ("POST", "/accounts/posthog/s/"),
        ("GET", "/scim/v2/Schemas"),
        ("GET", "/api/environments/12345/notebooks/"),
        ("DELETE", "/accounts/posthog/api/projects/12345/persons/1/"),
        ("GET", "/accounts/attio/v2/meetings"),
    ] {
        let mut request = SandboxRequest::new(method, path);
        if path.contains("/api/") || path.contains("/v2/") {
            request.headers.push(("authorization".into(), "Bearer any".into()));
        }
        let reply = sandbox.answer(&request);
        assert!(lacked(&reply).is_some() && reply.status == 404, "{method} {path}: {reply:?}");
    }
    for path in ["/nothing", "/api/projects/12345/nothing/", "/v2/nothing"] {
        let mut request = SandboxRequest::new("GET", path);
        request.headers.push(("authorization".into(), "Bearer any".into()));
        assert_eq!(lacked(&sandbox.answer(&request)), None, "{path}");
    }
}
