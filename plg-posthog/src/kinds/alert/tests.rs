use super::*;
use crate::kinds::fixture::{
    at, block, case, differing, event, lints, list, mistakes, node, prior, record, resolved, to, word,
};
use crate::kinds::{Doing, Event, Lifecycle, Series, Shows, Trend};

static USED: Event = event("FeatureUsed", "feature_used");
static USES: Insight = Insight {
    common: Common::named("Uses"),
    title: Name("Uses"),
    shows: Shows::trend(Trend { series: &[Series::event(&USED)], ..Trend::BLANK }),
    ..Insight::BLANK
};
static LIVES: Insight = Insight {
    common: Common::named("Lives"),
    title: Name("Lives"),
    shows: Shows::lifecycle(Lifecycle { of: Doing::event(&USED), ..Lifecycle::BLANK }),
    ..Insight::BLANK
};
static DROPPED: Alert = Alert {
    common: Common::named("Dropped"),
    insight: &USES,
    title: Name("Uses dropped"),
    when: Fires::falls(ChangeBounds { above: Some(20.0), below: None, unit: ChangeUnit::percent }),
    users: &[1],
    line: 0,
    checked: Checked::hourly,
    skip_weekend: true,
    ..Alert::BLANK
};

fn live() -> Json {
    json!({
        "id": "0190-uuid", "name": "Uses dropped", "insight": { "id": 12, "short_id": "abc", "query": {} },
        "subscribed_users": [{ "id": 1, "email": "a@example.com" }], "condition": { "type": "relative_decrease" },
        "threshold": { "id": "t", "name": "", "created_at": "2026-01-01T00:00:00Z",
            "configuration": { "type": "percentage", "bounds": { "upper": 0.2, "lower": null } } },
        "config": { "type": "TrendsAlertConfig", "series_index": 0, "check_ongoing_interval": false },
        "calculation_interval": "hourly", "skip_weekend": true, "enabled": false, "state": "Not firing", "checks": [{}],
    })
}

#[test]
fn an_alert_is_created_and_recognised() {
    let want = resolved(&DROPPED, &json!(12));
    assert_eq!(
        Alerts.create(&want).body,
        Some(json!({
            "name": "Uses dropped", "insight": 12, "subscribed_users": [1], "condition": { "type": "relative_decrease" },
            "threshold": { "configuration": { "type": "percentage", "bounds": { "upper": 0.2 } } },
            "config": { "type": "TrendsAlertConfig", "series_index": 0, "check_ongoing_interval": false },
            "calculation_interval": "hourly", "skip_weekend": true, "enabled": true,
        }))
    );
    // Switched off by somebody, which is theirs to do.
    assert_eq!(differing(&DROPPED, &want, &live()), ["enabled"]);
    assert_eq!(crate::kinds::fixture::wanted(&DROPPED).create_only, ["enabled"]);
    let prior = prior(&DROPPED, &live());
    assert_eq!(Alerts.identity(&want), Alerts.identity(&prior.fields));
    let body = Alerts.update(&want, &["threshold".into()], &prior).and_then(|call| call.body).unwrap_or_default();
    assert_eq!(body.as_object().map(Map::len), Some(3));
    assert_eq!(
        Alerts.remove(&prior),
        Removal::Delete(Call::bare("DELETE", "/api/projects/{project}/alerts/0190-uuid/"))
    );
    static LOW: Alert = Alert { when: Fires::value(Bounds { above: None, below: Some(10.0) }), ..DROPPED };
    let want = resolved(&LOW, &json!(12));
    assert_eq!(want["threshold"], json!({ "configuration": { "type": "absolute", "bounds": { "lower": 10 } } }));
}

#[test]
fn it_watches_a_line_of_a_trend() {
    let insight = |shows: Node| block("insight", "Uses", vec![("shows", shows)]);
    let trend = |display: &str| {
        case(5, "trend", record(6, vec![("series", list(7, vec![word(8, "a")])), ("display", word(8, display))]))
    };
    let alert = |when: &str, line: i64| {
        let bounds = record(4, vec![("above", node(4, Given::Float(1.0)))]);
        let line = node(9, Given::Int(line));
        block("alert", "A", vec![("insight", to(2, "Uses")), ("when", case(3, when, bounds)), ("line", line)])
    };
    let said = |alert: &Block, insight: &Block| mistakes("alert", alert, &[insight]);
    assert_eq!(said(&alert("rises", 0), &insight(trend("line"))), []);
    assert_eq!(said(&alert("value", 0), &insight(trend("pie"))), []);
    let message = "`Uses` is not over time, so nothing in it rises or falls";
    assert_eq!(said(&alert("rises", 0), &insight(trend("pie"))), at(3, message));
    assert_eq!(said(&alert("rises", 1), &insight(trend("line"))), at(9, "`Uses` has no line 1"));
    let message = "`Uses` shows a `lifecycle`, and an alert watches a trend, a funnel or a query in SQL";
    assert_eq!(said(&alert("value", 0), &insight(word(5, "lifecycle"))), at(2, message));
    static ODD: Alert = Alert { insight: &LIVES, ..DROPPED };
    assert_eq!((lints(&DROPPED).len(), lints(&ODD).len()), (0, 1));
}

#[test]
fn it_can_fire() {
    let said = |fields: Vec<(&str, Node)>| {
        mistakes("alert", &block("alert", "A", vec![("when", case(3, "value", record(4, fields)))]), &[])
    };
    let number = |n: f64| node(5, Given::Float(n));
    assert_eq!(said(vec![]), at(3, "this alert would never fire"));
    assert_eq!(said(vec![("above", number(1.0)), ("below", number(2.0))]), at(3, "every number is below 2 or above 1"));
    assert_eq!(said(vec![("above", number(2.0)), ("below", number(1.0))]), []);
}

#[test]
fn it_watches_a_conversion_or_a_row() {
    let insight = |shows: Node| block("insight", "Uses", vec![("shows", shows)]);
    let funnel = |view: &str| {
        let steps = list(7, vec![to(8, "A"), to(8, "B")]);
        insight(case(5, "funnel", record(6, vec![("steps", steps), ("viz", word(8, view))])))
    };
    let sql = || insight(case(5, "sql", node(6, Given::Text("SELECT 1".into()))));
    let above = || record(4, vec![("above", node(4, Given::Float(1.0)))]);
    let alert = |when: &str, more: Vec<(&'static str, Node)>| {
        let fields = vec![("insight", to(2, "Uses")), ("when", case(3, when, above()))];
        block("alert", "A", fields.into_iter().chain(more).collect())
    };
    let step = |n: i64| ("watches", case(9, "conversion", record(10, vec![("step", node(11, Given::Int(n)))])));
    let row = |rows: &str| ("watches", case(9, "row", record(10, vec![("rows", node(11, Given::Word(rows.into())))])));
    let yes = |field: &'static str| (field, node(12, Given::Bool(true)));
    for (alert, insight, said) in [
        (alert("value", vec![]), funnel("steps"), vec![]),
        (alert("value", vec![step(2)]), funnel("steps"), vec![]),
        (alert("rises", vec![step(2)]), funnel("trends"), vec![]),
        (alert("value", vec![step(3)]), funnel("steps"), at(11, "`Uses` has no step 3 to convert to: it has 2 steps")),
        (alert("rises", vec![]), funnel("steps"), at(3, "`Uses` is not over time, so nothing in it rises or falls")),
        (
            alert("value", vec![]),
            funnel("time_to_convert"),
            at(2, "`Uses` shows the time to convert, which an alert cannot watch"),
        ),
        (alert("value", vec![row("last")]), funnel("steps"), at(9, "`Uses` has no `row` to watch")),
        (alert("value", vec![("line", node(9, Given::Int(1)))]), sql(), at(9, "`Uses` has no lines")),
        (alert("rises", vec![row("last")]), sql(), vec![]),
        (alert("rises", vec![row("any")]), sql(), at(3, "with `any`, there is no previous row to compare with")),
        (alert("value", vec![yes("ongoing")]), sql(), at(12, "the time range is in the query itself")),
    ] {
        assert_eq!(mistakes("alert", &alert, &[&insight]), said);
    }
    let below = case(3, "value", record(4, vec![("below", node(4, Given::Float(1.0)))]));
    let low = block("alert", "A", vec![("when", below), yes("ongoing")]);
    assert_eq!(mistakes("alert", &low, &[]), at(12, "an unfinished interval is always low"));
}

#[test]
fn the_config_is_that_of_its_insight() {
    static SQL: Insight = Insight { shows: Shows::query(plg_core::Json::Object(HOGQL)), ..LIVES_AS_SQL };
    const HOGQL: &[(&str, plg_core::Json)] =
        &[("kind", plg_core::Json::Text("HogQLQuery")), ("query", plg_core::Json::Text("SELECT 1"))];
    const LIVES_AS_SQL: Insight = Insight { common: Common::named("Rows"), title: Name("Rows"), ..Insight::BLANK };
    static ROWS: Alert =
        Alert { insight: &SQL, when: Fires::value(Bounds { above: Some(1.0), below: None }), ..DROPPED };
    let config = |alert: &Alert| crate::kinds::fixture::wanted(alert).fields["config"].clone();
    let row = json!({ "type": "HogQLAlertConfig", "evaluation": "last_row", "column": null, "label_column": null });
    assert_eq!(config(&ROWS), row);
    static PREVIOUS: Alert = Alert {
        watches: Some(AlertWatch::conversion(ConversionWatch { from: ConversionFrom::previous, step: Some(2) })),
        ..DROPPED
    };
    let conversion = json!({
        "type": "FunnelsAlertConfig", "metric": "conversion_from_previous", "funnel_step": 1,
        "check_ongoing_interval": false,
    });
    assert_eq!(config(&PREVIOUS), conversion);
    let live = json!({ "type": "TrendsAlertConfig", "series_index": 0 });
    assert_eq!(watch::merged(&conversion, &live), conversion);
    assert!(
        matches!(watch::read_config(&conversion), Ok(Some(AlertWatch::conversion(watch))) if watch.step == Some(2))
    );
    assert!(lints(&ROWS).is_empty());
}

#[test]
fn a_detector_decides_instead_of_bounds() {
    static ODD: Alert = Alert {
        when: Fires::unusual(Detector::any(Detectors {
            of: &[
                Detector::zscore(DetectorSettings { window: Some(60), smooth: Some(3), ..DetectorSettings::BLANK }),
                Detector::outside(Bounds { above: Some(100.0), below: None }),
            ],
        })),
        quiet: Some(&[QuietHours("22:00-07:00")]),
        investigation: Some(AlertInvestigation::first),
        ..DROPPED
    };
    let want = resolved(&ODD, &json!(12));
    let body = Alerts.create(&want).body.unwrap_or_default();
    let detector = json!({ "type": "ensemble", "operator": "or", "detectors": [
        { "type": "zscore", "window": 60, "preprocessing": { "smooth_n": 3 } },
        { "type": "threshold", "upper_bound": 100 },
    ] });
    assert_eq!((&body["condition"], &body["detector_config"]), (&json!({ "type": "absolute_value" }), &detector));
    assert_eq!(body["threshold"], json!({ "configuration": { "type": "absolute", "bounds": {} } }));
    assert_eq!(body["schedule_restriction"], json!({ "blocked_windows": [{ "start": "22:00", "end": "07:00" }] }));
    let mut live = live();
    live["condition"] = json!({ "type": "absolute_value" });
    live["threshold"]["configuration"] = json!({ "type": "absolute", "bounds": {} });
    live["detector_config"] = json!({ "type": "ensemble", "operator": "or", "detectors": [
        { "type": "zscore", "window": 60, "threshold": 0.9, "preprocessing": { "smooth_n": 3, "lags_n": null } },
        { "type": "threshold", "upper_bound": 100.0, "lower_bound": null },
    ] });
    live["schedule_restriction"] = json!({ "blocked_windows": [{ "start": "22:00", "end": "07:00" }] });
    live["investigation_agent_enabled"] = json!(true);
    live["investigation_gates_notifications"] = json!(true);
    live["investigation_inconclusive_action"] = json!("notify");
    assert_eq!(differing(&ODD, &want, &live), ["enabled"]);
    let prior = prior(&ODD, &live);
    let read = Fires::read(&prior.fields).expect("it has a word");
    assert!(matches!(read, Fires::unusual(Detector::any(of)) if of.of.len() == 2));
    // Bounds again: the detector goes.
    let back = resolved(&DROPPED, &json!(12));
    assert_eq!(differing(&DROPPED, &back, &live), ["condition", "threshold", "enabled"]);
    let body = Alerts.update(&back, &["condition".into()], &prior).and_then(|call| call.body).unwrap_or_default();
    assert_eq!((&body["condition"]["type"], &body["detector_config"]), (&json!("relative_decrease"), &Json::Null));
}

#[test]
fn detectors_have_their_own_settings() {
    let said =
        |detector: Node| mistakes("alert", &block("alert", "A", vec![("when", case(3, "unusual", detector))]), &[]);
    let int = |at: u32, n: i64| node(at, Given::Int(n));
    let of = |word: &str, fields: Vec<(&str, Node)>| case(4, word, record(5, fields));
    assert_eq!(said(word(4, "zscore")), []);
    assert_eq!(said(of("zscore", vec![("window", int(6, 60))])), []);
    assert_eq!(said(of("zscore", vec![("window", int(6, 4))])), at(6, "`window` is 5 to 1000, and this is 4"));
    let message = "`zscore` has no `trees`, which is for `isolation_forest`";
    assert_eq!(said(of("zscore", vec![("trees", int(6, 60))])), at(6, message));
    let one = || list(6, vec![word(7, "mad")]);
    assert_eq!(said(of("all", vec![("of", one())])), at(6, "`all` combines at least two detectors"));
    let nested = || list(6, vec![word(7, "mad"), of("any", vec![("of", one())])]);
    assert_eq!(said(of("all", vec![("of", nested())])), at(4, "`any` cannot be inside `all`"));
    assert_eq!(said(of("outside", vec![])), at(4, "`outside` needs a bound"));
    let agent = ("investigation", node(8, Given::Word("first".into())));
    let bounds = ("when", case(3, "value", record(4, vec![("above", node(5, Given::Float(1.0)))])));
    let message = "PostHog's agent investigates findings of a detector, and this alert has bounds";
    assert_eq!(mistakes("alert", &block("alert", "A", vec![bounds, agent]), &[]), at(8, message));
}

#[test]
fn quiet_hours_leave_some_time() {
    let hours = |hours: &[&str]| list(3, hours.iter().map(|hours| node(4, Given::Text((*hours).into()))).collect());
    let said = |quiet: &[&str]| mistakes("alert", &block("alert", "A", vec![("quiet", hours(quiet))]), &[]);
    assert_eq!(said(&["22:00-07:00", "12:00-13:00"]), []);
    let message = "these hours cover the whole day, so PostHog would never check the alert";
    assert_eq!(said(&["22:00-07:00", "07:00-22:00"]), at(3, message));
    assert_eq!(
        said(&["01:00-02:00"; 6]),
        at(3, "an alert has quiet hours at most five times a day, and this one has 6")
    );
}
