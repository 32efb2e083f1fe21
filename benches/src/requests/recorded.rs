//! Recorded exchanges, and the endpoints of both APIs.

use plg_sandbox::{SandboxEndpoint, SandboxRequest, Settings, endpoints};
use serde_json::{Map, Value, json};
use std::path::Path;

/// The recorded requests that random ones are made from.
pub(crate) struct Recorded {
    /// Each case is a list of steps.
    pub(crate) cases: Vec<Vec<Value>>,
    /// Every body that was sent, which other requests are sent with.
    pub(crate) bodies: Vec<Value>,
    pub(crate) endpoints: Vec<SandboxEndpoint>,
}

impl Recorded {
    /// Reads them beside the tests.
    ///
    /// # Errors
    /// When a file cannot be read, or none has cases.
    pub(crate) fn read() -> Result<Recorded, String> {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance");
        let files = std::fs::read_dir(&dir).map_err(|error| format!("{}: {error}", dir.display()))?;
        let mut paths: Vec<_> = files.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        paths.sort();
        let mut cases = Vec::new();
        for path in paths {
            let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let file: Value = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
            let steps = file.as_array().into_iter().flatten().filter_map(|case| case["steps"].as_array().cloned());
            cases.extend(steps.filter(|steps| !steps.is_empty()));
        }
        if cases.is_empty() {
            return Err(format!("{} has no recorded exchanges", dir.display()));
        }
        let bodies = cases.iter().flatten().map(|step| step["body"].clone()).filter(|body| !body.is_null()).collect();
        Ok(Recorded { cases, bodies, endpoints: endpoints() })
    }
}

/// What stands for names in braces at the beginning of a case.
pub(crate) fn fresh() -> Map<String, Value> {
    let project = Settings::default().project;
    Map::from_iter([("uniq".into(), json!("k3x9")), ("project_id".into(), json!(project))])
}

/// The request of a step, with what was saved in place of names in braces.
pub(crate) fn request(step: &Value, saved: &Map<String, Value>) -> SandboxRequest {
    let mut text = json!([step["method"], step["path"], step["headers"], step["body"]]).to_string();
    for (name, value) in saved {
        // A text that is nothing else takes the type of what was saved.
        text = text.replace(&format!("\"{{{name}}}\""), &value.to_string());
        let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let quoted = json!(plain).to_string();
        text = text.replace(&format!("{{{name}}}"), quoted.trim_matches('"'));
    }
    let step: Value = serde_json::from_str(&text).unwrap_or_default();
    let mut request = SandboxRequest::new(step[0].as_str().unwrap_or("GET"), step[1].as_str().unwrap_or("/"));
    for (name, value) in step[2].as_object().into_iter().flatten() {
        if let Some(value) = value.as_str() {
            request.headers.push((name.to_lowercase(), value.to_owned()));
        }
    }
    with_key(&mut request);
    if !step[3].is_null() {
        with_body(&mut request, &step[3]);
    }
    request
}

/// Names a key, where none is named.
pub(crate) fn with_key(request: &mut SandboxRequest) {
    request.origin = "http://localhost:8000".into();
    if request.header("authorization").is_none() {
        request.headers.push(("authorization".into(), "Bearer any".into()));
    }
}

/// Sends JSON along.
pub(crate) fn with_body(request: &mut SandboxRequest, body: &Value) {
    if request.header("content-type").is_none() {
        request.headers.push(("content-type".into(), "application/json".into()));
    }
    request.body = body.to_string().into_bytes();
}
