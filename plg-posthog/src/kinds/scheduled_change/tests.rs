use super::*;
use crate::kinds::Audience;
use crate::kinds::fixture::{
    at as said_at, block, case, differing, flag, map, mistakes, node, prior, record, resolved, to,
};
use crate::kinds::property::PropertyTest;
use plg_core::Site;
use plg_core::kinds::Kind;
use plg_core::source::{Import, Known};

static FLAG: FeatureFlag = flag("Flag", "flag");

const fn share(key: &'static str, share: f64) -> Pair<Percent> {
    Pair { key, doc: "", value: Percent(share) }
}

const fn change(does: ScheduledDo) -> ScheduledChange {
    ScheduledChange {
        common: Common::named("Open"),
        flag: &FLAG,
        at: When("2026-12-24T10:00+01:00"),
        does,
        ..ScheduledChange::BLANK
    }
}

static OPEN: ScheduledChange = change(ScheduledDo::set_active(true));
static JOIN: ScheduledChange = change(ScheduledDo::add_release(Release {
    to: &[Audience::person(PropertyTest { is: Some(&[Str("pro")]), ..PropertyTest::any("plan") })],
    rollout: Percent(20.0),
    ..Release::BLANK
}));
static SHIFT: ScheduledChange = change(ScheduledDo::set_variants(VariantChange {
    variants: Keyed(&[share("control", 10.0), share("test", 90.0)]),
    payloads: Keyed(&[Pair { key: "test", doc: "", value: plg_core::Json::Whole(3) }]),
}));
static WEEKLY: ScheduledChange = ScheduledChange {
    every: Some(Recurrence::weekly),
    until: Some(When("2027-02-01")),
    ..change(ScheduledDo::set_active(false))
};

/// As PostHog answers what was sent.
fn answer(change: &ScheduledChange) -> Json {
    let body = ScheduledChanges.create(&resolved(change, &json!(7))).body.unwrap_or_default();
    let mut row = json!({ "id": 3, "executed_at": null, "failure_reason": null, "last_executed_at": null,
        "created_at": "2026-11-01T00:00:00Z", "timezone": "UTC", "team_id": 1, "end_date": null,
        "recurrence_interval": null, "cron_expression": null });
    for (key, value) in body.as_object().into_iter().flatten() {
        row[key] = value.clone();
    }
    row
}

#[test]
fn changes_are_created_and_recognised() {
    let want = resolved(&OPEN, &json!(7));
    let body = json!({
        "record_id": "7", "model_name": "FeatureFlag", "scheduled_at": "2026-12-24T09:00:00Z",
        "payload": { "operation": "update_status", "value": true }, "is_recurring": false,
    });
    assert_eq!(ScheduledChanges.create(&want), Call::new("POST", "/api/projects/{project}/scheduled_changes/", body));
    for change in [&OPEN, &JOIN, &SHIFT, &WEEKLY] {
        assert_eq!(differing(change, &resolved(change, &json!(7)), &answer(change)), [""; 0], "{change:?}");
    }
    let sent = answer(&SHIFT);
    assert_eq!(sent["payload"]["value"]["payloads"], json!({ "test": "3" }));
    // What the web app writes beside it.
    let mut live = answer(&JOIN);
    live["payload"]["value"]["payloads"] = json!({});
    live["payload"]["value"]["multivariate"] = Json::Null;
    live["payload"]["value"]["groups"][0]["variant"] = Json::Null;
    assert_eq!(differing(&JOIN, &resolved(&JOIN, &json!(7)), &live), [""; 0]);
    live["payload"]["value"]["groups"][0]["rollout_percentage"] = json!(30);
    assert_eq!(differing(&JOIN, &resolved(&JOIN, &json!(7)), &live), ["payload"]);
}

#[test]
fn one_that_is_there_is_found_by_flag_operation_and_time() {
    let own = ScheduledChanges.identity(&resolved(&OPEN, &json!(7)));
    assert_eq!(own.as_deref(), Some("7 update_status 2026-12-24T09:00:00Z"));
    let live = ScheduledChanges.read(answer(&OPEN)).expect("a row");
    assert_eq!(ScheduledChanges.identity(&live.fields), own);
    assert_ne!(ScheduledChanges.identity(&resolved(&JOIN, &json!(7))), own);
}

#[test]
fn it_recurs_rests_and_ends() {
    let mut live = answer(&WEEKLY);
    assert_eq!((&live["is_recurring"], &live["recurrence_interval"]), (&json!(true), &json!("weekly")));
    live["is_recurring"] = json!(false);
    let (want, before) = (resolved(&WEEKLY, &json!(7)), prior(&WEEKLY, &live));
    assert_eq!(differing(&WEEKLY, &want, &live), ["is_recurring"]);
    let call = ScheduledChanges.update(&want, &["is_recurring".into()], &before).expect("it changes");
    assert_eq!(
        call,
        Call::new("PATCH", "/api/projects/{project}/scheduled_changes/3/", json!({ "is_recurring": true }))
    );
    let call = ScheduledChanges.update(&want, &["cron_expression".into()], &before).expect("it changes");
    assert_eq!(call.body, Some(json!({ "cron_expression": null, "recurrence_interval": "weekly" })));
    // It says when it is done next, once it was done.
    let mut again = answer(&WEEKLY);
    again["last_executed_at"] = json!("2026-12-24T09:00:01Z");
    again["scheduled_at"] = json!("2026-12-31T09:00:00Z");
    let row = ScheduledChanges.read(again.clone()).expect("a row");
    assert_eq!(differing(&WEEKLY, &want, &again), [""; 0]);
    assert_eq!(ScheduledChanges.identity(&row.fields), ScheduledChanges.identity(&want));
    let now = row.fields.get("scheduled_at").expect("a time");
    let moved = json!("2026-12-25T09:00:00Z");
    assert!(!ScheduledChanges.agrees("scheduled_at", &moved, want.get("scheduled_at"), now));
    static RESTS: ScheduledChange = ScheduledChange {
        paused: true,
        every: Some(Recurrence::weekly),
        until: Some(When("2027-02-01")),
        ..change(ScheduledDo::set_active(false))
    };
    let want = resolved(&RESTS, &json!(7));
    assert_eq!(differing(&RESTS, &want, &live), [""; 0]);
    // It is made, and put to rest right after.
    assert!(ScheduledChanges.is_made_in_two(&want) && !ScheduledChanges.is_made_in_two(&resolved(&OPEN, &json!(7))));
    let body = ScheduledChanges.create(&want).body.unwrap_or_default();
    assert_eq!((&body["is_recurring"], &body["recurrence_interval"]), (&json!(true), &json!("weekly")));
    let call = ScheduledChanges.update(&want, &["is_recurring".into()], &prior(&WEEKLY, &live));
    assert_eq!(call.and_then(|call| call.body), Some(json!({ "is_recurring": false })));
}

#[test]
fn what_was_done_stays_and_is_not_taken_back() {
    let mut done = answer(&OPEN);
    let before = prior(&OPEN, &done);
    let path = "/api/projects/{project}/scheduled_changes/3/";
    assert_eq!(ScheduledChanges.remove(&before), Removal::Delete(Call::bare("DELETE", path)));
    done["executed_at"] = json!("2026-12-24T09:00:03Z");
    let live = ScheduledChanges.read(done.clone()).expect("a row");
    let want = resolved(&OPEN, &json!(7));
    let standing = ScheduledChanges.standing(&want, &live).expect("it was done");
    assert_eq!(standing.says, "PostHog made the change on 2026-12-24");
    assert!(matches!(ScheduledChanges.remove(&prior(&OPEN, &done)), Removal::Keep(_)));
    assert_eq!(differing(&OPEN, &want, &done), [""; 0]);
    done["failure_reason"] = json!("no such variant");
    let live = ScheduledChanges.read(done).expect("a row");
    let standing = ScheduledChanges.standing(&want, &live).expect("it was tried");
    assert!(standing.says.ends_with("and it failed: no such variant"));
}

#[test]
fn what_is_gone_is_not_made_again_once_its_time_is_over() {
    let over = |change: &ScheduledChange, now: &str| ScheduledChanges.over(&resolved(change, &json!(7)), now).is_some();
    assert!(!over(&OPEN, "2026-12-24T08:59:59Z") && over(&OPEN, "2026-12-24T09:00:00.5Z"));
    assert!(!over(&WEEKLY, "2026-12-25T00:00:00Z") && over(&WEEKLY, "2027-02-01T00:00:01Z"));
    assert!(!over(&OPEN, ""));
}

#[test]
fn the_flag_is_wanted_as_it_became() {
    let settle = |flag: &FeatureFlag, changes: &[(&ScheduledChange, Option<(&str, &str)>)]| {
        let wants: Vec<Want> = changes.iter().map(|(change, _)| Describe::want(*change)).collect();
        let lives: Vec<Option<Live>> = changes
            .iter()
            .map(|(change, done)| {
                let (key, at) = (*done)?;
                let mut row = answer(change);
                row[key] = json!(at);
                ScheduledChanges.read(row)
            })
            .collect();
        let others: Vec<Settling> = wants
            .iter()
            .zip(&lives)
            .map(|(want, live)| Settling { kind: "scheduled_change", want: &want.fields, live: live.as_ref() })
            .collect();
        let mut want = Describe::want(flag).fields;
        FeatureFlag::SPEC.wire.settled(&mut want, &others);
        want
    };
    let off = FeatureFlag { active: Some(false), ..flag("Flag", "flag") };
    let done = Some(("executed_at", "2026-12-24T09:00:03Z"));
    let not_yet = Some(("executed_at", ""));
    assert_eq!(settle(&off, &[(&OPEN, not_yet)]).get("active"), Some(&Term::Bool(false)));
    assert_eq!(settle(&off, &[(&OPEN, done)]).get("active"), Some(&Term::Bool(true)));
    // What happened last counts.
    let later = Some(("last_executed_at", "2026-12-25T00:00:00Z"));
    assert_eq!(settle(&off, &[(&WEEKLY, later), (&OPEN, done)]).get("active"), Some(&Term::Bool(false)));
    // Of what nobody looked at it is not known whether it was done.
    assert_eq!(settle(&off, &[(&OPEN, None)]).get("active"), None);
    // What came to nothing changed nothing.
    assert_eq!(settle(&off, &[(&OPEN, Some(("failure_reason", "no")))]).get("active"), Some(&Term::Bool(false)));
    let joined = settle(&off, &[(&JOIN, done)]);
    let groups = joined.get("groups").and_then(Term::as_list).unwrap_or_default();
    let joined = Describe::want(&JOIN).fields;
    let joined = joined.get("payload").and_then(|payload| payload.get("value")?.get("groups")?.as_list());
    assert_eq!((groups.len(), groups.get(1)), (2, joined.and_then(|joined| joined.first())));
    let split = FeatureFlag {
        variants: Keyed(const { &[share("control", 50.0), share("test", 50.0)] }),
        names: Keyed(&[Pair { key: "test", doc: "", value: Name("New") }]),
        ..flag("Flag", "flag")
    };
    let shifted = settle(&split, &[(&SHIFT, done)]);
    let variants = shifted.get("variants").and_then(Term::json);
    let wanted = json!([
        { "key": "control", "rollout_percentage": 10 }, { "key": "test", "rollout_percentage": 90, "name": "New" },
    ]);
    assert_eq!(variants, Some(wanted));
    assert_eq!(shifted.get("payloads").and_then(Term::json), Some(json!({ "test": 3 })));
}

#[test]
fn it_is_written_down_as_it_was_declared() {
    let mut known = Known::default();
    known.keep("7", &FLAG);
    for change in [&OPEN, &JOIN, &SHIFT, &WEEKLY] {
        let live = ScheduledChanges.read(answer(change)).expect("a row");
        let read = ScheduledChange::import(&live, Common::named("Open"), &mut known).expect("it has words");
        assert_eq!(differing(&read, &resolved(&read, &json!(7)), &answer(change)), [""; 0], "{read:?}");
        assert_eq!(read.does.operation(), change.does.operation());
    }
    assert!(!ScheduledChange::is_hidden(&answer(&OPEN)));
    let mut odd = answer(&OPEN);
    odd["payload"] = json!({ "field": "active" });
    let live = ScheduledChanges.read(odd.clone()).expect("a row");
    assert!(ScheduledChange::import(&live, Common::named("Odd"), &mut known).is_err());
    odd["executed_at"] = json!("2026-12-24T09:00:03Z");
    assert!(ScheduledChange::is_hidden(&odd));
}

fn said(fields: Vec<(&str, Node)>, others: &[&Block]) -> Vec<(u32, String)> {
    mistakes("scheduled_change", &block("scheduled_change", "C", fields), others)
}

fn text_at(site: u32, text: &str) -> Node {
    node(site, Given::Text(text.into()))
}

fn yes(site: u32) -> Node {
    Node { at: Site(site), given: Given::Bool(true) }
}

#[test]
fn what_recurs_says_how_often_and_is_no_release() {
    let word = |site, word: &str| node(site, Given::Word(word.into()));
    let open = || ("does", case(5, "set_active", yes(6)));
    assert_eq!(said(vec![open(), ("every", word(7, "weekly")), ("until", text_at(8, "2027-01-01"))], &[]), []);
    assert_eq!(
        said(vec![open(), ("until", text_at(8, "2027-01-01"))], &[]),
        said_at(8, "`until` needs a change that repeats")
    );
    assert_eq!(said(vec![open(), ("paused", yes(9))], &[]), said_at(9, "`paused` needs a change that repeats"));
    assert_eq!(
        said(vec![open(), ("every", word(7, "weekly")), ("cron", text_at(8, "0 9 * * *"))], &[]),
        said_at(8, "a scheduled change repeats by `every` or by `cron`")
    );
    assert_eq!(
        said(
            vec![
                open(),
                ("at", text_at(4, "2027-01-01")),
                ("every", word(7, "weekly")),
                ("until", text_at(8, "2026-01-01"))
            ],
            &[]
        ),
        said_at(8, "this is before the first time, 2027-01-01")
    );
    let join = ("does", case(5, "add_release", record(6, vec![])));
    assert_eq!(
        said(vec![join, ("every", word(7, "weekly"))], &[]),
        said_at(7, "PostHog refuses to repeat this change, as the same people would join each time")
    );
    assert_eq!(
        said(vec![open(), ("cron", text_at(8, "0 25 * * *"))], &[]),
        said_at(8, "`25` is no hour of cron: 0 to 23, with `*`, `-`, `,` and `/`")
    );
}

#[test]
fn it_fits_the_flag() {
    let shares = |site, shares: &[(&'static str, f64)]| {
        map(site, shares.iter().map(|(key, share)| (*key, Given::Percent(*share))).collect())
    };
    let flag = block("feature_flag", "F", vec![("variants", shares(3, &[("control", 50.0), ("test", 50.0)]))]);
    let shift = |new: &[(&'static str, f64)]| {
        let held = record(6, vec![("variants", shares(10, new))]);
        vec![("flag", to(2, "F")), ("does", case(5, "set_variants", held))]
    };
    assert_eq!(said(shift(&[("control", 10.0), ("test", 90.0)]), &[&flag]), []);
    assert_eq!(
        said(shift(&[("control", 10.0), ("test", 80.0)]), &[&flag]),
        said_at(10, "the variants' shares add up to 90%, not 100%")
    );
    assert_eq!(
        said(shift(&[("control", 50.0), ("tset", 50.0)]), &[&flag]),
        vec![
            (11, "`tset` is not a variant of `F`, and the change would add it".to_owned()),
            (10, "the change would remove `test` from `F`".to_owned()),
        ]
    );
    let join =
        vec![("flag", to(2, "F")), ("does", case(5, "add_release", record(6, vec![("variant", text_at(7, "x"))])))];
    assert_eq!(said(join, &[&flag]), said_at(7, "`x` is not a variant of `F`"));
}

#[test]
fn two_at_a_time_differ() {
    let fields = |active: bool| {
        let active = Node { at: Site(6), given: Given::Bool(active) };
        vec![("flag", to(2, "F")), ("at", text_at(3, "2027-01-01")), ("does", case(5, "set_active", active))]
    };
    let (first, second) = (block("scheduled_change", "A", fields(true)), block("scheduled_change", "B", fields(false)));
    let flag = block("feature_flag", "F", vec![]);
    let said = mistakes("scheduled_change", &second, &[&first, &second, &flag]);
    assert_eq!(said[0].1, "`A` already makes the same kind of change to `F` at the same time");
    assert_eq!(mistakes("scheduled_change", &first, &[&first, &second, &flag]), []);
}
