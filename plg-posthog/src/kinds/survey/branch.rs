//! What follows a question of a survey.

use super::wording::Wording;
use crate::kinds::prelude::*;
use plg_core::{Pair, Shape, TextRule, Value};

plg_core::texts! {
    /// What a question is called in its survey: `to("why")` leads to it. PostHog does not see it.
    QuestionName { what: "a question's name", max: 100, code: codes::TEXT, check: plg_core::text::trimmed, constant: false }
}

plg_core::choice! {
    /// Where an answer leads.
    Way "way on" {
        /// The end of the survey.
        end,
        /// Another question by its place, from 1: `question(3)`.
        question(i64),
        /// Another question by its name: `to("why")`.
        to(QuestionName),
    }
}

/// Where answers lead: the parts of a scale, or choices as they are written. An answer that is not here leads to the next
/// question.
#[derive(Debug, Clone, Copy)]
pub struct Branches(pub &'static [Pair<Way>]);

impl Branches {
    /// What an answer looks like.
    const ANSWER: TextRule = TextRule {
        wrap: "Wording",
        what: "an answer",
        max: Wording::RULE.max,
        code: codes::TEXT,
        check: plg_core::text::trimmed,
        constant: false,
    };
}

impl Value for Branches {
    const SHAPE: Shape = Shape::Map { wrap: "Branches", item: &Way::SHAPE, key: &Branches::ANSWER };
    const BLANK: Self = Branches(&[]);

    fn given(&self) -> Option<Given> {
        super::wording::given(self.0)
    }
}

plg_core::choice! {
    /// What follows a question.
    Then "way on" {
        /// The next question; the same as saying nothing.
        next,
        /// The end of the survey.
        end,
        /// Another question by its place, from 1: `question(3)`.
        question(i64),
        /// Another question by its name: `to("why")`.
        to(QuestionName),
        /// What the answer leads to, for a rating or a question with one answer: `by_answer { detractors: to("why"),
        /// promoters: end }`, `by_answer { "Too expensive": to("price") }`. A scale of 2 has `positive` and `negative`, one
        /// of 3, 5 or 7 also `neutral`, and one of 10 `detractors`, `passives` and `promoters`.
        by_answer(Branches),
    }
}

/// The parts of a scale of so many steps.
pub(super) fn parts(scale: i64) -> &'static [&'static str] {
    match scale {
        2 => &["positive", "negative"],
        3 | 5 | 7 => &["negative", "neutral", "positive"],
        _ => &["detractors", "passives", "promoters"],
    }
}

/// What follows, as the API has it: questions by their places from 0, choices by theirs.
pub(super) fn branching(then: Then, names: &[Option<QuestionName>], choices: &[Wording]) -> Option<Json> {
    let place = |name: QuestionName| names.iter().position(|own| own.is_some_and(|own| own.0 == name.0));
    let to = |index: Json| json!({ "type": "specific_question", "index": index });
    Some(match then {
        Then::next => return None,
        Then::end => json!({ "type": "end" }),
        Then::question(place) => to(place.saturating_sub(1).into()),
        Then::to(name) => to(place(name).into()),
        Then::by_answer(branches) => {
            let values = branches.0.iter().map(|branch| {
                let index = choices.iter().position(|choice| choice.0.trim() == branch.key.trim());
                let key = index.map_or_else(|| branch.key.to_owned(), |index| index.to_string());
                let way = match branch.value {
                    Way::end => "end".into(),
                    Way::question(place) => place.saturating_sub(1).into(),
                    Way::to(name) => place(name).into(),
                };
                (key, way)
            });
            json!({ "type": "response_based", "responseValues": values.collect::<Map>() })
        }
    })
}

/// What follows, of a question in PostHog's words; `choices` are those of a question with one answer.
pub(super) fn read(branching: Option<&Json>, choices: Option<&[Wording]>) -> Result<Then, String> {
    let Some(branching) = branching.filter(|branching| !branching.is_null()) else { return Ok(Then::next) };
    let unknown = || format!("the language has no word for the way on {branching}");
    let place = |index: &Json| index.as_i64().map(|index| index.saturating_add(1));
    match branching.get("type").and_then(Json::as_str).unwrap_or_default() {
        "next_question" => Ok(Then::next),
        "end" => Ok(Then::end),
        "specific_question" => branching.get("index").and_then(place).map(Then::question).ok_or_else(unknown),
        "response_based" => {
            let mut ways = Vec::new();
            for (key, way) in branching.get("responseValues").and_then(Json::as_object).into_iter().flatten() {
                let way = match way.as_str() {
                    Some("next_question") => continue,
                    Some("end") => Way::end,
                    _ => place(way).map(Way::question).ok_or_else(unknown)?,
                };
                let answer = match choices {
                    Some(choices) => {
                        let index = key.parse::<usize>().ok();
                        index.and_then(|index| choices.get(index)).ok_or_else(unknown)?.0
                    }
                    None => key.as_str(),
                };
                ways.push(plg_core::source::read::entry(answer, way));
            }
            Ok(Then::by_answer(Branches(plg_core::source::read::slice(ways))))
        }
        _ => Err(unknown()),
    }
}

/// A way on as it is compared: an answer that leads to the next question is one that says nothing.
pub(super) fn comparable(branching: &Json) -> Json {
    let mut branching = branching.clone();
    if let Some(values) = branching.get_mut("responseValues").and_then(Json::as_object_mut) {
        values.retain(|_, way| way != "next_question");
    }
    branching
}

/// Names of questions that are there twice.
pub(super) fn check_names(questions: &[Node], report: &mut Report) {
    let names: Vec<&Node> = questions.iter().filter_map(|question| question.held()?.field("name")).collect();
    for (place, name) in names.iter().enumerate() {
        if names[..place].iter().any(|before| before.text() == name.text()) {
            report.error(
                codes::WRITTEN_TWICE,
                name.at,
                format!(
                    "another question is called `{}` already\nhelp: write another name",
                    name.text().unwrap_or_default()
                ),
            );
        }
    }
}

/// How many steps a scale has, where none are written.
pub(super) const SCALE: i64 = 10;

/// What follows the question at a place, from 0.
pub(super) fn check(questions: &[Node], place: usize, report: &mut Report) {
    let Some((word, question)) = questions[place].word().zip(questions[place].held()) else { return };
    let Some(then) = question.field("then") else { return };
    if then.word() != Some("by_answer") {
        check_way(then, questions, place, report);
        return;
    }
    let Some(branches) = then.held() else { return };
    let answers: Option<Vec<String>> = match word {
        "rating" => {
            let scale = match question.field("scale").map(|scale| &scale.given) {
                Some(Given::Int(steps)) => *steps,
                _ => SCALE,
            };
            Some(parts(scale).iter().map(|part| (*part).to_owned()).collect())
        }
        "single" => question
            .field("choices")
            .map(|choices| choices.list().iter().filter_map(|choice| Some(choice.text()?.trim().to_owned())).collect()),
        _ => None,
    };
    let Some(answers) = answers else {
        report.error(
            crate::codes::QUESTIONS,
            then.at,
            "only ratings and questions with one answer can branch by answer\nhelp: write `then: to(\"…\")`, or ask with \
             `single` or `rating`",
        );
        return;
    };
    for (answer, at, way) in branches.map() {
        if !answers.iter().any(|own| own == answer.trim()) {
            let list: Vec<String> = answers.iter().map(|answer| format!("`{answer}`")).collect();
            let message =
                format!("`{answer}` is not an answer to this question\nhelp: its answers are {}", list.join(", "));
            report.error(crate::codes::QUESTIONS, *at, message);
        }
        check_way(way, questions, place, report);
    }
}

fn check_way(way: &Node, questions: &[Node], place: usize, report: &mut Report) {
    let Some(held) = way.held() else { return };
    let count = questions.len();
    let to = match (&held.given, held.text()) {
        (Given::Int(to), _) => match usize::try_from(*to).ok().filter(|to| (1..=count).contains(to)) {
            Some(to) => to - 1,
            None => {
                let message = format!("there is no question {to}\nhelp: questions are counted from 1 to {count}");
                report.error(crate::codes::QUESTIONS, held.at, message);
                return;
            }
        },
        (_, Some(name)) => {
            let own = |question: &Node| Some(question.held()?.field("name")?.text()?.to_owned());
            let names: Vec<Option<String>> = questions.iter().map(own).collect();
            match names.iter().position(|own| own.as_deref() == Some(name)) {
                Some(to) => to,
                None => {
                    let known: Vec<String> = names.iter().flatten().map(|name| format!("\"{name}\"")).collect();
                    let help = if known.is_empty() {
                        format!("write `name: \"{name}\"` in that question")
                    } else {
                        format!("the questions with a name are {}", known.join(", "))
                    };
                    let message = format!("no question of this survey is called `{name}`\nhelp: {help}");
                    report.error(crate::codes::QUESTIONS, held.at, message);
                    return;
                }
            }
        }
        _ => return,
    };
    if to == place {
        let message = format!("question {} would follow itself\nhelp: write another place, or `end`", place + 1);
        report.error(crate::codes::QUESTIONS, held.at, message);
    }
}
