//! What is wrong with a survey's questions.

use super::branch;
use super::question::Rating;
use crate::kinds::prelude::*;

/// Checks them; `questions` is their list.
pub(super) fn check(questions: &Node, report: &mut Report) {
    let list = questions.list();
    if list.is_empty() {
        report.error(
            crate::codes::QUESTIONS,
            questions.at,
            "a survey asks at least one question\nhelp: write `[open(\"What could be better?\")]`",
        );
    }
    branch::check_names(list, report);
    for (place, question) in list.iter().enumerate() {
        let Some(held) = question.held() else { continue };
        match question.word() {
            Some("open") => check_answer(held, report),
            Some("rating") => check_rating(held, report),
            Some(word @ ("single" | "multiple")) => {
                check_choices(held, report);
                check_button(word, held, report);
            }
            _ => {}
        }
        branch::check(list, place, report);
    }
}

fn int(node: &Node) -> Option<i64> {
    if let Given::Int(n) = node.given { Some(n) } else { None }
}

fn check_rating(rating: &Node, report: &mut Report) {
    let nps = rating.field("nps").filter(|n| matches!(n.given, Given::Bool(true)));
    let emoji = rating.field("display").filter(|d| d.word() == Some("emoji"));
    let scale = rating.field("scale");
    let steps = scale.and_then(int).unwrap_or(Rating::scale);
    let at = scale.or(emoji).map_or(rating.at, |node| node.at);
    if ![2, 3, 5, 7, 10].contains(&steps) {
        report.error(
            crate::codes::QUESTIONS,
            at,
            format!("a scale has 3, 5, 7 or 10 steps, not {steps}\nhelp: write `scale: 5`"),
        );
    } else if nps.is_some() && steps != 10 {
        report.error(
            crate::codes::QUESTIONS,
            at,
            format!("a net promoter score is asked on a scale of 10, not {steps}\nhelp: write `scale: 10`"),
        );
    } else if emoji.is_some() && steps > 5 {
        report.error(
            crate::codes::QUESTIONS,
            at,
            format!("`emoji` has a scale of 2, 3 or 5, not {steps}\nhelp: write `scale: 5`"),
        );
    } else if emoji.is_none() && steps == 2 {
        report.error(
            crate::codes::QUESTIONS,
            at,
            "a scale of 2 is thumbs, not numbers\nhelp: write `scale: 2, display: emoji`",
        );
    }
}

fn check_choices(question: &Node, report: &mut Report) {
    let Some(choices) = question.field("choices") else { return };
    let list = choices.list();
    if !(2..=20).contains(&list.len()) {
        report.error(
            crate::codes::QUESTIONS,
            choices.at,
            format!(
                "a question has 2 to 20 answers to choose from, not {}\nhelp: for free text, write `open(\"…\")`",
                list.len()
            ),
        );
    }
    for (place, choice) in list.iter().enumerate() {
        let Some(text) = choice.text() else { continue };
        if list[..place].iter().any(|before| before.text().is_some_and(|b| b.trim() == text.trim())) {
            report.error(
                crate::codes::QUESTIONS,
                choice.at,
                format!("`{text}` can already be chosen\nhelp: write each answer once"),
            );
        }
    }
}

/// Several answers are only known once somebody says that these are all.
fn check_button(word: &str, question: &Node, report: &mut Report) {
    if let ("multiple", Some(without)) = (word, question.field("without_button")) {
        report.error(
            crate::codes::QUESTIONS,
            without.at,
            "a question with several answers needs its button\nhelp: leave `without_button` out, or ask with `single`",
        );
    }
}

fn check_answer(question: &Node, report: &mut Report) {
    let Some(answer) = question.field("answer") else { return };
    let length = |field: &str| answer.field(field).and_then(|node| Some((int(node)?, node.at)));
    let (least, most) = (length("at_least"), length("at_most"));
    for (count, at) in [least, most].into_iter().flatten().filter(|(count, _)| *count < 1) {
        let message = format!("an answer has at least one character, not {count}\nhelp: leave it out");
        report.error(codes::OUT_OF_RANGE, at, message);
    }
    if let (Some((least, _)), Some((most, at))) = (least, most)
        && least > most
    {
        let message =
            format!("an answer of at least {least} characters has more than {most}\nhelp: write a larger `at_most`");
        report.error(codes::OUT_OF_RANGE, at, message);
    }
}
