//! What is wrong with what a function is given.

use super::template::{InputFacts, TemplateFacts};
use crate::kinds::prelude::*;
use plg_core::similar;

/// The known template that a declaration names by its word.
pub(super) fn template(function: &Block) -> Option<&'static TemplateFacts> {
    function.get("template").and_then(Node::word).and_then(TemplateFacts::of)
}

/// Holds inputs against the template, where that is known.
pub(super) fn check(function: &Block, report: &mut Report) {
    let inputs = function.get("inputs").map_or(&[][..], Node::map);
    let Some(template) = template(function) else {
        inputs.iter().for_each(|(key, _, value)| check_variable(key, value, report));
        return;
    };
    for (key, at, value) in inputs {
        let Some(known) = template.input(key) else {
            let close = similar::closest(key, template.inputs.iter().map(|input| input.key));
            let all = || template.inputs.iter().map(|input| format!("`{}`", input.key)).collect::<Vec<_>>();
            let help = match close {
                Some(close) => format!("did you mean `{close}`?"),
                None if template.inputs.is_empty() => "leave it out".to_owned(),
                None => format!("write one of {}", all().join(", ")),
            };
            let message = format!("the template `{}` has no input `{key}`\nhelp: {help}", template.word);
            report.error(codes::UNKNOWN_FIELD, *at, message);
            continue;
        };
        check_input(known, value, report);
    }
    for input in template.inputs.iter().filter(|input| input.required && input.default.is_none()) {
        if inputs.iter().all(|(key, ..)| key != input.key) {
            let instead = input.holds.instead();
            let message = format!(
                "the template `{}` needs `{key}`, {what}\nhelp: write `inputs: {{ {key}: {instead} }}`",
                template.word,
                key = input.key,
                what = input.holds.says(),
            );
            report.error(codes::MISSING_FIELD, function.key_site("template"), message);
        }
    }
}

/// One input that the template asks for.
fn check_input(known: &InputFacts, value: &Node, report: &mut Report) {
    let held = value.held().map(|held| &held.given);
    let json = match (value.word(), held) {
        (Some("kept"), _) if !known.is_secret() => {
            let message =
                format!("`{}` is not a secret, so PostHog shows it\nhelp: write its value, or remove it", known.key);
            report.error(codes::OTHER_SHAPE, value.at, message);
            return;
        }
        (Some("kept"), _) => return,
        (Some("value"), Some(Given::Json(json))) => json,
        _ if known.is_secret() => {
            secret(known.key, value, report);
            return;
        }
        // A property, or what else the event says: a template.
        _ => {
            if !known.holds.takes(&Json::from("{}")) {
                other_shape(known, value, report);
            }
            return;
        }
    };
    let is_variable = matches!(json, Term::Env(_));
    if known.is_secret() && !is_variable {
        secret(known.key, value, report);
    } else if !is_variable && !json.json().is_none_or(|json| known.holds.takes(&json)) {
        other_shape(known, value, report);
    }
    if !is_variable {
        check_variable(known.key, value, report);
    }
}

/// A variable is a whole input: what stands in JSON would be shown to whoever reads the function.
fn check_variable(key: &str, value: &Node, report: &mut Report) {
    if let Some(Given::Json(json)) = value.held().map(|held| &held.given)
        && !matches!(json, Term::Env(_))
        && json.names_variable()
    {
        let message = format!(
            "`env(…)` has to be a whole input, and `{key}` has one inside\nhelp: give the secret an input of its own, and refer to it: \"{{inputs.…}}\""
        );
        report.error(codes::SECRET_WRITTEN, value.at, message);
    }
}

fn secret(key: &str, value: &Node, report: &mut Report) {
    let message = format!(
        "`{key}` is a secret, and a stack never contains a secret\nhelp: write `{key}: env(\"NAME\")` and set that variable"
    );
    report.error(codes::SECRET_WRITTEN, value.at, message);
}

fn other_shape(known: &InputFacts, value: &Node, report: &mut Report) {
    let message = format!(
        "`{key}` is {what}\nhelp: write `{key}: {instead}`",
        key = known.key,
        what = known.holds.says(),
        instead = known.holds.instead()
    );
    report.error(codes::OTHER_SHAPE, value.at, message);
}
