//! What is wrong with a survey.

use super::question;
use crate::kinds::prelude::*;

/// The most times a survey can come again.
const TIMES: i64 = 500;

/// Checks one survey.
pub(super) fn check(survey: &Block, world: &World, report: &mut Report) {
    if let Some(questions) = survey.get("questions") {
        question::check(questions, report);
    }
    check_shown(survey, world, report);
    check_repeats(survey, report);
    check_shuffle(survey, report);
    check_dates(survey, report);
    if survey.get("kind").and_then(Node::word) == Some("external_survey") {
        check_external(survey, report);
    }
}

fn check_shown(survey: &Block, world: &World, report: &mut Report) {
    let Some(shown) = survey.get("shown") else { return };
    if let Some(repeat) = shown.field("repeat")
        && matches!(repeat.given, Given::Bool(true))
        && shown.field("after").is_none_or(|after| after.list().is_empty())
    {
        report.error(
            repeat.at,
            "there is nothing that could happen again\nhelp: write `after: [FeatureUsed]` beside `repeat`",
        );
    }
    if shown.field("url").is_none()
        && let Some(node) = shown.field("url_match")
    {
        report.error(node.at, "there is no address to compare\nhelp: write `url: \"…\"` beside `url_match`");
    }
    let Some(variant) = shown.field("variant") else { return };
    let Some(flag) = shown.field("flag") else {
        report.error(variant.at, "a variant is one of a flag's\nhelp: write `flag: NewOnboarding` beside `variant`");
        return;
    };
    let (Some(key), Some(flag)) = (variant.text(), world.target(flag)) else { return };
    if flag.existing && flag.get("variants").is_none() {
        return;
    }
    let variants: Vec<&str> = flag.get("variants").map_or(&[][..], Node::map).iter().map(|v| v.0.as_str()).collect();
    if variants.is_empty() {
        report.error(variant.at, format!("`{}` has no variants\nhelp: leave `variant` out", flag.name));
    } else if !variants.contains(&key) {
        let list: Vec<String> = variants.iter().map(|v| format!("\"{v}\"")).collect();
        report.error(variant.at, format!("`{}` has no variant `{key}`\nhelp: write {}", flag.name, list.join(" or ")));
    }
}

fn check_repeats(survey: &Block, report: &mut Report) {
    let Some(times) = survey.get("repeats").and_then(Node::held).and_then(|again| again.field("times")) else { return };
    if let Given::Int(n) = times.given
        && !(1..=TIMES).contains(&n)
    {
        report.error(
            times.at,
            format!("a survey is asked 1 to {TIMES} times, not {n}\nhelp: write `times: 12`, or `repeats: always`"),
        );
    }
}

fn check_shuffle(survey: &Block, report: &mut Report) {
    let Some(shuffle) = survey.get("appearance").and_then(|look| look.field("shuffle")) else { return };
    if !matches!(shuffle.given, Given::Bool(true)) {
        return;
    }
    let questions = survey.get("questions").map_or(&[][..], Node::list);
    let branching = questions.iter().filter_map(|q| q.held()?.field("then")).find(|then| then.word() != Some("next"));
    if let Some(then) = branching {
        report.error(then.at, "questions in a different order each time cannot lead to one another\nhelp: leave out `then`, or `shuffle` in `appearance`");
    }
}

fn check_dates(survey: &Block, report: &mut Report) {
    let Some(ends) = survey.get("ends") else { return };
    let (Some(start), Some(end)) = (survey.text("starts"), ends.text()) else { return };
    // In one spelling, instants sort as text.
    if super::form::instant(end) <= super::form::instant(start) {
        report.error(ends.at, format!("a survey ends after it starts, which is {start}\nhelp: write a later date"));
    }
}

/// Conditions that a survey on a page of its own cannot have.
fn check_external(survey: &Block, report: &mut Report) {
    let Some(Given::Record(fields)) = survey.get("shown").map(|shown| &shown.given) else { return };
    for (name, node) in fields {
        report.error(
            node.at,
            format!("an external survey is opened by its link, so `{name}` cannot hold\nhelp: leave it out, or write `kind: popover`"),
        );
    }
}
