//! Beacon, on this machine.

use plg_sandbox::{ApiAccount, HomePart, Reply, SandboxApi, SandboxRequest};
use serde_json::{Map, Value, json};

/// Beacon's API.
#[derive(Debug)]
pub struct BeaconSandbox;

const MONITORS: &str = "monitors";

fn no(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, json!({ "error": { "code": code, "message": message } }))
}

impl SandboxApi for BeaconSandbox {
    fn word(&self) -> &'static str {
        "beacon"
    }

    fn title(&self) -> &'static str {
        "Beacon"
    }

    fn answer(&self, account: &mut ApiAccount<'_>, request: &SandboxRequest) -> Reply {
        if request.header("x-api-key").is_none() {
            return no(401, "no_key", "A key is needed.");
        }
        let Some(path) = request.path.strip_prefix("/v1/") else { return no(404, "no_route", "There is no such route.") };
        let body = serde_json::from_slice(&request.body).unwrap_or_else(|_| Map::new());
        match (request.method.as_str(), path.split_once('/').unwrap_or((path, ""))) {
            ("GET", ("team", "")) => Reply::json(200, json!({ "id": "team-1", "name": "Sandbox" })),
            ("GET", (MONITORS, "")) => list(account, request),
            ("POST", (MONITORS, "")) => write(account, None, body),
            ("GET", (MONITORS, id)) => match account.store.get(MONITORS, id) {
                Some(row) => Reply::json(200, row.clone()),
                None => no(404, "not_found", "There is no such monitor."),
            },
            ("PATCH", (MONITORS, id)) => write(account, Some(id), body),
            ("DELETE", (MONITORS, id)) if account.store.remove(MONITORS, id) => Reply::empty(204),
            ("DELETE", (MONITORS, _)) => no(404, "not_found", "There is no such monitor."),
            _ => no(404, "no_route", "There is no such route."),
        }
    }

    fn home(&self, home: &mut HomePart<'_>) {
        let answer = home.get("/v1/monitors");
        let monitors = answer["data"].as_array().into_iter().flatten();
        home.list("Monitors", monitors.map(|row| (row["name"].as_str().unwrap_or_default(), "")));
    }
}

fn list(account: &ApiAccount<'_>, request: &SandboxRequest) -> Reply {
    let asked = |key: &str| request.query(key).and_then(|value| value.parse().ok());
    let (limit, offset) = (asked("limit").unwrap_or(50), asked("offset").unwrap_or(0));
    let page: Vec<&Value> = account.store.rows(MONITORS).map(|(_, row)| row).skip(offset).take(limit).collect();
    Reply::json(200, json!({ "data": page }))
}

/// Creates a monitor, or changes one.
fn write(account: &mut ApiAccount<'_>, id: Option<&str>, body: Map<String, Value>) -> Reply {
    let mut row = match id.map(|id| account.store.get(MONITORS, id)) {
        None => json!({ "description": "", "interval": 5, "paused": false, "created": account.now().to_string() }),
        Some(Some(row)) => row.clone(),
        Some(None) => return no(404, "not_found", "There is no such monitor."),
    };
    let is_other = |other: &str| id != Some(other);
    if account.store.rows(MONITORS).any(|(other, row)| is_other(other) && Some(&row["name"]) == body.get("name")) {
        return no(409, "name_taken", "A monitor of this name exists.");
    }
    for (key, value) in body {
        row[key] = value;
    }
    let id = id.map_or_else(|| account.store.next_number(MONITORS).to_string(), str::to_owned);
    row["id"] = id.clone().into();
    account.store.put(MONITORS, &id, row.clone());
    Reply::json(200, row)
}
