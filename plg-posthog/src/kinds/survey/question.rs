//! What a survey asks.

use crate::kinds::prelude::*;
use plg_core::{Shape, TextRule, Value};

/// Text that people read in a survey: not blank, up to 2,000 characters, without scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wording(pub &'static str);

impl Wording {
    /// What it must look like.
    pub const RULE: TextRule =
        TextRule { wrap: "Wording", what: "text", max: 2_000, code: codes::TEXT, check: wording, constant: true };
}

impl Value for Wording {
    const SHAPE: Shape = Shape::Text(&Wording::RULE);
    const BLANK: Self = Wording("");

    fn given(&self) -> Option<Given> {
        Some(Given::Text(self.0.to_owned()))
    }
}

fn wording(text: &str) -> Result<(), String> {
    plg_core::text::trimmed(text)?;
    if text.to_ascii_lowercase().contains("<script") {
        return Err("PostHog takes scripts out of a survey's texts\nhelp: leave the `<script>` out".into());
    }
    Ok(())
}

/// Where a link question leads: an `https` or `mailto` address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkTarget(pub &'static str);

impl LinkTarget {
    /// What it must look like.
    pub const RULE: TextRule = TextRule {
        wrap: "LinkTarget",
        what: "an https or mailto address",
        max: 2_000,
        code: codes::TEXT,
        check: link_target,
        constant: true,
    };
}

impl Value for LinkTarget {
    const SHAPE: Shape = Shape::Text(&LinkTarget::RULE);
    const BLANK: Self = LinkTarget("");

    fn given(&self) -> Option<Given> {
        Some(Given::Text(self.0.to_owned()))
    }
}

fn link_target(text: &str) -> Result<(), String> {
    match text.strip_prefix("mailto:") {
        // What follows a question mark is what the mail starts with.
        Some(address) => plg_core::text::mail(address.split('?').next().unwrap_or_default())
            .map_err(|_| format!("`{text}` has no mail address\nhelp: write \"mailto:someone@example.com\"")),
        None => plg_core::text::https(text),
    }
}

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

plg_core::choice! {
    /// What follows a question.
    Then "way on" {
        /// The next question; the same as saying nothing.
        next,
        /// The end of the survey.
        end,
        /// Another question by its place, from 1: `question(3)`.
        question(i64),
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
    }
}

impl Question {
    /// As the API has it, without an id.
    pub(super) fn wire(&self) -> Json {
        let mut out = Map::new();
        let mut set = |key: &str, value: Json| out.insert(key.to_owned(), value);
        let (ask, description, optional, button, then) = match self {
            Question::open(q) => {
                set("type", "open".into());
                (q.ask, q.description, q.optional, q.button, q.then)
            }
            Question::link(q) => {
                set("type", "link".into());
                set("link", q.to.0.into());
                (q.ask, q.description, q.optional, q.button, q.then)
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
                (q.ask, q.description, q.optional, q.button, q.then)
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
                (q.ask, q.description, q.optional, q.button, q.then)
            }
        };
        set("question", ask.0.into());
        if let Some(description) = description {
            set("description", description.0.into());
        }
        if optional {
            set("optional", true.into());
        }
        if let Some(button) = button {
            set("buttonText", button.0.into());
        }
        match then {
            Then::next => {}
            Then::end => {
                set("branching", json!({ "type": "end" }));
            }
            Then::question(place) => {
                set("branching", json!({ "type": "specific_question", "index": place.saturating_sub(1) }));
            }
        }
        Json::Object(out)
    }
}

/// What is wrong with a survey's questions.
pub(super) fn check(questions: &Node, report: &mut Report) {
    let list = questions.list();
    if list.is_empty() {
        report.error(
            crate::codes::QUESTIONS,
            questions.at,
            "a survey asks at least one question\nhelp: write `[open(\"What could be better?\")]`",
        );
    }
    for (place, question) in list.iter().enumerate() {
        let Some(held) = question.held() else { continue };
        match question.word() {
            Some("rating") => check_rating(held, report),
            Some("single" | "multiple") => check_choices(held, report),
            _ => {}
        }
        check_then(held, place, list.len(), report);
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
            format!("there are faces for a scale of 2, 3 or 5, not of {steps}\nhelp: write `scale: 5`"),
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

fn check_then(question: &Node, place: usize, count: usize, report: &mut Report) {
    let Some(held) = question.field("then").and_then(Node::held) else { return };
    let Some(to) = int(held) else { return };
    let here = i64::try_from(place + 1).unwrap_or(i64::MAX);
    let last = i64::try_from(count).unwrap_or(i64::MAX);
    if !(1..=last).contains(&to) {
        report.error(
            crate::codes::QUESTIONS,
            held.at,
            format!("there is no question {to}\nhelp: questions are counted from 1 to {last}"),
        );
    } else if to == here {
        report.error(
            crate::codes::QUESTIONS,
            held.at,
            format!("question {to} would follow itself\nhelp: write another place, or `then: end`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_cannot_be_shown() {
        assert!((Wording::RULE.check)("<Script>alert(1)</script>").is_err() && (Wording::RULE.check)(" ").is_err());
        assert!((LinkTarget::RULE.check)("mailto:a@example.com").is_ok());
        assert!((LinkTarget::RULE.check)("https://example.com").is_ok());
        assert!(
            (LinkTarget::RULE.check)("mailto:a").is_err() && (LinkTarget::RULE.check)("http://example.com").is_err()
        );
    }
}
