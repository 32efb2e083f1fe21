//! What became of surveys, counted from the events that are kept: how often they were shown, dismissed and answered.

use super::rows::{ASIDE, SURVEYS, aside_key, find};
use crate::message::Reply;
use crate::posthog::application::people::EVENTS;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::{Fault, PosthogAnswer};
use crate::posthog::json::{is_set, text, text_at};
use crate::posthog::time::{moment, stamp};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const SHOWN: &str = "survey shown";
const DISMISSED: &str = "survey dismissed";
const SENT: &str = "survey sent";

/// From when to when; open where nothing is said.
#[derive(Debug, Clone, Copy, Default)]
struct StatsSpan {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl StatsSpan {
    fn read(call: &PosthogCall) -> Result<StatsSpan, Fault> {
        let read = |key: &str| match call.request.query(key).filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => moment(text).map(Some).ok_or_else(|| {
                Fault::invalid(
                    "Invalid date format. Please use ISO 8601 format with timezone info (e.g. 2024-01-01T00:00:00Z or \
                     2024-01-01T00:00:00+00:00)",
                )
            }),
        };
        let (from, to) = (read("date_from")?, read("date_to")?);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(Fault::invalid("date_from must be before date_to"));
        }
        Ok(StatsSpan { from, to })
    }

    /// No further than the life of a survey.
    fn within(self, survey: &Value) -> StatsSpan {
        let at = |key: &str| moment(text_at(survey, key));
        let from = at("start_date").or_else(|| at("created_at"));
        let to = at("end_date");
        StatsSpan { from: self.from.max(from), to: [self.to, to].into_iter().flatten().min() }
    }

    fn has(self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at <= to)
    }
}

/// An event about a survey.
struct SurveyEvent<'e> {
    id: &'e str,
    name: &'e str,
    at: Timestamp,
    person: &'e str,
    properties: &'e Map<String, Value>,
}

impl SurveyEvent<'_> {
    fn survey(&self) -> &str {
        text(self.properties, "$survey_id")
    }
}

/// The events of a span that count: of the parts of one submission the last one, and no dismissal that only ends a submission.
fn events<'c>(call: &'c PosthogCall, span: StatsSpan) -> Vec<SurveyEvent<'c>> {
    let read = |row: &'c Map<String, Value>| {
        let who = text(row, "_person");
        Some(SurveyEvent {
            id: text(row, "id"),
            name: Some(text(row, "event")).filter(|name| [SHOWN, DISMISSED, SENT].contains(name))?,
            at: moment(text(row, "timestamp"))?,
            person: if who.is_empty() { text(row, "distinct_id") } else { who },
            properties: row.get("properties")?.as_object()?,
        })
    };
    let all: Vec<SurveyEvent> =
        call.rows(EVENTS).filter_map(|(_, row)| read(row)).filter(|event| span.has(event.at)).collect();
    let mut last: BTreeMap<String, (Timestamp, &str)> = BTreeMap::new();
    for event in all.iter().filter(|event| event.name == SENT) {
        let submission = text(event.properties, "$survey_submission_id");
        let submission = if submission.is_empty() { event.id } else { submission };
        let kept = last.entry(submission.to_owned()).or_insert((event.at, event.id));
        if event.at >= kept.0 {
            *kept = (event.at, event.id);
        }
    }
    let last: BTreeSet<&str> = last.into_values().map(|(_, id)| id).collect();
    let is_partial = |event: &SurveyEvent| {
        let said = event.properties.get("$survey_partially_completed");
        said.is_some_and(|said| *said == json!(true) || *said == json!("true"))
    };
    let counts = |event: &SurveyEvent| match event.name {
        SENT => last.contains(event.id),
        DISMISSED => !is_partial(event),
        _ => true,
    };
    all.into_iter().filter(counts).collect()
}

/// Answers `surveys/responses_count/`: how many answered, by survey.
pub(super) fn responses(call: &PosthogCall) -> PosthogAnswer {
    let starts = surveys(call).filter_map(|row| moment(text_at(row, "start_date")));
    let Some(first) = starts.min() else { return Ok(Reply::json(200, json!({}))) };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for event in events(call, StatsSpan { from: Some(first), to: None }).iter().filter(|event| event.name == SENT) {
        *counts.entry(event.survey().to_owned()).or_default() += 1;
    }
    Ok(Reply::json(200, json!(counts)))
}

fn surveys<'c>(call: &'c PosthogCall) -> impl Iterator<Item = &'c Value> {
    let project = call.project;
    call.store.rows(SURVEYS).map(|(_, row)| row).filter(move |row| row["team_id"].as_u64() == Some(project))
}

/// Answers `surveys/stats/`: of all that are not archived.
pub(super) fn all(call: &PosthogCall) -> PosthogAnswer {
    let span = StatsSpan::read(call)?;
    let ids: BTreeSet<&str> =
        surveys(call).filter(|row| !is_set(row, "archived")).map(|row| text_at(row, "id")).collect();
    if ids.is_empty() {
        return Ok(Reply::json(200, json!({ "stats": {}, "rates": rates(None) })));
    }
    Ok(Reply::json(200, counted(events(call, span).iter().filter(|event| ids.contains(event.survey())))))
}

/// Answers `surveys/{id}/stats/`.
pub(super) fn one(call: &PosthogCall, id: &str) -> PosthogAnswer {
    let row = find(call, id)?;
    let span = StatsSpan::read(call)?.within(&row);
    let id = text_at(&row, "id");
    let leaves_out = call.request.query("exclude_archived").is_some_and(|said| said.eq_ignore_ascii_case("true"));
    let is_aside = |event: &SurveyEvent| call.store.get(ASIDE, &aside_key(id, event.id)).is_some();
    let events = events(call, span);
    let mut out = counted(events.iter().filter(|event| event.survey() == id && !(leaves_out && is_aside(event))));
    out["survey_id"] = json!(id);
    out["start_date"] = row["start_date"].clone();
    out["end_date"] = row["end_date"].clone();
    Ok(Reply::json(200, out))
}

/// What happened, how often, and to how many people.
#[derive(Default)]
struct EventCount<'e> {
    total: usize,
    people: BTreeSet<&'e str>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl EventCount<'_> {
    fn shown(&self, people: usize, only_seen: (usize, usize)) -> Value {
        json!({
            "total_count": self.total,
            "unique_persons": people,
            "first_seen": self.first.map(stamp),
            "last_seen": self.last.map(stamp),
            "unique_persons_only_seen": only_seen.1,
            "total_count_only_seen": only_seen.0,
        })
    }
}

fn counted<'e>(events: impl Iterator<Item = &'e SurveyEvent<'e>>) -> Value {
    let mut counts: BTreeMap<&str, EventCount> = BTreeMap::new();
    for event in events {
        let count = counts.entry(event.name).or_default();
        count.total += 1;
        count.people.insert(event.person);
        count.first = Some(count.first.map_or(event.at, |first| first.min(event.at)));
        count.last = Some(count.last.map_or(event.at, |last| last.max(event.at)));
    }
    let of = |counts: &mut BTreeMap<&str, EventCount<'e>>, name: &str| counts.remove(name).unwrap_or_default();
    let (shown, dismissed, sent) = (of(&mut counts, SHOWN), of(&mut counts, DISMISSED), of(&mut counts, SENT));
    // Whoever dismissed it and answered it is counted with the answers.
    let both = dismissed.people.intersection(&sent.people).count();
    let people = [shown.people.len(), dismissed.people.len() - both, sent.people.len()];
    let only =
        (shown.total.saturating_sub(dismissed.total + sent.total), people[0].saturating_sub(people[1] + people[2]));
    json!({
        "stats": {
            SHOWN: shown.shown(people[0], only),
            DISMISSED: dismissed.shown(people[1], (0, 0)),
            SENT: sent.shown(people[2], (0, 0)),
        },
        "rates": rates(Some(([shown.total, dismissed.total, sent.total], people))),
    })
}

/// Shares in percent of what was shown, with two decimals.
fn rates(counted: Option<([usize; 3], [usize; 3])>) -> Value {
    let share = |part: usize, of: usize| {
        let percent = if of == 0 { 0.0 } else { part as f64 / of as f64 * 100.0 };
        (percent * 100.0).round() / 100.0
    };
    let (totals, people) = counted.unwrap_or_default();
    json!({
        "response_rate": share(totals[2], totals[0]),
        "dismissal_rate": share(totals[1], totals[0]),
        "unique_users_response_rate": share(people[2], people[0]),
        "unique_users_dismissal_rate": share(people[1], people[0]),
    })
}
