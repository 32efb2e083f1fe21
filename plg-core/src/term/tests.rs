//! Terms and their text.

use super::*;
use crate::term;
use proptest::prelude::*;
use serde_json::json;

fn written(term: &Term) -> String {
    serde_json::to_string(term).expect("a term is JSON")
}

fn read(text: &str) -> Term {
    serde_json::from_str(text).expect("JSON")
}

fn reference() -> Term {
    Term::Ref { address: "cohort.Whales".into(), get: "id".into() }
}

#[test]
fn only_terms_of_their_own_are_marks_and_every_other_key_is_escaped() {
    let rows = [
        (reference(), r#"{"$ref":"cohort.Whales","get":"id"}"#),
        (Term::Env("NAME".into()), r#"{"$env":"NAME"}"#),
        (json!({ "$env": "NAME" }).into(), r#"{"$$env":"NAME"}"#),
        (json!({ "$ref": "cohort.Whales", "get": "id" }).into(), r#"{"$$ref":"cohort.Whales","get":"id"}"#),
        (json!({ "$ref": "#/definitions/Plan" }).into(), r##"{"$$ref":"#/definitions/Plan"}"##),
        (json!({ "$set": { "$$set": 1 } }).into(), r#"{"$$set":{"$$$set":1}}"#),
        (
            term!({ "a": [reference(), null::<i64>()], "$b": {} }),
            r#"{"a":[{"$ref":"cohort.Whales","get":"id"},null],"$$b":{}}"#,
        ),
    ];
    for (term, text) in rows {
        assert_eq!(written(&term), text);
        assert_eq!(read(text), term);
    }
}

/// `null`, of some type.
fn null<T>() -> Option<T> {
    None
}

#[test]
fn what_earlier_plgs_wrote_without_an_escape_is_what_it_says() {
    for json in [
        json!({ "$set": { "plan": "pro" } }),
        json!({ "$ref": "#/definitions/Plan" }),
        json!({ "$ref": 1, "get": "id" }),
        json!({ "$env": 7 }),
        json!({ "$env": "NAME", "more": true }),
        json!({ "$ref": "cohort.Whales", "get": "id", "more": true }),
    ] {
        assert_eq!(read(&json.to_string()), Term::from(json));
    }
}

#[test]
fn what_a_reference_stands_for_is_plain_whatever_it_looks_like() {
    let planted = json!({ "$env": "SECRET" });
    let fields = Terms::from_iter([("a", term!([reference()])), ("b", Term::Env("SECRET".into()))]);
    let resolved = fields.resolved(&|_, _| Some(planted.clone()));
    let sent = resolved.filled(&|_| Some("hush".into()));
    assert_eq!(Json::from(sent), json!({ "a": [planted], "b": "hush" }));
    assert_eq!((resolved.references(), resolved.variables()), (Vec::new(), vec!["SECRET".to_owned()]));
    // A field with an unresolved reference or variable is not sent.
    assert!(fields.known().is_empty());
    assert_eq!(fields.filled(&|_| None), crate::Map::new());
}

#[test]
fn rules_for_json_see_a_text_that_is_nowhere_else() {
    let term = term!({ "own": reference(), "text": "\u{1}0" });
    let live = json!({ "own": "\u{1}\u{1}0" });
    let mut stood = Stood::beside(&[&term], &[&live]);
    let json = stood.json(&term);
    assert_eq!(json["own"], "\u{1}\u{1}\u{1}0");
    assert_eq!(stood.term(json), term);
    assert_eq!(stood.term(live.clone()), Term::from(live));
}

fn texts() -> impl Strategy<Value = String> {
    let marked =
        prop::sample::select(vec!["$ref", "$env", "get", "$", "$$", "$$ref", "$set", "id", "a", "\u{1}0", "\""]);
    prop_oneof![3 => marked.prop_map(str::to_owned), 1 => any::<String>()]
}

fn jsons() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_filter_map("JSON has no others", |n| n.is_finite().then(|| Json::from(n))),
        texts().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        let map = prop::collection::vec((texts(), inner.clone()), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Json::from),
            map.prop_map(|all| Json::Object(all.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_json_is_the_same_json_after_all(json in jsons()) {
        let term = Term::from(json.clone());
        prop_assert!(term.is_known());
        prop_assert_eq!(term.json(), Some(json.clone()));
        prop_assert_eq!(read(&written(&term)), term.clone());
        prop_assert_eq!(serde_json::from_str::<Json>(&term.to_string()).ok(), Some(json.clone()));
        let mixed = term!({ "$ref": term.clone(), "x": [reference(), Term::Env("N".into()), term.clone()] });
        prop_assert_eq!(read(&written(&mixed)), mixed.clone());
        let mut stood = Stood::beside(&[&mixed], &[&json]);
        let plain = stood.json(&mixed);
        prop_assert_eq!(stood.term(plain), mixed);
    }
}
