//! The order in which PostHog decides.

mod cohort;

use crate::asked::AskedPerson;
use crate::definitions::{FlagDefinition, FlagDefinitions};
use crate::evaluation::{Evaluation, FlagValue, HeldCondition, MatchReason, SetOutcome, SetTrail};
use crate::operator::{self, ComparisonSetting};
use crate::{hash, text};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Why something cannot be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Undecided {
    /// A flag that is needed is not there, or needs this one in turn.
    NoFlag,
    /// A cohort that is named is not there.
    NoCohort,
}

impl FlagDefinitions {
    /// What somebody gets of a flag; none where there is no such flag.
    pub fn evaluate(&self, key: &str, asked: &AskedPerson) -> Option<Evaluation> {
        let flag = self.flags.get(key)?;
        Some(Evaluator::new(self, asked).of(flag))
    }

    /// What somebody gets of every flag that is switched on, by key.
    pub fn evaluate_all(&self, asked: &AskedPerson) -> BTreeMap<&str, Evaluation> {
        let mut evaluation = Evaluator::new(self, asked);
        let active = self.flags.values().filter(|flag| flag.is_active);
        active.map(|flag| (flag.key.as_str(), evaluation.of(flag))).collect()
    }
}

/// Flags that are asked of one person; each is decided once.
#[derive(Debug)]
pub(crate) struct Evaluator<'a> {
    pub(crate) world: &'a FlagDefinitions,
    pub(crate) asked: &'a AskedPerson,
    done: BTreeMap<&'a str, Evaluation>,
    open: BTreeSet<&'a str>,
}

impl<'a> Evaluator<'a> {
    fn new(world: &'a FlagDefinitions, asked: &'a AskedPerson) -> Self {
        Evaluator { world, asked, done: BTreeMap::new(), open: BTreeSet::new() }
    }

    fn of(&mut self, flag: &'a FlagDefinition) -> Evaluation {
        if let Some(done) = self.done.get(flag.key.as_str()) {
            return done.clone();
        }
        if !self.open.insert(&flag.key) {
            return Evaluation::off(MatchReason::MissingDependency);
        }
        let verdict = self.decide(flag);
        self.open.remove(flag.key.as_str());
        self.done.insert(&flag.key, verdict.clone());
        verdict
    }

    fn decide(&mut self, flag: &'a FlagDefinition) -> Evaluation {
        if !flag.is_active {
            return Evaluation::off(MatchReason::Disabled);
        }
        let filters = &flag.filters;
        if let Err(undecided) = self.needed(flag) {
            return self.undecided(undecided, Vec::new());
        }
        if filters.get("feature_enrollment") == Some(&Value::Bool(true))
            && let Some(chosen) = self.asked.property(&format!("$feature_enrollment/{}", flag.key))
        {
            let is_in = chosen == Value::Bool(true) || chosen.as_str() == Some("true");
            let got = if is_in { FlagValue::On } else { FlagValue::Off };
            let payload = payload(filters, &got);
            return Evaluation { got, payload, ..Evaluation::off(MatchReason::Enrollment) };
        }
        if let Some(held) = self.held_out(flag) {
            return held;
        }
        self.by_sets(flag)
    }

    /// A flag that needs another one that is not there is off, whatever its conditions say.
    fn needed(&mut self, flag: &'a FlagDefinition) -> Result<(), Undecided> {
        let world = self.world;
        for condition in crate::definitions::properties(&flag.filters) {
            if condition.get("type").and_then(Value::as_str) != Some("flag") {
                continue;
            }
            let other = world.named(flag, condition).ok_or(Undecided::NoFlag)?;
            if self.open.contains(other.key.as_str()) || world.needed_by(&other.key).contains(flag.key.as_str()) {
                return Err(Undecided::NoFlag);
            }
            if self.of(other).reason == MatchReason::MissingDependency {
                return Err(Undecided::NoFlag);
            }
        }
        Ok(())
    }

    fn undecided(&self, why: Undecided, sets: Vec<SetTrail>) -> Evaluation {
        match why {
            Undecided::NoFlag => Evaluation { sets, ..Evaluation::off(MatchReason::MissingDependency) },
            Undecided::NoCohort => Evaluation { is_failed: true, sets, ..Evaluation::off(MatchReason::MissingCohort) },
        }
    }

    fn held_out(&self, flag: &FlagDefinition) -> Option<Evaluation> {
        let holdout = flag.filters.get("holdout").filter(|holdout| holdout.is_object())?;
        let share = holdout.get("exclusion_percentage").and_then(Value::as_f64).unwrap_or(0.0).clamp(0.0, 100.0);
        let id = self.identifier(flag, kind_of(&flag.filters).as_deref());
        let is_out = share >= 100.0 || id.is_some_and(|id| hash::place("holdout-", &id, "") <= share / 100.0);
        is_out.then(|| {
            let number = holdout.get("id").map(text::text).unwrap_or_default();
            let got = FlagValue::Variant(format!("holdout-{number}"));
            let payload = payload(&flag.filters, &got);
            Evaluation { got, payload, ..Evaluation::off(MatchReason::Holdout) }
        })
    }

    fn by_sets(&mut self, flag: &'a FlagDefinition) -> Evaluation {
        let mut trail: Vec<SetTrail> = Vec::new();
        let sets = flag.filters.get("groups").and_then(Value::as_array).into_iter().flatten();
        for (index, set) in sets.enumerate() {
            let looked = match self.look(flag, index, set) {
                Ok(looked) => looked,
                Err(undecided) => return self.undecided(undecided, trail),
            };
            let share = looked.share;
            let ended = looked.ended.clone();
            trail.push(looked);
            if ended == SetOutcome::Match {
                let kind = self.kind_of_set(flag, set);
                let id = self.identifier(flag, kind.as_deref());
                let (got, variant_place) = chosen(flag, set, id.as_deref());
                let payload = payload(&flag.filters, &got);
                return Evaluation {
                    got,
                    payload,
                    sets: trail,
                    variant_place,
                    ..Evaluation::off(MatchReason::Match(index))
                };
            }
            let is_early = flag.filters.get("early_exit") == Some(&Value::Bool(true));
            if is_early && matches!(ended, SetOutcome::Rollout(..)) && share.is_some() {
                break;
            }
        }
        let reason = reason(&trail);
        Evaluation { sets: trail, ..Evaluation::off(reason) }
    }

    /// The name of the type of groups that a set is of; none where it is of people. A set's own word goes before the flag's, where it
    /// says one, even if that is none.
    fn kind_of_set(&self, flag: &FlagDefinition, set: &Value) -> Option<String> {
        match set.get("aggregation_group_type_index") {
            Some(Value::Null) => None,
            Some(_) => kind_of(set),
            None => kind_of(&flag.filters),
        }
    }

    /// A group's type, by its index.
    fn group_type(&self, index: &str) -> Option<&'a str> {
        self.world.group_types.get(index).map(String::as_str)
    }

    /// The id by which a share is given out: a group's key, a device, or the person.
    fn identifier(&self, flag: &FlagDefinition, kind: Option<&str>) -> Option<String> {
        if let Some(index) = kind {
            return self.asked.group(self.group_type(index)?);
        }
        if flag.is_by_device {
            return self.asked.device_id.clone().filter(|id| !id.is_empty());
        }
        let stands_for = self.asked.stands_for.get(&flag.key);
        let before = || self.asked.anon_distinct_id.as_ref().filter(|_| flag.is_continuous);
        Some(stands_for.or_else(before).unwrap_or(&self.asked.distinct_id).clone())
    }

    fn look(&mut self, flag: &'a FlagDefinition, index: usize, set: &'a Value) -> Result<SetTrail, Undecided> {
        let kind = self.kind_of_set(flag, set);
        let share = set.get("rollout_percentage").and_then(Value::as_f64);
        let mut trail = SetTrail { index, filters: Vec::new(), ended: SetOutcome::Match, share };
        if let Some(index) = &kind {
            let name = self.group_type(index);
            if name.is_none_or(|name| self.asked.group(name).is_none()) {
                trail.ended = SetOutcome::Group(name.unwrap_or(index).to_owned());
                return Ok(trail);
            }
        }
        for condition in set.get("properties").and_then(Value::as_array).into_iter().flatten() {
            let looked = self.condition(flag, condition, kind.as_deref())?;
            let holds = looked.holds;
            trail.filters.push(looked);
            if !holds {
                trail.ended = SetOutcome::Condition;
                return Ok(trail);
            }
        }
        let within = share.unwrap_or(100.0);
        match self.identifier(flag, kind.as_deref()) {
            // Of a device that is not known it can be said only where its place does not matter.
            None if within < 100.0 || !is_one_for_all(flag, set) => trail.ended = SetOutcome::Rollout(None, within),
            Some(id) if within < 100.0 => {
                let place = hash::place(&format!("{}.", flag.key), &id, "");
                if place > within / 100.0 {
                    trail.ended = SetOutcome::Rollout(Some(place), within);
                }
            }
            _ => {}
        }
        Ok(trail)
    }

    fn condition(
        &mut self,
        flag: &'a FlagDefinition,
        condition: &'a Value,
        kind: Option<&str>,
    ) -> Result<HeldCondition, Undecided> {
        let operator = condition.get("operator").and_then(Value::as_str).unwrap_or("exact");
        let name = condition.get("key").map(text::text).unwrap_or_default();
        let asked = condition.get("value").unwrap_or(&Value::Null);
        let said = |has: Option<Value>, holds: bool| Ok(HeldCondition { condition: condition.clone(), has, holds });
        match condition.get("type").and_then(Value::as_str).unwrap_or("person") {
            "cohort" => {
                let is_in = cohort::has(self, &cohort::named(condition), 0)?;
                said(Some(Value::Bool(is_in)), is_in != (operator == "not_in"))
            }
            "flag" => {
                let other = self.world.named(flag, condition).ok_or(Undecided::NoFlag)?;
                let got = self.of(other).got;
                said(Some(got.json()), is_as_needed(&got, operator, asked))
            }
            "group" => {
                let own = condition.get("group_type_index").filter(|index| !index.is_null()).map(text::text);
                let index = own.or_else(|| kind.map(str::to_owned));
                let of = index.and_then(|index| self.group_type(&index));
                let has = of.and_then(|kind| self.asked.group_property(kind, &name));
                let holds = self.holds(operator, has.as_ref(), asked);
                said(has, holds)
            }
            _ => {
                let has = self.asked.property(&name);
                let holds = self.holds(operator, has.as_ref(), asked);
                said(has, holds)
            }
        }
    }

    pub(crate) fn holds(&self, operator: &str, value: Option<&Value>, asked: &Value) -> bool {
        let setting =
            ComparisonSetting { now: self.asked.now, zone: &self.asked.zone, is_literal: self.world.is_literal };
        operator::holds(operator, value, asked, &setting)
    }

    /// Whether a cohort's condition on a flag holds.
    pub(crate) fn flag_holds(&mut self, by: Option<&FlagDefinition>, condition: &Value) -> Result<bool, Undecided> {
        let name = condition.get("key").map(text::text).unwrap_or_default();
        let found = match by {
            Some(by) => self.world.named(by, condition),
            None => self.world.flags.get(&name).or_else(|| self.world.flags.get(self.world.by_id.get(&name)?)),
        };
        let got = self.of(found.ok_or(Undecided::NoFlag)?).got;
        let operator = condition.get("operator").and_then(Value::as_str).unwrap_or_default();
        Ok(is_as_needed(&got, operator, condition.get("value").unwrap_or(&Value::Null)))
    }
}

/// The index of the type of groups that something is of.
fn kind_of(filters: &Value) -> Option<String> {
    filters.get("aggregation_group_type_index").filter(|index| !index.is_null()).map(text::text)
}

/// Whether a flag is as another one needs it.
fn is_as_needed(got: &FlagValue, operator: &str, needed: &Value) -> bool {
    if operator != "flag_evaluates_to" {
        return false;
    }
    match needed {
        Value::Bool(is_on) => got.is_on() == *is_on,
        Value::String(variant) => got.variant() == Some(variant),
        _ => false,
    }
}

fn variants(flag: &FlagDefinition) -> impl Iterator<Item = (&str, f64)> {
    let all = flag.filters.pointer("/multivariate/variants").and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|variant| {
        let share = variant.get("rollout_percentage").and_then(Value::as_f64).unwrap_or(0.0);
        Some((variant.get("key")?.as_str()?, share))
    })
}

/// The variant that a set names, where the flag has it.
fn pinned<'a>(flag: &'a FlagDefinition, set: &Value) -> Option<&'a str> {
    let named = set.get("variant").and_then(Value::as_str)?;
    variants(flag).map(|(key, _)| key).find(|key| *key == named)
}

/// Whether everybody whom a set takes gets the same.
fn is_one_for_all(flag: &FlagDefinition, set: &Value) -> bool {
    let mut possible = variants(flag).filter(|(_, share)| *share > 0.0);
    let one = match (possible.next(), possible.next()) {
        (None, _) => true,
        (Some((_, share)), None) => share >= 100.0,
        _ => false,
    };
    one || pinned(flag, set).is_some()
}

/// What a set that matches gives, and the place of 0 to 1 that chose it.
fn chosen(flag: &FlagDefinition, set: &Value, id: Option<&str>) -> (FlagValue, Option<f64>) {
    if let Some(pinned) = pinned(flag, set) {
        return (FlagValue::Variant(pinned.to_owned()), None);
    }
    let Some(id) = id else {
        let only = variants(flag).find(|(_, share)| *share > 0.0);
        return (only.map_or(FlagValue::On, |(key, _)| FlagValue::Variant(key.to_owned())), None);
    };
    let mut all = variants(flag).peekable();
    if all.peek().is_none() {
        return (FlagValue::On, None);
    }
    let place = hash::place(&format!("{}.", flag.key), id, "variant");
    let mut up_to = 0.0;
    for (key, share) in all {
        up_to += share / 100.0;
        if place < up_to {
            return (FlagValue::Variant(key.to_owned()), Some(place));
        }
    }
    (FlagValue::On, Some(place))
}

/// What comes with what somebody gets: a variant without a payload of its own has none.
fn payload(filters: &Value, got: &FlagValue) -> Option<Value> {
    let key = match got {
        FlagValue::Off => return None,
        FlagValue::On => "true",
        FlagValue::Variant(key) => key,
    };
    filters.get("payloads")?.get(key).filter(|payload| !payload.is_null()).cloned()
}

/// Why no set matched: what came nearest, and of several the last.
fn reason(trail: &[SetTrail]) -> MatchReason {
    let rank = |set: &SetTrail| match set.ended {
        SetOutcome::Match => 4,
        SetOutcome::Rollout(..) => 3,
        SetOutcome::Condition => 2,
        SetOutcome::Group(_) => 1,
    };
    let passed_over = trail.iter().any(|set| matches!(set.ended, SetOutcome::Group(_)));
    let Some(nearest) = trail.iter().max_by_key(|set| rank(set)) else { return MatchReason::NoMatch(None, false) };
    match nearest.ended {
        SetOutcome::Match => MatchReason::Match(nearest.index),
        SetOutcome::Rollout(..) => MatchReason::OutOfRollout(Some(nearest.index)),
        SetOutcome::Condition => MatchReason::NoMatch(Some(nearest.index), passed_over),
        SetOutcome::Group(_) => MatchReason::NoGroup(Some(nearest.index)),
    }
}
