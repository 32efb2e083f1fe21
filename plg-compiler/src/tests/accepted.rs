//! The APIs accept every stack that compiles, and the language can express what people need: one row per API rule.

use super::read;

/// A rule, in a stack that breaks it: the error's code, the token it stands at, and how it begins.
type Broken<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Declarations that the rows refer to.
const AROUND: &str = r#"
event Used { name: "used" }
feature_flag Tested { key: "tested", variants: { control: 50%, "v1.2/blue": 50% } }
dashboard Growth {}
insight Uses { on: [Growth], shows: trend [Used] }
"#;

fn check(rows: &[Broken]) {
    let mut wrong = Vec::new();
    for (code, token, message, source) in rows {
        let source = format!("{source}\n{AROUND}");
        let (errors, ..) = read(&source);
        let expected = errors.len() == 1 && is_at(&source, &errors[0], token) && {
            let said = errors[0].split_once(' ').map_or("", |(_, said)| said);
            said.starts_with(message)
                && said.contains(&format!("[{code}]"))
                && (said.contains("\nhelp: ") || said.contains("already [P0204]"))
        };
        if !expected {
            wrong.push(format!("{source}\n  wanted {code} at {token}: {message}\n  got {errors:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Whether an error stands where a token of the source starts.
fn is_at(source: &str, error: &str, token: &str) -> bool {
    let mut place = error.split([':', ' ']).filter_map(|n| n.parse::<usize>().ok());
    let (Some(line), Some(column)) = (place.next(), place.next()) else { return false };
    let line: String = source.lines().nth(line - 1).unwrap_or_default().chars().skip(column - 1).collect();
    line.starts_with(token)
}

#[test]
fn texts_that_an_api_refuses() {
    check(&[
        ("P0304", "\"a\\0b\"", "this text has a NUL character", r#"dashboard X { title: "a\0b" }"#),
        (
            "P0304",
            "{ \"k\"",
            "this text has a NUL character",
            r#"feature_flag X { key: "x", payload: { "k": ["\0"] } }"#,
        ),
        ("P0304", "\"İ", "this tag has", &format!("dashboard X {{ tags: [\"{}\"] }}", "İ".repeat(130))),
        ("P0304", "\"x", "this text has 256 characters", &format!("dashboard X {{ tags: [\"{}\"] }}", "x".repeat(256))),
        (
            "P0304",
            "\"x",
            "this text has 8193 characters",
            &format!("annotation X {{ content: \"{}\" }}", "x".repeat(8193)),
        ),
        ("P0304", "\" \"", "this text is blank", r#"annotation X { content: " " }"#),
        ("P0304", "\"\"", "`url` is blank", r#"action X { on: [page("")] }"#),
        ("P0304", "\" \"", "`url` is blank", r#"action X { on: [sent(Used, url: " ")] }"#),
        ("P0304", "\"\"", "`selector` is blank", r#"action X { on: [click { selector: "" }] }"#),
        ("P0304", "\"\"", "`tag` is blank", r#"action X { on: [click { tag: "" }] }"#),
        ("P0304", "\"\"", "`url` is blank", r#"survey X { questions: [open("Q?")], shown: { url: "" } }"#),
        ("P0304", "\" \"", "`selector` is blank", r#"survey X { questions: [open("Q?")], shown: { selector: " " } }"#),
        (
            "P0304",
            "\"\"",
            "`background` is blank",
            r#"survey X { questions: [open("Q?")], appearance: { background: "" } }"#,
        ),
        (
            "P0304",
            "\"\"",
            "`channel` is blank",
            r#"subscription X { sends: Uses, to: slack("", integration: 7), every: 1 days, from: "2026-12-01" }"#,
        ),
        (
            "P0304",
            "\"a\"",
            "`a` is not an e-mail address",
            r#"subscription X { sends: Uses, to: email ["a"], every: 1 days, from: "2026-12-01" }"#,
        ),
        (
            "P0304",
            "\"A <a@b.example>\"",
            "`A <a@b.example>` is not an e-mail address",
            r#"subscription X { sends: Uses, to: email ["A <a@b.example>"], every: 1 days, from: "2026-12-01" }"#,
        ),
        (
            "P0105",
            "\"A@b.example\"",
            "`a@b.example` is in this list already",
            r#"subscription X { sends: Uses, to: email ["a@b.example", "A@b.example"], every: 1 days, from: "2026-12-01" }"#,
        ),
        (
            "P0304",
            "\"mailto:a@b\"",
            "`mailto:a@b` has no e-mail address",
            r#"survey X { questions: [link("Q", to: "mailto:a@b")] }"#,
        ),
        (
            "P0304",
            "\"https://a.example:65536\"",
            "`65536` is not a port",
            r#"webhook X { url: "https://a.example:65536", on: [deals.created] }"#,
        ),
        (
            "P0304",
            "\"https://a..example\"",
            "this is not an address",
            r#"webhook X { url: "https://a..example", on: [deals.created] }"#,
        ),
        (
            "P0304",
            "\"https://docs\"",
            "`docs` is not a host",
            r#"early_access_feature X { flag: Off, stage: beta, docs: "https://docs" } feature_flag Off { key: "off" }"#,
        ),
        (
            "P0304",
            "\"me\"",
            "`me` is not a member's id",
            r#"list X { slug: "x", of: deals, members: [{ id: "me", level: read_only }] }"#,
        ),
        ("P0304", "\"[a\"", "`[` is not closed", r#"cohort X { all: [person("plan", matches: "[a")] }"#),
        (
            "P0304",
            "\"(?=a)\"",
            "`(?` looks ahead",
            r#"feature_flag X { key: "x", release: [{ to: [person("plan", matches: "(?=a)")] }] }"#,
        ),
        ("P0304", "\"*\"", "`*` repeats nothing", r#"action X { on: [page("*", matching: regex)] }"#),
        (
            "P0304",
            "\"a**\"",
            "`*` repeats a repetition",
            r#"action X { on: [click { href: "a**", href_matching: regex }] }"#,
        ),
        ("P0304", "\"(\"", "`(` is not closed", r#"action X { on: [sent(Used, url: "(", matching: regex)] }"#),
        (
            "P0304",
            "\"(\"",
            "`(` is not closed",
            r#"action X { on: [sent(Used, with: [{ property: "p", matches: "(" }])] }"#,
        ),
        (
            "P0304",
            "///",
            "this text has 401 characters",
            &format!("/// {}\ninsight X {{ shows: trend [Used] }}", "x".repeat(401)),
        ),
        (
            "P0304",
            "///",
            "this text has 1001 characters",
            &format!("/// {}\ncohort X {{ all: [did(Used)] }}", "x".repeat(1001)),
        ),
        (
            "P0304",
            "///",
            "this text has 3001 characters",
            &format!("/// {}\nexperiment X {{ flag: Tested }}", "x".repeat(3001)),
        ),
        (
            "P0304",
            "///",
            "this text has 401 characters",
            &format!("/// {}\nshared_metric X {{ metric: mean(Used) }}", "x".repeat(401)),
        ),
        (
            "P0304",
            "///",
            "this text has 401 characters",
            &format!("/// {}\nexperiment_holdout X {{ share: 5% }}", "x".repeat(401)),
        ),
        (
            "P0304",
            "{ \"k\"",
            "this flag has 530 KB",
            &format!("feature_flag X {{ key: \"x\", payload: {{ \"k\": \"{}\" }} }}", "x".repeat(543_000)),
        ),
    ]);
}

#[test]
fn numbers_and_times_that_an_api_refuses() {
    check(&[
        ("P0303", "10000", "10000 days ago is earlier", r#"cohort X { all: [person("at", before: 10000 days ago)] }"#),
        ("P0303", "2001", "2001 years ago is earlier", r#"cohort X { all: [person("at", after: 2001 years ago)] }"#),
        (
            "P0302",
            "{ a",
            "the variants' shares add up to 99.9995%",
            r#"feature_flag X { key: "x", variants: { a: 50%, b: 49.9995% } }"#,
        ),
        (
            "P0302",
            "{ a",
            "the variants' shares add up to 100.00001%",
            r#"feature_flag X { key: "x", variants: { a: 50%, b: 50.00001% } }"#,
        ),
        (
            "P0402",
            "value",
            "this is not a default for `rating`",
            r#"attribute X { on: deals, slug: "x", holds: rating, default: value(7) }"#,
        ),
        (
            "P0402",
            "value",
            "this is not a default for `rating`",
            r#"attribute X { on: deals, slug: "x", holds: rating, default: value(2.5) }"#,
        ),
        (
            "P0402",
            "value",
            "this is not a default for `rating`",
            r#"attribute X { on: deals, slug: "x", holds: rating, default: value(-1) }"#,
        ),
        (
            "P0306",
            "0",
            "users of PostHog have numbers from 1",
            r#"alert X { insight: Uses, when: value(below: 1), users: [0] }"#,
        ),
        (
            "P0105",
            "4",
            "`4` is in this list already",
            r#"alert X { insight: Uses, when: value(below: 1), users: [4, 4] }"#,
        ),
        (
            "P0306",
            "0",
            "integrations of PostHog have numbers from 1",
            r##"subscription X { sends: Uses, to: slack("C1|#x", integration: 0), every: 1 days, from: "2026-12-01" }"##,
        ),
        (
            "P0306",
            "\"2026-11-30\"",
            "this ends before it begins",
            r#"subscription X { sends: Uses, to: email ["a@b.example"], every: 1 days, from: "2026-12-01", until: "2026-11-30" }"#,
        ),
        (
            "P0306",
            "\"2026-12-01T01:00+02:00\"",
            "this ends before it begins",
            r#"subscription X { sends: Uses, to: email ["a@b.example"], every: 1 days, from: "2026-12-01", until: "2026-12-01T01:00+02:00" }"#,
        ),
        (
            "P0306",
            "\"2026-12-01T01:00+02:00\"",
            "a survey ends after it starts",
            r#"survey X { questions: [open("Q?")], starts: "2026-12-01", ends: "2026-12-01T01:00+02:00" }"#,
        ),
        (
            "P0303",
            "\"2026-12-01T09:00\"",
            "`2026-12-01T09:00` is not a date",
            r#"annotation X { content: "x", on_date: "2026-12-01T09:00" }"#,
        ),
    ]);
}

#[test]
fn fields_that_need_or_meet_another() {
    let hook = |url: &str, second: &str| {
        format!(
            "webhook First {{ url: {url}, on: [deals.created, note.created] }} webhook X {{ url: {second}, on: [note.updated, deals.created] }}"
        )
    };
    check(&[
        (
            "P0509",
            "selector",
            "`widget: selector` needs an element",
            r#"survey X { questions: [open("Q?")], appearance: { widget: selector } }"#,
        ),
        (
            "P0509",
            "regex",
            "there is no text to compare",
            r#"action X { on: [click { tag: "a", text_matching: regex }] }"#,
        ),
        (
            "P0509",
            "exact",
            "there is no text to compare",
            r#"action X { on: [click { tag: "a", href_matching: exact }] }"#,
        ),
        (
            "P0509",
            "exact",
            "there is no text to compare",
            r#"action X { on: [click { tag: "a", url_matching: exact }] }"#,
        ),
        ("P0509", "regex", "there is no text to compare", r#"action X { on: [sent(Used, matching: regex)] }"#),
        (
            "P0204",
            "created",
            "`First` already sends `deals.created`",
            &hook("\"https://a.example\"", "\"https://a.example/\""),
        ),
        ("P0204", "created", "`First` already sends `deals.created`", &hook("env(\"HOOK\")", "env(\"HOOK\")")),
        (
            "P0304",
            "\"Sign up \"",
            "this text has white space around it",
            r#"action First { title: "Sign up", on: [Used] } action X { title: "Sign up ", on: [Used] }"#,
        ),
        (
            "P0204",
            "\"uses\"",
            "`First` has this title already in other upper and lower case",
            r#"shared_metric First { title: "Uses", metric: mean(Used) } shared_metric X { title: "uses", metric: mean(Used) }"#,
        ),
        (
            "P0401",
            "\"last_interaction\"",
            "`last_interaction` is Attio's own",
            r#"attribute X { on: people, slug: "last_interaction", holds: text }"#,
        ),
        (
            "P0401",
            "\"strongest_connection_user\"",
            "`strongest_connection_user` is",
            r#"attribute X { on: companies, slug: "strongest_connection_user", holds: text }"#,
        ),
        (
            "P0105",
            "{ id",
            "`50cf242c",
            r#"list X { slug: "x", of: deals, members: [{ id: "50cf242c-7fa3-4cad-87d0-75b1af71c57b", level: read_only }, { id: "50cf242c-7fa3-4cad-87d0-75b1af71c57b", level: full_access }] }"#,
        ),
        (
            "P0501",
            "\"zzz\"",
            "`Tested` has no variant `zzz`",
            r#"survey X { questions: [open("Q?")], shown: { flag: Tested, variant: "zzz" } }"#,
        ),
        (
            "P0504",
            "{ \"kind\"",
            "a query and each part of it needs a \"kind",
            r#"insight X { shows: query { "kind": "InsightVizNode", "source": {} } }"#,
        ),
        (
            "P0504",
            "{ \"kind\"",
            "a `TrendsQuery` needs \"series\"",
            r#"insight X { shows: query { "kind": "TrendsQuery" } }"#,
        ),
        (
            "P0504",
            "Raw",
            "`Raw` shows a `LifecycleQuery`",
            r#"alert X { insight: Raw, when: value(below: 1) } insight Raw { shows: query { "kind": "LifecycleQuery", "series": [{ "kind": "EventsNode", "event": "used" }] } }"#,
        ),
        (
            "P0504",
            "1",
            "`Raw` has no line 1",
            r#"alert X { insight: Raw, when: value(below: 1), line: 1 } insight Raw { shows: query { "kind": "TrendsQuery", "series": [{ "kind": "EventsNode", "event": "used" }] } }"#,
        ),
        (
            "P0504",
            "rises",
            "`Raw` is not over time",
            r#"alert X { insight: Raw, when: rises(above: 1) } insight Raw { shows: query { "kind": "TrendsQuery", "series": [{ "kind": "EventsNode" }], "trendsFilter": { "display": "ActionsPie" } } }"#,
        ),
        (
            "P0504",
            "1",
            "`Ratio` has no line 1",
            r#"alert X { insight: Ratio, when: value(below: 1), line: 1 } insight Ratio { shows: trend [Used, Used] { formula: "A / B" } }"#,
        ),
        ("P0308", "KEY", "expected a key in quotes as a literal", r#"feature_flag X { key: KEY }"#),
        (
            "P0308",
            "WON",
            "expected a name in quotes as a literal",
            r#"attribute X { on: deals, slug: "x", holds: select { Won { title: WON } } }"#,
        ),
        ("P0108", "format", "this macro is not a text", r#"dashboard X { title: format!("a") }"#),
    ]);
}

#[test]
fn what_people_need_can_be_said() {
    let source = r##"
        feature_flag Paths { key: "paths", variants: { control: 33.33%, "v1.2/blue": 33.33%, "v1.2/red": 33.34% }, payloads: { "v1.2/red": 1 }, release: [{ variant: "v1.2/blue" }] }
        survey Any { questions: [open("Q?")], shown: { flag: Tested, variant: "any" } }
        survey Blue { questions: [open("Q?")], shown: { flag: Tested, variant: "v1.2/blue" }, starts: "2026-12-01T09:00:00.5+02:00", ends: "2026-12-01T10:00Z" }
        attribute Fit { on: people, slug: "deal-fit", holds: text }
        annotation Note { content: TEXT, on_date: "2026-12-01T09:00+02:00" }
        insight Raw { title: texts::RAW, shows: query { "kind": "TrendsQuery", "series": [{ "kind": "EventsNode" }] } }
        insight Sql { title: concat!("Sql", " one"), shows: sql(include_str!("some.sql")), tags: [crate::TAG] }
        alert Watched { insight: Raw, when: rises(above: 1) }
        webhook First { url: "https://a.example", on: [deals.created] }
        webhook Second { url: "https://a.example", on: [record.created, deals.updated] }
        webhook Third { url: crate::HOOK, on: [deals.created] }
        action Matching { on: [page("^/docs/[a-z]+$", matching: regex), click { text: "x", text_matching: contains }] }
        subscription Weekly { sends: Uses, to: email ["a@b.example"], every: 1 weeks, on: [monday], from: "2026-12-01", until: "2026-12-01" }
        attribute Stage { on: deals, slug: "sub-stage", holds: select { Open, Won { title: concat!("Won", "!") } } }
        attribute Stars { on: deals, slug: "stars", holds: rating, default: value(5) }
        cohort Old { all: [person("at", before: 9999 days ago), person("at", before: 2000 years ago)] }
    "##;
    let (errors, _, out) = read(&format!("{source}\n{AROUND}"));
    assert_eq!(errors, Vec::<String>::new());
    let out = out.to_string();
    for written in [
        "content : __posthog :: NoteText (TEXT)",
        "title : __posthog :: Name (texts :: RAW)",
        "title : __posthog :: Name (\"Sql one\")",
        "__posthog :: Hogql (:: core :: include_str ! (\"some.sql\"))",
        "url : __attio :: Url (__attio :: Text :: Given (crate :: HOOK))",
        "fn constants_hold_the_rules_of_the_stack",
    ] {
        assert!(out.contains(written), "{written} is not in {out}");
    }
    assert!(!read(AROUND).2.to_string().contains("constants_hold"), "nothing of it is a constant");
}

#[test]
fn a_status_on_people_is_a_warning() {
    let (errors, warnings) = super::said(r#"attribute X { on: people, slug: "x", holds: status { Open } }"#);
    assert_eq!(errors, Vec::<String>::new());
    assert!(warnings[0].starts_with("1:45 Attio refused a status on people until May 2026"), "{warnings:?}");
}
