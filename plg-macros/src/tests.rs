//! Source text to error lines, without rustc: fast, and no `.stderr` to keep.

use crate::errors::Errors;
use crate::{declarations, expand, header, names, order, parse, rules};
use proc_macro2::TokenStream;
use proptest::prelude::*;
use std::str::FromStr;

/// The mistakes of a stack as `line:column message`, and its declarations in deploy order.
fn read(source: &str) -> (Vec<String>, Vec<String>, TokenStream) {
    let tokens = TokenStream::from_str(source).expect("the test's source is made of tokens");
    let errors = &mut Errors::default();
    let stack = parse::stack(errors, tokens);
    let names = names::collect(errors, &stack);
    let header = header::read(errors, &stack, &names);
    let mut lowered = declarations::lower(errors, &stack, &names, &header);
    rules::check(errors, &stack, &names, &mut lowered);
    let order = order::sort(errors, &stack, &names, &lowered);
    let out = expand::stack(errors, &stack, &names, &header, &lowered, &order).stream();
    let sorted = order.iter().map(|p| stack.declarations[*p].name.to_string()).collect();
    (errors.lines(), sorted, out)
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
    ]);
    prop::collection::vec(word, 0..40).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_soup_makes_it_panic(text in soup()) {
        if let Ok(tokens) = TokenStream::from_str(&text) {
            let _ = crate::build(tokens);
        }
    }

    #[test]
    fn soup_inside_a_declaration_does_not_hide_the_next(text in soup()) {
        let source = format!("feature_flag First {{ {text} }} feature_flag Last {{ key: \"last\" }}");
        if let Ok(tokens) = TokenStream::from_str(&source) {
            prop_assert!(crate::build(tokens).to_string().contains("static Last"));
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
            "name: \"t\", stages: {{ local: sandbox }}, cohort Whales {{ all: [person {{ property: \"p\", set: true }}] }}\n\
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
        ("1e400", "P0306", "in quotes"),
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
