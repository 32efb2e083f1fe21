//! Nothing that is written is ignored: it has its effect, or its error.

use super::{errors, read};

/// Each source has one mistake, at one place, said with these words.
fn refused(rows: &[(&str, &str, &str)]) {
    for (source, at, says) in rows {
        let found = errors(source);
        let mistakes: Vec<&str> = found.lines().filter(|line| line.contains(" [P")).collect();
        assert_eq!(mistakes.len(), 1, "{source}\n{found}");
        let (place, said) = mistakes[0].split_once(' ').unwrap_or_default();
        assert!(said.contains(says), "{source}\n{found}");
        let (line, column) = place.split_once(':').expect("a place");
        let [line, column] = [line, column].map(|number| number.parse::<usize>().expect("a number"));
        let there = source.lines().nth(line - 1).map(|line| line.chars().skip(column - 1).collect::<String>());
        assert!(there.unwrap_or_default().starts_with(at), "{source}\nis not at `{at}`:\n{found}");
    }
}

fn clean(source: &str) -> String {
    let (errors, _, out) = read(source);
    assert_eq!(errors, Vec::<String>::new(), "{source}");
    syn::parse2::<syn::File>(out.clone()).expect("the expansion is a list of items");
    out.to_string()
}

#[test]
fn attributes_have_their_effect_or_their_error() {
    let cfg = "a macro cannot evaluate it";
    refused(&[
        (r#"#[cfg(test)] feature_flag A { key: "a" }"#, "cfg", cfg),
        (r#"#[cfg_attr(test, derive(Debug))] event A { name: "a" }"#, "cfg_attr", cfg),
        (r#"feature_flag A { #[cfg(test)] key: "a" }"#, "cfg", cfg),
        (r#"event A { name: "a", properties: { #[cfg(test)] plan: text } }"#, "cfg", cfg),
        (r#"feature_flag A { key: "a", variants: { control: 50%, #[cfg(test)] test: 50% } }"#, "cfg", cfg),
        (r#"attribute A { on: deals, slug: "a", holds: select { #[cfg(test)] One } }"#, "cfg", cfg),
        (r#"event B { name: "b" } action A { on: [#[cfg(test)] B] }"#, "cfg", cfg),
        (r#"cohort A { all: [person(#[cfg(test)] "plan", is: ["pro"])] }"#, "cfg", cfg),
        (r#"dashboard A { filters: { #[cfg(test)] last: 7 days } }"#, "cfg", cfg),
        (r#"feature_flag A { key: "a", payload: { #[cfg(test)] "b": 1 } }"#, "cfg", cfg),
        (r#"feature_flag A { key: "a", #[cfg(test)] extra: { "b": 1 } }"#, "cfg", cfg),
        (r#"name: "a", stages: { #[cfg(test)] local: sandbox }"#, "cfg", cfg),
        (r#"name: "a", #[cfg(test)] stages: { local: sandbox }"#, "cfg", cfg),
        (
            r#"name: "a", stages: { local: sandbox }, feature_flag A { key: "a", #[cfg(test)] in local { rollout: 1% } }"#,
            "cfg",
            cfg,
        ),
        (r#"#[must_use] feature_flag A { key: "a" }"#, "must_use", "`must_use` has no effect here"),
        (r#"#[rustfmt::skip] feature_flag A { key: "a" }"#, "skip", "`rustfmt::skip` has no effect here"),
        (r#"feature_flag A { #[allow(unused)] key: "a" }"#, "#", "`allow` has no effect here"),
        (
            r#"feature_flag A { key: "a", rollout: 5%, #[deprecated] tags: ["a"] }"#,
            "#",
            "`deprecated` has no effect here",
        ),
        (
            "feature_flag A {\n/// What it is.\nkey: \"a\" }",
            "///",
            "a doc comment has to stand before a declaration, a property, a variant or an option",
        ),
        (
            "event B { name: \"b\" } action A { on: [\n/// What it is.\nB] }",
            "///",
            "a doc comment has to stand before a declaration, a property, a variant or an option",
        ),
        (
            "event A { name: \"a\", properties: { #[derive(Debug)] plan: text } }",
            "#",
            "this has no Rust type of its own",
        ),
        (
            "attribute A { on: deals, slug: \"a\", holds: select { #[derive(Debug)] One } }",
            "#",
            "this has no Rust type of its own",
        ),
    ]);
}

#[test]
fn what_rust_is_told_reaches_the_emitted_item() {
    let out = clean(
        r#"
        /// The flag.
        #[deprecated(note = "old")] #[expect(dead_code)]
        feature_flag A { key: "a", variants: { control: 50%, #[deprecated] test: 50% } }
        event B { name: "b", properties: {
            /// How much.
            #[deprecated] plan: text } }
        attribute C { on: deals, slug: "c", holds: select { #[deprecated] One, Two } }
        "#,
    );
    for written in [
        "# [deprecated (note = \"old\")] # [expect (dead_code)]",
        "# [deprecated] Test",
        "\" How much.\"] # [deprecated] pub plan",
        "# [deprecated] One",
    ] {
        assert!(out.contains(written), "{written} is not in {out}");
    }
}

#[test]
fn docs_are_read_as_they_are_meant() {
    for (docs, description) in [
        ("/// One\n/// line.\n", "One line."),
        ("/// - one\n/// - two\n", "- one\\n- two"),
        ("/** One\n * line.\n *\n * Two. */\n", "One line.\\n\\nTwo."),
        ("#[doc = concat!(\"One \", 2, ' ', true, concat!(\"!\",))]\n", "One 2 true!"),
        ("#[doc = \"One\"]\n#[doc(hidden)]\n", "One"),
    ] {
        let out = clean(&format!("{docs}dashboard A {{}}"));
        assert!(out.contains(&format!(":: keyword :: dashboard :: at (\"A\" , \"{description}\"")), "{docs}{out}");
    }
    let text = "stack!` needs this description as a literal";
    refused(&[
        ("#[doc = include_str!(\"a.md\")] dashboard A {}", "include_str", text),
        ("#[doc = concat!(\"a\", env!(\"B\"))] dashboard A {}", "concat", text),
        ("#[doc = 5] dashboard A {}", "5", text),
    ]);
}

#[test]
fn a_word_that_rust_keeps_is_written_raw_and_means_itself() {
    let out = clean(
        r#"
        name: "a", stages: { r#try: sandbox, local: sandbox },
        event A { r#name: "a", properties: { r#type: text, r#plan: number } }
        r#feature_flag B { key: "b", evaluated: r#all, variants: { r#else: 50%, control: 50% }, in r#try { rollout: 1% } }
        "#,
    );
    for written in
        ["key : \"type\"", "pub r#type :", "key : \"plan\"", "key : \"else\"", "pub const r#try : & str = \"try\""]
    {
        assert!(out.contains(written), "{written} is not in {out}");
    }
    assert!(!out.contains("\"r#"), "{out}");
    refused(&[(
        r#"event A { name: "a", properties: { "type": text, r#type: text } }"#,
        "r#type",
        "`type` is written twice",
    )]);
}

#[test]
fn properties_keep_their_spelling() {
    let out =
        clean(r#"event A { name: "a", properties: { is_b2b: text, a_b_test: text, sha256: text, "plan-id": text } }"#);
    for field in ["pub is_b2b :", "pub a_b_test :", "pub sha256 :", "pub plan_id :"] {
        assert!(out.contains(field), "{field} is not in {out}");
    }
}

#[test]
fn what_exists_says_what_finds_it_and_no_more() {
    let out = clean(
        r#"
        existing object A { slug: "a" }
        existing list B { slug: "b" }
        existing attribute C { on: deals, slug: "c" }
        existing attribute C2 { on: deals, slug: "c2", holds: domain }
        existing webhook D { url: "https://a.example" }
        existing event E { name: "e", properties: { plan: text } }
        existing property F { name: "f" }
        existing action G {}
        existing cohort H {}
        existing feature_flag I { key: "i", variants: { control: 50%, test: 50% } }
        existing feature_flag J2 { key: "j" }
        existing early_access_feature J { flag: J2 }
        existing experiment_holdout K {}
        existing shared_metric L {}
        existing experiment M { flag: I }
        existing survey N {}
        existing dashboard O {}
        existing insight P {}
        existing alert Q { insight: P }
        existing subscription R { sends: P }
        existing annotation S { content: "We launched", on_date: "2026-01-01" }
        "#,
    );
    assert_eq!(out.matches("existing : true").count(), 21, "{out}");
    let looked = "has no effect in an `existing";
    refused(&[
        (r#"existing object A { slug: "a", plural: "As" }"#, "plural", looked),
        (r#"existing list A { slug: "a", of: deals }"#, "of", looked),
        (r#"existing attribute A { on: deals, slug: "a", required: true }"#, "required", looked),
        (r#"existing webhook A { url: "https://a.example", on: [deals.created] }"#, "on", looked),
        (r#"existing event A { name: "a", tags: ["b"] }"#, "tags", looked),
        (r#"existing feature_flag A { key: "a", rollout: 10% }"#, "rollout", looked),
        (r#"existing feature_flag A { key: "a", protect: true }"#, "protect", looked),
        (r#"existing feature_flag A { key: "a", ignore: [rollout] }"#, "ignore", looked),
        (r#"existing feature_flag A { key: "a", on_destroy: keep }"#, "on_destroy", looked),
        (r#"existing feature_flag A { key: "a", extra: { "b": 1 } }"#, "extra", looked),
        (r#"existing dashboard A { title: "A", pinned: true }"#, "pinned", looked),
        (r#"existing survey A { title: "A", questions: [open("Why?")] }"#, "questions", looked),
        (r#"existing annotation A { content: "a", on_date: "2026-01-01", emoji: "b" }"#, "emoji", looked),
        (
            r#"existing annotation A { content: "a" }"#,
            "A",
            "plg finds an `existing` annotation by its date, among other fields",
        ),
        (r#"existing object A {}"#, "A", "missing `slug`"),
    ]);
}

#[test]
fn extra_says_nothing_that_is_said() {
    for (kind, field, keys) in [
        ("object", r#"slug: "a", plural: "As""#, &["api_slug", "singular_noun", "slug", "id"][..]),
        ("list", r#"slug: "a", of: deals"#, &["parent_object", "workspace_access", "name"]),
        (
            "attribute",
            r#"on: deals, slug: "a", holds: text"#,
            &["type", "is_multiselect", "config", "is_archived", "target"],
        ),
        ("webhook", r#"url: "https://a.example", on: [deals.created]"#, &["subscriptions", "target_url"]),
        ("event", r#"name: "a""#, &["description", "verified"]),
        ("cohort", r#"all: [person("plan", is: ["pro"])]"#, &["filters", "deleted", "name"]),
        ("feature_flag", r#"key: "a""#, &["deleted", "rollout", "groups", "name", "active"]),
        ("survey", r#"questions: [open("Why?")]"#, &["start_date", "type", "linked_flag_id", "schedule"]),
        ("annotation", r#"content: "a""#, &["date_marker", "deleted"]),
    ] {
        for key in keys {
            let found = errors(&format!("{kind} A {{ {field}, extra: {{ \"{key}\": 1 }} }}"));
            assert!(found.contains("[P0307]") && found.matches(" [P").count() == 1, "{kind} {key}: {found}");
        }
    }
    refused(&[
        (
            r#"feature_flag A { key: "a", extra: { "filters": { "groups": [] } } }"#,
            "\"groups\"",
            "plg derives `filters.groups`",
        ),
        (r#"feature_flag A { key: "a", extra: { "filters": 1 } }"#, "\"filters\"", "`filters` holds fields"),
        (
            r#"attribute A { on: deals, slug: "a", holds: select { One { extra: { "is_archived": true } } } }"#,
            "\"is_archived\"",
            "is removed",
        ),
        (
            r#"attribute A { on: deals, slug: "a", holds: status { One { extra: { "celebration_enabled": true } } } }"#,
            "\"celebration_enabled\"",
            "is the field `celebrate`",
        ),
    ]);
    clean(r#"feature_flag A { key: "a", extra: { "filters": { "early_exit": true }, "_create_in_folder": "Flags" } }"#);
}

#[test]
fn was_is_another_name_of_the_same_thing() {
    let still = "is still declared";
    refused(&[
        (r#"feature_flag A { was: B, key: "a" } feature_flag B { key: "b" }"#, "B", still),
        (r#"feature_flag A { was: A, key: "a" }"#, "A", still),
        (r#"attribute A { on: deals, slug: "a", holds: select { One { was: Two }, Two } }"#, "Two", still),
        (r#"dashboard A { was: C } dashboard B { was: C }"#, "C", "`was: C` is written in `A`, too"),
        (
            r#"attribute A { on: deals, slug: "a", holds: status { One { was: C }, Two { was: C } } }"#,
            "C",
            "`was: A.C` is written in `A.One`, too",
        ),
        (r#"attribute A { on: deals, slug: "a", holds: select { One { was: B.C } } }"#, "C", "expected the name"),
    ]);
    let crossed =
        errors(r#"attribute A { on: deals, slug: "a", holds: select { One { was: Two }, Two { was: One } } }"#);
    assert_eq!(crossed.matches("[P0207]").count(), 2, "{crossed}");
    let out = clean(
        r#"
        feature_flag A { was: B, key: "a" }
        event B { name: "b" }
        attribute C { on: deals, slug: "c", holds: select { One { was: A }, B { was: C } } }
        dashboard D { was: A }
        "#,
    );
    assert!(out.contains("Some (\"C.A\")") && out.contains("Some (\"C.C\")"), "{out}");
}

#[test]
fn a_stage_is_known_wherever_it_is_named() {
    let head = "name: \"a\", stages: { local: sandbox, prod: sandbox },";
    let unknown = "not a stage of this stack";
    refused(&[
        (
            &format!(
                "{head} attribute A {{ on: deals, slug: \"a\", holds: select {{ One {{ in prd {{ title: \"1\" }} }} }} }}"
            ),
            "prd",
            unknown,
        ),
        (
            &format!("{head} attribute A {{ on: deals, slug: \"a\", holds: status {{ One {{ in prd {{}} }} }} }}"),
            "prd",
            unknown,
        ),
        (
            "attribute A { on: deals, slug: \"a\", holds: select { One { in prod { title: \"1\" } } } }",
            "prod",
            "this part has no stages, so it has no stage",
        ),
        (
            &format!(
                "{head} attribute A {{ on: deals, slug: \"a\", holds: select {{ One {{ in prod {{ titel: \"1\" }} }} }} }}"
            ),
            "titel",
            "not a field",
        ),
        (
            &format!(
                "{head} attribute A {{ on: deals, slug: \"a\", holds: select {{ One {{ in prod {{ title: \"1\" }} in prod {{}} }} }} }}"
            ),
            "prod",
            "written twice",
        ),
        // Every stage's form takes part in what is held.
        (
            &format!(
                "{head} attribute A {{ on: deals, slug: \"a\", holds: select {{ One, Two {{ in prod {{ title: \"One\" }} }} }} }}"
            ),
            "\"One\"",
            "has the title \"One\" already",
        ),
    ]);
    let out = clean(&format!(
        "{head} attribute A {{ on: deals, slug: \"a\", holds: status {{ One, Two {{ title: \"2\", in prod {{ celebrate: true }} }} }}, in local {{ title: \"B\" }} }}"
    ));
    for written in
        ["place : 0usize , stage : \"local\"", "place : 2usize , stage : \"prod\" , item : & ____A__Two_in_prod"]
    {
        assert!(out.contains(written), "{written} is not in {out}");
    }
    assert!(!out.contains("__A_in_prod") && !out.contains("__One_in_prod"), "{out}");
}

#[test]
fn lists_and_removals_say_something() {
    refused(&[
        (r#"name: "a", stages: { local: sandbox }, parts: [crm, crm]"#, "crm]", "part `crm` is written twice"),
        (r#"name: "a", stages: { local: sandbox }, parts: [crm, self::crm]"#, "crm]", "part `crm` is written twice"),
        (r#"name: "a", stages: { local: sandbox }, parts: [self]"#, "self", "a stack is not a part of itself"),
        (r#"attribute A { on: deals, slug: "a", holds: select {} }"#, "select", "has no options"),
        (r#"attribute A { on: deals, slug: "a", holds: status {} }"#, "status", "has no options"),
    ]);
    for (kind, fields, removed) in [
        ("object", r#"slug: "a", plural: "As""#, "delete"),
        ("list", r#"slug: "a", of: deals"#, ""),
        ("attribute", r#"on: deals, slug: "a", holds: text"#, "archive"),
        ("webhook", r#"url: "https://a.example", on: [deals.created]"#, "delete"),
        ("event", r#"name: "a""#, "delete"),
        ("property", r#"name: "a""#, ""),
        ("cohort", r#"all: [person("plan", is: ["pro"])]"#, "delete"),
        ("feature_flag", r#"key: "a""#, "delete"),
        ("survey", r#"questions: [open("Why?")]"#, "delete"),
        ("dashboard", "", "delete"),
        ("annotation", r#"content: "a""#, "delete"),
    ] {
        for word in ["keep", "archive", "delete"] {
            let found = errors(&format!(
                "{kind} A {{ {fields}{} on_destroy: {word} }}",
                if fields.is_empty() { "" } else { "," }
            ));
            assert_eq!(found.contains("[P0309]"), word != "keep" && word != removed, "{kind} {word}: {found}");
        }
    }
    for (holds, word) in [("select", "delete"), ("status", "delete")] {
        let found = errors(&format!(
            "attribute A {{ on: deals, slug: \"a\", holds: {holds} {{ One {{ on_destroy: {word} }} }} }}"
        ));
        assert!(found.contains("[P0309]"), "{holds} {word}: {found}");
    }
}

#[test]
fn white_space_around_a_name_is_refused() {
    let around = "white space around it";
    refused(&[
        (r#"object A { slug: "a", singular: " A", plural: "As" }"#, "\" A\"", around),
        (r#"attribute A { on: deals, slug: "a", title: "A ", holds: text }"#, "\"A \"", around),
        (r#"attribute A { on: deals, slug: "a", holds: select { One { title: "One\u{a0}" } } }"#, "\"One", around),
        (r#"event A { name: "a\t" }"#, "\"a", around),
        (r#"event A { name: "a", properties: { " plan": text } }"#, "\" plan\"", around),
        (r#"event A { name: "a", tags: [" b"] }"#, "\" b\"", around),
        (r#"property A { name: "a " }"#, "\"a \"", around),
        (r#"dashboard A { title: "A " }"#, "\"A \"", around),
        (r#"cohort A { title: " A", all: [person("plan", is: ["pro"])] }"#, "\" A\"", around),
        (r#"cohort A { all: [person(" plan", is: ["pro"])] }"#, "\" plan\"", around),
        (r#"survey A { questions: [open("Why? ")] }"#, "\"Why? \"", around),
        (r#"feature_flag A { key: "a " }"#, "\"a \"", "a key has letters"),
        (r#"object A { slug: " a", plural: "As" }"#, "\" a\"", "a slug is"),
    ]);
}
