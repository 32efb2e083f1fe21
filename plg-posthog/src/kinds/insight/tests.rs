//! What insights send, what they recognise, and what they refuse.

use super::*;
use crate::kinds::fixture::wanted;
use crate::kinds::{Action, ActionStep, Event, Hogql, PropertyKey};
use plg_core::Site;
use serde_json::Value;

const fn event(name: &'static str, wire: &'static str) -> Event {
    Event {
        common: Common::named(name),
        name: EventName(wire),
        properties: Event::properties,
        tags: Event::tags,
        verified: Event::verified,
        hidden: Event::hidden,
        ..Event::BLANK
    }
}

static SIGNUP: Event = event("SignupCompleted", "signup_completed");
static USED: Event = event("FeatureUsed", "feature_used");
static UPGRADE: Action = Action {
    common: Common::named("PlanUpgraded"),
    title: Name("Plan Upgraded"),
    on: &[ActionStep::event(&USED)],
    tags: Action::tags,
    ..Action::BLANK
};
static GROWTH: Dashboard = Dashboard {
    common: Common::named("Growth"),
    title: Name("Growth"),
    pinned: Dashboard::pinned,
    tags: Dashboard::tags,
    ..Dashboard::BLANK
};

const PLAN: PropertyKey = PropertyKey::declared(PropertyName("plan"));
const AMOUNT: PropertyKey = PropertyKey::declared(PropertyName("amount"));

const fn people(what: &'static dyn Trackable) -> Series {
    Series::people(Counted { what: What::event(what), ..Counted::BLANK })
}

const ON: &[Link<Dashboard>] = &[&GROWTH];

const fn insight(shows: Shows) -> Insight {
    Insight { common: Common::named("Usage"), title: Name("Usage"), on: ON, shows, tags: Insight::tags }
}

const fn span(count: u32, unit: Unit) -> Span {
    Span { count, unit }
}

const TREND: Trend =
    Trend { series: &[Series::event(&SIGNUP)], by: Interval::week, last: Some(span(12, Unit::weeks)), ..Trend::BLANK };

static SIGNUPS: Insight = insight(Shows::trend(TREND));

#[test]
fn a_trend_is_a_trends_query() {
    let want = wanted(&SIGNUPS).fields;
    assert_eq!(
        Value::Object(want),
        json!({
            "name": "Usage", "description": "", "tags": [],
            "dashboards": [{ "$ref": "dashboard.Growth", "get": "id" }],
            "query": { "kind": "InsightVizNode", "source": {
                "kind": "TrendsQuery", "interval": "week", "dateRange": { "date_from": "-12w" },
                "series": [{ "kind": "EventsNode", "event": "signup_completed", "name": "signup_completed", "math": "total" }],
                "trendsFilter": { "display": "ActionsLineGraph" },
            } },
        })
    );
}

#[test]
fn a_trend_says_all_it_can() {
    static RICH: Insight = insight(Shows::trend(Trend {
        series: &[
            people(&SIGNUP),
            Series::sum(Measured { what: What::event(&UPGRADE), of: Measure::event(AMOUNT), ..Measured::BLANK }),
        ],
        display: Chart::number,
        formula: Some(Str("B / A")),
        breakdown: Some(Breakdown::event(PLAN)),
        compare: true,
        without_test_users: true,
        ..TREND
    }));
    let source = &wanted(&RICH).fields["query"]["source"];
    assert_eq!(
        source["series"],
        json!([
            { "kind": "EventsNode", "event": "signup_completed", "name": "signup_completed", "math": "dau" },
            {
                "kind": "ActionsNode", "id": { "$ref": "action.PlanUpgraded", "get": "id" }, "name": "Plan Upgraded",
                "math": "sum", "math_property": "amount",
            },
        ])
    );
    assert_eq!(source["trendsFilter"], json!({ "display": "BoldNumber", "formulaNodes": [{ "formula": "B / A" }] }));
    assert_eq!(source["breakdownFilter"], json!({ "breakdown": "plan", "breakdown_type": "event" }));
    assert_eq!((&source["compareFilter"], &source["filterTestAccounts"]), (&json!({ "compare": true }), &json!(true)));
}

#[test]
fn every_kind_has_its_query() {
    static FUNNEL: Insight = insight(Shows::funnel(Funnel {
        steps: &[FunnelStep::event(&SIGNUP), FunnelStep::event(&UPGRADE)],
        viz: FunnelView::time_to_convert,
        ..Funnel::BLANK
    }));
    assert_eq!(
        wanted(&FUNNEL).fields["query"],
        json!({ "kind": "InsightVizNode", "source": {
            "kind": "FunnelsQuery",
            "series": [
                { "kind": "EventsNode", "event": "signup_completed", "name": "signup_completed" },
                { "kind": "ActionsNode", "id": { "$ref": "action.PlanUpgraded", "get": "id" }, "name": "Plan Upgraded" },
            ],
            "funnelsFilter": {
                "funnelVizType": "time_to_convert", "funnelOrderType": "ordered",
                "funnelWindowInterval": 14, "funnelWindowIntervalUnit": "day",
            },
        } })
    );
    static RETENTION: Insight = insight(Shows::retention(Retention {
        of: Doing::event(&SIGNUP),
        returning: Doing::event(&USED),
        by: Interval::week,
        ..Retention::BLANK
    }));
    assert_eq!(
        wanted(&RETENTION).fields["query"]["source"],
        json!({ "kind": "RetentionQuery", "retentionFilter": {
            "targetEntity": { "id": "signup_completed", "name": "signup_completed", "type": "events" },
            "returningEntity": { "id": "feature_used", "name": "feature_used", "type": "events" },
            "retentionType": "retention_first_time", "period": "Week", "totalIntervals": 8,
        } })
    );
    static LIFECYCLE: Insight = insight(Shows::lifecycle(Lifecycle { of: Doing::event(&USED), ..Lifecycle::BLANK }));
    assert_eq!(wanted(&LIFECYCLE).fields["query"]["source"]["kind"], "LifecycleQuery");
    static SQL: Insight = insight(Shows::sql(Sql { query: Hogql("SELECT count() FROM events"), ..Sql::BLANK }));
    assert_eq!(
        wanted(&SQL).fields["query"],
        json!({ "kind": "DataVisualizationNode", "source": { "kind": "HogQLQuery", "query": "SELECT count() FROM events" } })
    );
}

#[test]
fn the_answer_is_recognised_whatever_the_server_adds() {
    let want = wanted(&SIGNUPS).fields;
    let live = Insights
        .read(json!({
            "id": 7, "short_id": "a1B2c3D4", "name": "Usage", "description": null, "tags": [], "saved": true,
            "filters": {}, "result": null, "dashboard_tiles": [
                { "id": 1, "dashboard_id": 3, "deleted": null }, { "id": 2, "dashboard_id": 4, "deleted": true },
            ],
            "query": { "kind": "InsightVizNode", "full": true, "version": 2, "source": {
                "kind": "TrendsQuery", "version": 3, "interval": "week", "dateRange": { "date_from": "-12w", "explicitDate": false },
                "series": [{ "kind": "EventsNode", "event": "signup_completed", "name": "signup_completed", "math": "total", "custom_name": "Signups" }],
                "trendsFilter": { "display": "ActionsLineGraph", "showLegend": true }, "filterTestAccounts": false,
                "properties": [], "breakdownFilter": { "breakdown_type": "event" },
            } },
        }))
        .expect("it has an id");
    assert_eq!((live.id.as_str(), live.outputs.get("short_id")), ("7", Some(&json!("a1B2c3D4"))));
    assert!(!live.fields.contains_key("result"));
    assert!(Insights.same("dashboards", &json!([3]), &live.fields["dashboards"]));
    for field in ["name", "description", "tags", "query"] {
        assert!(Insights.same(field, &want[field], &live.fields[field]), "{field}");
    }
}

#[test]
fn a_click_that_changes_the_numbers_shows() {
    let want = &wanted(&SIGNUPS).fields["query"];
    let clicks: [(&str, Value); 5] = [
        ("/source/breakdownFilter", json!({ "breakdown": "plan", "breakdown_type": "event" })),
        ("/source/properties", json!([{ "key": "plan", "value": "pro" }])),
        ("/source/filterTestAccounts", json!(true)),
        ("/source/interval", json!("day")),
        ("/source/series", json!([])),
    ];
    for (path, value) in clicks {
        let mut live = want.clone();
        let key = path.trim_start_matches("/source/");
        live["source"][key] = value;
        assert!(!Insights.same("query", want, &live), "{path}");
    }
    assert!(!Insights.same("query", want, &Value::Null));
}

#[test]
fn only_what_changed_is_sent() {
    let prior = Prior { id: "7".into(), ..Prior::default() };
    let call = Insights.update(&wanted(&SIGNUPS).fields, &["name".into()], &prior).expect("it can change");
    assert_eq!((call.method, call.path.as_str()), ("PATCH", "/api/projects/{project}/insights/7/"));
    assert_eq!(call.body, Some(json!({ "name": "Usage" })));
}

#[test]
fn a_long_description_is_found() {
    static LONG: &str = match std::str::from_utf8(&[b'x'; 401]) {
        Ok(text) => text,
        Err(_) => "",
    };
    let long = Insight {
        common: Common { doc: LONG, ..Common::named("Long") },
        ..insight(Shows::sql(Sql { query: Hogql("SELECT 1"), ..Sql::BLANK }))
    };
    assert_eq!(Describe::lint(&long), ["the description of an insight has 400 characters at most, this one has 401"]);
    assert!(Describe::lint(&SIGNUPS).is_empty());
}

fn node(given: Given) -> Node {
    Node { at: Site::default(), given }
}

fn mistakes(word: &str, fields: Vec<(&str, Given)>) -> Vec<String> {
    let held = fields.into_iter().map(|(name, given)| (name.to_owned(), node(given))).collect();
    let shows = node(Given::Case(word.into(), Some(Box::new(node(Given::Record(held))))));
    let block = Block {
        kind: "insight",
        name: "Usage".into(),
        at: Site::default(),
        existing: false,
        fields: vec![("shows".into(), Site::default(), shows)],
    };
    let mut report = Report::default();
    check(&block, &Declarations::default(), &mut report);
    report.errors.into_iter().map(|mistake| mistake.message).collect()
}

fn entries(count: usize) -> Given {
    Given::List(vec![node(Given::Ref(None)); count])
}

#[test]
fn mistakes_say_what_to_write() {
    let formula = |text: &str| mistakes("trend", vec![("series", entries(2)), ("formula", Given::Text(text.into()))]);
    assert!(formula("B / A * 100").is_empty());
    assert_eq!(
        formula("C / A"),
        ["`C` is not a line of this trend\nhelp: its lines are `A` to `B`, in the order written"]
    );
    assert!(formula("100")[0].starts_with("this formula names no line"));
    assert!(
        mistakes("trend", vec![("series", entries(0))])[0].starts_with("a trend has 1 to 26 lines, and this one has")
    );
    assert!(
        mistakes("funnel", vec![("steps", entries(1))])[0]
            .starts_with("a funnel has at least 2 steps, and this one has 1")
    );
    let years = vec![("steps", entries(2)), ("within", Given::Span(span(2, Unit::years)))];
    assert_eq!(mistakes("funnel", years), ["a funnel's window is in minutes to months\nhelp: write `24 months`"]);
    assert_eq!(
        mistakes("retention", vec![("periods", Given::Int(1))]),
        ["a retention has 2 periods or more\nhelp: write `periods: 8`"]
    );
    assert_eq!(mistakes("stickiness", vec![("series", entries(0))]).len(), 1);
}
