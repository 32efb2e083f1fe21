//! Source text to error lines, without rustc: fast, and no `.stderr` to keep.

mod accepted;
mod accounts;
mod texts;

use crate::composition::{Composition, LinkedProvider};
use crate::errors::Errors;
use crate::{declarations, expand, header, keys, names, order, parse, rules, surface};
use proc_macro2::TokenStream;
use proptest::prelude::*;
use std::str::FromStr;

mod written;

/// Both providers, as the crate `plg` has them.
pub(crate) const BOTH: Composition = Composition {
    stack: "stack",
    providers: &[
        LinkedProvider { provider: &plg_attio::PROVIDER, path: "attio" },
        LinkedProvider { provider: &plg_posthog::PROVIDER, path: "posthog" },
    ],
    lacking: &[],
};

/// The mistakes of a stack as `line:column message`, and its declarations in deploy order.
fn read(source: &str) -> (Vec<String>, Vec<String>, TokenStream) {
    let tokens = TokenStream::from_str(source).expect("the test's source is made of tokens");
    BOTH.link();
    let errors = &mut Errors::default();
    let stack = parse::stack(errors, tokens);
    let names = names::collect(errors, &BOTH, &stack);
    let header = header::read(errors, &BOTH, &stack, &names);
    let mut lowered = declarations::lower(errors, &stack, &names, &header);
    keys::check(errors, &stack, &names, &mut lowered);
    surface::check(errors, &stack, &names, &mut lowered);
    rules::check(errors, &stack, &names, &mut lowered, header.is_whole);
    crate::residents::check(errors, &stack, &header, &names, &lowered);
    let order = order::sort(errors, &stack, &names, &lowered);
    let out = expand::stack(errors, &BOTH, &stack, &names, &header, &lowered, &order).stream();
    let sorted = order.iter().map(|p| stack.declarations[*p].name.to_string()).collect();
    (errors.lines(), sorted, out)
}

/// The mistakes of a stack, and what is worth a second look.
fn said(source: &str) -> (Vec<String>, Vec<String>) {
    let tokens = TokenStream::from_str(source).expect("the test's source is made of tokens");
    BOTH.link();
    let errors = &mut Errors::default();
    let stack = parse::stack(errors, tokens);
    let names = names::collect(errors, &BOTH, &stack);
    let header = header::read(errors, &BOTH, &stack, &names);
    let mut lowered = declarations::lower(errors, &stack, &names, &header);
    keys::check(errors, &stack, &names, &mut lowered);
    rules::check(errors, &stack, &names, &mut lowered, header.is_whole);
    crate::residents::check(errors, &stack, &header, &names, &lowered);
    (errors.lines(), errors.warned())
}

fn errors(source: &str) -> String {
    read(source).0.join("\n")
}

#[test]
fn a_clean_stack_has_no_errors_and_is_rust() {
    let (errors, order, out) = read(
        r#"
        name: "test",
        stages: { local: sandbox },
        experiment Shade { flag: DarkMode }
        /// Dark mode.
        feature_flag DarkMode { key: "dark-mode", rollout: 50%, variants: { control: 50%, dark: 50% } }
        "#,
    );
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(order, ["DarkMode", "Shade"]);
    syn::parse2::<syn::File>(out).expect("the expansion is a list of items");
}

#[test]
fn a_key_of_any_word_is_a_field_or_a_variant() {
    let (errors, _, out) = read(
        r#"
        event Seen { name: "seen", properties: { "type": text, "self": text, "1st": number, "größe": optional(number), "①": boolean } }
        feature_flag Switch { key: "switch", variants: { self: 50%, "2nd": 50% } }
        "#,
    );
    assert_eq!(errors, Vec::<String>::new());
    let out = out.to_string();
    for written in
        ["pub r#type : __plg :: String", "pub self_ :", "pub p_1st :", "pub größe : __plg :: Option < __plg :: f64 >"]
    {
        assert!(out.contains(written), "{written} is not in {out}");
    }
    assert!(out.contains("VSelf") && out.contains("V2nd"), "{out}");
}

#[test]
fn every_mistake_is_shown_once() {
    insta::assert_snapshot!(errors(
        r#"
        nam: "test",
        feature_flg A { key: "a" }
        feature_flag B { key: "B b", rolout: 5% }
        feature_flag C { key: "c", rollout: 101%, key: "d" }
        experiment D { flag: E }
        experiment F { flag: D }
        experiment G { flag: A }
        feature_flag C { key: "x" }
        feature_flag H { rollout: 5 }
        "#
    ));
}

#[test]
fn what_is_half_typed_does_not_hide_the_rest() {
    let (errors, order, out) = read(
        r#"
        feature_flag
        feature_flag A { key: "a", rollout }
        feature_flag B { key: , rollout: 10% }
        feature_flag C { key: "c" rollout: 10% }
        experiment D { flag: }
        experiment
        "#,
    );
    insta::assert_snapshot!(errors.join("\n"));
    assert_eq!(order, ["A", "B", "C", "D"]);
    let text = out.to_string();
    for name in ["A", "B", "C", "D"] {
        assert!(text.contains(&format!("static {name} :")), "{name} is still there");
    }
}

/// A stack, and the codes that its mistakes have: one for each.
const ONE_EACH: &[(&str, &str)] = &[
    // A colon that is forgotten, wherever one stands.
    ("feature_flag F { key \"f\" }", "P0101"),
    ("feature_flag F { key: \"f\", rollout 10% }", "P0101"),
    ("feature_flag F { key: \"f\", variants: { control 50%, test: 50% } }", "P0101"),
    ("feature_flag F { key: \"f\", payload: { \"a\" 1 } }", "P0101"),
    // What is wrong where no stage says otherwise is no second mistake in one.
    (
        "name: \"s\", stages: { local: sandbox, prod: sandbox }, feature_flag F { key: \"f\", rollotu: 10%, in prod { rollout: 3% } }",
        "P0103",
    ),
    (
        "name: \"s\", stages: { local: sandbox, prod: sandbox }, feature_flag F { key: \"f\", in prod { rollout: 2% } } feature_flag G { key: \"f\" }",
        "P0204",
    ),
    ("option Foo { title: \"x\" }", "P0102"),
    ("annotation Last { content: \"x\", on_date: \"9999-12-31\" }", "P0303"),
    // A field that is misspelt is there, so that nothing else is missing, and what else is wrong is said.
    (r#"feature_flag X { ky: "x" }"#, "P0103"),
    (r#"feature_flag X { name: "x" }"#, "P0103 P0104"),
    (r#"feature_flag X { key: "x", kye: "y" }"#, "P0103"),
    (r#"survey S { kind: popover, questions: [link("Go", url: "https://a.example")] }"#, "P0103"),
    (r#"feature_flag X { key: "x", rolout: 10%, variants: { control: 50%, test: 40% } }"#, "P0103 P0302"),
    (r#"feature_flag X { key: "x", rollout: 101%, variants: { control: 50%, test: 40% } }"#, "P0302 P0302"),
    (r#"feature_flg X { key: "x", rollout: 101% }"#, "P0102 P0302"),
    (r#"feature_flg X { key: "x" } experiment E { flag: X }"#, "P0102"),
    (r#"nam: "x", stages: { local: sandbox }, event A { name: "a" }"#, "P0106"),
    (
        r#"survey S { kind: popver, questions: [rating("a", scale: 4), opn("b", optinal: true), single("c", ["x"]), link("d", url: "https://a.example"), open("e", then: question(9))], repeats: { every: 7 dys, times: 501 } }"#,
        "P0301 P0301 P0103 P0103 P0303 P0503 P0503 P0503 P0306",
    ),
    (r#"survey S { kind: popover, questions: [open("a")], repeats: { every: 7 days, times: 501 } }"#, "P0306"),
    (r#"survey S { kind: popover, questions: [open("a")], repeats: { every: 7 dys, times: 501 } }"#, "P0303 P0306"),
    // Other languages' marks are read as what they mean.
    (r#"feature_flag X { key = "x", rollout: 10%, tags = ["a"] }"#, "P0108 P0108"),
    (r#"feature_flag X { key => "x" }"#, "P0108"),
    (r#"name = "x", stages: { local: sandbox },"#, "P0108"),
    (r#"survey S { kind: popover, questions: [rating("How?", scale = 5)] }"#, "P0108"),
    (r#"feature_flag X { key: 'a' }"#, "P0108"),
    (r#"feature_flag X { key: b"x", tags: ['a', c"b", b'c'] }"#, "P0108 P0108 P0108 P0108"),
    (r#"feature_flag X { key: 'a, rollout: 5% }"#, "P0108"),
    (r#"feature_flag X { key: "x"suffix }"#, "P0108"),
    (r#"feature_flag Ab { key: "ab", variants: { control: 50%, test: 50% } } experiment E { flag: &Ab }"#, "P0108"),
    (r#"event A { name: "a" } action B { on: [&A, &mut A] }"#, "P0108 P0108"),
    (r#"experiment E { flag: ::part::X }"#, "P0108"),
    (r#"experiment E { flag: part::<u8>::X }"#, "P0108"),
    (r#"experiment E { flag: Self::X }"#, "P0108"),
    (r#"pub feature_flag X { key: ("x") }"#, "P0108 P0108"),
    (r#"pub(crate) feature_flag X<T> { key: format!("x") }"#, "P0108 P0108 P0108"),
    (r#"feature_flag X (key) { key: "x" } event A { nam: "a" }"#, "P0101 P0103"),
    (r#"feature_flag X { key: "x"; rollout: 10% }"#, "P0101"),
    (r#"feature_flag X { key: @, rollout: 101% }"#, "P0108 P0302"),
    (r#"survey S { kind: popover, questions: [@] }"#, "P0108"),
    // Names that would be one.
    (
        r#"name: "x", stages: { prod: sandbox }, feature_flag X { key: "x", in prod { rollout: 5% } in prod { rollout: 6% } }"#,
        "P0105",
    ),
    (r#"stages: crate, feature_flag X { key: "x", in prod { rollout: 5% } in prod { rollout: 6% } }"#, "P0105"),
    (
        r#"name: "x", stages: { self: sandbox, crate: sandbox, super: sandbox, Self: sandbox },"#,
        "P0106 P0106 P0106 P0106",
    ),
    (r#"feature_flag X { key: "x", variants: { control: 40%, Test: 30%, test: 30% } }"#, "P0110"),
    (r#"feature_flag X { key: "x", variants: { control: 40%, "a-b": 30%, a_b: 30% } }"#, "P0110"),
    (
        r#"feature_flag X { key: "x", variants: { control: 40%, ALL: 20%, VALL: 20%, Self: 10%, "2": 5%, V2: 5% } }"#,
        "P0110 P0110",
    ),
    (r#"feature_flag X { key: "x", variants: { control: 50%, test: 50%, ALL: 0%, KEY: 0%, Self: 0% } }"#, ""),
    (r#"event X { name: "x", properties: { "a-b": text, "a_b": text } }"#, "P0110"),
    (r#"event X { name: "x", properties: { "①": text, "②": text } }"#, "P0110"),
    (r#"event X { name: "x", properties: { "1": text, p_1: text, "self": text, self_: text } }"#, "P0110 P0110"),
    (r#"event X { name: "x", properties: { "": text } }"#, "P0304"),
    (r#"attribute T { on: companies, slug: "t", holds: select { ALL, SLUG, Self, Some } }"#, "P0110 P0110 P0110"),
    (r#"attribute T { on: deals, slug: "t", holds: status { ALL, SLUG, Self, Some } }"#, "P0110 P0110 P0110"),
    (r#"event STACK { name: "a" }"#, "P0110"),
    (
        r#"attribute MRRGrowth { on: companies, slug: "a", holds: select { A } } attribute MrrGrowth { on: companies, slug: "b", holds: select { A } }"#,
        "",
    ),
    (
        r#"attribute Crate { on: companies, slug: "a", holds: select { A } } attribute Super { on: companies, slug: "b", holds: select { A } }"#,
        "",
    ),
    (r#"attribute Straße { on: companies, slug: "a", holds: select { Äpfel, 名前 } }"#, ""),
    // Numbers that are none.
    (r#"feature_flag X { key: "x", rollout: 1e400% }"#, "P0306"),
    (r#"feature_flag X { key: "x", payload: { "a": 1e400 } }"#, "P0306"),
    (r#"feature_flag X { key: "x", extra: { "a": [-1e400] } }"#, "P0306"),
    (r#"alert X { insight: part::I, when: value(below: 1e999) }"#, "P0306"),
    (r#"survey S { kind: popover, questions: [open("a")], limit: 99999999999999999999999 }"#, "P0308"),
    // What nothing follows.
    ("feature_flag X { key: \"x\" }\n/// Last.", "P0108"),
    ("feature_flag X { key: \"x\",\n/// Last.\n}", "P0108"),
    ("attribute T { on: companies, slug: \"t\", holds: select { A,\n/// Last.\n} }", "P0108"),
    ("feature_flag X { key: \"x\" }\n#[derive(Debug)]", "P0108"),
];

#[test]
fn one_mistake_is_one_error() {
    for (source, wanted) in ONE_EACH {
        let (errors, _, out) = read(source);
        let code = |line: &String| line.rsplit_once(" [").map(|(_, code)| code[..5].to_owned());
        let codes: Vec<String> = errors
            .iter()
            .map(|error| error.lines().next().map(str::to_owned).unwrap_or_default())
            .filter_map(|line| code(&line))
            .collect();
        assert_eq!(codes.join(" "), *wanted, "{source}\n{}", errors.join("\n"));
        syn::parse2::<syn::File>(out).expect("the expansion is a list of items, whatever is wrong");
    }
}

#[test]
fn a_last_doc_comment_is_what_is_underlined() {
    assert!(errors("feature_flag X { key: \"x\" }\n/// Last.\n").starts_with("2:1 expected a declaration after this"));
    assert!(errors("feature_flag X { key: \"x\",\n  /// Last.\n}").starts_with("2:3 expected a field after this"));
}

#[test]
fn no_help_proposes_the_word_that_is_written() {
    let long = "a".repeat(65);
    let stacks = [
        r#"webhook W { url: env(""), on: [deals.created] }"#.to_owned(),
        r#"name: "", stages: { local: sandbox },"#.to_owned(),
        format!(r#"name: "{long}", stages: {{ local: sandbox }},"#),
        r#"event A { name: "a" } feature_flag A { key: "a" } experiment E { flag: A }"#.to_owned(),
        r#"event ñandú { name: "a" } event _1 { name: "b" } event ªb { name: "c" }"#.to_owned(),
        r#"feature_flag X { key: "x", key: "y", kez: "z", ignore: [nothing] }"#.to_owned(),
        r#"event A { name: " a " } event B { name: "" } feature_flag F { key: "", rollout: -5 }"#.to_owned(),
    ];
    for source in stacks {
        for error in read(&source).0 {
            let Some((said, help)) = error.split_once("\nhelp: ") else { continue };
            for quoted in help.split(['`', '"']).skip(1).step_by(2) {
                assert!(!quoted.is_empty() && !said.contains(&format!("`{quoted}` is not")), "{error}");
                assert_ne!(quoted, long);
            }
        }
    }
}

#[test]
fn what_is_nested_too_deeply_is_refused_and_nothing_overflows() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(800), close.repeat(800));
    for value in [deep("[", "]"), deep("{ \"a\": ", "}"), deep("a(", ")"), deep("(", ")"), deep("a { b: ", "}")] {
        for source in [
            format!("feature_flag X {{ key: \"x\", extra: {{ \"a\": {value} }} }} event Last {{ nam: \"last\" }}"),
            format!("feature_flag X {{ key: {value} }} event Last {{ nam: \"last\" }}"),
        ] {
            let errors = errors(&source);
            assert_eq!(errors.matches("[P0111]").count(), 1, "{errors}");
            assert!(errors.contains("[P0103]") && !errors.contains("unexpected token"), "{errors}");
        }
    }
    let fine = format!("feature_flag X {{ key: \"x\", extra: {{ \"a\": {}1{} }} }}", "[".repeat(90), "]".repeat(90));
    assert_eq!(errors(&fine), "");
}

/// What an application names of a declaration is there, whatever else is wrong in it.
#[test]
fn a_broken_declaration_keeps_its_type() {
    for (source, wanted) in [
        (
            r#"feature_flag X { key: "x", rollout: 101%, variants: { control: 50%, test: 50% } }"#,
            "enum X { #[doc = \"`control`\"] Control , #[doc = \"`test`\"] Test ,",
        ),
        (
            r#"feature_flag X { key: "x", variants: { control: 50%, test: 500% } }"#,
            "Control , #[doc = \"`test`\"] Test ,",
        ),
        (
            r#"feature_flag X { key: "x", varians: { control: 50%, test: 50% } }"#,
            "Control , #[doc = \"`test`\"] Test ,",
        ),
        (
            r#"feature_flg X { key: "x", variants: { control: 50%, test: 50% } }"#,
            "Control , #[doc = \"`test`\"] Test ,",
        ),
        (r#"attribute T { on: companies, slug: "t", holds: selct { A, B } }"#, "A , #[doc = \"`B`\"] B ,"),
        (
            r#"attribute T { on: companies, slug: "t", holds: select { A, B { titel: "x" } } }"#,
            "A , #[doc = \"`B`\"] B ,",
        ),
        (r#"attribute T { on: compnies, slug: "T", holds: status { A, A, B } }"#, "A , #[doc = \"`B`\"] B ,"),
        (
            r#"event X { name: " x", properties: { plan: txt, seats: numbr, rest: optional(bolean) } }"#,
            "pub plan : __plg :: String , #[doc = \"`seats`\"] pub seats : __plg :: f64 , #[doc = \"`rest`\"] pub rest : __plg :: Option < __plg :: bool > ,",
        ),
        (r#"event X { nme: "x", properties: { plan: text } }"#, "const NAME : & 'static str"),
    ] {
        let (errors, _, out) = read(source);
        assert!(!errors.is_empty(), "{source}");
        let out = out.to_string();
        let plain = |text: &str| text.split_whitespace().collect::<String>();
        assert!(plain(&out).contains(&plain(wanted)), "{source}\n{out}");
        assert!(!out.contains("unsafe"), "{out}");
    }
}

/// Any text of tokens the language uses, in any order.
fn soup() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "feature_flag",
        "experiment",
        "existing",
        "in",
        "prod",
        "name",
        "stages",
        "key",
        "flag",
        "A",
        "B",
        "rollout",
        ":",
        ",",
        "::",
        ".",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "\"text\"",
        "10",
        "10%",
        "7 days",
        "7 days ago",
        "-",
        "1.5",
        "true",
        "env",
        "#",
        "/// doc\n",
        "variants",
        "control",
        "'a",
        "'x'",
        "r#type",
        "_",
        "=",
        ";",
        "extra",
        "ignore",
        "was",
        "protect",
        "on_destroy",
        "99999999999999999999",
        "1e400",
        "Self",
        "crate",
        "super",
        "async",
        "&",
        "=>",
        "b\"x\"",
        "@",
        "<",
        ">",
        "pub",
        "STACK",
        "properties",
        "holds",
        "select",
        "event",
        "attribute",
    ]);
    prop::collection::vec(word, 0..40).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_soup_makes_it_panic(text in soup()) {
        if let Ok(tokens) = TokenStream::from_str(&text) {
            let _ = crate::build(tokens, &BOTH);
        }
    }

    #[test]
    fn soup_inside_a_declaration_does_not_hide_the_next(text in soup()) {
        let source = format!("feature_flag First {{ {text} }} feature_flag Last {{ key: \"last\" }}");
        if let Ok(tokens) = TokenStream::from_str(&source) {
            prop_assert!(crate::build(tokens, &BOTH).to_string().contains("static Last"));
        }
    }

    #[test]
    fn a_random_stack_expands_in_an_order_that_respects_every_edge(edges in prop::collection::vec(prop::option::of(0usize..20), 1..20), shuffle in any::<u64>()) {
        // Experiments stand for whatever refers to something: each on one of the flags.
        let count = edges.len();
        let mut lines: Vec<String> = (0..count).map(|n| format!("feature_flag F{n} {{ key: \"f{n}\", variants: {{ control: 50%, test: 50% }} }}")).collect();
        let mut wanted = Vec::new();
        for (n, edge) in edges.iter().enumerate() {
            if let Some(edge) = edge {
                let flag = edge % count;
                lines.push(format!("experiment E{n} {{ flag: F{flag} }}"));
                wanted.push((format!("E{n}"), format!("F{flag}")));
            }
        }
        let mut seed = shuffle;
        for place in (1..lines.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let other = usize::try_from(seed >> 33).unwrap_or(0) % (place + 1);
            lines.swap(place, other);
        }
        let (errors, order, out) = read(&lines.join("\n"));
        prop_assert_eq!(errors, Vec::<String>::new());
        let place = |name: &str| order.iter().position(|o| o == name);
        for (later, earlier) in wanted {
            prop_assert!(place(&earlier) < place(&later));
        }
        prop_assert!(syn::parse2::<syn::File>(out).is_ok());
    }
}

/// What stands in JSON: numbers, names and variables.
#[test]
fn json_says_what_it_cannot_hold() {
    let said = |json: &str| {
        errors(&format!(
            "name: \"t\", stages: {{ local: sandbox }}, cohort Whales {{ all: [person {{ property: \"email\", set: true }}] }}\n\
             feature_flag NewFlow {{ key: \"new-flow\" }}\n\
             insight Asked {{ shows: query {{ \"kind\": \"X\", \"v\": {json} }} }}"
        ))
    };
    for fine in [
        "9007199254740993",
        "18446744073709551615",
        "-9223372036854775808",
        "-0",
        "0.1",
        "1.0",
        "1e300",
        "1.5E-7",
        "[Whales, Whales.id, NewFlow, NewFlow.key, NewFlow.id, part::Other, part::Other.key, env(\"HOST\")]",
        "null",
    ] {
        assert_eq!(said(fine), "", "{fine}");
    }
    for (wrong, code, help) in [
        ("1e400", "P0306", ""),
        ("18446744073709551616", "P0306", "in quotes"),
        ("-9223372036854775809", "P0306", "in quotes"),
        ("0.1234567890123456789", "P0306", "fewer digits"),
        ("Whale", "P0201", "`Whales`"),
        ("Nobody", "P0201", "part::Nobody"),
        ("NewFlow.keys", "P0301", "`.key`"),
        ("Whales.key", "P0301", "`Whales.id`"),
        ("env(\"host\")", "P0107", "\"HOST\""),
        ("tru", "P0308", ""),
    ] {
        let all = said(wrong);
        assert!(all.contains(code) && all.contains(help), "{wrong}: {all}");
        assert_eq!(all.matches("[P0").count(), 1, "{wrong}: {all}");
    }
    let public = errors(
        "name: \"t\", stages: { local: sandbox }, feature_flag A { key: \"a\", payload: { \"k\": [env(\"TOKEN\")] } }",
    );
    assert!(public.contains("P0107") && public.contains("every browser"), "{public}");
}

#[test]
fn examples_of_codes_are_what_they_say() {
    let mut wrong = Vec::new();
    for example in plg_core::linked::every_example() {
        // What a command finds is no matter of the compiler; declarations among it are whole.
        let is_of_the_compiler = !example.code.starts_with("P06");
        for (source, fails) in [(example.fails, is_of_the_compiler), (example.works, false)] {
            if !is_of_the_compiler && source.lines().any(|line| line.starts_with(['$', '#'])) {
                continue;
            }
            // The parts of a contradiction are fine each by itself.
            let parts: Vec<&str> = if example.code == "P0601" { source.lines().collect() } else { vec![source] };
            let said: Vec<String> = parts.iter().flat_map(|part| read(part).0).collect();
            let coded = format!("[{}]", example.code);
            let is_right =
                if fails { !said.is_empty() && said.iter().all(|line| line.contains(&coded)) } else { said.is_empty() };
            if !is_right {
                wrong.push(format!("{} {source}\n  {}", example.code, said.join("\n  ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

mod between;
mod properties;
