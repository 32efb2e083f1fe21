//! Surveys, from what is live.

use super::wording::read as wording;
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
            ("conditions.deviceTypesMatchType", "\"icontains\""),
        ],
        called: &[],
        placed: &[],
    };

    /// Who is asked stands in the conditions of a flag, and is sent by itself.
    fn plain(mut answer: Json) -> Json {
        if let Some(answer) = answer.as_object_mut()
            && let Some(flag) = answer.remove("targeting_flag")
        {
            let targeting = asked::comparable(flag.get("filters"));
            if !is_hollow(&targeting) {
                answer.insert("targeting_flag_filters".to_owned(), targeting);
            }
        }
        answer
    }

    fn label(live: &Live) -> &str {
        text(&live.fields, "name")
    }

    fn import(live: &Live, common: Common, known: &mut Known) -> Result<Self, String> {
        let fields = &live.fields;
        let word = text(fields, "type");
        let questions = fields.get("questions").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let asked = |with_languages| questions.iter().map(move |json| question(json, with_languages));
        let written: Result<Vec<_>, _> = asked(true).collect();
        let days = |field: &str| fields.get(field).and_then(Json::as_i64);
        let repeats = match (text(fields, "schedule"), days("iteration_frequency_days"), days("iteration_count")) {
            ("always", ..) => Repeats::always,
            ("recurring", Some(every), Some(times)) => Repeats::again(Again { every: in_days(every).0, times }),
            _ => Repeats::once,
        };
        let base = fields.get("base_language").and_then(Json::as_str);
        let date = |field: &str| fields.get(field).and_then(Json::as_str).map(|date| When(read::leak(date)));
        let mut survey = Survey {
            common,
            title: read::name(fields.get("name")),
            kind: SurveyKind::spelt(word)
                .ok_or_else(|| format!("the language has no word for a survey of type `{word}`"))?,
            questions: read::slice(written?),
            shown: None,
            repeats,
            appearance: None,
            starts: date("start_date"),
            ends: date("end_date"),
            limit: days("responses_limit"),
            sampling: sampling(fields),
            language: base.filter(|language| *language != "en").map(|language| Language(read::leak(language))),
            translations: SurveyLanguages::read(fields.get("translations")),
            partial_answers: read::on(fields.get("enable_partial_responses")).then_some(true),
            embeddable: read::on(fields.get("enable_iframe_embedding")).then_some(true),
        };
        if !common.existing {
            survey.say_shown(live, known);
            survey.say_appearance(live, known);
            let mut report = Report::default();
            language::check(&plg_core::Declared::block(&survey), &mut report);
            if !report.errors.is_empty() {
                let plain: Result<Vec<_>, _> = asked(false).collect();
                survey.questions = read::slice(plain?);
                survey.translations = None;
                known.lose(
                    "questions",
                    "`translations`: not all of it is said in each language, so they stay as they are",
                );
            }
        }
        Ok(survey)
    }
}

/// How many answers are wanted, where all of it is said.
fn sampling(fields: &Map) -> Option<Sampling> {
    let count = |field: &str| fields.get(field).and_then(Json::as_i64).filter(|count| *count > 0);
    Some(Sampling {
        limit: count("response_sampling_limit")?,
        interval: count("response_sampling_interval")?,
        unit: SamplingUnit::spelt(text(fields, "response_sampling_interval_type"))?,
        from: When(read::leak(fields.get("response_sampling_start_date")?.as_str()?)),
    })
}

impl Survey {
    /// The conditions, each where the language has a word for it: the others are left to people.
    fn say_shown(&mut self, live: &Live, known: &mut Known) {
        let flag = live.fields.get("linked_flag_id").filter(|id| !id.is_null());
        let mut shown = match flag.map(|id| known.find::<FeatureFlag>(id)).transpose() {
            Ok(flag) => Occasion { flag, ..Occasion::BLANK },
            Err(why) => {
                // To say anything of it would take the flag away.
                known.lose("conditions", format!("`shown`: {why}, so the conditions stay as they are"));
                return;
            }
        };
        let conditions = live.fields.get("conditions").unwrap_or(&Json::Null);
        for (what, say) in CONDITIONS {
            let mut more = shown;
            match say(&mut more, conditions, live, known) {
                Ok(()) => shown = more,
                Err(why) => known.lose("conditions", format!("`shown`: {why}, so {what} stay as they are")),
            }
        }
        let is_said = !matches!(plg_core::Value::given(&shown), Some(Given::Record(fields)) if fields.is_empty());
        if !is_said {
            return;
        }
        self.shown = Some(shown);
        if !self.is_as(live, known, &["conditions", form::TARGETING, "linked_flag_id", "appearance"]) {
            self.shown = None;
            known.lose("conditions", "`shown`: the conditions have no words in part, and stay as they are");
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
            want.get(field).is_none_or(|value| form::Surveys.agrees(field, &known.resolved(value), None, now))
        })
    }
}

fn in_days(count: i64) -> Days {
    Days(Span { count: u32::try_from(count).unwrap_or_default(), unit: Unit::days })
}

fn question(json: &Json, with_languages: bool) -> Result<Question, String> {
    let ask = wording(json, "/question").ok_or("the language has no word for a question without a text")?;
    let (description, button) = (wording(json, "/description"), wording(json, "/buttonText"));
    let on = |key: &str| read::on(json.get(key));
    let optional = on("optional");
    let says = |key: &str| json.get(key).and_then(Json::as_str).unwrap_or_default();
    let description_as = (says("descriptionContentType") == "html").then_some(TextKind::html);
    let translations = QuestionLanguages::read(json.get("translations").filter(|_| with_languages));
    let without_button = on("skipSubmitButton").then_some(true);
    let then = |choices: Option<&[Wording]>| branch::read(json.get("branching"), choices);
    let name = None;
    match says("type") {
        "open" => {
            let (then, answer) = (then(None)?, answer(json.get("validation"))?);
            let open = Open { ask, description, optional, button, then, name, description_as, translations, answer };
            Ok(Question::open(open))
        }
        "link" => {
            let (to, then) = (LinkTarget(read::leak(says("link"))), then(None)?);
            Ok(Question::link(Leading {
                ask,
                to,
                description,
                optional,
                button,
                then,
                name,
                description_as,
                translations,
            }))
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
            then: then(None)?,
            name,
            description_as,
            translations,
            without_button,
        })),
        ty @ ("single_choice" | "multiple_choice") => {
            let choices = json.get("choices").and_then(Json::as_array).into_iter().flatten();
            let choices: &[Wording] = read::slice(choices.filter_map(|choice| wording(choice, "")).collect());
            let selection = Selection {
                ask,
                choices,
                other: on("hasOpenChoice"),
                shuffle: on("shuffleOptions"),
                description,
                optional,
                button,
                then: then(Some(choices))?,
                name,
                description_as,
                translations,
                without_button,
            };
            Ok(if ty == "single_choice" { Question::single(selection) } else { Question::multiple(selection) })
        }
        ty => Err(format!("the language has no word for a question of type `{ty}`")),
    }
}

/// What an answer must look like, where that is said.
fn answer(rules: Option<&Json>) -> Result<Option<AnswerRules>, String> {
    let Some(rules) = rules.and_then(Json::as_array).filter(|rules| !rules.is_empty()) else { return Ok(None) };
    let mut said = AnswerRules::BLANK;
    for rule in rules {
        let value = rule.get("value").and_then(Json::as_i64);
        match rule.get("type").and_then(Json::as_str).unwrap_or_default() {
            "min_length" => said.at_least = value,
            "max_length" => said.at_most = value,
            "email" => said.email = true,
            ty => return Err(format!("the language has no word for the rule `{ty}` for answers")),
        }
    }
    Ok(Some(said))
}

/// One condition of a survey, said where it can be.
type Say = fn(&mut Occasion, &Json, &Live, &mut Known) -> Result<(), String>;

/// Each condition by itself, and what it is called.
const CONDITIONS: &[(&str, Say)] = &[
    ("the events", say_events),
    ("the actions", say_actions),
    ("the address", |shown, conditions, _, _| {
        shown.url = read::text(conditions, "/url");
        shown.url_match = comparison(conditions, "urlMatchType")?;
        Ok(())
    }),
    ("the devices", say_devices),
    ("the other conditions", |shown, conditions, live, _| {
        let delay = live.fields.get("appearance").and_then(|look| look.get("surveyPopupDelaySeconds"));
        let wait = conditions.get("seenSurveyWaitPeriodInDays").and_then(Json::as_i64).filter(|days| *days > 0);
        shown.selector = read::text(conditions, "/selector");
        shown.wait = wait.map(in_days);
        shown.variant = read::text(conditions, "/linkedFlagVariant").map(|variant| VariantKey(variant.0));
        shown.delay_seconds = delay.and_then(Json::as_i64).filter(|seconds| *seconds > 0);
        Ok(())
    }),
    ("those who are asked", |shown, _, live, known| {
        let sets = asked::read_sets(live.fields.get(form::TARGETING).unwrap_or(&Json::Null), known)?;
        match sets[..] {
            [RespondentSet { to, share }] => (shown.to, shown.share) = (to, share),
            _ => shown.to_any = read::slice(sets),
        }
        Ok(())
    }),
];

fn listed(conditions: &Json, path: &str) -> Vec<Json> {
    conditions.pointer(path).and_then(Json::as_array).cloned().unwrap_or_default()
}

fn comparison(conditions: &Json, key: &str) -> Result<UrlMatch, String> {
    match conditions.get(key).and_then(Json::as_str) {
        None => Ok(Occasion::url_match),
        Some(word) => UrlMatch::spelt(word).ok_or_else(|| format!("comparing by `{word}` has no word")),
    }
}

fn say_events(shown: &mut Occasion, conditions: &Json, _: &Live, known: &mut Known) -> Result<(), String> {
    let mut after: Vec<&'static dyn Trackable> = Vec::new();
    for event in listed(conditions, "/events/values") {
        let filters = event.get("propertyFilters").is_some_and(|filters| !is_hollow(filters));
        if filters {
            return Err("filters of events have no word here".to_owned());
        }
        after.push(crate::kinds::known::tracked(known, event.get("name"), None)?);
    }
    shown.repeat = read::on(conditions.pointer("/events/repeatedActivation"));
    shown.after = read::slice(after);
    Ok(())
}

fn say_actions(shown: &mut Occasion, conditions: &Json, _: &Live, known: &mut Known) -> Result<(), String> {
    let mut after = shown.after.to_vec();
    for action in listed(conditions, "/actions/values") {
        after.push(crate::kinds::known::tracked(known, None, action.get("id"))?);
    }
    shown.after = read::slice(after);
    Ok(())
}

fn say_devices(shown: &mut Occasion, conditions: &Json, _: &Live, _: &mut Known) -> Result<(), String> {
    let mut devices = Vec::new();
    for device in listed(conditions, "/deviceTypes") {
        let word = device.as_str().and_then(Device::spelt);
        devices.push(word.ok_or_else(|| format!("the language has no word for the device {device}"))?);
    }
    if !devices.is_empty() {
        shown.devices_match = comparison(conditions, "deviceTypesMatchType")?;
    }
    shown.devices = read::slice(devices);
    Ok(())
}

fn appearance(look: &Json) -> Appearance {
    let on = |key: &str| read::on(look.get(key));
    let text = |key: &str| read::text(look, &format!("/{key}"));
    let word = |key: &str| wording(look, &format!("/{key}"));
    let text_or_number = |key: &str| match look.get(key) {
        Some(Json::Number(n)) => Some(Str(read::leak(&n.to_string()))),
        _ => text(key),
    };
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
        tab_position: text("tabPosition").and_then(|word| TabPosition::spelt(word.0)),
        thank_you_as: text("thankYouMessageDescriptionContentType").and_then(|word| TextKind::spelt(word.0)),
        back: word("backButtonText"),
        description_text: text("descriptionTextColor"),
        rating: text("ratingButtonColor"),
        rating_active: text("ratingButtonActiveColor"),
        rating_hover: text("ratingButtonHoverColor"),
        subtle_text: text("textSubtleColor"),
        input: text("inputBackground"),
        shadow: text("boxShadow"),
        radius: text("borderRadius"),
        disabled_opacity: text_or_number("disabledButtonOpacity"),
        padding: text_or_number("boxPadding"),
        font: text("fontFamily"),
        max_width: text_or_number("maxWidth"),
        z_index: text_or_number("zIndex"),
    }
}
