//! The rule over the whole stack that names and types of properties keep: where it is held, and where the error stands.

use super::{BOTH, read};
use crate::{build, join};
use proc_macro2::TokenStream;
use std::fmt::Write;
use std::str::FromStr;

const EVENTS: &str = r#"
    event Paid { name: "paid", properties: {
        amount: number, plan: one_of(["free", "pro"]), coupon: optional(text), trial: boolean, at: datetime,
        items: list(text), cart: object,
    } }
    event SignedUp { name: "signed_up", properties: { source: text } }
    existing event Legacy { name: "legacy" }
    property Seats { name: "seats", holds: number }
    property Session { name: "session_length", holds: duration }
    person_property Tier { name: "tier", holds: text }
"#;

fn add(page: &mut String, title: &str, lines: &[String]) {
    let _ = writeln!(page, "{title}");
    for line in lines {
        let _ = writeln!(page, "    {}", line.lines().collect::<Vec<_>>().join(" · "));
    }
}

fn whole(source: &str) -> Vec<String> {
    read(&format!("name: \"t\", stages: {{ local: sandbox, prod: sandbox }},\n{source}\n{EVENTS}")).0
}

#[test]
fn names_and_types_of_properties_are_held() {
    let mut page = String::new();
    let step = |with: &str| format!("action A {{ on: [sent(Paid, with: [{{ {with} }}])] }}");
    let person = |with: &str| format!("cohort C {{ all: [person({with})] }}");
    for (title, source) in [
        ("of the event", step(r#"property: "amount", at_least: 5"#)),
        ("of no event", step(r#"property: "discount", at_least: 5"#)),
        ("misspelt", step(r#"property: "amuont", at_least: 5"#)),
        ("of another event", step(r#"property: "source", is: ["ad"]"#)),
        ("of any event, by `property`", step(r#"property: "seats", at_least: 5"#)),
        ("PostHog's own", step(r#"property: "$browser", is: ["Firefox"]"#)),
        ("of a campaign", step(r#"property: "utm_source", is: ["ad"]"#)),
        ("anything", step(r#"property: anything("discount"), at_least: 5"#)),
        ("of an event that exists", r#"action A { on: [sent(Legacy, with: [{ property: "x", set: true }])] }"#.into()),
        ("people: own", person(r#"property: "email", contains: "@""#)),
        ("people: declared", person(r#"property: "tier", is: ["gold"]"#)),
        ("people: set by an event", person(r#"property: "plan", is: ["pro"]"#)),
        ("people: misspelt", person(r#"property: "tierr", is: ["gold"]"#)),
        ("people: unknown", person(r#"property: "shoe_size", is: ["44"]"#)),
        ("a number that contains", step(r#"property: "amount", contains: "5""#)),
        ("a number that is a word", step(r#"property: "amount", is: ["5", "five"]"#)),
        ("a number that is a date", step(r#"property: "amount", after_day: "2026-01-01""#)),
        ("a length of time", step(r#"property: "session_length", at_least: 60"#)),
        ("a text that is compared as a number", step(r#"property: "coupon", more_than: 5"#)),
        ("a text that contains", step(r#"property: "coupon", contains_any: ["SUMMER"]"#)),
        ("a date that is a number", step(r#"property: "at", at_most: 5"#)),
        ("a date", step(r#"property: "at", before: 7 days ago"#)),
        ("one of a few", step(r#"property: "plan", is: ["pro"]"#)),
        ("none of a few", step(r#"property: "plan", is_not: ["pro", "fre"]"#)),
        ("a few as a version", step(r#"property: "plan", version: at_least("1.0.0")"#)),
        ("true or false", step(r#"property: "trial", is: ["true"]"#)),
        ("yes or no", step(r#"property: "trial", is: ["yes"]"#)),
        ("a list", step(r#"property: "items", contains: "shoes""#)),
        ("a list as a number", step(r#"property: "items", at_least: 1"#)),
        ("an object", step(r#"property: "cart", set: true"#)),
        ("a sum", "shared_metric M { metric: mean(Paid, sum: \"amount\") }".into()),
        ("a sum of texts", "shared_metric M { metric: mean(Paid, sum: \"plan\") }".into()),
        ("a sum of nothing", "shared_metric M { metric: mean(SignedUp, sum: \"amount\") }".into()),
        (
            "of an action",
            "action Both { on: [Paid, SignedUp] } shared_metric M { metric: mean(Both, sum: \"amount\") }".into(),
        ),
        (
            "of no event of an action",
            "action Both { on: [Paid, SignedUp] } shared_metric M { metric: mean(Both, sum: \"price\") }".into(),
        ),
        (
            "of an action with a page",
            r#"action Any { on: [Paid, page("/pay")] } shared_metric M { metric: mean(Any, sum: "price") }"#.into(),
        ),
        (
            "in one stage",
            r#"cohort C { all: [person(property: "tier", set: true)], in prod { all: [person(property: "teir", set: true)] } }"#.into(),
        ),
        (
            "in a stage in which the event has it",
            r#"cohort C { all: [person(property: "tier", set: true)], in prod { all: [person(property: "level", set: true)] } }
               event Levelled { name: "levelled", in prod { properties: { level: number } } }"#.into(),
        ),
        (
            "an event that cannot be read has any",
            r#"event Odd { name: 5 } cohort C { all: [person(property: "shoe_size", set: true)] }"#.into(),
        ),
        (
            "what is of no known kind may declare it",
            r#"evnt Odd { name: "odd" } cohort C { all: [person(property: "shoe_size", set: true)] }"#.into(),
        ),
    ] {
        add(&mut page, title, &whole(&source));
    }
    insta::assert_snapshot!(page);
}

#[test]
fn parts_wait_for_the_root() {
    let mut page = String::new();
    for (title, parts, root) in [
        ("declared in another part", &[EVENTS, r#"cohort C { all: [person(property: "tier", set: true)] }"#][..], ""),
        (
            "declared by nobody, and by the root",
            &[
                EVENTS,
                r#"action A { on: [sent(part0::Paid, with: [{ property: "amont", at_least: 5 }])] }
                   cohort C { all: [person(property: "shoe_size", set: true)] }
                   cohort D { all: [person(property: "colour", set: true)] }"#,
            ],
            r#"person_property Colour { name: "colour" }"#,
        ),
        (
            "of an event that is known by another name",
            &[EVENTS, r#"action A { on: [sent(part0::Renamed, with: [{ property: "amont", at_least: 5 }])] }"#],
            "",
        ),
        (
            "beside an event that cannot be read",
            &[r#"event Odd { name: 5 }"#, r#"cohort C { all: [person(property: "shoe_size", set: true)] }"#],
            "",
        ),
        (
            "beside what cannot be read at all",
            &[r#"event Odd name"#, r#"cohort C { all: [person(property: "shoe_size", set: true)] }"#],
            "",
        ),
    ] {
        let part = |part: &&str| format!("stages: crate,\n{part}");
        let alone: Vec<String> = parts.iter().flat_map(|one| read(&part(one)).0).collect();
        add(&mut page, title, &alone.iter().map(|line| format!("alone: {line}")).collect::<Vec<_>>());
        let root = format!("name: \"t\", stages: {{ local: sandbox }}, parts: [part0, part1],\n{root}");
        let sources = parts.iter().map(part).chain([root]);
        let expand =
            |source: String| build(TokenStream::from_str(&source).expect("the test's source is made of tokens"), &BOTH);
        add(&mut page, "  with the root:", &join::lines(sources.map(expand).collect()));
    }
    insta::assert_snapshot!(page);
}
