//! What a function is told of: events and actions, of whom, and how often.

use crate::kinds::filter::{self, Filter};
use crate::kinds::prelude::*;
use crate::kinds::{known, posthog};
use plg_core::source::{Known, read};

plg_core::record! {
    /// Something people do, under a condition.
    TriggerIf {
        /// What they do.
        what: &'static dyn Trackable,
        /// What must be so for it to be sent.
        with: &'static [Filter] = &[],
    }
}

plg_core::choice! {
    /// What a function is told of.
    Trigger "thing to send" {
        /// Any event at all.
        any_event,
        /// An event or an action under a condition: `only(FeatureUsed, with: [{ property: "feature", is: ["export"] }])`.
        only(TriggerIf),
        ; /// An event or an action.
        else event(&'static dyn Trackable)
    }
}

plg_core::record! {
    /// A brake: what is the same is not sent again for a while.
    Once {
        /// What must be the same, as a template: `"{person.id}"`.
        per: Str,
        /// For how long: a minute to a day.
        within: Span,
        /// After so many in that time, it is sent all the same.
        or_after: Option<i64> = None,
    }
}

/// What the filters of a function say, in PostHog's words.
pub(super) const FILTERS: &str = "filters";

/// The filters of a function.
pub(super) fn filters(on: &[Trigger], with: &[Filter], without_test_users: bool) -> Term {
    let mut filters = tracked(on);
    filters.insert("source", "events");
    filters.insert("properties", Filter::list(with));
    filters.insert("filter_test_accounts", without_test_users);
    Term::Map(filters)
}

/// Events and actions apart, each with its place among all.
fn tracked(on: &[Trigger]) -> Terms {
    let (mut events, mut actions): (Vec<Term>, Vec<Term>) = (Vec::new(), Vec::new());
    for (order, trigger) in on.iter().enumerate() {
        let (what, with): (Option<&dyn Trackable>, &[Filter]) = match trigger {
            Trigger::any_event => (None, &[]),
            Trigger::only(only) => (Some(only.what), only.with),
            Trigger::event(what) => (Some(*what), &[]),
        };
        let (id, name, ty) = match what.map(|what| (posthog::tracked(what), what.tracked())) {
            None => (Term::Null, Term::from("All events"), "events"),
            Some(((id, ty), Tracked::Event(name))) => (id, Term::from(name), ty),
            Some(((id, ty), Tracked::Action { name, .. })) => (id, Term::from(name), ty),
        };
        let mut one = Terms::from_iter([("id", id), ("name", name), ("type", Term::from(ty))]);
        one.insert("order", order);
        if !with.is_empty() {
            one.insert("properties", Filter::list(with));
        }
        if ty == "actions" { &mut actions } else { &mut events }.push(Term::Map(one));
    }
    Terms::from_iter([("events", Term::from(events)), ("actions", Term::from(actions))])
}

/// Filters as they are compared: without what PostHog compiles, and with what it leaves out.
pub(super) fn comparable(filters: &Json) -> Json {
    let mut out = Map::new();
    let says = |key: &str| filters.get(key).filter(|value| !value.is_null());
    for (key, value) in filters.as_object().into_iter().flatten() {
        if !["bytecode", "bytecode_error", "transpiled"].contains(&key.as_str()) && !value.is_null() {
            out.insert(key.clone(), value.clone());
        }
    }
    for key in ["events", "actions"] {
        let all = says(key).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        out.insert(key.to_owned(), all.iter().map(one).collect());
    }
    out.insert("properties".into(), filter::comparable(says("properties").unwrap_or(&Json::Null)));
    posthog::default(&mut out, "source", "events");
    posthog::default(&mut out, "filter_test_accounts", false);
    if out.get("data_warehouse").and_then(Json::as_array).is_some_and(Vec::is_empty) {
        out.remove("data_warehouse");
    }
    Json::Object(out)
}

/// One event or action: an action is known by its id, which is a number.
fn one(json: &Json) -> Json {
    let mut one = posthog::compact(json, &["uuid"]);
    if one.get("type").and_then(Json::as_str) == Some("actions")
        && let Some(id) = one.get("id").and_then(read::number)
    {
        one["id"] = id.into();
    }
    let properties = filter::comparable(one.get("properties").unwrap_or(&Json::Null));
    if let Some(map) = one.as_object_mut() {
        map.remove("name");
        map.remove("properties");
        if properties.as_array().is_some_and(|all| !all.is_empty()) {
            map.insert("properties".into(), properties);
        }
    }
    one
}

/// Whether both are told of the same: what people read of an event is its name, and its place says nothing.
pub(super) fn same_filters(want: &Json, live: &Json) -> bool {
    let plain = |filters: &Json| {
        let mut filters = comparable(filters);
        for key in ["events", "actions"] {
            let mut all: Vec<Json> = filters[key].as_array().cloned().unwrap_or_default();
            all.iter_mut().filter_map(Json::as_object_mut).for_each(|one| drop(one.remove("order")));
            all.sort_by_key(Json::to_string);
            filters[key] = all.into();
        }
        filters
    };
    same(&plain(want), &plain(live))
}

/// What a function is told of.
pub(super) struct TriggerFilters {
    pub(super) on: &'static [Trigger],
    pub(super) with: &'static [Filter],
    pub(super) without_test_users: bool,
}

impl TriggerFilters {
    /// Of live filters.
    pub(super) fn read(filters: &Json, known: &mut Known) -> Result<Self, String> {
        let source = filters.get("source").and_then(Json::as_str).unwrap_or("events");
        if source != "events" {
            return Err(format!("it reports `{source}`, which the language has no word for"));
        }
        if filters.get("data_warehouse").and_then(Json::as_array).is_some_and(|all| !all.is_empty()) {
            return Err("it reports rows of the warehouse, which the language has no word for".to_owned());
        }
        let mut all: Vec<(u64, Trigger)> = Vec::new();
        for key in ["events", "actions"] {
            for one in filters.get(key).and_then(Json::as_array).into_iter().flatten() {
                let place = one.get("order").and_then(Json::as_u64).unwrap_or_default();
                all.push((place, trigger(one, key == "actions", known)?));
            }
        }
        all.sort_by_key(|(place, _)| *place);
        Ok(TriggerFilters {
            on: read::slice(all.into_iter().map(|(_, one)| one).collect()),
            with: Filter::read_all(filters.get("properties"), known)?,
            without_test_users: read::on(filters.get("filter_test_accounts")),
        })
    }
}

fn trigger(one: &Json, is_action: bool, known: &mut Known) -> Result<Trigger, String> {
    let with = Filter::read_all(one.get("properties"), known)?;
    let id = one.get("id").filter(|id| !id.is_null());
    let what: &'static dyn Trackable = match (is_action, id) {
        (true, id) => known::tracked(known, None, id)?,
        (false, Some(name)) => known::tracked(known, Some(name), None)?,
        (false, None) if with.is_empty() => return Ok(Trigger::any_event),
        (false, None) => return Err("the language has no word for any event under a condition".to_owned()),
    };
    Ok(if with.is_empty() { Trigger::event(what) } else { Trigger::only(TriggerIf { what, with }) })
}

impl Once {
    /// As PostHog's brake.
    pub(super) fn json(&self) -> Json {
        let seconds = match self.within.unit {
            Unit::hours => 3_600,
            Unit::days => 86_400,
            _ => 60,
        };
        json!({ "ttl": u64::from(self.within.count) * seconds, "hash": self.per.0, "threshold": self.or_after })
    }

    /// A live brake.
    pub(super) fn read(masking: &Json) -> Option<Self> {
        let seconds = u32::try_from(masking.get("ttl")?.as_u64()?).ok()?;
        let (count, unit) = match seconds {
            0 => return None,
            days if days % 86_400 == 0 => (days / 86_400, Unit::days),
            hours if hours % 3_600 == 0 => (hours / 3_600, Unit::hours),
            minutes if minutes % 60 == 0 => (minutes / 60, Unit::minutes),
            _ => return None,
        };
        let or_after = masking.get("threshold").and_then(Json::as_i64);
        Some(Once { per: read::text(masking, "/hash")?, within: Span { count, unit }, or_after })
    }

    /// Holds a brake to PostHog's limits.
    pub(super) fn check(once: &Node, report: &mut Report) {
        let Some(Node { at, given: Given::Span(span) }) = once.field("within") else { return };
        let seconds = match span.unit {
            Unit::minutes => 60,
            Unit::hours => 3_600,
            Unit::days => 86_400,
            _ => u64::from(u32::MAX),
        } * u64::from(span.count);
        if !(60..=86_400).contains(&seconds) {
            let message = "`within` is a minute to a day\nhelp: write `within: 1 hours`, or up to `1 days`";
            report.error(codes::OUT_OF_RANGE, *at, message);
        }
    }
}

/// Checks what a function is told of.
pub(super) fn check(on: Option<&Node>, with: Option<&Node>, report: &mut Report) {
    filter::check(with, report);
    for trigger in on.map_or(&[][..], Node::list) {
        if trigger.word() == Some("only") {
            filter::check(trigger.held().and_then(|only| only.field("with")), report);
        }
    }
}
