//! Rules between declarations: in one stack in every stage, and across parts.

use super::{BOTH, read};
use crate::{build, join};
use proc_macro2::TokenStream;
use std::fmt::Write;
use std::str::FromStr;

/// A case with what is said of it: without help, which other tests have.
fn add(page: &mut String, title: &str, lines: &[String]) {
    let _ = writeln!(page, "{title}");
    for line in lines {
        let lines: Vec<&str> = line.lines().filter(|line| !line.starts_with("help: ")).collect();
        let _ = writeln!(page, "    {}", lines.join(" · "));
    }
}

#[test]
fn every_stage_is_held_as_the_base_is() {
    let mut page = String::new();
    for (title, source) in [
        (
            "a cohort that is behavioural in prod, in a flag",
            r#"event Seen { name: "seen" }
               cohort Fans { all: [person(property: "email", is: ["pro"])], in prod { all: [did(Seen, within: 7 days)] } }
               feature_flag New { key: "new", release: [{ to: [member(Fans)], rollout: 10% }] }"#,
        ),
        (
            "a flag that names a behavioural cohort in prod",
            r#"event Seen { name: "seen" }
               cohort Fans { all: [did(Seen, within: 7 days)] }
               feature_flag New { key: "new", in prod { release: [{ to: [member(Fans)], rollout: 10% }] } }"#,
        ),
        (
            "a dashboard that is emptied in prod, in a subscription",
            r#"event Seen { name: "seen" } dashboard Weekly {}
               insight Signups { on: [Weekly], shows: trend { series: [count(Seen)] }, in prod { on: [] } }
               subscription Mail { sends: dashboard(Weekly, insights: [Signups]), to: email ["a@b.co"], every: 1 weeks, from: "2026-01-01" }"#,
        ),
        (
            "a key that another one has in prod",
            r#"feature_flag A { key: "a" } feature_flag B { key: "b", in prod { key: "a" } }"#,
        ),
        (
            "a key that another one has in two stages, and says it there",
            r#"feature_flag A { key: "a", in prod { key: "b" }, in dev { key: "b" } } feature_flag B { key: "b" }"#,
        ),
        (
            "a key that another one has elsewhere",
            r#"feature_flag A { key: "a", in prod { key: "b" } } feature_flag B { key: "b", in prod { key: "a" } }"#,
        ),
        (
            "titles and slugs of one stage",
            r#"event Paid { name: "paid" }
               action A { on: [Paid] } action B { on: [Paid], in prod { title: "A" } }
               object O { slug: "o", singular: "O", plural: "Os" }
               object P { slug: "p", singular: "P", plural: "Ps", in prod { slug: "o" }, in dev { plural: "Os" } }
               attribute T { on: O, slug: "t", holds: text } attribute U { on: P, slug: "t", holds: text, in prod { on: O } }"#,
        ),
        (
            "variants without control in prod",
            r#"feature_flag F { key: "f", variants: { control: 50%, test: 50% }, in prod { variants: { a: 50%, b: 50% } } }
               experiment E { flag: F }"#,
        ),
        (
            "right where it is used",
            r#"feature_flag F { key: "f", in prod { variants: { control: 50%, test: 50% } } }
               feature_flag G { key: "g", variants: { control: 50%, test: 50% }, in prod { variants: { a: 50%, b: 50% } } }
               experiment E { flag: G, in prod { flag: F } }"#,
        ),
        (
            "a circle in prod",
            r#"cohort A { all: [person(property: "email", set: true)], in prod { all: [member(B)] } }
               cohort B { all: [person(property: "email", set: true)], in prod { all: [member(A)] } }"#,
        ),
        (
            "half a circle in prod, half in dev",
            r#"cohort A { all: [person(property: "email", set: true)], in prod { all: [member(B)] } }
               cohort B { all: [person(property: "email", set: true)], in dev { all: [member(A)] } }"#,
        ),
        ("its own name as a path", r#"feature_flag Plain { key: "p" } experiment E { flag: self::Plain }"#),
        (
            "one slug on two objects of another part",
            r#"attribute A { on: crm::A, slug: "tier", holds: text } attribute B { on: crm::B, slug: "tier", holds: text }"#,
        ),
        (
            "one slug on one object of another part",
            r#"attribute A { on: crm::A, slug: "tier", holds: text } attribute B { on: crm::A, slug: "tier", holds: text }"#,
        ),
        (
            "events of an object of another part",
            r#"webhook H { url: "https://a.example/x", on: [crm::A.resolved, crm::B.created, crm::B.created] }"#,
        ),
        ("a list of another part", r#"attribute A { on: crm::Deals, slug: "tier", holds: text, required: true }"#),
    ] {
        let source = format!("name: \"t\", stages: {{ local: sandbox, dev: sandbox, prod: sandbox }},\n{source}");
        add(&mut page, title, &read(&source).0);
    }
    insta::assert_snapshot!(page);
}

#[test]
fn parts_are_held_as_one_stack_is() {
    let mut page = String::new();
    for (title, parts) in [
        (
            "a flag without variants, in an experiment of another part",
            &[r#"feature_flag Plain { key: "p" }"#, "experiment E { flag: product::Plain }"][..],
        ),
        (
            "a behavioural cohort, in a flag of another part",
            &[
                r#"event Seen { name: "seen" } cohort Behavioural { all: [did(Seen, within: 7 days)] }"#,
                r#"feature_flag New { key: "new", release: [{ to: [member(part::Behavioural)], rollout: 10% }] }"#,
            ],
        ),
        (
            "the same through a cohort in between, in one stage",
            &[
                r#"event Seen { name: "seen" }
                   cohort Behavioural { all: [person(property: "email", set: true)], in prod { all: [did(Seen, within: 7 days)] } }"#,
                "cohort Between { all: [member(part::Behavioural)] }",
                r#"feature_flag New { key: "new", release: [{ to: [member(a::b::Between)], rollout: 10% }] }"#,
            ],
        ),
        (
            "a name that another part does not have, closer to one of another kind than to the one that was meant",
            &[
                r#"event SignedUp { name: "signed_up" } feature_flag SignsUp { key: "signs-up" }"#,
                r#"insight Ups { shows: trend [count(crate::part0::SignUp), count(part0::SignedUpp), count(part0::Quite), count(other::SignUp)] }"#,
            ],
        ),
        (
            "required on a list of another part",
            &[
                r#"list List { slug: "list", of: companies }"#,
                r#"attribute A { on: part::List, slug: "a", holds: text, required: true }"#,
            ],
        ),
        (
            "a variant that a flag of another part does not have",
            &[
                r#"feature_flag F { key: "f", variants: { control: 50%, test: 50% } }"#,
                r#"survey S { questions: [open("Why?")], shown: { flag: part::F, variant: "zzz" } }"#,
            ],
        ),
        (
            "a circle through three parts",
            &[
                "cohort A { all: [member(b::B)] }",
                "cohort B { all: [member(c::C)] }",
                "cohort C { all: [member(a::A)] }",
            ],
        ),
        (
            "a circle through a path to itself",
            &["cohort A { all: [member(B)] } cohort B { all: [member(crate::own::A)] }"],
        ),
        ("a circle that its part has found", &["cohort A { all: [member(B)] } cohort B { all: [member(A)] }"]),
        (
            "a circle through two parts in one stage",
            &[
                r#"cohort A { all: [person(property: "email", set: true)], in prod { all: [member(b::B)] } }"#,
                "cohort B { all: [member(a::A)] }",
            ],
        ),
        (
            "one name twice",
            &[
                r#"object Tenant { slug: "t", singular: "Tenant", plural: "Tenants" }"#,
                r#"object Tenant { slug: "t", singular: "Tenant", plural: "Tenants" }"#,
            ],
        ),
        (
            "one name of two kinds",
            &[
                r#"event Paid { name: "paid" }"#,
                r#"action Paid { on: [part::Paid] } insight I { shows: trend { series: [count(part::Paid), count(Paid)] } }"#,
            ],
        ),
        (
            "keys, slugs, titles and nouns of two parts",
            &[
                r#"feature_flag A { key: "k" } object O { slug: "o", singular: "One", plural: "Ones" } survey S { questions: [open("?")] }"#,
                r#"feature_flag B { key: "k" } object P { slug: "o", singular: "One", plural: "Uns" } survey T { title: "S", questions: [open("?")] }"#,
            ],
        ),
        (
            "a slug on an object of another part",
            &[
                r#"object A { slug: "a", singular: "A", plural: "As" } object B { slug: "b", singular: "B", plural: "Bs" }
                   attribute T { on: A, slug: "tier", holds: text }"#,
                r#"attribute U { on: crm::B, slug: "tier", holds: text }"#,
                r#"attribute V { on: x::crm::A, slug: "tier", holds: text }"#,
            ],
        ),
        (
            "one flag of two features",
            &[
                r#"feature_flag F { key: "f" } early_access_feature A { flag: F, stage: beta }"#,
                "early_access_feature B { flag: part::F, stage: beta }",
            ],
        ),
        (
            "an alert on what none watches, a subscription to what does not stand there",
            &[
                r#"event Paid { name: "paid" } dashboard D {} insight F { shows: lifecycle(Paid) }"#,
                r#"alert A { insight: part::F, when: value(below: 10), users: [1] }
                   subscription M { sends: dashboard(part::D, insights: [part::F]), to: email ["a@b.co"], every: 1 weeks, from: "2026-01-01" }"#,
            ],
        ),
        (
            "a mistake that its part shows is shown once, and hides nothing",
            &[
                r#"feature_flag A { key: "k" } feature_flag B { key: "k" } feature_flag Broken { key: "B b" }"#,
                r#"feature_flag C { key: "k" } experiment E { flag: part::Broken } experiment F { flag: part::A }"#,
            ],
        ),
        (
            "what is known by another name is left to the start",
            &[r#"feature_flag Plain { key: "p" }"#, "experiment E { flag: product::Renamed }"],
        ),
    ] {
        let source = |part: &&str| format!("stages: crate,\n{part}");
        let alone: Vec<String> = parts.iter().flat_map(|part| read(&source(part)).0).collect();
        let tokens = |part| TokenStream::from_str(&source(part)).expect("the test's source is made of tokens");
        let expand = |part| build(tokens(part), &BOTH);
        add(&mut page, title, &alone.iter().map(|line| format!("alone: {line}")).collect::<Vec<_>>());
        let lines = join::lines(parts.iter().map(expand).collect());
        add(&mut page, "  with the root:", &lines);
    }
    insta::assert_snapshot!(page);
}
