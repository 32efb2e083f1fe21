//! One round: a sandbox, and what is asked of it.

use crate::bend::{bend, pick};
use crate::recorded::{Recorded, fresh, request, with_body, with_key};
use crate::wire;
use plg_sandbox::{Reply, Sandbox, SandboxRequest, Settings};
use plg_test::Dice;
use serde_json::{Map, Value};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// How many requests a sandbox is asked, at least.
pub(crate) const ROUND: u64 = 100;

/// One round in so many goes over a socket.
const BY_WIRE: u64 = 10;

/// How many ids are remembered.
const KNOWN: usize = 64;

/// What became of requests.
#[derive(Debug, Default)]
pub(crate) struct Played {
    pub(crate) sent: u64,
    pub(crate) over_the_wire: u64,
    pub(crate) answered: u64,
    pub(crate) refused: u64,
    pub(crate) failures: Vec<String>,
    pub(crate) slowest: Option<(Duration, String)>,
}

impl Played {
    /// Adds another round.
    pub(crate) fn count(&mut self, other: Played) {
        self.sent += other.sent;
        self.over_the_wire += other.over_the_wire;
        self.answered += other.answered;
        self.refused += other.refused;
        self.failures.extend(other.failures);
        if other.slowest.as_ref().map(|(took, _)| *took) > self.slowest.as_ref().map(|(took, _)| *took) {
            self.slowest = other.slowest;
        }
    }
}

/// A sandbox that is asked, and what it answered so far.
struct Round<'r> {
    dice: Dice,
    recorded: &'r Recorded,
    sandbox: Sandbox,
    served: Option<wire::Served>,
    /// Ids that were answered.
    known: Vec<String>,
    played: Played,
}

/// Plays the round of a seed.
pub(crate) fn play(seed: u64, recorded: &Recorded) -> Played {
    let mut dice = Dice(seed);
    let mut flip = || dice.roll(2) == 0;
    let settings =
        Settings { deals: flip(), users: flip(), workspaces: flip(), tagging: flip(), ..Settings::default() };
    let sandbox = match Sandbox::open(None, Some(settings)) {
        Ok(sandbox) => sandbox,
        Err(error) => return Played { failures: vec![error.to_string()], ..Played::default() },
    };
    let served = seed.is_multiple_of(BY_WIRE).then(|| wire::Served::start(&sandbox)).flatten();
    let mut round = Round { dice, recorded, sandbox, served, known: Vec::new(), played: Played::default() };
    while round.played.sent < ROUND && round.played.failures.is_empty() {
        if round.dice.roll(3) == 0 { round.anything() } else { round.case() }
    }
    round.played
}

impl Round<'_> {
    /// Plays a recorded case, of which some requests are bent.
    fn case(&mut self) {
        let recorded = self.recorded;
        let Some(steps) = pick(&mut self.dice, &recorded.cases) else { return };
        let mut saved = fresh();
        let bent = self.dice.roll(steps.len() as u64);
        for (at, step) in steps.iter().enumerate() {
            let mut request = request(step, &saved);
            if at as u64 == bent || self.dice.roll(4) == 0 {
                bend(&mut self.dice, &mut request);
            }
            let body = self.send(&request);
            save(step, &body, &mut saved);
        }
    }

    /// Asks an endpoint, with ids that are known and a body that was sent elsewhere.
    fn anything(&mut self) {
        let recorded = self.recorded;
        let Some(endpoint) = pick(&mut self.dice, &recorded.endpoints) else { return };
        let parts: Vec<String> = endpoint.path.split('/').map(|part| self.part(part)).collect();
        let mut request = SandboxRequest::new(endpoint.method, &parts.join("/"));
        with_key(&mut request);
        if endpoint.method != "GET"
            && let Some(body) = pick(&mut self.dice, &recorded.bodies)
        {
            with_body(&mut request, body);
        }
        if self.dice.roll(2) == 0 {
            bend(&mut self.dice, &mut request);
        }
        self.send(&request);
    }

    /// Something for a name in braces.
    fn part(&mut self, part: &str) -> String {
        let words: &[&str] = match part {
            "{project}" => return Settings::default().project.to_string(),
            "{organization}" => return "@current".to_owned(),
            "{token}" => return "phc_sandbox".to_owned(),
            "{object}" => &["people", "companies", "deals"],
            "{attribute}" => &["name", "domains", "created_at", "stage"],
            _ if part.starts_with('{') => &["1", "2", "3", "00000000-0000-4000-8000-000000000000"],
            _ => return part.to_owned(),
        };
        let known = if self.dice.roll(2) == 0 { pick(&mut self.dice, &self.known).cloned() } else { None };
        known.or_else(|| pick(&mut self.dice, words).map(|word| (*word).to_owned())).unwrap_or_default()
    }

    /// Sends a request, and answers the body of its answer.
    fn send(&mut self, request: &SandboxRequest) -> Value {
        self.played.sent += 1;
        let began = Instant::now();
        let reply = match &self.served {
            Some(served) => {
                self.played.over_the_wire += 1;
                served.ask(request)
            }
            None => {
                catch_unwind(AssertUnwindSafe(|| self.sandbox.answer(request))).map_err(|_| "it panicked".to_owned())
            }
        };
        let took = began.elapsed();
        let name = format!("{} {}", request.method, request.path);
        if self.played.slowest.as_ref().is_none_or(|(slowest, _)| took > *slowest) {
            self.played.slowest = Some((took, name.clone()));
        }
        match reply {
            Ok(Reply { status, body, .. }) if status < 500 => {
                if status < 400 {
                    self.played.answered += 1;
                } else {
                    self.played.refused += 1;
                }
                let body = body.unwrap_or_default();
                learn(&body, &mut self.known, 0);
                body
            }
            Ok(reply) => self.fail(request, &format!("{}: {}", reply.status, reply.body.unwrap_or_default())),
            Err(why) => self.fail(request, &why),
        }
    }

    fn fail(&mut self, request: &SandboxRequest, why: &str) -> Value {
        let body: String = String::from_utf8_lossy(&request.body).chars().take(1_000).collect();
        let SandboxRequest { method, path, query, headers, .. } = request;
        let failure = format!("{method} {path}\n  query {query:?}\n  headers {headers:?}\n  body {body}\n  {why}");
        self.played.failures.push(failure);
        Value::Null
    }
}

/// Keeps what a step saves of an answer, where that is there.
fn save(step: &Value, body: &Value, saved: &mut Map<String, Value>) {
    for (name, pointer) in step["save"].as_object().into_iter().flatten() {
        if let Some(value) = pointer.as_str().and_then(|pointer| body.pointer(pointer)) {
            saved.insert(name.clone(), value.clone());
        }
    }
}

/// Remembers the ids of an answer.
fn learn(body: &Value, known: &mut Vec<String>, depth: usize) {
    let is_id = |text: &str| text.len() == 36 && text.matches('-').count() == 4;
    match body {
        Value::String(text) if is_id(text) => known.push(text.clone()),
        Value::Object(map) if depth < 5 => {
            if let Some(Value::Number(id)) = map.get("id") {
                known.push(id.to_string());
            }
            map.values().for_each(|value| learn(value, known, depth + 1));
        }
        Value::Array(items) if depth < 5 => items.iter().take(5).for_each(|value| learn(value, known, depth + 1)),
        _ => {}
    }
    let more = known.len().saturating_sub(KNOWN);
    known.drain(..more);
}
