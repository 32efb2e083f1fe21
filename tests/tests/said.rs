//! What the words of a kind say, over every kind: what `extra` may set, and what is looked at of something `existing`.

use plg_core::SaidBy;

#[test]
fn extra_says_nothing_that_a_word_says() {
    for spec in tests::kinds() {
        let words = spec.fields.iter().map(|field| &field.name);
        let mut keys: Vec<String> = words.clone().map(|word| (*word).to_owned()).collect();
        keys.extend(words.flat_map(|word| spec.wire.fields_of(word)).map(|field| (*field).to_owned()));
        keys.extend((spec.blank)().want().fields.keys().cloned());
        keys.extend(["id", "deleted", "is_archived", "created_at"].map(str::to_owned));
        for key in keys {
            let taken = spec.takes(&key, true);
            assert!(taken.is_some(), "`extra` of {} can set \"{key}\"", spec.keyword);
            let message = taken.map(|taken| taken.message(&key, spec)).unwrap_or_default();
            assert!(message.contains("\nhelp: "), "{message}");
        }
        for key in ["is_fancy", "_create_in_folder", "filters_of_tomorrow"] {
            assert_eq!(spec.takes(key, false), None, "{} {key}", spec.keyword);
        }
    }
}

#[test]
fn what_is_sent_in_another_form_is_taken_too() {
    let takes = |kind: &str, path: &str| tests::kind(kind).expect("a kind").takes(path, true);
    for (kind, path, taken) in [
        ("object", "api_slug", Some(SaidBy::Word("slug"))),
        ("attribute", "type", Some(SaidBy::Word("holds"))),
        ("attribute", "target", Some(SaidBy::Word("on"))),
        ("list", "parent_object", Some(SaidBy::Word("of"))),
        ("option", "attribute", Some(SaidBy::Derived)),
        ("webhook", "subscriptions", Some(SaidBy::Word("on"))),
        ("webhook", "target_url", Some(SaidBy::Word("url"))),
        ("cohort", "filters", Some(SaidBy::Word("all"))),
        ("experiment_holdout", "filters", Some(SaidBy::Word("share"))),
        ("survey", "start_date", Some(SaidBy::Word("starts"))),
        ("subscription", "start_date", Some(SaidBy::Word("from"))),
        ("subscription", "send_test_now", Some(SaidBy::Derived)),
        ("feature_flag", "name", Some(SaidBy::Doc)),
        ("feature_flag", "deleted", Some(SaidBy::Removal)),
        ("feature_flag", "archived", Some(SaidBy::Removal)),
        ("feature_flag", "filters.groups", Some(SaidBy::Derived)),
        ("feature_flag", "filters.multivariate", Some(SaidBy::Derived)),
        ("feature_flag", "filters.payloads", Some(SaidBy::Derived)),
        ("feature_flag", "_should_create_usage_dashboard", Some(SaidBy::Derived)),
        ("feature_flag", "filters.early_exit", None),
        ("feature_flag", "filters", None),
    ] {
        assert_eq!(takes(kind, path), taken, "{kind} {path}");
    }
    let flag = tests::kind("feature_flag").expect("a kind");
    assert_eq!(flag.takes("filters", false), Some(SaidBy::Around));
}

#[test]
fn what_exists_is_found_by_what_is_looked_at() {
    for spec in tests::kinds() {
        assert!(spec.key.iter().all(|word| spec.looks_at(word)), "{}", spec.keyword);
    }
    let looks = |kind: &str, word: &str| tests::kind(kind).expect("a kind").looks_at(word);
    assert!(looks("event", "properties") && looks("feature_flag", "variants") && looks("attribute", "holds"));
    assert!(!looks("object", "plural") && !looks("feature_flag", "rollout") && !looks("subscription", "every"));
}
