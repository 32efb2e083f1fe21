//! Accounts: which a stage has, which a declaration is in, and what refers to what.

use super::{BOTH, read, said};
use crate::{build, join};
use proc_macro2::TokenStream;
use std::fmt::Write;
use std::str::FromStr;

const POSTHOG: &str = r#"posthog: { key: env("P"), project: 1 }"#;
const MARKETING: &str = r#"marketing: posthog { key: env("M"), project: 2 }"#;
const ATTIO: &str = r#"attio: { key: env("A") }"#;

/// A stack with these stages, each of these accounts; `sandbox` is one.
fn stack(stages: &[(&str, &[&str])], rest: &str) -> String {
    let one = |(name, accounts): &(&str, &[&str])| match accounts {
        ["sandbox"] => format!("{name}: sandbox"),
        accounts => format!("{name}: {{ {} }}", accounts.join(", ")),
    };
    let stages: Vec<String> = stages.iter().map(one).collect();
    format!("name: \"shop\",\nstages: {{\n{}\n}},\n{rest}", stages.join(",\n"))
}

const FLAG: &str = r#"feature_flag Beta { key: "beta" }"#;
const TIER: &str = r#"attribute Tier { on: companies, slug: "tier", holds: text }"#;

/// Everything that is refused, or worth a second look, with its title.
fn refused() -> Vec<(&'static str, String)> {
    let stage = |account: &str| stack(&[("prod", &[account])], FLAG);
    vec![
        ("a stage without the account of a kind", stack(&[("prod", &[POSTHOG])], &format!("{FLAG}\n{TIER}"))),
        (
            "two stages without it, three declarations",
            stack(
                &[("local", &["sandbox"]), ("dev", &[POSTHOG]), ("prod", &[POSTHOG])],
                &format!("{FLAG} {TIER} object A {{ slug: \"a\", singular: \"A\", plural: \"As\" }} list L {{ of: companies, slug: \"l\" }}"),
            ),
        ),
        (
            "an account that one stage alone has",
            stack(&[("dev", &[POSTHOG]), ("prod", &[POSTHOG, MARKETING])], r#"feature_flag A { key: "a" } feature_flag B { key: "b", account: marketing }"#),
        ),
        ("nothing but another account of the provider", stack(&[("prod", &[MARKETING])], FLAG)),
        ("an account that no stage has", stack(&[("prod", &[POSTHOG, MARKETING])], r#"feature_flag A { key: "a" } feature_flag B { key: "b", account: marketng } feature_flag C { key: "c", account: marketing }"#)),
        ("one that nothing is close to", stack(&[("prod", &[POSTHOG])], r#"feature_flag A { key: "a" } feature_flag B { key: "b", account: sales }"#)),
        ("an account of another provider", stack(&[("prod", &[POSTHOG, MARKETING, ATTIO])], &format!("{TIER} {FLAG} feature_flag C {{ key: \"c\", account: marketing }} object A {{ slug: \"a\", singular: \"A\", plural: \"As\", account: marketing }}"))),
        ("a provider's own account for another one", stack(&[("local", &["sandbox"])], r#"feature_flag B { key: "b", account: attio }"#)),
        ("one name of two providers in a sandbox", stack(&[("local", &["sandbox"])], r#"feature_flag B { key: "b", account: extra } object A { slug: "a", singular: "A", plural: "As", account: extra }"#)),
        ("one name of two providers in two stages", stack(&[("dev", &[POSTHOG, MARKETING]), ("prod", &[POSTHOG, r#"marketing: attio { key: env("A") }"#])], FLAG)),
        ("an account that nothing uses", stack(&[("dev", &[POSTHOG, ATTIO]), ("prod", &[POSTHOG, ATTIO])], FLAG)),
        ("a head that nothing uses", stack(&[("prod", &[POSTHOG])], &format!("accounts: {{ attio: attio }},\n{FLAG}"))),
        ("a head that names an account of nobody", stack(&[("prod", &[POSTHOG])], &format!("accounts: {{ posthog: marketing }},\n{FLAG}"))),
        ("a head the wrong way round", stack(&[("prod", &[POSTHOG])], &format!("accounts: {{ marketing: posthog }},\n{FLAG}"))),
        ("a head of something else", stack(&[("prod", &[POSTHOG])], &format!("accounts: [marketing],\n{FLAG}"))),
        ("a head's account in quotes", stack(&[("prod", &[POSTHOG])], &format!("accounts: {{ posthog: \"marketing\" }},\n{FLAG}"))),
        ("the same twice in a head", stack(&[("local", &["sandbox"])], &format!("accounts: {{ posthog: a, posthog: b }},\n{FLAG}"))),
        ("an account that says no provider", stage(r#"marketing: { key: env("M"), project: 2 }"#)),
        ("a provider misspelt", stage(r#"posthgo: { key: env("M"), project: 2 }"#)),
        ("a provider misspelt behind a name", stage(r#"posthog: { key: env("P"), project: 1 }, marketing: posthgo { key: env("M"), project: 2 }"#)),
        ("a provider's word for another one", stage(r#"posthog: { key: env("P"), project: 1 }, attio: posthog { key: env("M"), project: 2 }"#)),
        ("an account without braces", stage("posthog: posthog")),
        ("the same account twice", stage(&format!("{POSTHOG}, {POSTHOG}"))),
        ("an account in capitals", stage(&format!("{POSTHOG}, MarketingEu: posthog {{ key: env(\"M\"), project: 2 }}"))),
        ("an account called sandbox", stage(&format!("{POSTHOG}, sandbox: posthog {{ key: env(\"M\"), project: 2 }}"))),
        ("an account in quotes", stage(r#""posthog": { key: env("P"), project: 1 }"#)),
        ("a stage of nothing", stack(&[("prod", &[])], FLAG)),
        ("a stage of rules alone", stack(&[("prod", &["protect: true"])], "")),
        ("in a stage", stack(&[("prod", &[POSTHOG, MARKETING])], r#"feature_flag B { key: "b", in prod { account: marketing } } feature_flag C { key: "c", account: marketing }"#)),
        ("inside a declaration", r#"attribute Tier { on: companies, slug: "tier", holds: select { One { account: sales }, Two } }"#.to_owned()),
        ("in quotes", r#"feature_flag B { key: "b", account: "marketing" }"#.to_owned()),
        ("in capitals", r#"feature_flag B { key: "b", account: Marketing }"#.to_owned()),
        ("in capitals, with stages", stack(&[("prod", &[MARKETING])], r#"feature_flag B { key: "b", account: Marketing }"#)),
        ("half typed", stack(&[("prod", &[MARKETING])], r#"feature_flag B { key: "b", account: }"#)),
        ("misspelt", r#"feature_flag B { key: "b", acount: marketing }"#.to_owned()),
        ("across accounts", r#"feature_flag F { key: "f", variants: { control: 50%, test: 50% } } experiment E { flag: F, account: marketing }"#.to_owned()),
        ("across accounts in one stage", stack(&[("local", &["sandbox"])], r#"event Seen { name: "seen" } event Read { name: "read", account: marketing }
            insight Trend { shows: trend { series: [count(Seen)] }, in local { shows: trend { series: [count(Read)] } } }"#)),
        ("shared with a stage that lacks it", stack(&[
            ("dev", &[r#"posthog: { key: env("P"), project: 1, shared_with: [prod] }"#]),
            ("prod", &[MARKETING]),
        ], r#"feature_flag A { key: "a" } feature_flag B { key: "b", account: marketing }"#)),
        ("shared one way, under a name", stack(&[
            ("dev", &[r#"marketing: posthog { key: env("P"), project: 1, shared_with: [prod] }"#]),
            ("prod", &[MARKETING]),
        ], r#"feature_flag B { key: "b", account: marketing }"#)),
        ("a variable for two accounts", stack(&[
            ("url", &[r#"x: posthog { key: env("P"), project: 1 }, x_url: posthog { key: env("P"), project: 2 }"#]),
        ], r#"feature_flag A { key: "a", account: x } feature_flag B { key: "b", account: x_url }"#)),
        ("a variable for two stages", stack(&[("Prod", &[POSTHOG]), ("prod", &[POSTHOG])], FLAG)),
        ("a variable for two accounts in two stages", stack(&[
            ("z", &[r#"x_url_y: posthog { key: env("P"), project: 2 }"#]),
            ("y_url_z", &[r#"x: posthog { key: env("P"), project: 1 }"#]),
        ], "")),
    ]
}

#[test]
fn what_is_wrong_with_accounts() {
    let mut page = String::new();
    for (title, source) in refused() {
        let _ = writeln!(page, "{title}");
        let (errors, warnings) = said(&source);
        assert!(!errors.is_empty() || !warnings.is_empty(), "{title}: nothing is said of {source}");
        for (kind, line) in errors.iter().map(|line| ("", line)).chain(warnings.iter().map(|line| ("warning: ", line)))
        {
            assert!(line.contains("\nhelp: ") || line.contains(" expected "), "no help: {line}");
            let _ = writeln!(page, "    {kind}{}", line.replace('\n', "\n        "));
        }
    }
    insta::assert_snapshot!(page);
}

#[test]
fn what_is_right_with_accounts() {
    let alike = r#"feature_flag A { key: "a" } feature_flag B { key: "a", account: marketing }"#;
    for source in [
        stack(&[("prod", &[POSTHOG])], FLAG),
        stack(&[("local", &["sandbox"]), ("prod", &[ATTIO])], TIER),
        stack(&[("prod", &[POSTHOG, MARKETING, ATTIO])], &format!("{TIER} {alike}")),
        // A sandbox has every account that anybody names.
        stack(&[("local", &["sandbox"])], &format!("{TIER} {alike}")),
        stack(&[("prod", &[MARKETING])], &format!("accounts: {{ posthog: marketing }}, {FLAG}")),
        stack(
            &[("prod", &[MARKETING, POSTHOG])],
            r#"accounts: { posthog: marketing }, feature_flag A { key: "a" } feature_flag B { key: "b", account: posthog }"#,
        ),
        stack(&[("prod", &["posthog: posthog { key: env(\"P\"), project: 1 }"])], FLAG),
        stack(
            &[
                ("dev", &[r#"marketing: posthog { key: env("M"), project: 2, shared_with: [prod] }"#]),
                ("prod", &[r#"marketing: posthog { key: env("M"), project: 2, shared_with: [dev] }"#]),
            ],
            r#"feature_flag B { key: "b", account: marketing }"#,
        ),
        stack(
            &[("prod", &[POSTHOG, MARKETING])],
            r#"feature_flag A { key: "a" } existing feature_flag B { key: "b", account: marketing, variants: { control: 50%, test: 50% } } experiment E { flag: B, account: marketing }"#,
        ),
        // A part knows nothing of its stages.
        r#"feature_flag A { key: "a", account: anything }"#.to_owned(),
        r#"accounts: { posthog: anything }, feature_flag A { key: "a" }"#.to_owned(),
    ] {
        assert_eq!(said(&source), (Vec::new(), Vec::new()), "{source}");
    }
}

#[test]
fn accounts_stand_in_what_is_emitted() {
    let (errors, _, out) = read(&stack(
        &[("prod", &[POSTHOG, MARKETING])],
        r#"accounts: { posthog: marketing }, feature_flag A { key: "a" } feature_flag B { key: "b", account: posthog }"#,
    ));
    assert_eq!(errors, Vec::<String>::new());
    let out = out.to_string();
    for wanted in [
        r#"accounts : & [("posthog" , "marketing" ,) ,]"#,
        r#"account : :: core :: option :: Option :: Some ("posthog")"#,
        r#"AccountName ("marketing")"#,
    ] {
        assert!(out.contains(&wanted.replace(" ,)", ")")) || out.contains(wanted), "{wanted} is not in {out}");
    }
}

/// What a root says of its parts.
fn joined(root: &str, parts: &[&str]) -> Vec<String> {
    let expanded = |source: &str| {
        let tokens = TokenStream::from_str(source).expect("the test's source is made of tokens");
        build(tokens, &BOTH)
    };
    join::lines(parts.iter().copied().chain([root]).map(expanded).collect())
}

#[test]
fn a_root_holds_the_accounts_of_its_parts() {
    let head = |stages: &[(&str, &[&str])], rest: &str| stack(stages, &format!("parts: [part0, part1],\n{rest}"));
    let mut page = String::new();
    for (title, root, parts) in [
        (
            "a stage without the account of two parts",
            head(&[("dev", &[POSTHOG, ATTIO]), ("prod", &[POSTHOG])], FLAG),
            vec![TIER, r#"object A { slug: "a", singular: "A", plural: "As" }"#],
        ),
        (
            "an account that no stage has, in a declaration and in a head",
            head(&[("prod", &[POSTHOG, MARKETING])], FLAG),
            vec![
                r#"feature_flag A { key: "a", account: marketng } feature_flag B { key: "b", account: marketing }"#,
                r#"accounts: { posthog: marketign }, feature_flag C { key: "c" } feature_flag D { key: "d" }"#,
            ],
        ),
        (
            "a reference by a path",
            head(
                &[("prod", &[POSTHOG, MARKETING])],
                r#"feature_flag Own { key: "own", variants: { control: 50%, test: 50% } }"#,
            ),
            vec![
                r#"accounts: { posthog: marketing }, feature_flag A { key: "a", variants: { control: 50%, test: 50% } }"#,
                r#"experiment E { flag: part0::A } experiment F { flag: part0::A, account: marketing }"#,
            ],
        ),
        (
            "one key in two accounts is fine",
            head(&[("prod", &[POSTHOG, MARKETING])], FLAG),
            vec![r#"accounts: { posthog: marketing }, feature_flag A { key: "beta" }"#, ""],
        ),
        (
            "an account that no part uses",
            head(&[("prod", &[POSTHOG, MARKETING])], FLAG),
            vec![r#"feature_flag A { key: "a" }"#, ""],
        ),
        ("everything is there", head(&[("local", &["sandbox"]), ("prod", &[POSTHOG, ATTIO])], FLAG), vec![TIER, ""]),
    ] {
        let _ = writeln!(page, "{title}");
        for line in joined(&root, &parts) {
            assert!(line.contains("\nhelp: ") || line.contains(" expected "), "no help: {line}");
            let _ = writeln!(page, "    {}", line.replace('\n', "\n        "));
        }
    }
    insta::assert_snapshot!(page);
}

/// What an API is called is said by its provider, never by the compiler.
#[test]
fn no_provider_is_named_in_the_compiler() {
    fn look(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "tests" && name != "snapshots") {
                look(&path, found);
            }
            let is_source = path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs");
            let text = if is_source { std::fs::read_to_string(&path).expect("a file") } else { continue };
            for (line, text) in text.lines().enumerate() {
                if ["attio", "posthog"].iter().any(|word| text.to_lowercase().contains(word)) {
                    found.push(format!("{}:{}: {text}", path.display(), line + 1));
                }
            }
        }
    }
    let mut found = Vec::new();
    look(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
}
