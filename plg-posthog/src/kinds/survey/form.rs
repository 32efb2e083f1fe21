//! How surveys speak to their API.

use super::wording::plain;
use super::{asked, branch};
use crate::kinds::posthog;
use crate::kinds::prelude::*;
use plg_core::hollow::{is_hollow, solid};

#[derive(Debug)]
pub(super) struct Surveys;

/// The longest name PostHog keeps.
const NAME: usize = 400;

/// Who is asked, as it is compared: PostHog keeps it as the conditions of a flag of its own.
pub(super) const TARGETING: &str = "targeting";

/// How many answers are wanted: PostHog takes these together or not at all.
const SAMPLING: &[&str] = &[
    "response_sampling_start_date",
    "response_sampling_interval_type",
    "response_sampling_interval",
    "response_sampling_limit",
];

/// Keys of a question that are left to people where they are not written: they stay as people set them.
const LEFT: &[&str] = &["descriptionContentType", "skipSubmitButton", "translations", "validation"];

/// A date or an instant in one spelling: whole seconds, in UTC.
pub(super) fn instant(text: &str) -> String {
    let text = plg_core::text::utc(text.trim()).unwrap_or_else(|| text.trim().to_owned());
    text.split_once('.').map_or_else(|| text.clone(), |(whole, _)| format!("{whole}Z"))
}

/// A question as it is compared: without its id, what says nothing, and what is left to people.
fn bare(question: &Json) -> Json {
    let Json::Object(map) = solid(question) else { return question.clone() };
    let kept = map.into_iter().filter(|(key, value)| {
        key != "id"
            && !LEFT.contains(&key.as_str())
            && !(key == "branching" && value.get("type").and_then(Json::as_str) == Some("next_question"))
    });
    let mut kept: Map = kept.map(|(key, value)| (key, plain_in(&value))).collect();
    posthog::normalise(&mut kept, "branching", branch::comparable);
    // A rating that says nothing of how it looks shows numbers.
    if text(&kept, "type") == "rating" {
        posthog::default(&mut kept, "display", "number");
    }
    Json::Object(kept)
}

/// Whether a question is as it is declared.
fn same_question(want: &Json, live: &Json) -> bool {
    let is_left_or_same = |key: &&str| {
        let Some(want) = want.get(*key) else { return true };
        let (want, live) = (solid(&plain_in(want)), solid(&plain_in(live.get(*key).unwrap_or(&Json::Null))));
        same(&want, &live) || (is_hollow(&want) && is_hollow(&live)) || (want == "text" && is_hollow(&live))
    };
    same(&bare(want), &bare(live)) && LEFT.iter().all(is_left_or_same)
}

/// What the look says, as it is compared: PostHog keeps some numbers as text, and others as they come.
fn look_in(value: &Json) -> Json {
    match value {
        Json::Number(n) => n.to_string().into(),
        other => plain_in(other),
    }
}

fn plain_in(value: &Json) -> Json {
    match value {
        Json::String(text) => plain(text).into(),
        Json::Array(list) => list.iter().map(plain_in).collect::<Vec<_>>().into(),
        Json::Object(map) => map.iter().map(|(k, v)| (k.clone(), plain_in(v))).collect::<Map>().into(),
        other => other.clone(),
    }
}

/// Conditions as they are sent: actions by id, although the API answers with whole actions.
fn conditions(value: &Json) -> Json {
    let mut out = solid(value);
    if let Some(values) = out.pointer_mut("/actions/values").and_then(Json::as_array_mut) {
        for action in values {
            if let Some(id) = action.get("id").cloned() {
                *action = json!({ "id": id });
            }
        }
    }
    for what in ["events", "actions"] {
        let empty = out.pointer(&format!("/{what}")).is_some_and(is_hollow);
        if let (true, Some(map)) = (empty, out.as_object_mut()) {
            map.remove(what);
        }
    }
    if let Some(map) = out.as_object_mut()
        && !map.contains_key("url")
    {
        map.remove("urlMatchType");
    }
    if out.is_object() { out } else { json!({}) }
}

/// Whether conditions are equal; events and actions are in no order.
fn same_conditions(want: &Json, live: &Json) -> bool {
    let split = |value: &Json| {
        let mut rest = conditions(value);
        let mut take = |path: &str| {
            let list = rest.pointer_mut(path).map(Json::take).unwrap_or(Json::Null);
            if list.is_array() { list } else { json!([]) }
        };
        let lists = (take("/events/values"), take("/actions/values"));
        (lists.0, lists.1, solid(&rest))
    };
    let ((events, actions, rest), (live_events, live_actions, live_rest)) = (split(want), split(live));
    same_set(&events, &live_events) && same_set(&actions, &live_actions) && same(&rest, &live_rest)
}

/// Questions with the ids they have, so that answers stay with them: by text first, then by place.
fn with_ids(questions: &Json, prior: &Prior) -> Json {
    let Some(list) = questions.as_array() else { return questions.clone() };
    let known = prior.outputs.get("questions").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let there = prior.fields.get("questions").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let text_of = |question: &Json| question.get("question").and_then(Json::as_str).map(plain);
    let mut taken = vec![false; known.len()];
    let mut places: Vec<Option<usize>> = vec![None; list.len()];
    for (place, question) in list.iter().enumerate() {
        let text = text_of(question);
        if let Some(found) = (0..known.len()).find(|&k| !taken[k] && text.is_some() && text_of(&known[k]) == text) {
            taken[found] = true;
            places[place] = Some(found);
        }
    }
    for (place, found) in places.iter_mut().enumerate() {
        if found.is_none() && taken.get(place) == Some(&false) {
            taken[place] = true;
            *found = Some(place);
        }
    }
    let merged = list.iter().zip(places).map(|(question, found)| {
        let mut question = question.clone();
        let (Some(found), Some(map)) = (found, question.as_object_mut()) else { return question };
        if let Some(id) = known[found].get("id") {
            map.insert("id".into(), id.clone());
        }
        for key in LEFT {
            if let Some(value) = there.get(found).and_then(|q| q.get(*key))
                && !map.contains_key(*key)
            {
                map.insert((*key).into(), value.clone());
            }
        }
        question
    });
    Json::Array(merged.collect())
}

impl Wire for Surveys {
    fn collection(&self, _: &Map) -> RestCollection {
        posthog::hard("surveys")
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        let fields = &mut live.fields;
        posthog::default(fields, "questions", json!([]));
        posthog::default(fields, "description", "");
        let mut ids = Vec::new();
        for question in fields.get_mut("questions").and_then(Json::as_array_mut).into_iter().flatten() {
            let id = question.as_object_mut().and_then(|q| q.remove("id"));
            ids.push(json!({ "id": id, "question": question.get("question") }));
        }
        live.outputs.insert("questions".into(), ids.into());
        let kept = conditions(fields.get("conditions").unwrap_or(&Json::Null));
        fields.insert("conditions".into(), kept);
        // Answers to writes hold the flag itself instead of its id.
        if !fields.contains_key("linked_flag_id") {
            let flag = fields.get("linked_flag").and_then(|flag| flag.get("id")).cloned();
            fields.insert("linked_flag_id".into(), flag.unwrap_or(Json::Null));
        }
        let filters = fields.get("targeting_flag").and_then(|flag| flag.get("filters"));
        let targeting = asked::comparable(filters);
        fields.insert(TARGETING.into(), targeting);
        // What an older server does not have is absent, and not as it begins.
        for (field, begins) in [("translations", json!({})), ("base_language", json!("en"))] {
            posthog::normalise(fields, field, |value| if value.is_null() { begins } else { value.clone() });
        }
        for field in ["start_date", "end_date", "response_sampling_start_date"] {
            posthog::normalise(fields, field, |date| date.as_str().map_or(Json::Null, |date| instant(date).into()));
        }
        let counts = ["iteration_count", "iteration_frequency_days", "responses_limit"];
        for field in counts.iter().chain(SAMPLING) {
            fields.entry(*field).or_insert(Json::Null);
        }
        Some(live)
    }

    fn create(&self, want: &Map) -> Call {
        // A null says nothing yet, and some of these columns refuse it.
        let mut body: Map =
            want.iter().filter(|(_, value)| !value.is_null()).map(|(k, v)| (k.clone(), v.clone())).collect();
        if self.is_made_in_two(want) {
            // The flag of who is asked stays off where the survey begins in the same request.
            body.shift_remove("start_date");
        }
        if let Some(targeting) = body.shift_remove(TARGETING).filter(|targeting| !is_hollow(targeting)) {
            body.insert("targeting_flag_filters".to_owned(), targeting);
        }
        // A survey makes flags of its own.
        self.collection(want).create(posthog::without_usage_dashboard(body))
    }

    fn is_made_in_two(&self, want: &Map) -> bool {
        let is_said = |field: &str| want.get(field).is_some_and(|value| !is_hollow(value));
        is_said(TARGETING) && is_said("start_date")
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = pick(want, changed);
        match part.shift_remove(TARGETING) {
            // Nothing is no change: only this takes it away.
            Some(targeting) if is_hollow(&targeting) => {
                part.insert("remove_targeting_flag".to_owned(), true.into());
            }
            Some(targeting) => {
                part.insert("targeting_flag_filters".to_owned(), targeting);
            }
            None => {}
        }
        posthog::together(&mut part, want, SAMPLING);
        if let Some(questions) = part.get_mut("questions") {
            *questions = with_ids(questions, prior);
        }
        // Count and frequency only go together: one alone clears the other.
        posthog::together(&mut part, want, &["schedule", "iteration_count", "iteration_frequency_days"]);
        // A change that leaves the conditions out unlinks the actions in them.
        let kept = want.get("conditions").cloned().or_else(|| prior.fields.get("conditions").map(conditions));
        if let Some(kept) = kept {
            // A variant is only accepted next to its flag.
            let flag = want.get("linked_flag_id").or_else(|| prior.fields.get("linked_flag_id"));
            if let (Some(_), Some(flag)) = (kept.get("linkedFlagVariant"), flag) {
                part.insert("linked_flag_id".into(), flag.clone());
            }
            part.insert("conditions".into(), kept);
        }
        Some(self.collection_of(prior).change(prior, part))
    }

    /// Names are unique, so the old one makes room for the survey that replaces it.
    fn retire(&self, prior: &Prior, mark: &str) -> Option<Call> {
        let kept: String =
            text(&prior.fields, "name").chars().take(NAME.saturating_sub(mark.chars().count() + 1)).collect();
        let want = Map::from_iter([("name".to_owned(), Json::from(format!("{kept} {mark}")))]);
        self.update(&want, &["name".to_owned()], prior)
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["type"]
    }

    fn lost(&self) -> &'static str {
        "the answers to the old one"
    }

    fn write_only(&self) -> &'static [&'static str] {
        &["targeting_flag_filters", "remove_targeting_flag", "_create_in_folder"]
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "name").to_owned())
    }

    fn standing(&self, want: &Map, live: &Live) -> Option<Standing> {
        let date = |field: &str| live.fields.get(field).and_then(Json::as_str).filter(|_| !want.contains_key(field));
        let says = match (date("start_date"), date("end_date")) {
            (_, Some(stopped)) => format!("it was stopped at {stopped}"),
            (Some(started), None) => format!("it was started at {started}"),
            (None, None) => return None,
        };
        Some(Standing { says, ..Standing::default() })
    }

    fn refuses(&self, before: &Map, after: Option<&Map>) -> Option<Hold> {
        let round = before.get("current_iteration").and_then(Json::as_i64)?;
        let times = after?.get("iteration_count").and_then(Json::as_i64)?;
        (times < round).then(|| Hold {
            says: format!("it is already in round {round}, so it cannot be asked only {times} times"),
            help: "raise `times` to at least the present round, or stop it in PostHog",
        })
    }

    fn unsettles(&self, changed: &[&str], live: &Live) -> Option<String> {
        let since = posthog::runs_since(&live.fields)?;
        let is_asked = changed.contains(&"questions");
        let is_sampled = changed.iter().any(|field| SAMPLING.contains(field));
        if is_sampled && !changed.contains(&"response_sampling_start_date") {
            return Some(
                "PostHog accepts a change of `sampling` only if its `from` is in the future: if it has passed, write a later one"
                    .to_owned(),
            );
        }
        is_asked.then(|| format!("people can answer it since {since}: their answers are to the present questions"))
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "kind" => &["type"],
            "shown" => &["conditions", "linked_flag_id", TARGETING],
            "repeats" => &["schedule", "iteration_count", "iteration_frequency_days"],
            "starts" => &["start_date"],
            "ends" => &["end_date"],
            "limit" => &["responses_limit"],
            "sampling" => SAMPLING,
            "language" => &["base_language"],
            "partial_answers" => &["enable_partial_responses"],
            "embeddable" => &["enable_iframe_embedding"],
            _ => itself(word),
        }
    }

    fn owned(&self, field: &str) -> &'static Owned {
        match field {
            "appearance" => &Owned::WRITTEN,
            "conditions" | "translations" | TARGETING => &Owned::Entries { told: |_| true },
            _ => &Owned::Whole,
        }
    }

    fn same(&self, field: &str, want: &Json, live: &Json) -> bool {
        match (field, want, live) {
            ("questions", Json::Array(want), Json::Array(live)) => {
                want.len() == live.len() && want.iter().zip(live).all(|(w, l)| same_question(w, l))
            }
            ("conditions", ..) => same_conditions(want, live),
            ("appearance", Json::Object(want), Json::Object(live)) => want.iter().all(|(key, value)| {
                live.get(key).map_or(is_hollow(value), |live| same(&look_in(value), &look_in(live)))
            }),
            (TARGETING, ..) => same(&asked::comparable(Some(want)), &asked::comparable(Some(live))),
            ("translations", ..) => same(&solid(&plain_in(want)), &solid(&plain_in(live))),
            ("start_date" | "end_date" | "response_sampling_start_date", Json::String(want), Json::String(live)) => {
                instant(want) == instant(live)
            }
            ("name" | "description", Json::String(want), Json::String(live)) => plain(want) == plain(live),
            _ => same(want, live),
        }
    }

    fn may_mention(&self) -> &'static [&'static str] {
        &["event", "action", "feature_flag", "cohort"]
    }

    fn mentions(&self, live: &Live) -> Vec<Mention> {
        let fields = &live.fields;
        let values = |of: &str| {
            let conditions = fields.get("conditions").and_then(|conditions| conditions.get(of));
            conditions.and_then(|of| of.get("values")).and_then(Json::as_array).into_iter().flatten()
        };
        let events = values("events").filter_map(|event| mention::key("event", event.get("name")));
        let actions = values("actions").filter_map(|action| mention::id("action", action.get("id")));
        let cohorts = crate::query::in_query(fields.get(TARGETING));
        let flag = mention::id("feature_flag", fields.get("linked_flag_id"));
        events.chain(actions).chain(flag).chain(cohorts).collect()
    }

    fn collected(&self, fields: &Map) -> Option<&'static str> {
        fields.get("start_date").is_some_and(|start| !start.is_null()).then_some("its answers since the start")
    }
}
