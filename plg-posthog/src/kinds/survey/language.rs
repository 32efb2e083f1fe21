//! What a survey asks in other languages.

use super::wording::{LinkTarget, Wording};
use crate::kinds::prelude::*;
use plg_core::source::read;
use plg_core::{Pair, Shape, Value};
use std::collections::BTreeMap;

plg_core::texts! {
    /// A language's code in lower case, such as `de` or `pt-br`.
    Language { what: "a language's code", max: 20, code: codes::TEXT, check: language, constant: false }
}

/// Codes that PostHog takes for the text that is not translated.
const NONE: [&str; 3] = ["default", "original", "base"];

fn language(text: &str) -> Result<(), String> {
    let code = text.trim().to_lowercase().replace('_', "-");
    let mut parts = code.split('-');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let is_language = (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_lowercase());
    let is_part = |part: &&str| {
        (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if NONE.contains(&code.as_str()) || !is_language || rest.len() > 3 || !rest.iter().all(is_part) {
        return Err(format!("`{text}` is not a language's code\nhelp: write one such as \"de\" or \"pt-br\""));
    }
    if code != text {
        return Err(format!("PostHog writes languages in lower case with hyphens\nhelp: write \"{code}\""));
    }
    Ok(())
}

plg_core::record! {
    /// A question in another language: each text that it has.
    TranslatedQuestion {
        /// The question.
        ask: Wording,
        /// What stands below the question.
        description: Option<Wording> = None,
        /// What its button says.
        button: Option<Wording> = None,
        /// What stands at the lower end of its scale.
        low: Option<Wording> = None,
        /// What stands at the upper end of its scale.
        high: Option<Wording> = None,
        /// The answers, in the order of the question's own.
        choices: &'static [Wording] = &[],
        /// Where its link leads, where that is another page.
        to: Option<LinkTarget> = None,
    }
}

plg_core::record! {
    /// A survey's own texts in another language: each that it has.
    TranslatedSurvey {
        /// What people read as its name.
        title: Option<Wording> = None,
        /// The heading after the last answer.
        thank_you: Option<Wording> = None,
        /// What stands below that heading.
        thank_you_text: Option<Wording> = None,
        /// What the button to close it says.
        close: Option<Wording> = None,
    }
}

/// A question in other languages, by their codes.
#[derive(Debug, Clone, Copy)]
pub struct QuestionLanguages(pub &'static [Pair<TranslatedQuestion>]);

impl Value for QuestionLanguages {
    const SHAPE: Shape =
        Shape::Map { wrap: "QuestionLanguages", item: &TranslatedQuestion::SHAPE, key: &Language::RULE };
    const BLANK: Self = QuestionLanguages(&[]);

    fn given(&self) -> Option<Given> {
        super::wording::given(self.0)
    }
}

/// A survey's own texts in other languages, by their codes.
#[derive(Debug, Clone, Copy)]
pub struct SurveyLanguages(pub &'static [Pair<TranslatedSurvey>]);

impl Value for SurveyLanguages {
    const SHAPE: Shape = Shape::Map { wrap: "SurveyLanguages", item: &TranslatedSurvey::SHAPE, key: &Language::RULE };
    const BLANK: Self = SurveyLanguages(&[]);

    fn given(&self) -> Option<Given> {
        super::wording::given(self.0)
    }
}

fn set(texts: impl IntoIterator<Item = (&'static str, Option<&'static str>)>) -> Map {
    texts.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text?.into()))).collect()
}

impl QuestionLanguages {
    /// As the API has them.
    pub(super) fn wire(&self) -> Json {
        let one = |texts: &TranslatedQuestion| {
            let mut out = set([
                ("question", Some(texts.ask.0)),
                ("description", texts.description.map(|text| text.0)),
                ("buttonText", texts.button.map(|text| text.0)),
                ("lowerBoundLabel", texts.low.map(|text| text.0)),
                ("upperBoundLabel", texts.high.map(|text| text.0)),
                ("link", texts.to.map(|text| text.0)),
            ]);
            if !texts.choices.is_empty() {
                out.insert("choices".into(), texts.choices.iter().map(|choice| choice.0).collect::<Vec<_>>().into());
            }
            Json::Object(out)
        };
        self.0.iter().map(|pair| (pair.key.to_owned(), one(&pair.value))).collect::<Map>().into()
    }

    /// Those that PostHog keeps, where there are any.
    pub(super) fn read(translations: Option<&Json>) -> Option<Self> {
        let all = translations?.as_object().filter(|all| !all.is_empty())?.iter().filter_map(|(code, texts)| {
            let text = |key: &str| super::wording::read(texts, &format!("/{key}"));
            let choices = texts.get("choices").and_then(Json::as_array).into_iter().flatten();
            let one = TranslatedQuestion {
                ask: text("question")?,
                description: text("description"),
                button: text("buttonText"),
                low: text("lowerBoundLabel"),
                high: text("upperBoundLabel"),
                choices: read::slice(choices.filter_map(|choice| super::wording::read(choice, "")).collect()),
                to: read::text(texts, "/link").map(|link| LinkTarget(link.0)),
            };
            Some(read::entry(code, one))
        });
        Some(QuestionLanguages(read::slice(all.collect())))
    }
}

impl SurveyLanguages {
    /// As the API has them.
    pub(super) fn wire(&self) -> Json {
        let one = |texts: &TranslatedSurvey| {
            set([
                ("name", texts.title.map(|text| text.0)),
                ("thankYouMessageHeader", texts.thank_you.map(|text| text.0)),
                ("thankYouMessageDescription", texts.thank_you_text.map(|text| text.0)),
                ("thankYouMessageCloseButtonText", texts.close.map(|text| text.0)),
            ])
        };
        let all = self.0.iter().map(|pair| (pair.key.to_owned(), one(&pair.value)));
        // PostHog keeps no language that says nothing.
        all.filter(|(_, texts)| !texts.is_empty()).map(|(code, texts)| (code, texts.into())).collect::<Map>().into()
    }

    /// Those that PostHog keeps, where there are any.
    pub(super) fn read(translations: Option<&Json>) -> Option<Self> {
        let all = translations?.as_object().filter(|all| !all.is_empty())?.iter().map(|(code, texts)| {
            let text = |key: &str| super::wording::read(texts, &format!("/{key}"));
            let one = TranslatedSurvey {
                title: text("name"),
                thank_you: text("thankYouMessageHeader"),
                thank_you_text: text("thankYouMessageDescription"),
                close: text("thankYouMessageCloseButtonText"),
            };
            read::entry(code, one)
        });
        Some(SurveyLanguages(read::slice(all.collect())))
    }
}

fn say(report: &mut Report, at: plg_core::Site, message: String) {
    report.error(crate::codes::QUESTIONS, at, message);
}

/// Whatever is said in one language is said in all of them.
pub(super) fn check(survey: &Block, report: &mut Report) {
    let questions = survey.get("questions").map_or(&[][..], Node::list);
    let of_question = |question: &Node| question.held().and_then(|held| held.field("translations").cloned());
    let mut languages: BTreeMap<String, plg_core::Site> = BTreeMap::new();
    let of_survey = survey.get("translations");
    let all: Vec<Node> = questions.iter().filter_map(of_question).chain(of_survey.cloned()).collect();
    for (code, at, _) in all.iter().flat_map(Node::map) {
        languages.entry(code.clone()).or_insert(*at);
    }
    let base = survey.text("language").unwrap_or("en");
    if let Some(at) = languages.get(base) {
        let message = format!(
            "`{base}` is the language of the survey itself\nhelp: remove these translations, or set `language` to the language of the survey"
        );
        say(report, *at, message);
    }
    for question in questions {
        let Some(held) = question.held() else { continue };
        let translations = held.field("translations").map_or(&[][..], Node::map);
        for code in languages.keys() {
            match translations.iter().find(|(own, ..)| own == code) {
                None => say(
                    report,
                    held.field("translations").unwrap_or(question).at,
                    format!(
                        "this question has no translation into `{code}`, and others have\nhelp: write `translations: {{ \
                         {}: {{ ask: \"…\" }} }}` in it",
                        key(code)
                    ),
                ),
                Some((_, at, texts)) => check_question(held, code, (*at, texts), report),
            }
        }
    }
    check_own(survey, &languages, report);
}

fn key(code: &str) -> String {
    if code.contains('-') { format!("\"{code}\"") } else { code.to_owned() }
}

fn check_question(question: &Node, code: &str, (at, texts): (plg_core::Site, &Node), report: &mut Report) {
    for field in ["description", "button", "low", "high"] {
        match (question.field(field), texts.field(field)) {
            (Some(_), None) => {
                say(
                    report,
                    at,
                    format!("`{field}` has no translation into `{code}`\nhelp: write `{field}: \"…\"` here"),
                );
            }
            (None, Some(more)) => say(
                report,
                more.at,
                format!(
                    "the question has no `{field}` to translate into `{code}`\nhelp: leave it out, or write it in the question"
                ),
            ),
            _ => {}
        }
    }
    let count = |node: &Node| node.field("choices").map(|choices| (choices.at, choices.list().len()));
    match (count(question), count(texts)) {
        (Some((_, own)), Some((at, there))) if own != there => say(
            report,
            at,
            format!(
                "the question has {own} answers, and {there} in `{code}`\nhelp: write each answer once, in the same order"
            ),
        ),
        (Some((_, 1..)), None) => {
            say(
                report,
                at,
                format!("the answers have no translation into `{code}`\nhelp: write `choices: [\"…\", …]` here"),
            );
        }
        (None, Some((at, _))) => {
            say(report, at, "the question has no answers to choose from\nhelp: leave `choices` out".to_owned());
        }
        _ => {}
    }
    if let (None, Some(to)) = (question.field("to"), texts.field("to")) {
        say(report, to.at, "the question has no link\nhelp: leave `to` out".to_owned());
    }
}

/// The survey's own texts.
fn check_own(survey: &Block, languages: &BTreeMap<String, plg_core::Site>, report: &mut Report) {
    let Some(look) = survey.get("appearance") else { return };
    let translations = survey.get("translations").map_or(&[][..], Node::map);
    for field in ["thank_you", "thank_you_text", "close"] {
        let Some(own) = look.field(field) else { continue };
        for code in languages.keys() {
            let texts = translations.iter().find(|(own, ..)| own == code);
            if texts.is_none_or(|(.., texts)| texts.field(field).is_none()) {
                let at = texts.map_or(own.at, |(_, at, _)| *at);
                let message = format!(
                    "`{field}` has no translation into `{code}`\nhelp: write `translations: {{ {}: {{ {field}: \"…\" }} }}` in the \
                     survey",
                    key(code)
                );
                say(report, at, message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_codes_in_lower_case() {
        for good in ["de", "pt-br", "zh-hans-cn"] {
            assert_eq!((Language::RULE.check)(good), Ok(()), "{good}");
        }
        let said = |code: &str| (Language::RULE.check)(code).unwrap_err();
        assert!(said("pt_BR").ends_with("help: write \"pt-br\""));
        for bad in ["german", "base", "d", "de-", "de-a-b-c-d"] {
            assert!(said(bad).contains("is not a language's code"), "{bad}");
        }
    }
}
