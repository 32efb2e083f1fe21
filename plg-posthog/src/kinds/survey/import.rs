//! Surveys, from what is live.

use super::form::plain;
use super::*;
use crate::kinds::FeatureFlag;
use plg_core::hollow::is_hollow;
use plg_core::source::{Answers, Import, Known, Noise, read};

impl Import for Survey {
    const ANSWERS: Answers = Answers {
        noise: &[
            crate::noise::POSTHOG,
            &[
                Noise {
                    because: "PostHog makes it for itself",
                    keys: &["internal_targeting_flag", "internal_response_sampling_flag"],
                },
                Noise {
                    because: "the keys of its flags are said by these",
                    keys: &["feature_flag_keys", "linked_flag"],
                },
                Noise { because: "PostHog gives it out", keys: &["questions.id"] },
                Noise { because: "the action says it", keys: &["conditions.actions.values.*"] },
                Noise {
                    because: "PostHog counts it",
                    keys: &[
                        "current_iteration",
                        "current_iteration_start_date",
                        "iteration_start_dates",
                        "response_sampling_start_date",
                        "response_sampling_daily_limits",
                    ],
                },
            ],
        ],
        usual: &[
            ("response_sampling_interval_type", "\"week\""),
            ("base_language", "\"en\""),
            ("conditions.urlMatchType", "\"icontains\""),
            ("questions.branching", "{\"type\":\"next_question\"}"),
            ("questions.descriptionContentType", "\"text\""),
            ("iteration_count", "0"),
            ("iteration_frequency_days", "0"),
        ],
        called: &[],
        placed: &[],
    };

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let word = text(fields, "type");
        let questions = fields.get("questions").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let questions: Result<Vec<_>, _> = questions.iter().map(question).collect();
        let days = |field: &str| fields.get(field).and_then(Json::as_i64);
        let repeats = match (text(fields, "schedule"), days("iteration_frequency_days"), days("iteration_count")) {
            ("always", ..) => Repeats::always,
            ("recurring", Some(every), Some(times)) => Repeats::again(Again { every: in_days(every), times }),
            _ => Repeats::once,
        };
        let date = |field: &str| fields.get(field).and_then(Json::as_str).map(|date| When(read::leak(date)));
        let mut survey = Survey {
            common,
            title: read::name(fields.get("name")),
            kind: SurveyKind::spelt(word).ok_or_else(|| format!("a survey of type `{word}` has no word"))?,
            questions: read::slice(questions?),
            shown: None,
            repeats,
            appearance: None,
            starts: date("start_date"),
            ends: date("end_date"),
            limit: days("responses_limit"),
        };
        if !common.existing {
            survey.say_shown(live, known);
            survey.say_appearance(live, known);
        }
        Ok(survey)
    }
}

impl Survey {
    /// The conditions and the look, each only where the language has words for all of it: what is
    /// not written is left to people.
    fn say_shown(&mut self, live: &Live, known: &mut Known) {
        match occasion(&live.fields, known) {
            Ok(None) => {}
            Ok(Some(shown)) => {
                self.shown = Some(shown);
                if !self.is_as(live, known, &["conditions", "linked_flag_id", "appearance"]) {
                    self.shown = None;
                    known.lose("conditions", "`shown`: the conditions have no words in part, and stay as they are");
                }
            }
            Err(why) => known.lose("conditions", format!("`shown`: {why}, so the conditions stay as they are")),
        }
    }

    fn say_appearance(&mut self, live: &Live, known: &mut Known) {
        let look = appearance(live.fields.get("appearance").unwrap_or(&Json::Null));
        if matches!(plg_core::Value::given(&look), Some(Given::Record(fields)) if fields.is_empty()) {
            return;
        }
        self.appearance = Some(look);
        if !self.is_as(live, known, &["appearance"]) {
            self.appearance = None;
            known.lose("appearance", "`appearance`: the look has no words in part, and stays as it is");
        }
    }

    fn is_as(&self, live: &Live, known: &Known, fields: &[&str]) -> bool {
        let want = Describe::want(self).fields;
        fields.iter().all(|field| {
            let now = live.fields.get(*field).unwrap_or(&Json::Null);
            want.get(field).is_none_or(|value| form::Surveys.same(field, &known.resolved(value), now))
        })
    }
}

fn in_days(count: i64) -> Days {
    Days(Span { count: u32::try_from(count).unwrap_or_default(), unit: Unit::days })
}

/// A text as people wrote it: unescaped, unless it has markup, which is kept as it is.
fn wording(json: &Json, path: &str) -> Option<Wording> {
    let text = read::text(json, path)?.0;
    Some(Wording(if text.contains("</") { text } else { read::leak(&plain(text)) }))
}

fn question(json: &Json) -> Result<Question, String> {
    let ask = wording(json, "/question").ok_or("a question without a text has no word")?;
    let (description, button) = (wording(json, "/description"), wording(json, "/buttonText"));
    let on = |key: &str| read::on(json.get(key));
    let optional = on("optional");
    let says = |key: &str| json.get(key).and_then(Json::as_str).unwrap_or_default();
    let then = match json.pointer("/branching/type").and_then(Json::as_str) {
        Some("end") => Then::end,
        Some("specific_question") => Then::question(
            json.pointer("/branching/index").and_then(Json::as_i64).map_or(0, |place| place.saturating_add(1)),
        ),
        _ => Then::next,
    };
    match says("type") {
        "open" => Ok(Question::open(Open { ask, description, optional, button, then })),
        "link" => {
            let to = LinkTarget(read::leak(says("link")));
            Ok(Question::link(Leading { ask, to, description, optional, button, then }))
        }
        "rating" => Ok(Question::rating(Rating {
            ask,
            scale: json.get("scale").and_then(Json::as_i64).unwrap_or(Rating::scale),
            display: RatingLook::spelt(says("display")).unwrap_or(Rating::display),
            low: wording(json, "/lowerBoundLabel"),
            high: wording(json, "/upperBoundLabel"),
            nps: on("isNpsQuestion"),
            description,
            optional,
            button,
            then,
        })),
        ty @ ("single_choice" | "multiple_choice") => {
            let choices = json.get("choices").and_then(Json::as_array).into_iter().flatten();
            let selection = Selection {
                ask,
                choices: read::slice(choices.filter_map(|choice| wording(choice, "")).collect()),
                other: on("hasOpenChoice"),
                shuffle: on("shuffleOptions"),
                description,
                optional,
                button,
                then,
            };
            Ok(if ty == "single_choice" { Question::single(selection) } else { Question::multiple(selection) })
        }
        ty => Err(format!("a question of type `{ty}` has no word")),
    }
}

fn occasion(fields: &Map, known: &mut Known) -> Result<Option<Occasion>, String> {
    let conditions = fields.get("conditions").unwrap_or(&Json::Null);
    let flag = fields.get("linked_flag_id").filter(|id| !id.is_null());
    let delay = fields.get("appearance").and_then(|look| look.get("surveyPopupDelaySeconds"));
    let delay_seconds = delay.and_then(Json::as_i64).filter(|seconds| *seconds > 0);
    if is_hollow(conditions) && flag.is_none() && delay_seconds.is_none() {
        return Ok(None);
    }
    let listed = |path: &str| conditions.pointer(path).and_then(Json::as_array).cloned().unwrap_or_default();
    let mut after = Vec::new();
    for event in listed("/events/values") {
        after.push(crate::kinds::known::tracked(known, event.get("name"), None)?);
    }
    for action in listed("/actions/values") {
        after.push(crate::kinds::known::tracked(known, None, action.get("id"))?);
    }
    let url_match = match conditions.get("urlMatchType").and_then(Json::as_str) {
        None => Occasion::url_match,
        Some(word) => UrlMatch::spelt(word).ok_or_else(|| format!("matching an address by `{word}` has no word"))?,
    };
    let wait = conditions.get("seenSurveyWaitPeriodInDays").and_then(Json::as_i64).filter(|days| *days > 0);
    Ok(Some(Occasion {
        after: read::slice(after),
        repeat: read::on(conditions.pointer("/events/repeatedActivation")),
        url: read::text(conditions, "/url"),
        url_match,
        selector: read::text(conditions, "/selector"),
        wait: wait.map(in_days),
        flag: flag.map(|id| known.find::<FeatureFlag>(id)).transpose()?,
        variant: read::text(conditions, "/linkedFlagVariant").map(|variant| VariantKey(variant.0)),
        delay_seconds,
    }))
}

fn appearance(look: &Json) -> Appearance {
    let on = |key: &str| read::on(look.get(key));
    let text = |key: &str| read::text(look, &format!("/{key}"));
    let word = |key: &str| wording(look, &format!("/{key}"));
    Appearance {
        thank_you: word("thankYouMessageHeader").filter(|_| on("displayThankYouMessage")),
        thank_you_text: word("thankYouMessageDescription"),
        close: word("thankYouMessageCloseButtonText"),
        submit: word("submitButtonText"),
        placeholder: word("placeholder"),
        position: text("position").and_then(|word| Position::spelt(word.0)),
        background: text("backgroundColor"),
        border: text("borderColor"),
        text: text("textColor"),
        button: text("submitButtonColor"),
        button_text: text("submitButtonTextColor"),
        shuffle: on("shuffleQuestions"),
        go_back: on("allowGoBack"),
        auto_close: on("autoDisappear"),
        white_label: on("whiteLabel"),
        widget: text("widgetType").and_then(|word| WidgetKind::spelt(word.0)),
        widget_label: word("widgetLabel"),
        widget_selector: text("widgetSelector"),
        widget_color: text("widgetColor"),
    }
}
