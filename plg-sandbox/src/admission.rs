//! Who may call a route: the one place that says so.
//!
//! A browser sends what any web page tells it to, also to this machine. A page of another site is told by its `Origin`
//! or by `Sec-Fetch-Site`; a page whose name was made to lead here (DNS rebinding) by the `Host` it believes to ask.

use crate::{Sandbox, SandboxRequest};
use std::net::{IpAddr, SocketAddr};

/// Who may call a route, beside programs of this machine, which send no `Origin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Callers {
    /// The sandbox's own page only.
    OwnPage,
    /// That, and who comes by a link, as the page itself changes nothing.
    OwnPageAndLinks,
    /// Any page: an application under development may be served under any name, and what it asks is public at PostHog, too. It can
    /// send events and read what flags give; nothing that a stack declares changes by it.
    AnyPage,
}

/// Who may call what this request asks for.
fn callers(sandbox: &Sandbox, request: &SandboxRequest) -> Callers {
    if sandbox.is_for_applications(request) {
        Callers::AnyPage
    } else if request.method == "GET" && request.path == "/" {
        Callers::OwnPageAndLinks
    } else {
        Callers::OwnPage
    }
}

/// Lets a request in that came to `local`, or says why not. The authority is that of its target, if it had one.
pub(crate) fn admit(
    sandbox: &Sandbox,
    request: &SandboxRequest,
    authority: Option<&str>,
    local: SocketAddr,
) -> Result<(), String> {
    let callers = callers(sandbox, request);
    host(request, authority, local)?;
    if callers == Callers::AnyPage {
        return Ok(());
    }
    let origins: Vec<&str> = request.headers_named("origin").collect();
    for origin in &origins {
        let page = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")).and_then(Authority::of);
        let good = page.is_some_and(|page| origin.starts_with("http://") && page.is_here(local.port(), 80));
        if !good {
            return Err(format!("a page of `{}` may not ask this", shown(origin)));
        }
    }
    let site = request.header("sec-fetch-site").unwrap_or("none");
    let link = callers == Callers::OwnPageAndLinks
        && request.header("sec-fetch-mode") == Some("navigate")
        && request.header("sec-fetch-dest") == Some("document");
    if matches!(site, "none" | "same-origin") || link {
        return Ok(());
    }
    Err(format!("a page of another site may not ask this (Sec-Fetch-Site: {})", shown(site)))
}

/// The host that is asked has to be this one, in every place where it is named.
fn host(request: &SandboxRequest, authority: Option<&str>, local: SocketAddr) -> Result<(), String> {
    if request.headers_named("host").count() != 1 {
        return Err("a request has to have one `Host`".into());
    }
    let mut hosts = request.headers_named("host").chain(authority);
    match hosts.find(|host| !Authority::of(host).is_some_and(|host| host.is_here(local.port(), 80))) {
        None => Ok(()),
        Some(host) => Err(format!("`{}` is not this server; ask {local}", shown(host))),
    }
}

/// A host with its port, such as `127.0.0.1:4000`.
struct Authority {
    loopback: bool,
    port: Option<u16>,
}

impl Authority {
    fn of(text: &str) -> Option<Authority> {
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().ok()?)),
            _ => (text, None),
        };
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let name = host.to_ascii_lowercase();
        let name = name.strip_suffix('.').unwrap_or(&name);
        let loopback = match bare.unwrap_or(host).parse::<IpAddr>() {
            Ok(address) => address.to_canonical().is_loopback(),
            // Every browser keeps these names on this machine.
            Err(_) => name == "localhost" || name.ends_with(".localhost"),
        };
        Some(Authority { loopback, port })
    }

    fn is_here(&self, port: u16, default: u16) -> bool {
        self.loopback && self.port.unwrap_or(default) == port
    }
}

/// The beginning of what somebody sent.
fn shown(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(target: &str, method: &str, headers: &[(&str, &str)]) -> Option<String> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let request = SandboxRequest { headers, ..SandboxRequest::new(method, target) };
        let sandbox = Sandbox::open(None, None).unwrap();
        admit(&sandbox, &request, None, "127.0.0.1:4000".parse().unwrap()).err()
    }

    #[test]
    fn the_host_is_loopback_with_this_port_and_there_once() {
        for host in [
            "127.0.0.1:4000",
            "localhost:4000",
            "LOCALHOST.:4000",
            "[::1]:4000",
            "app.localhost:4000",
            "127.9.9.9:4000",
        ] {
            assert_eq!(refused("/v2/self", "GET", &[("host", host)]), None, "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:4000",
            "127.0.0.1",
            "127.0.0.1:4001",
            "0.0.0.0:4000",
            "localhost.evil:4000",
            "x127.0.0.1:4000",
            "127.0.0.1:4000@evil:4000",
            "",
        ] {
            assert!(refused("/v2/self", "GET", &[("host", host)]).is_some(), "{host}");
        }
        assert!(refused("/", "GET", &[]).is_some());
        assert!(refused("/", "GET", &[("host", "127.0.0.1:4000"), ("host", "127.0.0.1:4000")]).is_some());
    }

    #[test]
    fn pages_of_others_may_ask_what_applications_ask_and_nothing_else() {
        let from =
            |target, origin| refused(target, "POST", &[("host", "127.0.0.1:4000"), ("origin", origin)]).is_none();
        for target in ["/_sandbox/reset", "/v2/objects", "/api/projects/1/cohorts/", "/"] {
            assert!(from(target, "http://127.0.0.1:4000"), "{target}");
            for origin in ["https://evil.example", "null", "http://localhost:3000", "https://127.0.0.1:4000", ""] {
                assert!(!from(target, origin), "{target} from {origin}");
            }
        }
        for target in ["/batch/", "/i/v0/e/", "/flags/?v=2", "/array/phc_sandbox/config", "/api/surveys/"] {
            for origin in ["http://localhost:3000", "https://app.example", "null"] {
                assert!(from(target, origin), "{target} from {origin}");
            }
        }
    }

    #[test]
    fn a_browser_says_where_a_request_without_an_origin_is_from() {
        let get = |target, fetch: &[(&str, &str)]| {
            refused(target, "GET", &[&[("host", "127.0.0.1:4000")], fetch].concat()).is_none()
        };
        assert!(get("/_sandbox/log", &[("sec-fetch-site", "none")]));
        assert!(!get("/_sandbox/log", &[("sec-fetch-site", "cross-site")]));
        assert!(!get("/_sandbox/log", &[("sec-fetch-site", "same-site")]));
        let link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
        assert!(get("/", &link));
        assert!(!get("/_sandbox/log", &link));
        assert!(!get(
            "/",
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")]
        ));
    }
}
