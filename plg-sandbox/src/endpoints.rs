//! The endpoints of Attio and PostHog, whether the sandbox has them or not: what it lacks it names as lacking.

use crate::message::SandboxRequest;

/// The header of an answer to what the API has and the sandbox lacks; it names the endpoint.
pub(crate) const LACKS: &str = "x-sandbox-lacks";

/// Where everything is listed that the sandbox has and lacks.
const PAGE: &str = "docs/sandbox-endpoints.md";

const ATTIO: &str = include_str!("attio/endpoints.txt");
const POSTHOG: &str = include_str!("posthog/endpoints.txt");

/// An endpoint of Attio or PostHog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SandboxEndpoint {
    /// Whose it is: `Attio` or `PostHog`.
    pub title: &'static str,
    /// Its subject, as a heading.
    pub section: &'static str,
    /// Upper-case method.
    pub method: &'static str,
    /// The path; names in braces stand for any part.
    pub path: &'static str,
    /// What is otherwise than at the API, where the sandbox has the endpoint; empty if nothing is.
    pub but: &'static str,
}

impl SandboxEndpoint {
    /// Method and path.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Why a request to it is not answered as the API does.
    pub(crate) fn reason(&self) -> String {
        format!("{} has it, this sandbox does not. {PAGE} lists what it has.", self.title)
    }
}

/// Every endpoint of both APIs that is known, in the order of the page that lists them.
///
/// Attio's are those of its published description of October 2026; PostHog's are those that its libraries and other
/// public clients ask.
pub fn endpoints() -> Vec<SandboxEndpoint> {
    [("Attio", ATTIO), ("PostHog", POSTHOG)].into_iter().flat_map(|(title, text)| read(title, text)).collect()
}

fn read(title: &'static str, text: &'static str) -> Vec<SandboxEndpoint> {
    let mut section = "";
    let mut all = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("# ") {
            section = heading;
        } else if let Some((method, rest)) = line.split_once(' ') {
            let (path, but) = rest.split_once(" but ").unwrap_or((rest, ""));
            all.push(SandboxEndpoint { title, section, method, path, but });
        }
    }
    all
}

/// The endpoint that a request is about, as the API has it.
pub(crate) fn lacked(request: &SandboxRequest) -> Option<SandboxEndpoint> {
    let parts = request.segments();
    let mut parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    // An older name of the same.
    if let ["api", projects @ "environments", _, _, ..] = parts.as_mut_slice() {
        *projects = "projects";
    }
    // What a path says by name goes before what may stand for anything.
    let named = |one: &SandboxEndpoint| one.path.matches('{').count();
    let all = endpoints().into_iter().filter(|one| one.method == request.method && matches(one.path, &parts));
    all.min_by_key(named)
}

/// Whether PostHog has something of this name where others of the resource have an id.
pub(crate) fn is_name(resource: &str, name: &str) -> bool {
    let is_it = |path: &str| {
        let mut parts = path.split('/').skip(4);
        parts.next() == Some(resource) && parts.next() == Some(name)
    };
    endpoints().iter().any(|one| is_it(one.path))
}

/// Whether a path has these parts; names in braces stand for any part.
pub(crate) fn matches(path: &str, parts: &[&str]) -> bool {
    let mut own = path.split('/').filter(|part| !part.is_empty());
    let fits = parts.iter().all(|part| own.next().is_some_and(|own| own == *part || own.starts_with('{')));
    fits && own.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_an_endpoint() {
        let all = endpoints();
        for one in &all {
            assert!(one.path.starts_with('/') && !one.section.is_empty(), "{one:?}");
            assert!(["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&one.method), "{one:?}");
            let same = all.iter().filter(|other| (other.method, other.path) == (one.method, one.path));
            assert_eq!(same.count(), 1, "{} stands there twice", one.name());
        }
        assert!(all.len() > 300, "{}", all.len());
    }

    #[test]
    fn a_name_goes_before_what_stands_for_anything() {
        let of = |method: &str, path: &str| lacked(&SandboxRequest::new(method, path)).map(|one| one.path);
        assert_eq!(of("POST", "/v2/files/upload"), Some("/v2/files/upload"));
        assert_eq!(of("GET", "/v2/files/1/download"), Some("/v2/files/{file_id}/download"));
        assert_eq!(of("GET", "/v2/nothing/1/2/3"), None);
        assert_eq!(of("GET", "/api/environments/1/notebooks/"), Some("/api/projects/{project}/notebooks/"));
    }
}
