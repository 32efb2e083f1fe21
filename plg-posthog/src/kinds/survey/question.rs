//! What a survey asks.

use super::branch::{self, QuestionName, Then};
use super::language::QuestionLanguages;
use super::wording::{LinkTarget, Wording};
use crate::kinds::prelude::*;

plg_core::choice! {
    /// A question of a survey.
    Question "kind of question" {
        /// Free text: `open("What could be better?")`.
        open(Open),
        /// A link to follow: `link("Book a call", to: "https://example.com/call")`.
        link(Leading),
        /// A scale: `rating("How likely are you to recommend us?", nps: true)`.
        rating(Rating),
        /// One answer of several: `single("Why do you leave?", ["Too expensive", "Missing features"])`.
        single(Selection),
        /// Any answers of several: `multiple("What do you use?", ["Boards", "Reports"], other: true)`.
        multiple(Selection),
    }
}

plg_core::words! {
    /// How a text is read.
    TextKind "way to read a text" {
        /// As it is written.
        text,
        /// As HTML.
        html,
    }
}

plg_core::record! {
    /// What a text must look like to be an answer.
    AnswerRules {
        /// At least so many characters.
        at_least: Option<i64> = None,
        /// At most so many characters.
        at_most: Option<i64> = None,
        /// A mail address.
        email: bool = false,
    }
}

plg_core::record! {
    /// A question that is answered in free text.
    Open {
        /// The question.
        ask: Wording,
        /// What stands below the question.
        description: Option<Wording> = None,
        /// Whether it can be skipped.
        optional: bool = false,
        /// What its button says.
        button: Option<Wording> = None,
        /// What follows.
        then: Then = Then::next,
        /// What the question is called where another one leads to it: `name: "why"`, `then: to("why")`.
        name: Option<QuestionName> = None,
        /// How the description is read. Where it is not written, people manage it in PostHog.
        description_as: Option<TextKind> = None,
        /// The question in other languages: `{ de: { ask: "Warum?" } }`. If a survey is asked in a language, all of it is.
        /// Where it is not written, people manage it in PostHog; `{}` takes all of them away.
        translations: Option<QuestionLanguages> = None,
        /// What an answer must look like. Where it is not written, people manage it in PostHog; `{}` takes any.
        answer: Option<AnswerRules> = None,
    }
}

plg_core::record! {
    /// A question that leads somewhere else.
    Leading {
        /// The text above the link.
        ask: Wording,
        /// Where it leads.
        to: LinkTarget,
        /// What stands below the question.
        description: Option<Wording> = None,
        /// Whether it can be skipped.
        optional: bool = false,
        /// What its button says.
        button: Option<Wording> = None,
        /// What follows.
        then: Then = Then::next,
        /// What the question is called where another one leads to it: `name: "why"`, `then: to("why")`.
        name: Option<QuestionName> = None,
        /// How the description is read. Where it is not written, people manage it in PostHog.
        description_as: Option<TextKind> = None,
        /// The question in other languages: `{ de: { ask: "Warum?" } }`. If a survey is asked in a language, all of it is.
        /// Where it is not written, people manage it in PostHog; `{}` takes all of them away.
        translations: Option<QuestionLanguages> = None,
    }
}

plg_core::words! {
    /// How a scale looks.
    RatingLook "look of a scale" {
        /// Numbers.
        number,
        /// Faces; thumbs on a scale of 2.
        emoji,
    }
}

const _: () = assert!(Rating::scale == branch::SCALE, "answers are assigned by the scale of the question");

plg_core::record! {
    /// A question that is answered on a scale.
    Rating {
        /// The question.
        ask: Wording,
        /// How many steps the scale has: 3, 5, 7 or 10 (which goes from 0 to 10); faces have 2, 3 or 5.
        scale: i64 = 10,
        /// How the scale looks.
        display: RatingLook = RatingLook::number,
        /// What stands at its lower end.
        low: Option<Wording> = None,
        /// What stands at its upper end.
        high: Option<Wording> = None,
        /// Whether it is a net promoter score; its scale is 10.
        nps: bool = false,
        /// What stands below the question.
        description: Option<Wording> = None,
        /// Whether it can be skipped.
        optional: bool = false,
        /// What its button says.
        button: Option<Wording> = None,
        /// What follows.
        then: Then = Then::next,
        /// What the question is called where another one leads to it: `name: "why"`, `then: to("why")`.
        name: Option<QuestionName> = None,
        /// How the description is read. Where it is not written, people manage it in PostHog.
        description_as: Option<TextKind> = None,
        /// The question in other languages: `{ de: { ask: "Warum?" } }`. If a survey is asked in a language, all of it is.
        /// Where it is not written, people manage it in PostHog; `{}` takes all of them away.
        translations: Option<QuestionLanguages> = None,
        /// Whether the answer is sent as soon as it is chosen, without a button. Where it is not written, it is left to the
        /// people who click.
        without_button: Option<bool> = None,
    }
}

plg_core::record! {
    /// A question with answers to choose from.
    Selection {
        /// The question.
        ask: Wording,
        /// The answers, 2 to 20, each once.
        choices: &'static [Wording],
        /// Whether the last answer is filled in by people themselves.
        other: bool = false,
        /// Whether the answers are shown in a different order each time.
        shuffle: bool = false,
        /// What stands below the question.
        description: Option<Wording> = None,
        /// Whether it can be skipped.
        optional: bool = false,
        /// What its button says.
        button: Option<Wording> = None,
        /// What follows.
        then: Then = Then::next,
        /// What the question is called where another one leads to it: `name: "why"`, `then: to("why")`.
        name: Option<QuestionName> = None,
        /// How the description is read. Where it is not written, people manage it in PostHog.
        description_as: Option<TextKind> = None,
        /// The question in other languages: `{ de: { ask: "Warum?" } }`. If a survey is asked in a language, all of it is.
        /// Where it is not written, people manage it in PostHog; `{}` takes all of them away.
        translations: Option<QuestionLanguages> = None,
        /// Whether the answer is sent as soon as it is chosen, without a button: of `single` alone. Where it is not written,
        /// people manage it in PostHog.
        without_button: Option<bool> = None,
    }
}

/// What every question has.
#[derive(Debug, Clone, Copy)]
struct QuestionParts {
    ask: Wording,
    description: Option<Wording>,
    description_as: Option<TextKind>,
    optional: bool,
    button: Option<Wording>,
    then: Then,
    name: Option<QuestionName>,
    translations: Option<QuestionLanguages>,
}

macro_rules! shared {
    ($of:expr) => {
        QuestionParts {
            ask: $of.ask,
            description: $of.description,
            description_as: $of.description_as,
            optional: $of.optional,
            button: $of.button,
            then: $of.then,
            name: $of.name,
            translations: $of.translations,
        }
    };
}

impl Question {
    fn shared(&self) -> QuestionParts {
        match self {
            Question::open(q) => shared!(q),
            Question::link(q) => shared!(q),
            Question::rating(q) => shared!(q),
            Question::single(q) | Question::multiple(q) => shared!(q),
        }
    }

    /// Questions as the API has them, without ids.
    pub(super) fn wire(questions: &[Question]) -> Vec<Json> {
        let names: Vec<Option<QuestionName>> = questions.iter().map(|question| question.shared().name).collect();
        questions.iter().map(|question| question.json(&names)).collect()
    }

    fn json(&self, names: &[Option<QuestionName>]) -> Json {
        let mut out = Map::new();
        let mut set = |key: &str, value: Json| out.insert(key.to_owned(), value);
        let mut choices: &[Wording] = &[];
        match self {
            Question::open(q) => {
                set("type", "open".into());
                if let Some(answer) = &q.answer {
                    set("validation", answer.wire());
                }
            }
            Question::link(q) => {
                set("type", "link".into());
                set("link", q.to.0.into());
            }
            Question::rating(q) => {
                set("type", "rating".into());
                set("display", q.display.as_str().into());
                set("scale", q.scale.into());
                for (key, label) in [("lowerBoundLabel", q.low), ("upperBoundLabel", q.high)] {
                    if let Some(label) = label {
                        set(key, label.0.into());
                    }
                }
                if q.nps {
                    set("isNpsQuestion", true.into());
                }
                if let Some(without) = q.without_button {
                    set("skipSubmitButton", without.into());
                }
            }
            Question::single(q) | Question::multiple(q) => {
                let ty = if matches!(self, Question::single(_)) { "single_choice" } else { "multiple_choice" };
                set("type", ty.into());
                set("choices", q.choices.iter().map(|c| c.0).collect::<Vec<_>>().into());
                if q.other {
                    set("hasOpenChoice", true.into());
                }
                if q.shuffle {
                    set("shuffleOptions", true.into());
                }
                if let Some(without) = q.without_button {
                    set("skipSubmitButton", without.into());
                }
                choices = q.choices;
            }
        }
        let shared = self.shared();
        set("question", shared.ask.0.into());
        if let Some(description) = shared.description {
            set("description", description.0.into());
        }
        if let Some(kind) = shared.description_as {
            set("descriptionContentType", kind.as_str().into());
        }
        if shared.optional {
            set("optional", true.into());
        }
        if let Some(button) = shared.button {
            set("buttonText", button.0.into());
        }
        if let Some(branching) = branch::branching(shared.then, names, choices) {
            set("branching", branching);
        }
        if let Some(translations) = shared.translations {
            set("translations", translations.wire());
        }
        Json::Object(out)
    }
}

impl AnswerRules {
    fn wire(&self) -> Json {
        let length = |ty: &str, value: Option<i64>| Some(json!({ "type": ty, "value": value? }));
        let email = self.email.then(|| json!({ "type": "email" }));
        let all = [length("min_length", self.at_least), length("max_length", self.at_most), email];
        all.into_iter().flatten().collect()
    }
}
