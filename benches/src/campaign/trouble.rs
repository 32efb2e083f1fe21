//! One trouble at random, for one run.

use plg_sandbox::Faults;
use plg_test::{Damage, Dice};
use serde_json::{Value, json};
use std::time::Duration;

/// What happens to a run.
#[derive(Debug, Clone)]
pub(crate) enum Mishap {
    /// It dies at an instant; what reached a server is finished so much later, or never.
    Death { at: u64, outlive: Option<Duration> },
    /// It dies once a write has reached its server, which finishes it so much later.
    DeathUnderWay { write: u64, by: Duration },
    /// It gives up a write that arrives so much later.
    GivenUp { write: u64, by: Duration },
    /// The APIs do this.
    Faults(Value),
    /// A file of the state is damaged before it starts.
    Damaged { journal: bool, damage: Damage },
}

/// How long an answer is waited for.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(60);

impl Mishap {
    /// One at random for an operation of so many instants and writes.
    pub(crate) fn draw(dice: &mut Dice, instants: u64, writes: u64) -> Mishap {
        let write = dice.roll(writes.max(1));
        let longest = if dice.roll(3) == 0 { 120_000 } else { 55_000 };
        let by = Duration::from_millis(100 + dice.roll(longest));
        match dice.roll(12) {
            0 | 1 => Mishap::Death { at: dice.roll(instants), outlive: None },
            2 => Mishap::Death { at: dice.roll(instants), outlive: Some(by) },
            3 | 4 => Mishap::DeathUnderWay { write, by },
            5 => Mishap::GivenUp { write, by },
            6 | 7 => Mishap::Faults(lists(dice)),
            8 | 9 => Mishap::Faults(answers(dice, write)),
            10 => Mishap::Faults(refusals(dice)),
            _ => Mishap::Damaged { journal: dice.roll(2) == 0, damage: damage(dice) },
        }
    }

    /// Whether a client that goes on gives up a request that arrives later.
    pub(crate) fn gives_up(&self) -> bool {
        match self {
            Mishap::GivenUp { .. } => true,
            Mishap::Faults(faults) => faults["rules"][0]["do"].get("late_ms").is_some(),
            _ => false,
        }
    }

    /// The longest that anything of it arrives after it was sent.
    pub(crate) fn late(&self) -> Duration {
        match self {
            Mishap::Death { outlive: Some(by), .. } | Mishap::DeathUnderWay { by, .. } => *by,
            // It is given up when the time is over.
            Mishap::GivenUp { by, .. } => GIVEN_UP_AFTER + *by,
            Mishap::Faults(faults) => {
                Duration::from_millis(faults["rules"][0]["do"]["late_ms"].as_u64().unwrap_or_default())
            }
            _ => Duration::ZERO,
        }
    }
}

/// The faults, as the sandbox knows them.
pub(crate) fn faults(faults: &Value) -> Faults {
    match serde_json::from_value(faults.clone()) {
        Ok(faults) => faults,
        Err(why) => panic!("{faults} are no faults: {why}"),
    }
}

fn pick(dice: &mut Dice, of: &[Value]) -> Value {
    let place = usize::try_from(dice.roll(of.len() as u64)).unwrap_or_default();
    of.get(place).cloned().unwrap_or_default()
}

fn lists(dice: &mut Dice) -> Value {
    let seconds = 1 + dice.roll(60);
    let row = dice.roll(8);
    let act = pick(
        dice,
        &[
            json!({ "lag_ms": seconds * 1_000 }),
            json!({ "lag_ms": seconds * 1_000 }),
            json!({ "page": { "lose": row } }),
            json!({ "page": { "twice": row } }),
            json!({ "page": { "reverse": true } }),
            json!({ "page": { "shift": 1 } }),
            json!({ "page": { "shift": -1 } }),
        ],
    );
    let all = dice.roll(4) == 0 && act.get("lag_ms").is_some();
    let on = if all { json!({ "method": "GET" }) } else { json!({ "list": true }) };
    json!({ "rules": [{ "match": on, "do": act }] })
}

fn answers(dice: &mut Dice, write: u64) -> Value {
    if dice.roll(6) == 0 {
        return json!({ "tag_clash": true });
    }
    let late = 100 + dice.roll(50_000);
    let act = pick(
        dice,
        &[
            json!({ "untrue": "unchanged" }),
            json!({ "untrue": "not_deleted" }),
            json!({ "untrue": "object" }),
            json!({ "untrue": "null" }),
            json!({ "untrue": "list" }),
            json!({ "untrue": "empty" }),
            json!({ "status": 408, "after": true }),
            json!({ "status": 425, "after": true }),
            json!({ "status": 308, "after": true }),
            json!({ "status": 500, "after": true }),
            json!({ "status": 504, "late_ms": late }),
            json!({ "late_ms": late }),
            json!({ "body": {}, "after": true }),
            json!({ "cut": "after" }),
            json!({ "cut": "before" }),
            json!({ "cut": "half_body" }),
            json!({ "malformed": true }),
            json!({ "status": 503 }),
            json!({ "retry_after": 1 + late / 100 }),
            json!({ "retry_after": 1 + late / 1_000, "retry_date": true }),
        ],
    );
    let method = pick(dice, &[json!("POST"), json!("POST"), json!("PATCH"), json!("DELETE")]);
    let nth = if method == "POST" { write } else { write % 4 };
    json!({ "rules": [{ "match": { "method": method, "nth": nth }, "times": 1 + dice.roll(3), "do": act }] })
}

fn refusals(dice: &mut Dice) -> Value {
    let path =
        pick(dice, &["cohorts", "insights", "surveys", "webhooks", "attributes", "feature_flags"].map(Value::from));
    let act = pick(dice, &[json!({ "lacks": "scope" }), json!({ "lacks": "endpoint" }), json!({ "status": 502 })]);
    json!({ "rules": [{ "match": { "path": path }, "do": act }] })
}

fn damage(dice: &mut Dice) -> Damage {
    let part = usize::try_from(dice.roll(1_000)).unwrap_or_default();
    match dice.roll(6) {
        0 => Damage::Zeroed,
        1 => Damage::Cut(part),
        2 => Damage::FirstGone,
        3 => Damage::RecordsGone(1 + part % 4),
        _ => Damage::Bit(part),
    }
}
