//! A plan that is applied later, exactly as it was shown, or not at all.
//!
//! The file holds the plan and a fingerprint of everything it was made from: each declaration, each
//! resource as it was remembered, each live object it touches. Applying it makes the plan again and
//! refuses where anything moved, one resource at a time. It holds no secret: values from the
//! environment stand in a plan as the names of their variables, and fingerprints cannot be read back.

use super::fingerprint::fingerprint;
use crate::declared::graph::{GraphNode, StackGraph};
use crate::error::{Error, Moved, SavedError};
use crate::live::LiveState;
use crate::plan::Plan;
use crate::plan::PlanOptions;
use crate::secret::SecretGate;
use crate::store::{By, Deployed, PLAN, State, account_said};
use plg_core::{OnDestroy, linked};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The largest file that is read, in bytes.
const LARGEST: usize = 256 << 20;

/// A plan with what it was made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Saved {
    /// Format of the file.
    version: u32,
    /// When it was made (RFC 3339).
    made: String,
    /// The stack's name.
    pub stack: String,
    /// The stage's name.
    pub stage: String,
    /// Whether it removes everything.
    destroy: bool,
    /// Whether live objects were looked at.
    refreshed: bool,
    /// The addresses it was narrowed to.
    targets: Vec<String>,
    /// The addresses it leaves for later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    excludes: Vec<String>,
    /// Whether it removes what was there before plg.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    include_adopted: bool,
    /// The history it belongs to.
    lineage: String,
    /// The snapshot it was made against.
    serial: u64,
    /// Fingerprints of declarations, by address.
    declared: BTreeMap<String, String>,
    /// Fingerprints of what was remembered, by address.
    applied: BTreeMap<String, String>,
    /// Fingerprints of live objects, by address.
    live: BTreeMap<String, String>,
    /// Each step, by address.
    steps: Json,
    /// The commit of the sources that it was made from, where that was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    /// Whether the sources differed from that commit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    dirty: bool,
    /// What the history calls a deploy of exactly this plan; plans of earlier versions do not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    plan: String,
    /// How steps are told: 0 in the API's words alone, 1 in the stack's as well.
    #[serde(default, skip_serializing_if = "is_first")]
    told: u32,
    /// Of everything above.
    checksum: String,
    /// Fingerprints of live objects as earlier plans have them: of all that was answered.
    #[serde(skip)]
    live_whole: BTreeMap<String, String>,
}

/// How steps are told today.
const TOLD: u32 = 1;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_first(told: &u32) -> bool {
    *told == 0
}

impl Saved {
    /// The plan `plan`, made from these.
    pub(crate) fn of(
        plan: &Plan,
        options: &PlanOptions,
        graph: &StackGraph,
        state: &State,
        seen: &LiveState,
        (now, by): (String, &By),
    ) -> Saved {
        let mut saved = Saved {
            version: PLAN,
            made: now,
            stack: plan.stack.clone(),
            stage: plan.stage.clone(),
            destroy: plan.destroy,
            refreshed: plan.refreshed,
            targets: options.targets.clone(),
            excludes: options.excludes.clone(),
            include_adopted: options.include_adopted,
            // A stage that was never deployed has no history yet.
            lineage: if state.serial == 0 { String::new() } else { state.lineage.clone() },
            serial: state.serial,
            declared: graph.nodes.iter().map(|node| (node.address.clone(), declared(node))).collect(),
            applied: state.resources.iter().map(|(a, entry)| (a.clone(), fingerprint(entry))).collect(),
            live: live(plan, seen, passing),
            live_whole: live(plan, seen, |_| BTreeSet::new()),
            steps: json!(plan.steps),
            commit: by.commit.clone(),
            dirty: by.dirty,
            plan: plan.fingerprint(),
            told: TOLD,
            checksum: String::new(),
        };
        saved.checksum = saved.sum();
        saved
    }

    /// The same, where live objects repeat no secret that the gate knows.
    pub(crate) fn without_secrets(mut self, gate: &SecretGate) -> Saved {
        if gate.mask_json(&mut self.steps) {
            self.checksum = self.sum();
        }
        self
    }

    /// When it was made (RFC 3339).
    pub fn made(&self) -> &str {
        &self.made
    }

    /// The commit of the sources that it was made from, where that was known, and whether they differed from it.
    pub fn commit(&self) -> (Option<String>, bool) {
        (self.commit.clone(), self.dirty)
    }

    /// The deploy that applied exactly this plan, where the history has one.
    pub(crate) fn applied<'a>(&self, history: &'a [Deployed]) -> Option<&'a Deployed> {
        history.iter().rev().find(|deployed| !self.plan.is_empty() && deployed.plan == self.plan)
    }

    /// What the plan has to cover to be made again.
    pub fn options(&self) -> PlanOptions {
        PlanOptions {
            refresh: self.refreshed,
            destroy: self.destroy,
            targets: self.targets.clone(),
            excludes: self.excludes.clone(),
            include_adopted: self.include_adopted,
        }
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn bytes(&self) -> Result<Vec<u8>, SavedError> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(|e| SavedError::Damaged(e.to_string()))?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// When it is no saved plan, or not as it was written.
    pub fn parse(bytes: &[u8]) -> Result<Saved, SavedError> {
        let damaged = |e: serde_json::Error| SavedError::Damaged(e.to_string());
        if bytes.len() > LARGEST {
            return Err(SavedError::Damaged("it is too large".into()));
        }
        let json: Json = serde_json::from_slice(bytes).map_err(damaged)?;
        if json.get("resources").is_some() {
            return Err(SavedError::Damaged("it is a state".into()));
        }
        // A plan of another format is not made again: it is as old as what it was made by.
        if let Some(version) = json.get("version").and_then(Json::as_u64).filter(|v| *v != u64::from(PLAN)) {
            return Err(SavedError::OtherFormat(version, PLAN));
        }
        let saved: Saved = serde_json::from_value(json).map_err(damaged)?;
        if saved.sum() != saved.checksum {
            return Err(SavedError::Damaged("its checksum does not match".into()));
        }
        Ok(saved)
    }

    fn sum(&self) -> String {
        fingerprint(&Saved { checksum: String::new(), ..self.clone() })
    }

    /// Whether it was made where no more was remembered than in `place`, where nothing is.
    ///
    /// # Errors
    /// [`Error::Unremembered`], where it was made of what a deploy left.
    pub(crate) fn is_of_here(&self, place: &str) -> Result<(), Error> {
        if self.lineage.is_empty() {
            return Ok(());
        }
        Err(Error::Unremembered { made: self.made.clone(), stage: self.stage.clone(), place: place.to_owned() })
    }

    /// What moved since the plan was made; `fresh` was made just now from the same options.
    ///
    /// # Errors
    /// [`Error::Stale`], naming each resource that is not as it was.
    pub(crate) fn check(&self, fresh: &Saved) -> Result<(), Error> {
        let mut moved: BTreeMap<String, &'static str> = BTreeMap::new();
        let mut compare = |before: &BTreeMap<String, String>, now: &BTreeMap<String, String>, what: &'static str| {
            for address in before.keys().chain(now.keys()) {
                if before.get(address) != now.get(address) {
                    // The rest follows from the first.
                    moved.entry(address.clone()).or_insert(what);
                }
            }
        };
        compare(&self.declared, &fresh.declared, "its declaration changed");
        let live = if self.told == 0 { &fresh.live_whole } else { &fresh.live };
        compare(&self.live, live, "it was changed in the web app");
        compare(&self.applied, &fresh.applied, "it has been deployed since");
        let (before, steps) = match self.told {
            0 => (in_short(&self.steps), in_short(&as_told(&fresh.steps, &self.steps))),
            _ => (self.steps.clone(), fresh.steps.clone()),
        };
        compare(&by_address(&before), &by_address(&steps), "a plan would now do something else with it");
        let other = self.lineage != fresh.lineage || self.serial != fresh.serial;
        if moved.is_empty() && !other && before == steps {
            return Ok(());
        }
        let moved = moved.into_iter().map(|(address, what)| Moved { address, what: what.to_owned() });
        Err(Error::Stale { made: self.made.clone(), moved: moved.collect(), deployed: other })
    }
}

fn declared(node: &GraphNode) -> String {
    let common = node.item.common();
    let extra: Vec<(&str, String)> = common.extra.iter().map(|(key, value)| (*key, value.term().to_string())).collect();
    let mut said = json!({
        "want": node.want.fields,
        "loose": node.want.create_only,
        "existing": common.existing,
        "protect": common.protect,
        "ignore": common.ignore,
        "was": common.was,
        // As plans of before have it where nothing is written.
        "on_destroy": common.on_destroy.map_or("archive".to_owned(), |word| match word {
            OnDestroy::keep => word.word().to_owned(),
            OnDestroy::archive | OnDestroy::delete => format!("written: {}", word.word()),
        }),
        "extra": extra,
    });
    // As plans of before have it where it is in the default account.
    if let (Some(account), Some(said)) = (account_said(node.spec, node.account), said.as_object_mut()) {
        said.insert("account".to_owned(), account.into());
    }
    fingerprint(&said)
}

fn live(plan: &Plan, seen: &LiveState, passing: impl Fn(&str) -> BTreeSet<&'static str>) -> BTreeMap<String, String> {
    let touched = plan.steps.iter().filter_map(|step| Some((step, seen.live(&step.address)?)));
    touched
        .map(|(step, live)| {
            let passing = passing(&step.kind);
            let fields: BTreeMap<&String, &Json> =
                live.fields.iter().filter(|(field, _)| !passing.contains(field.as_str())).collect();
            let object = if passing.is_empty() {
                json!({ "id": live.id, "archived": live.archived, "fields": live.fields })
            } else {
                json!({ "id": live.id, "archived": live.archived, "fields": fields })
            };
            (step.address.clone(), fingerprint(&object))
        })
        .collect()
}

/// Fields that change although nobody changed the object, such as when it was looked at last: a saved plan is not bound to
/// them.
fn passing(kind: &str) -> BTreeSet<&'static str> {
    let importer = linked::importers().find(|importer| importer.spec.keyword == kind);
    importer.into_iter().flat_map(|importer| importer.passed_over()).flat_map(|(keys, _)| keys).copied().collect()
}

/// Steps as an earlier plg told them: without accounts, where there was none but the default one.
fn as_told<'a>(steps: &'a Json, before: &Json) -> Cow<'a, Json> {
    if before.as_array().into_iter().flatten().any(|step| step.get("account").is_some()) {
        return Cow::Borrowed(steps);
    }
    let told = |step: &Json| {
        let kind = step.get("kind").and_then(Json::as_str).and_then(linked::find);
        let is_default = kind.is_some_and(|spec| {
            step.get("account").and_then(Json::as_str) == Some(spec.provider().default_account().0)
        });
        let mut step = step.clone();
        if let Some(step) = step.as_object_mut().filter(|_| is_default) {
            step.shift_remove("account");
        }
        step
    };
    Cow::Owned(steps.as_array().into_iter().flatten().map(told).collect())
}

/// Steps without what an earlier plg told in other words or not at all; what is done, and with which values, is all there.
fn in_short(steps: &Json) -> Json {
    let short = |step: &Json| {
        let mut step = step.clone();
        if let Some(step) = step.as_object_mut() {
            for key in ["reason", "words", "held", "left"] {
                step.shift_remove(key);
            }
        }
        step
    };
    steps.as_array().into_iter().flatten().map(short).collect()
}

fn by_address(steps: &Json) -> BTreeMap<String, String> {
    let steps = steps.as_array().into_iter().flatten();
    steps.filter_map(|step| Some((step.get("address")?.as_str()?.to_owned(), fingerprint(step)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved() -> Saved {
        let mut saved = Saved {
            version: PLAN,
            made: "now".into(),
            stack: "s".into(),
            stage: "prod".into(),
            destroy: false,
            refreshed: true,
            targets: Vec::new(),
            excludes: Vec::new(),
            include_adopted: false,
            lineage: "l".into(),
            serial: 3,
            declared: BTreeMap::from([("a.A".into(), "1".into())]),
            applied: BTreeMap::new(),
            live: BTreeMap::from([("a.A".into(), "2".into())]),
            steps: json!([{ "address": "a.A", "change": "update" }]),
            commit: None,
            dirty: false,
            plan: "p".into(),
            told: 0,
            live_whole: BTreeMap::new(),
            checksum: String::new(),
        };
        saved.checksum = saved.sum();
        saved
    }

    /// One that was made just now, and not read from a file.
    fn fresh() -> Saved {
        Saved { live_whole: saved().live, ..saved() }
    }

    #[test]
    fn as_it_was_or_not_at_all() {
        let bytes = saved().bytes().unwrap();
        assert_eq!(Saved::parse(&bytes).unwrap(), saved());
        let edited = String::from_utf8(bytes).unwrap().replace("update", "delete");
        assert!(matches!(Saved::parse(edited.as_bytes()), Err(SavedError::Damaged(_))));
        for other in [0, 9] {
            let bytes = format!("{{\"version\": {other}}}");
            assert_eq!(Saved::parse(bytes.as_bytes()), Err(SavedError::OtherFormat(other, PLAN)));
        }
        for garbage in ["", "null", "[]", "{", "\u{0}", r#"{"version": 1}"#] {
            assert!(matches!(Saved::parse(garbage.as_bytes()), Err(SavedError::Damaged(_))), "{garbage}");
        }
    }

    #[test]
    fn a_plan_of_before_accounts_had_names_is_the_same_in_default_ones() {
        linked::link(&[&plg_posthog::PROVIDER]);
        let step = |account: Option<&str>| {
            let mut step = json!({ "address": "feature_flag.A", "kind": "feature_flag", "change": "update" });
            if let Some(account) = account {
                step["account"] = account.into();
            }
            Saved { steps: json!([step]), ..fresh() }
        };
        assert!(step(None).check(&step(Some("posthog"))).is_ok());
        assert!(step(None).check(&step(Some("marketing"))).is_err());
        assert!(step(Some("marketing")).check(&step(Some("posthog"))).is_err());
    }

    #[test]
    fn a_plan_of_before_steps_had_words_is_the_same() {
        let told = |told: u32, step: Json| {
            let mut saved = Saved { steps: json!([step]), told, ..fresh() };
            saved.checksum = saved.sum();
            saved
        };
        let before = told(0, json!({ "address": "a.A", "change": "update", "reason": "`type` cannot be changed" }));
        let words = json!([{ "path": "kind", "from": "web", "to": "product" }]);
        let now = json!({ "address": "a.A", "change": "update", "reason": "`kind` cannot be changed", "words": words });
        let read = Saved::parse(&before.bytes().unwrap()).unwrap();
        assert!(read.check(&told(1, now.clone())).is_ok());
        // What is told today is held as it was told.
        let other = json!({ "address": "a.A", "change": "update", "words": [] });
        assert!(told(1, now).check(&told(1, other)).is_err());
    }

    #[test]
    fn a_plan_that_was_applied_is_found_in_the_history() {
        let deployed = |number: u64, plan: &str| Deployed { number, plan: plan.to_owned(), ..Deployed::default() };
        let history = [deployed(3, "o"), deployed(4, "p"), deployed(5, "q")];
        assert_eq!(saved().applied(&history).map(|deployed| deployed.number), Some(4));
        assert_eq!(saved().applied(&history[..1]), None);
        let of_before = Saved { plan: String::new(), ..saved() };
        assert_eq!(of_before.applied(&[deployed(2, "")]), None);
        // Unknown facts are left out of the file: files of earlier versions keep their checksum.
        assert!(!String::from_utf8(of_before.bytes().unwrap()).unwrap().contains("commit"));
    }

    #[test]
    fn what_moved_is_named() {
        assert!(saved().check(&fresh()).is_ok());
        let mut now = fresh();
        // As this one was made by an earlier plg, it is bound to all that was answered.
        now.live_whole.insert("a.A".into(), "3".into());
        now.live_whole.insert("a.B".into(), "1".into());
        let of_today = Saved { told: TOLD, ..saved() };
        assert!(of_today.check(&now).is_ok());
        let Err(Error::Stale { moved, deployed, .. }) = saved().check(&now) else {
            panic!("another version of plg saved it")
        };
        let names: Vec<&str> = moved.iter().map(|m| m.address.as_str()).collect();
        assert_eq!((names, deployed), (vec!["a.A", "a.B"], false));
        let mut now = fresh();
        now.serial = 4;
        assert!(matches!(saved().check(&now), Err(Error::Stale { deployed: true, .. })));
    }
}
