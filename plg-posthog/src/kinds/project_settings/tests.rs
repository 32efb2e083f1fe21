use super::super::fixture::{
    at, block, case, differing, flag, list, map, mistakes, node, prior, record, resolved, to, wanted,
};
use super::*;
use plg_core::source::Import;

static STAFF: crate::Cohort =
    crate::Cohort { common: Common::named("Staff"), title: Name("Staff"), ..crate::Cohort::BLANK };
static RECORDED: FeatureFlag = flag("Recorded", "recorded");

static SETTINGS: ProjectSettings = ProjectSettings {
    common: Common::named("Settings"),
    timezone: Some(TimeZone("Europe/Berlin")),
    test_account_filters: Some(&[Filter::not_member(&STAFF)]),
    recording_sample: Some(Percent(40.0)),
    recorded: Some(RecordedPeople::flag(FlagVariant { flag: &RECORDED, variant: None })),
    recorded_network: Some(NetworkCapture { headers: true, body: false }),
    autocapture: Some(false),
    persons_on_events: Some(PersonsOnEvents::merged),
    require_flag_tags: Some(true),
    ..ProjectSettings::BLANK
};

/// An answer as PostHog gives one, with what must never be kept.
fn answer() -> Json {
    json!({
        "id": 7,
        "name": "Shop",
        "timezone": "Europe/Berlin",
        "test_account_filters": [{ "value": 7, "operator": "not_in", "type": "cohort", "key": "id", "cohort_name": "Staff" }],
        "session_recording_sample_rate": "0.40",
        "session_recording_linked_flag": { "key": "recorded", "id": 7 },
        "session_recording_network_payload_capture_config": { "recordHeaders": true },
        "autocapture_opt_out": true,
        "modifiers": { "personsOnEventsMode": "person_id_override_properties_on_events", "debug": null, "timings": true },
        "feature_flag_policy_config": { "require_tags": true, "later": 1 },
        "surveys_opt_in": null,
        "secret_api_token": "phs_secret",
        "live_events_token": "live-secret",
        "widget_public_token": "widget-secret",
    })
}

#[test]
fn what_was_sent_is_found_as_it_was_declared() {
    let want = resolved(&SETTINGS, &json!(7));
    assert_eq!(differing(&SETTINGS, &want, &answer()), [""; 0]);
    let mut other = answer();
    other["session_recording_sample_rate"] = json!("0.50");
    other["modifiers"] = Json::Null;
    other["test_account_filters"] = json!([]);
    assert_eq!(
        differing(&SETTINGS, &want, &other),
        ["test_account_filters", "modifiers", "session_recording_sample_rate"]
    );
}

#[test]
fn secrets_of_an_answer_go_nowhere() {
    let live = wire::SettingsOfProject.read(answer()).expect("settings");
    for text in [format!("{live:?}"), ProjectSettings::plain(answer()).to_string()] {
        assert!(!text.contains("secret"), "{text}");
    }
    let nested =
        json!({ "id": 1, "conversations_settings": { "widget": [{ "widget_public_token": "x" }] }, "name": "a" });
    let live = wire::SettingsOfProject.read(nested).expect("it can be read");
    assert_eq!(live.fields.keys().collect::<Vec<_>>(), ["id", "name"]);
}

#[test]
fn they_are_changed_at_the_project_and_never_made_or_removed() {
    let want = resolved(&SETTINGS, &json!(7));
    let made = wire::SettingsOfProject.create(&want);
    assert_eq!((made.method, &*made.path), ("PATCH", "/api/projects/{project}/"));
    let prior = prior(&SETTINGS, &answer());
    let mut merged = want;
    merged["modifiers"] = json!({ "personsOnEventsMode": "disabled", "timings": true });
    let call = wire::SettingsOfProject.update(&merged, &["modifiers".into()], &prior);
    let sent = json!({ "modifiers": { "personsOnEventsMode": "disabled" } });
    assert_eq!(call, Some(Call::new("PATCH", "/api/projects/{project}/", sent)));
    assert!(matches!(wire::SettingsOfProject.remove(&prior), Removal::Forget(_)));
}

#[test]
fn what_is_not_written_is_not_looked_at() {
    static BARE: ProjectSettings = ProjectSettings { common: Common::named("Settings"), ..ProjectSettings::BLANK };
    assert!(wanted(&BARE).fields.is_empty());
    static EVERYBODY: ProjectSettings = ProjectSettings {
        common: Common::named("Settings"),
        recorded: Some(RecordedPeople::everybody),
        ..ProjectSettings::BLANK
    };
    let want = resolved(&EVERYBODY, &json!(7));
    assert_eq!(Json::from(want.clone()), json!({ "session_recording_linked_flag": null }));
    assert_eq!(differing(&EVERYBODY, &want, &json!({ "id": 7, "session_recording_linked_flag": null })), [""; 0]);
    assert_eq!(differing(&EVERYBODY, &want, &answer()), ["session_recording_linked_flag"]);
}

#[test]
fn names_of_paths_name_groups_that_there_are() {
    let rule = |matches: &str, alias: &str| {
        let text = |text: &str| node(5, Given::Text(text.to_owned()));
        let rule = record(4, vec![("matches", text(matches)), ("alias", text(alias))]);
        let settings = block("project_settings", "Settings", vec![("path_cleaning", list(3, vec![rule]))]);
        mistakes("project_settings", &settings, &[])
    };
    assert_eq!(rule("/(a)/(?:b)/[(]", "/\\1/\\\\2"), []);
    assert_eq!(rule("(/a)/b", "/\\2"), at(5, "`\\2` is not a group of the expression, which has 1 group"));
    assert_eq!(rule("", "/x"), at(5, "this matches everything"));
    assert_eq!(rule("(/a", "/x").len(), 1);
}

#[test]
fn what_is_out_of_range_is_refused() {
    let settings = |word: &'static str, given| block("project_settings", "Settings", vec![(word, node(2, given))]);
    let sample = settings("recording_sample", Given::Percent(12.5));
    assert_eq!(mistakes("project_settings", &sample, &[]), at(2, "PostHog accepts whole percents, and this is 12.5%"));
    let least = settings("recording_minimum_milliseconds", Given::Int(30_001));
    assert_eq!(mistakes("project_settings", &least, &[]), at(2, "PostHog waits at most 30 seconds"));
}

#[test]
fn texts_say_what_to_write() {
    let help = |wrong: Result<(), String>| wrong.unwrap_err().lines().last().map(str::to_owned).unwrap_or_default();
    assert_eq!(help((TimeZone::RULE.check)("Berlin")), "help: write \"Europe/Berlin\"");
    assert_eq!(help((TimeZone::RULE.check)("Europe/Berln")), "help: write \"Europe/Berlin\"");
    assert_eq!(help((BaseCurrency::RULE.check)("eur")), "help: write \"EUR\"");
    assert!((AppUrl::RULE.check)("https://*.*.*.*.*.*.example.com").is_err());
    assert!((AppUrl::RULE.check)("http://[").is_err() && (AppUrl::RULE.check)("http://[::1]:3000").is_ok());
    assert!((AppUrl::RULE.check)("https://example.com/*/*/*/*/*/*").is_ok() && (TimeZone::RULE.check)("UTC").is_ok());
}

#[test]
fn a_project_has_them_once_and_a_flag_the_variant() {
    let own = block("project_settings", "Settings", vec![]);
    let again = block("project_settings", "More", vec![]);
    assert_eq!(
        mistakes("project_settings", &again, &[&own, &again]),
        at(0, "`Settings` already declares the settings of the project")
    );
    let variants = map(1, vec![("control", Given::Percent(50.0)), ("test", Given::Percent(50.0))]);
    let split = block("feature_flag", "Split", vec![("variants", variants)]);
    let linked = |variant: &str| {
        let variant = node(6, Given::Text(variant.to_owned()));
        let held = record(5, vec![("flag", to(5, "Split")), ("variant", variant)]);
        block("project_settings", "Settings", vec![("recorded", case(5, "flag", held))])
    };
    assert_eq!(mistakes("project_settings", &linked("test"), &[&split]), []);
    assert_eq!(mistakes("project_settings", &linked("tset"), &[&split]), at(6, "`tset` is not a variant of `Split`"));
}

#[test]
fn what_is_asked_of_flags_is_held_where_all_are_known() {
    let on = || node(2, Given::Bool(true));
    let mut settings =
        block("project_settings", "Settings", vec![("require_flag_tags", on()), ("require_flag_contexts", on())]);
    let bare = block("feature_flag", "Bare", vec![]);
    let tags = list(3, vec![node(3, Given::Text("growth".into()))]);
    let full = block("feature_flag", "Full", vec![("tags", tags.clone()), ("contexts", tags)]);
    let said = |flag: &Block| {
        let mut report = Report::default();
        (RULE.check)(flag, &Declarations::whole(vec![&settings, flag], Vec::new()), &mut report);
        report.errors.len()
    };
    assert_eq!((said(&bare), said(&full)), (2, 0));
    let before = settings.clone();
    (RULE.settle)(&mut settings, &Declarations::whole(vec![&full], Vec::new()));
    assert_eq!(settings, before);
    (RULE.settle)(&mut settings, &Declarations::whole(vec![&bare], Vec::new()));
    assert!(settings.fields.is_empty());
}
