//! Names that stand for keys of declarations: in lists of texts.

use super::{BOTH, errors, read};
use crate::{build, join};
use proc_macro2::TokenStream;
use std::str::FromStr;

const AROUND: &str = r#"
attribute Stage { on: companies, slug: "stage", holds: select { Trial, AtRisk, Gone { title: "Churned" } } }
feature_flag New { key: "new-flow", variants: { control: 50%, "v1.2": 50% } }
dashboard Growth {}
annotation Launch { content: "Launched", on_date: "2026-12-01" }
feature_flag Old { key: "old" }
early_access_feature Exports { flag: Old, stage: alpha }
"#;

fn event(texts: &str) -> String {
    format!("event Seen {{ name: \"seen\", properties: {{ what: one_of({texts}) }} }}\n{AROUND}")
}

#[test]
fn any_name_with_a_key_is_taken() {
    for texts in [
        r#"["web", "phone"]"#,
        r#"[New, Stage, Growth, Seen]"#,
        r#"[Stage.Trial, Stage.Gone, "Active", New.control]"#,
        r#"[self::New]"#,
        r#"[plans::Pro, plans::Stages.Trial]"#,
    ] {
        assert_eq!(errors(&event(texts)), "", "{texts}");
    }
    let optional = r#"event Seen { name: "seen", properties: { what: optional(one_of(["a", Seen])) } }"#;
    assert_eq!(errors(optional), "");
}

#[test]
fn what_has_no_key_is_refused_and_so_is_a_text_twice() {
    for (texts, said) in [
        (
            "[Grwth]",
            "cannot find a declaration `Grwth` in this stack [P0201]\nhelp: a declaration with a similar name exists: `Growth`",
        ),
        (
            "[Launch]",
            "`Launch` is an annotation, which has no key that is one text [P0209]\nhelp: write the text, in quotes",
        ),
        ("[Exports]", "`Exports` is an early_access_feature, which has no key that is one text [P0209]"),
        ("[Stage.Trail]", "`Stage` has no option `Trail` [P0201]\nhelp: did you mean `Stage.Trial`?"),
        ("[New.blue]", "`New` has no variant `blue` [P0201]\nhelp: it has `control`, `v1.2`"),
        (
            "[Growth.title]",
            "`Growth` is a dashboard without options or variants, and has no `title` [P0201]\nhelp: write `Growth`",
        ),
        (r#"["a", "a"]"#, "\"a\" is in this list already [P0105]"),
        ("[New, New]", "`New` is in this list already [P0105]"),
        (r#"[New, "new-flow"]"#, "\"new-flow\" is in this list already: it is the key of `New` [P0105]"),
        (r#"["Churned", Stage.Gone]"#, "\"Churned\" is in this list already: it is the key of `Stage.Gone` [P0105]"),
        (r#"["At Risk", Stage.AtRisk]"#, "\"At Risk\" is in this list already"),
        (r#"["a-b", "a_b"]"#, "`a_b` and `a-b` are both `AB` in the Rust type of `what` [P0110]"),
        ("[]", "`one_of` needs at least one text [P0305]"),
        ("[5]", "expected a text in quotes, or the name of the declaration that it is the key of [P0308]"),
        (r#"[" web"]"#, "this text has white space around it [P0304]"),
    ] {
        let found = errors(&event(texts));
        assert!(found.contains(said) && !found.contains("\n2:"), "{texts}\n  wanted {said}\n  got {found}");
    }
    let taken = format!("feature_flag SeenWhat {{ key: \"w\" }} {}", event("[New]"));
    assert!(errors(&taken).contains("the Rust type of `what` would be `SeenWhat`"), "{}", errors(&taken));
}

#[test]
fn a_name_is_no_dependency() {
    let source = r#"
        event Viewed { name: "viewed", properties: { test: one_of([Onboarding, Viewed]) } }
        feature_flag New { key: "new", variants: { control: 50%, test: 50% } }
        experiment Onboarding { flag: New, metrics: [mean(Viewed)] }"#;
    let (errors, order, _) = read(source);
    assert_eq!((errors, order), (vec![], vec!["Viewed".to_owned(), "New".to_owned(), "Onboarding".to_owned()]));
}

#[test]
fn the_application_has_an_enum_of_them() {
    let (_, _, out) = read(&event("[New, Stage.AtRisk, \"1st\", plans::Pro, plans::Stages.Trial]"));
    let out = out.to_string().replace(' ', "");
    for part in [
        "pubenumSeenWhat{",
        "pubwhat:SeenWhat,",
        "Self::New=>\"new-flow\"",
        "Self::AtRisk=>\"AtRisk\"",
        "Self::V1st=>\"1st\"",
        "Self::Pro=>__plg::key_of(&plans::Pro)",
        "Self::Trial=>__plg::member_of(&plans::Stages,\"Trial\")",
        "to.text(\"what\",self.what.as_str());",
        "KeyText::Of(&New)",
        "KeyText::Member(&Stage,\"AtRisk\")",
        "KeyText::Text(\"1st\")",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    // Known to the last: a constant function.
    assert!(!out.contains("pubconstfnas_str"), "{out}");
    assert!(read(&event("[New]")).2.to_string().replace(' ', "").contains("pubconstfnas_str"));
}

/// What the root says of an event that names what is in another part.
fn across(texts: &str, plans: &str) -> Vec<String> {
    let expanded = |source: &str| build(TokenStream::from_str(source).expect("tokens"), &BOTH);
    let part = format!("stages: crate, {plans}");
    let event = format!("event Seen {{ name: \"seen\", properties: {{ what: one_of({texts}) }} }}");
    let root = format!("name: \"x\", stages: {{ local: sandbox }}, parts: [part0], {event}");
    join::lines(vec![expanded(&part), expanded(&root)])
}

#[test]
fn the_root_looks_up_what_is_in_other_parts() {
    let plans = r#"
        feature_flag Pro { key: "pro" }
        attribute Stages { on: companies, slug: "stages", holds: select { Trial } }
        annotation Launch { content: "Launched", on_date: "2026-12-01" }"#;
    assert_eq!(across(r#"[part0::Pro, part0::Stages.Trial, "free"]"#, plans), [""; 0]);
    for (texts, said) in [
        ("[part0::Launch]", "`part0::Launch` is an annotation, which has no key that is one text [P0209]"),
        (
            "[part0::Stages.Trail]",
            "`part0::Stages` has no option `Trail` [P0201]\nhelp: did you mean `part0::Stages.Trial`?",
        ),
        (r#"["pro", part0::Pro]"#, "\"pro\" is in this list already: it is the key of `part0::Pro` [P0105]"),
    ] {
        let found = across(texts, plans).join("\n");
        assert!(found.contains(said), "{texts}\n  wanted {said}\n  got {found}");
    }
}
