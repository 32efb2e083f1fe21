//! What is wrong with a survey.

use super::{asked, asking, language};
use crate::kinds::prelude::*;
use plg_core::checks::filled;

/// In place of a variant's key: whichever a person has.
const ANY: &str = "any";

/// The most times a survey can come again.
const TIMES: i64 = 500;

/// Checks one survey.
pub(super) fn check(survey: &Block, _: &Declarations, report: &mut Report) {
    if let Some(questions) = survey.get("questions") {
        asking::check(questions, report);
    }
    check_shown(survey, report);
    check_repeats(survey, report);
    check_shuffle(survey, report);
    check_look(survey, report);
    check_dates(survey, report);
    check_sampling(survey, report);
    language::check(survey, report);
    if survey.get("kind").and_then(Node::word) == Some("external_survey") {
        check_external(survey, report);
    }
}

fn check_shown(survey: &Block, report: &mut Report) {
    let Some(shown) = survey.get("shown") else { return };
    filled(shown, &["url", "selector"], report);
    asked::check(shown, report);
    plg_core::checks::once(
        shown.field("devices").map_or(&[][..], Node::list),
        |device| device.word().map(str::to_owned),
        report,
    );
    if shown.field("devices").is_none_or(|devices| devices.list().is_empty())
        && let Some(node) = shown.field("devices_match")
    {
        report.error(
            codes::NEEDS_ANOTHER,
            node.at,
            "`devices_match` needs `devices`\nhelp: write `devices: [mobile]` beside `devices_match`",
        );
    }
    if let Some(repeat) = shown.field("repeat")
        && matches!(repeat.given, Given::Bool(true))
        && shown.field("after").is_none_or(|after| after.list().is_empty())
    {
        report.error(
            codes::NEEDS_ANOTHER,
            repeat.at,
            "`repeat` needs `after`\nhelp: write `after: [FeatureUsed]` beside `repeat`",
        );
    }
    if shown.field("url").is_none()
        && let Some(node) = shown.field("url_match")
    {
        report.error(
            codes::NEEDS_ANOTHER,
            node.at,
            "`url_match` needs `url`\nhelp: write `url: \"…\"` beside `url_match`",
        );
    }
    if let Some(variant) = shown.field("variant")
        && shown.field("flag").is_none()
    {
        report.error(
            codes::NEEDS_ANOTHER,
            variant.at,
            "`variant` needs `flag`\nhelp: write `flag: NewOnboarding` beside `variant`",
        );
    }
}

/// The variant it is shown to is one of its flag's.
pub(in crate::kinds) fn check_variant(survey: &Block, world: &Declarations, report: &mut Report) {
    let Some(shown) = survey.get("shown") else { return };
    let (Some(variant), Some(flag)) = (shown.field("variant"), shown.field("flag")) else { return };
    let (Some(key), Some(flag)) = (variant.text(), world.target(flag)) else { return };
    if flag.existing && flag.get("variants").is_none() {
        return;
    }
    let variants: Vec<&str> = flag.get("variants").map_or(&[][..], Node::map).iter().map(|v| v.0.as_str()).collect();
    if variants.is_empty() {
        report.error(
            crate::codes::VARIANTS,
            variant.at,
            format!("`{}` has no variants\nhelp: leave `variant` out", flag.name),
        );
    } else if key != ANY && !variants.contains(&key) {
        let list: Vec<String> = variants.iter().map(|v| format!("\"{v}\"")).collect();
        report.error(
            crate::codes::VARIANTS,
            variant.at,
            format!("`{}` has no variant `{key}`\nhelp: write {}", flag.name, list.join(" or ")),
        );
    }
}

fn check_repeats(survey: &Block, report: &mut Report) {
    let Some(again) = survey.get("repeats").and_then(Node::held) else { return };
    // What cannot be read mutes the rule that asks for it, so that each asks for its own.
    if let Some(Node { at, given: Given::Int(n) }) = again.field("times")
        && !(1..=TIMES).contains(n)
    {
        report.error(
            codes::OUT_OF_RANGE,
            *at,
            format!("a survey is asked 1 to {TIMES} times, not {n}\nhelp: write `times: 12`, or `repeats: always`"),
        );
    }
    if let Some(every) = again.field("every")
        && let Given::Span(Span { unit: unit @ (Unit::minutes | Unit::hours | Unit::months | Unit::years), count }) =
            every.given
    {
        let days = match unit {
            Unit::months => format!("{} days", count.saturating_mul(30)),
            Unit::years => format!("{} days", count.saturating_mul(365)),
            _ => "1 days".to_owned(),
        };
        report.error(
            codes::OUT_OF_RANGE,
            every.at,
            format!(
                "a survey repeats after a number of days, and PostHog has no monthly repetition\nhelp: write \
                 `every: {days}`, or declare a survey for each month, each with its `starts`"
            ),
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
        report.error(
            crate::codes::QUESTIONS,
            then.at,
            "shuffled questions cannot branch\nhelp: remove `then`, or `shuffle` in `appearance`",
        );
    }
}

fn check_look(survey: &Block, report: &mut Report) {
    let Some(look) = survey.get("appearance") else { return };
    let texts = ["background", "border", "text", "button", "button_text", "widget_selector", "widget_color"];
    filled(look, &texts, report);
    if let Some(widget) = look.field("widget")
        && widget.word() == Some("selector")
        && look.field("widget_selector").is_none()
    {
        report.error(
            codes::NEEDS_ANOTHER,
            widget.at,
            "`widget: selector` needs an element\nhelp: write `widget_selector: \"#feedback\"` beside `widget`",
        );
    }
}

fn check_dates(survey: &Block, report: &mut Report) {
    let Some(ends) = survey.get("ends") else { return };
    let (Some(start), Some(end)) = (survey.text("starts"), ends.text()) else { return };
    // In one spelling, instants sort as text.
    if super::form::instant(end) <= super::form::instant(start) {
        report.error(
            codes::OUT_OF_RANGE,
            ends.at,
            format!("a survey ends after it starts, which is {start}\nhelp: write a later date"),
        );
    }
}

fn check_sampling(survey: &Block, report: &mut Report) {
    let Some(sampling) = survey.get("sampling") else { return };
    for field in ["limit", "interval"] {
        if let Some(node) = sampling.field(field)
            && matches!(node.given, Given::Int(..1))
        {
            report.error(codes::OUT_OF_RANGE, node.at, format!("`{field}` counts from 1\nhelp: write `{field}: 1`"));
        }
    }
}

/// Conditions that a survey on a page of its own cannot have.
fn check_external(survey: &Block, report: &mut Report) {
    let Some(Given::Record(fields)) = survey.get("shown").map(|shown| &shown.given) else { return };
    for (name, node) in fields {
        report.error(
            crate::codes::QUESTIONS, node.at,
            format!("an external survey is opened by its link, so `{name}` has no effect\nhelp: remove it, or write `kind: popover`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_core::Site;

    fn node(given: Given) -> Node {
        Node { at: Site::default(), given }
    }

    fn text(text: &str) -> Given {
        Given::Text(text.into())
    }

    fn list(all: Vec<Given>) -> Given {
        Given::List(all.into_iter().map(node).collect())
    }

    fn record(fields: Vec<(&str, Given)>) -> Given {
        Given::Record(fields.into_iter().map(|(name, given)| (name.to_owned(), node(given))).collect())
    }

    fn case(word: &str, held: Given) -> Given {
        Given::Case(word.into(), Some(Box::new(node(held))))
    }

    fn block(kind: &'static str, name: &str, fields: Vec<(&str, Given)>) -> Block {
        let fields = fields.into_iter().map(|(name, given)| (name.to_owned(), Site::default(), node(given))).collect();
        Block { kind, name: name.into(), at: Site::default(), existing: false, fields }
    }

    fn mistakes(fields: Vec<(&str, Given)>) -> Vec<String> {
        let variants = vec![("test".to_owned(), Site::default(), node(Given::Percent(100.0)))];
        let flags = [
            block("feature_flag", "Tested", vec![("variants", Given::Map(variants))]),
            block("feature_flag", "Plain", vec![]),
        ];
        let mut report = Report::default();
        let (survey, world) = (block("survey", "Nps", fields), Declarations::of(flags.iter().collect()));
        check(&survey, &world, &mut report);
        check_variant(&survey, &world, &mut report);
        report.errors.into_iter().map(|mistake| mistake.message).collect()
    }

    fn asked(questions: Vec<Given>) -> Vec<String> {
        mistakes(vec![("questions", list(questions))])
    }

    fn rating(fields: Vec<(&str, Given)>) -> Vec<String> {
        asked(vec![case("rating", record(fields))])
    }

    #[test]
    fn questions_that_cannot_be_asked() {
        assert!(asked(vec![])[0].starts_with("a survey asks at least one question"));
        assert!(rating(vec![("nps", Given::Bool(true))]).is_empty());
        assert_eq!(
            rating(vec![("scale", Given::Int(4))]),
            ["a scale has 3, 5, 7 or 10 steps, not 4\nhelp: write `scale: 5`"]
        );
        let nps = rating(vec![("scale", Given::Int(5)), ("nps", Given::Bool(true))]);
        assert_eq!(nps, ["a net promoter score is asked on a scale of 10, not 5\nhelp: write `scale: 10`"]);
        assert!(
            rating(vec![("display", Given::Word("emoji".into()))])[0]
                .starts_with("`emoji` has a scale of 2, 3 or 5, not")
        );
        assert!(rating(vec![("scale", Given::Int(2))])[0].starts_with("a scale of 2 is thumbs"));
        let choices = |all: &[&str]| {
            asked(vec![case("single", record(vec![("choices", list(all.iter().map(|c| text(c)).collect()))]))])
        };
        assert!(choices(&["Price"])[0].starts_with("a question has 2 to 20 answers to choose from, not 1"));
        assert_eq!(choices(&["Price", "Price"]), ["`Price` can already be chosen\nhelp: write each answer once"]);
        let then = |place| asked(vec![case("open", record(vec![("then", case("question", Given::Int(place)))]))]);
        assert_eq!(then(2), ["there is no question 2\nhelp: questions are counted from 1 to 1"]);
        assert!(then(1)[0].starts_with("question 1 would follow itself"));
        let to = asked(vec![case("open", record(vec![("then", case("to", text("why")))]))]);
        assert!(to[0].starts_with("no question of this survey is called `why`"), "{to:?}");
    }

    fn map(entries: Vec<(&str, Given)>) -> Given {
        Given::Map(entries.into_iter().map(|(key, given)| (key.to_owned(), Site::default(), node(given))).collect())
    }

    #[test]
    fn answers_that_lead_nowhere() {
        let end = || Given::Case("end".into(), None);
        let open = || case("open", record(vec![("name", text("why"))]));
        let rated = |scale, ways| {
            let then = case("by_answer", map(ways));
            asked(vec![case("rating", record(vec![("scale", Given::Int(scale)), ("then", then)])), open()])
        };
        assert!(rated(10, vec![("detractors", case("to", text("why"))), ("promoters", end())]).is_empty());
        let wrong = rated(5, vec![("promoters", end())]);
        assert_eq!(
            wrong,
            ["`promoters` is not an answer to this question\nhelp: its answers are `negative`, `neutral`, `positive`"]
        );
        assert!(
            rated(2, vec![("neutral", end())]).iter().any(|m| m.contains("its answers are `positive`, `negative`"))
        );
        assert!(rated(3, vec![("neutral", case("question", Given::Int(3)))])[0].starts_with("there is no question 3"));
        let chosen = |word: &str, answer: &str| {
            let choices = list(vec![text("Price"), text("Other")]);
            let then = case("by_answer", map(vec![(answer, end())]));
            asked(vec![case(word, record(vec![("choices", choices), ("then", then)]))])
        };
        assert!(chosen("single", "Price").is_empty());
        assert!(chosen("single", "Prise")[0].contains("its answers are `Price`, `Other`"));
        assert!(chosen("multiple", "Price")[0].starts_with("only ratings and questions with one answer"));
    }

    #[test]
    fn languages_are_whole() {
        let german = |fields: Vec<(&str, Given)>| map(vec![("de", record(fields))]);
        let open = |more: Vec<(&str, Given)>| case("open", record(more));
        let whole = || german(vec![("ask", text("Warum?"))]);
        assert!(asked(vec![open(vec![("translations", whole())])]).is_empty());
        let missing = asked(vec![open(vec![("translations", whole())]), open(vec![])]);
        assert!(missing[0].starts_with("this question has no translation into `de`, and others have"), "{missing:?}");
        let described = asked(vec![open(vec![("description", text("In a word")), ("translations", whole())])]);
        assert!(described[0].starts_with("`description` has no translation into `de`"), "{described:?}");
        let more = german(vec![("ask", text("Warum?")), ("low", text("nie"))]);
        assert!(asked(vec![open(vec![("translations", more)])])[0].starts_with("the question has no `low`"));
        let choices = |there: Vec<Given>| {
            let own = list(vec![text("Yes"), text("No")]);
            let german = german(vec![("ask", text("Ja?")), ("choices", list(there))]);
            asked(vec![case("single", record(vec![("choices", own), ("translations", german)]))])
        };
        assert!(choices(vec![text("Ja"), text("Nein")]).is_empty());
        assert!(choices(vec![text("Ja")])[0].starts_with("the question has 2 answers, and 1 in `de`"));
        let thanks = mistakes(vec![
            ("questions", list(vec![open(vec![("translations", whole())])])),
            ("appearance", record(vec![("thank_you", text("Thanks"))])),
        ]);
        assert!(thanks[0].starts_with("`thank_you` has no translation into `de`"), "{thanks:?}");
        let base =
            mistakes(vec![("questions", list(vec![open(vec![("translations", whole())])])), ("language", text("de"))]);
        assert!(base[0].starts_with("`de` is the language of the survey itself"), "{base:?}");
    }

    #[test]
    fn who_cannot_be_asked() {
        let shown = |fields| mistakes(vec![("shown", record(fields))]);
        let member = || list(vec![case("member", Given::Ref(Some("Pros".into())))]);
        assert!(shown(vec![("to", member())]).is_empty());
        assert!(shown(vec![("to", list(vec![]))])[0].starts_with("this set has no condition, so everybody is asked"));
        assert!(
            shown(vec![("to", member()), ("to_any", list(vec![]))])[0]
                .starts_with("a survey has either `to` or `to_any")
        );
        assert!(shown(vec![("share", Given::Percent(5.0))])[0].starts_with("`share` needs conditions on people"));
        let regex = Given::Word("regex".into());
        assert!(shown(vec![("devices_match", regex)])[0].starts_with("`devices_match` needs `devices`"));
    }

    #[test]
    fn months_are_no_time_between() {
        let months = Given::Span(Span { count: 1, unit: Unit::months });
        let said =
            mistakes(vec![("repeats", case("again", record(vec![("every", months), ("times", Given::Int(12))])))]);
        assert!(said[0].contains("a survey repeats after a number of days, and PostHog has no monthly repetition\nhelp: write `every: 30 days`"), "{said:?}");
    }

    #[test]
    fn conditions_that_cannot_hold() {
        let shown = |fields| mistakes(vec![("shown", record(fields))]);
        assert!(shown(vec![("repeat", Given::Bool(true))])[0].starts_with("`repeat` needs `after`"));
        assert!(shown(vec![("url_match", Given::Word("regex".into()))])[0].starts_with("`url_match` needs `url`"));
        assert!(shown(vec![("variant", text("test"))])[0].starts_with("`variant` needs `flag`"));
        let variant = |flag: &str, key| shown(vec![("flag", Given::Ref(Some(flag.into()))), ("variant", text(key))]);
        assert!(variant("Tested", "test").is_empty() && variant("Elsewhere", "test").is_empty());
        assert_eq!(variant("Tested", "tset"), ["`Tested` has no variant `tset`\nhelp: write \"test\""]);
        assert_eq!(variant("Plain", "test"), ["`Plain` has no variants\nhelp: leave `variant` out"]);
        let external = vec![
            ("kind", Given::Word("external_survey".into())),
            ("shown", record(vec![("url", text("/pricing")), ("delay_seconds", Given::Int(5))])),
        ];
        assert_eq!(mistakes(external).len(), 2);
    }

    #[test]
    fn times_that_cannot_be() {
        let times = mistakes(vec![("repeats", case("again", record(vec![("times", Given::Int(501))])))]);
        assert!(times[0].starts_with("a survey is asked 1 to 500 times, not 501"));
        let dates = mistakes(vec![("starts", text("2026-12-01T09:00:00Z")), ("ends", text("2026-12-01"))]);
        assert!(dates[0].starts_with("a survey ends after it starts, which is 2026-12-01T09:00:00Z"));
        let shuffled = mistakes(vec![
            ("questions", list(vec![case("open", record(vec![("then", Given::Case("end".into(), None))]))])),
            ("appearance", record(vec![("shuffle", Given::Bool(true))])),
        ]);
        assert!(shuffled[0].starts_with("shuffled questions cannot branch"));
    }
}
