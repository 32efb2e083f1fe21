//! A survey as it would appear to whoever is asked.

use crate::home::html::{described, escaped, text};
use serde_json::Value;
use std::fmt::Write;

pub(super) fn write(out: &mut String, survey: &Value) {
    let state = match (survey["start_date"].is_null(), survey["end_date"].is_null()) {
        (true, _) => "draft",
        (false, true) => "running",
        (false, false) => "ended",
    };
    let _ = writeln!(
        out,
        "<h3>{} <span class=\"state\">{state}</span> <span class=\"type\">{}</span></h3>",
        escaped(text(survey, "name")),
        escaped(text(survey, "type"))
    );
    described(out, survey);
    let questions = survey.get("questions").and_then(Value::as_array).into_iter().flatten();
    for question in questions {
        self::question(out, question);
    }
}

fn question(out: &mut String, question: &Value) {
    let _ = writeln!(out, "<div class=\"asked\"><p class=\"question\">{}</p>", escaped(text(question, "question")));
    let description = text(question, "description");
    if !description.is_empty() {
        let _ = writeln!(out, "<p class=\"note\">{}</p>", escaped(description));
    }
    match text(question, "type") {
        "rating" => rating(out, question),
        kind @ ("single_choice" | "multiple_choice") => {
            let mark = if kind == "single_choice" { "○" } else { "☐" };
            out.push_str("<ul class=\"choices\">");
            for choice in question.get("choices").and_then(Value::as_array).into_iter().flatten() {
                let choice = choice.as_str().unwrap_or_default();
                let _ = write!(out, "<li><span aria-hidden=\"true\">{mark}</span> {}</li>", escaped(choice));
            }
            out.push_str("</ul>\n");
        }
        "link" => {
            let word = match text(question, "buttonText") {
                "" => "Open",
                word => word,
            };
            let _ = writeln!(out, "<p class=\"answer\">{} → {}</p>", escaped(word), escaped(text(question, "link")));
        }
        _ => out.push_str("<p class=\"answer field\">A few words</p>\n"),
    }
    out.push_str("</div>\n");
}

fn rating(out: &mut String, question: &Value) {
    let scale = question.get("scale").and_then(Value::as_u64).unwrap_or(5).min(10);
    let first = if scale == 10 { 0 } else { 1 };
    // As many columns as answers: all are of one size, at every width.
    let _ = write!(out, "<ol class=\"scale\" style=\"--answers:{}\">", (scale + 1).saturating_sub(first));
    for number in first..=scale {
        let _ = match (text(question, "display"), scale) {
            ("emoji", 2) => write!(out, "<li>{}</li>", if number == 1 { "👍" } else { "👎" }),
            ("emoji", 3) => write!(out, "<li>{}</li>", ["🙁", "😐", "🙂"][(number - 1) as usize % 3]),
            ("emoji", _) => {
                write!(out, "<li>{}</li>", ["😣", "🙁", "😐", "🙂", "😍"][(number.max(1) - 1) as usize % 5])
            }
            _ => write!(out, "<li>{number}</li>"),
        };
    }
    let _ = writeln!(
        out,
        "</ol>\n<p class=\"ends note\"><span>{}</span> <span>{}</span></p>",
        escaped(text(question, "lowerBoundLabel")),
        escaped(text(question, "upperBoundLabel"))
    );
}
