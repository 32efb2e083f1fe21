//! Tests that the insights the language can express are read back as they were written.

use super::*;
use crate::kinds::Hogql;
use crate::kinds::fixture::{event, flag};
use crate::kinds::{
    Cohort, Event, FeatureFlag, Filter, FlagTest, GroupTest, InsightVariable, PropertyKey, PropertyTest,
};
use plg_core::source::Known;
use serde_json::Value;

static USED: Event = event("FeatureUsed", "feature_used");
static LEFT: Event = event("Left", "left");
static PRO: Cohort = Cohort { common: Common::named("Pro"), title: Name("Pro"), ..Cohort::BLANK };
static BETA: FeatureFlag = flag("Beta", "beta");

static COUNTRY: InsightVariable =
    InsightVariable { common: Common::named("Country"), title: Name("Country"), ..InsightVariable::BLANK };
static TIER: InsightVariable = InsightVariable {
    common: Common::named("Tier"),
    title: Name("Tier"),
    code: Some(crate::kinds::VariableCode("plan")),
    ..InsightVariable::BLANK
};

const fn key(name: &'static str) -> PropertyKey {
    PropertyKey::declared(PropertyName(name))
}

const fn is(name: &'static str, texts: &'static [Str]) -> PropertyTest {
    PropertyTest { property: key(name), is: Some(texts), ..PropertyTest::BLANK }
}

const PAID: &[Filter] = &[Filter::event(is("plan", &[Str("pro")]))];

/// What is read of what was said, in a project where all of it is there.
fn read(shows: &Shows) -> (Value, Value) {
    let mut known = Known::default();
    known.keep("feature_used", &USED);
    known.keep("left", &LEFT);
    known.keep("7", &PRO);
    known.keep("key beta", &BETA);
    for (item, id) in [(&PRO as &dyn Declared, json!(7)), (&COUNTRY, json!("u1")), (&TIER, json!("u2"))] {
        known.remember(item, &Live { outputs: Map::from_iter([("id".into(), id)]), ..Live::default() });
    }
    known.keep("code country", &COUNTRY);
    known.keep("code plan", &TIER);
    let sent = known.resolved(&shows.query());
    let read = import::shows(&sent, &mut known).expect("it has words");
    assert!(!matches!(read, Shows::query(_)));
    let again = known.resolved(&read.query());
    (sent, again)
}

/// Says it, reads it, says that, and compares; then hands out what was sent.
fn round(shows: &Shows) -> Value {
    let (sent, again) = read(shows);
    assert_eq!(sent, again);
    assert!(compare::covers(&sent, &again));
    sent["source"].clone()
}

/// The same of a constant.
macro_rules! round {
    ($shows:expr) => {{
        static SHOWS: Shows = $shows;
        round(&SHOWS)
    }};
}

#[test]
fn series_of_every_kind() {
    const WHAT: What = What::event(&USED);
    const MEASURED: Measured = Measured { what: WHAT, of: Measure::event(key("amount")), ..Measured::BLANK };
    static ALL: &[Series] = &[
        Series::event(&USED),
        Series::count(Counted { what: WHAT, with: PAID, called: Some(Str("Paid use")) }),
        Series::people(Counted { what: What::any_event, ..Counted::BLANK }),
        Series::weekly_people(Counted {
            what: What::any_of(Together {
                of: &[Doing::event(&USED), Doing::only(Only { what: &LEFT, with: PAID, called: None })],
            }),
            ..Counted::BLANK
        }),
        Series::sessions(Counted { what: WHAT, ..Counted::BLANK }),
        Series::first_time(Counted { what: WHAT, ..Counted::BLANK }),
        Series::first_matching(Counted { what: WHAT, with: PAID, called: None }),
        Series::groups(Grouped { what: WHAT, of: 1, with: &[], called: None }),
        Series::per_person(PerPerson { what: WHAT, by: OfPeople::p90, with: &[], called: None }),
        Series::sum(Measured { of: Measure::person(key("seats")), ..MEASURED }),
        Series::p90(MEASURED),
        Series::p99(Measured { of: Measure::session(key("$session_duration")), ..MEASURED }),
        Series::sum(Measured { currency: Some(Currency::code(Str("EUR"))), ..MEASURED }),
        Series::sum(Measured { currency: Some(Currency::property(key("currency"))), ..MEASURED }),
        Series::sql(Expressed { what: WHAT, expression: Hogql("sum(properties.amount)"), with: &[], called: None }),
    ];
    let source = round!(Shows::trend(Trend { series: ALL, ..Trend::BLANK }));
    let line = |n: usize| source["series"][n].clone();
    assert_eq!(
        line(1),
        json!({
            "kind": "EventsNode", "event": "feature_used", "name": "feature_used", "math": "total",
            "custom_name": "Paid use",
            "properties": [{ "key": "plan", "type": "event", "operator": "exact", "value": ["pro"] }],
        })
    );
    assert_eq!((&line(2)["event"], &line(2)["math"]), (&Value::Null, &json!("dau")));
    assert_eq!((&line(3)["kind"], &line(3)["operator"]), (&json!("GroupNode"), &json!("OR")));
    assert_eq!((&line(7)["math"], &line(7)["math_group_type_index"]), (&json!("unique_group"), &json!(1)));
    assert_eq!(line(8)["math"], "p90_count_per_actor");
    assert_eq!(
        (&line(9)["math_property"], &line(9)["math_property_type"]),
        (&json!("seats"), &json!("person_properties"))
    );
    assert_eq!(line(12)["math_property_revenue_currency"], json!({ "static": "EUR" }));
    assert_eq!(line(14)["math_hogql"], "sum(properties.amount)");
}

#[test]
fn filters_of_every_kind() {
    static WITH: &[Filter] = &[
        Filter::event(is("plan", &[Str("pro")])),
        Filter::person(PropertyTest { contains: Some(Str("@")), ..PropertyTest::any("email") }),
        Filter::session(PropertyTest { more_than: Some(60.0), ..PropertyTest::any("$session_duration") }),
        Filter::group(GroupTest { of: 0, that: is("industry", &[Str("retail")]) }),
        Filter::element(crate::kinds::ElementTest {
            contains: Some(Str("Buy")),
            part: crate::kinds::ElementPart::text,
            ..crate::kinds::ElementTest::BLANK
        }),
        Filter::member(&PRO),
        Filter::not_member(&PRO),
        Filter::flag(FlagTest { flag: &BETA, is: &[], is_not: &[] }),
        Filter::flag(FlagTest { flag: &BETA, is: &[], is_not: &[Str("test")] }),
        Filter::sql(Hogql("properties.amount > 5")),
    ];
    let source = round!(Shows::trend(Trend { series: &[Series::event(&USED)], with: WITH, ..Trend::BLANK }));
    let filter = |n: usize| source["properties"][n].clone();
    assert_eq!(filter(5), json!({ "type": "cohort", "key": "id", "operator": "in", "value": 7 }));
    assert_eq!(filter(7), json!({ "type": "feature", "key": "$feature/beta", "operator": "exact", "value": ["true"] }));
    assert_eq!(filter(3)["group_type_index"], 0);
    assert_eq!(filter(9), json!({ "type": "hogql", "key": "properties.amount > 5" }));
}

#[test]
fn time_breakdowns_and_looks_of_a_trend() {
    const TREND: Trend = Trend {
        series: &[Series::event(&USED), Series::event(&LEFT), Series::event(&USED)],
        from: Some(Since::day(Moment("2026-01-01"))),
        to: Some(Since::end_of(Span { count: 1, unit: Unit::months })),
        exact: true,
        by: Interval::month,
        formulas: &[
            Formula { formula: Str("A / B"), called: Some(Str("Share")) },
            Formula { formula: Str("A + B + C"), called: None },
        ],
        breakdowns: &[Breakdown::event(key("plan")), Breakdown::person(key("role"))],
        breakdown_options: Some(BreakdownOptions { limit: Some(5), without_others: true, ..BreakdownOptions::BLANK }),
        compare_to: Some(Span { count: 1, unit: Unit::years }),
        goal_lines: &[GoalLine { label: Str("Goal"), value: 100.0, labelled: false, ..GoalLine::BLANK }],
        marks: &[Mark::legend, Mark::values],
        axis: Some(Axis { format: Some(NumberFormat::percentage), suffix: Some(Str(" %")), log: true, ..Axis::BLANK }),
        smoothing: Some(7),
        sampling: Some(Percent(7.0)),
        without_weekends: true,
        ..Trend::BLANK
    };
    let source = round!(Shows::trend(TREND));
    assert_eq!(source["dateRange"], json!({ "date_from": "2026-01-01", "date_to": "-1mEnd", "explicitDate": true }));
    assert_eq!(source["compareFilter"], json!({ "compare": true, "compare_to": "-1y" }));
    assert_eq!(
        source["breakdownFilter"],
        json!({
            "breakdowns": [{ "property": "plan", "type": "event" }, { "property": "role", "type": "person" }],
            "breakdown_limit": 5, "breakdown_hide_other_aggregation": true,
        })
    );
    assert_eq!(source["trendsFilter"]["goalLines"], json!([{ "label": "Goal", "value": 100, "displayLabel": false }]));
    assert_eq!(source["samplingFactor"], json!(0.07));
    static USES: &[Series] = &[Series::event(&USED)];
    static COHORTS: &[Link<Cohort>] = &[&PRO];
    for one in [
        Breakdown::session(key("$entry_utm_source")),
        Breakdown::group(GroupProperty { of: 2, property: key("industry") }),
        Breakdown::members(CohortsSplit { of: COHORTS, everybody: true }),
        Breakdown::flag(&BETA),
        Breakdown::sql(Hogql("properties.amount > 5")),
    ] {
        round(&Shows::trend(Trend { series: USES, breakdown: Some(one), ..Trend::BLANK }));
    }
    for from in
        [Since::all_time, Since::this(CalendarUnit::month), Since::start_of(Span { count: 2, unit: Unit::weeks })]
    {
        round(&Shows::trend(Trend { series: USES, from: Some(from), ..Trend::BLANK }));
    }
}

#[test]
fn funnels_say_all_they_can() {
    const FUNNEL: Funnel = Funnel {
        steps: &[
            FunnelStep::event(&USED),
            FunnelStep::only(StepOnly {
                what: What::event(&USED),
                with: PAID,
                called: Some(Str("Paid")),
                ..StepOnly::BLANK
            }),
            FunnelStep::only(StepOnly {
                what: What::any_of(Together { of: &[Doing::event(&LEFT), Doing::any_event] }),
                optional: true,
                ..StepOnly::BLANK
            }),
            FunnelStep::only(StepOnly {
                what: What::event(&LEFT),
                counts: Some(FirstTime::first_ever),
                ..StepOnly::BLANK
            }),
        ],
        exclusions: &[Exclusion { what: &LEFT, with: PAID, after: 1, before: Some(2) }],
        share_of: ShareOf::previous,
        attribution: Attribution::step(2),
        breakdown: Some(Breakdown::event(key("plan"))),
        of_groups: Some(0),
        viz: FunnelView::time_to_convert,
        from_step: Some(1),
        to_step: Some(3),
        bins: Some(10),
        last: Some(Span { count: 30, unit: Unit::days }),
        ..Funnel::BLANK
    };
    let source = round!(Shows::funnel(FUNNEL));
    let filter = &source["funnelsFilter"];
    assert_eq!(
        (&filter["exclusions"][0]["funnelFromStep"], &filter["exclusions"][0]["funnelToStep"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(
        (&filter["breakdownAttributionType"], &filter["breakdownAttributionValue"]),
        (&json!("step"), &json!(1))
    );
    assert_eq!((&filter["funnelFromStep"], &filter["funnelToStep"]), (&json!(0), &json!(2)));
    assert_eq!(source["aggregation_group_type_index"], 0);
    round!(Shows::funnel(Funnel {
        steps: &[FunnelStep::event(&USED), FunnelStep::event(&LEFT)],
        exclusions: &[Exclusion { what: &USED, ..Exclusion::BLANK }],
        of_each: Some(Hogql("properties.$session_id")),
        attribution: Attribution::first_touch,
        ..Funnel::BLANK
    }));
}

#[test]
fn the_other_kinds_say_all_they_can() {
    const ONLY: Doing = Doing::only(Only { what: &USED, with: PAID, called: None });
    round!(Shows::retention(Retention {
        of: ONLY,
        returning: Doing::any_event,
        by: Interval::month,
        starts: Cohorting::first_ever,
        share_of: ShareOf::previous,
        at_least: Some(2),
        windows: Windows::rolling,
        cumulative: true,
        measures: Some(ReturnMeasure::sum(key("amount"))),
        averaged: Some(Averaged::weighted),
        breakdown: Some(Breakdown::event(key("plan"))),
        with: PAID,
        view: Some(RetentionView::graph),
        to: Some(Since::day(Moment("2026-06-01"))),
        ..Retention::BLANK
    }));
    round!(Shows::retention(Retention {
        of: Doing::event(&USED),
        returning: Doing::event(&USED),
        brackets: &[1, 6, 23],
        ..Retention::BLANK
    }));
    const PATHS: Paths = Paths {
        of: &[Stop::pages, Stop::events, Stop::sql(Hogql("properties.tab"))],
        starting_at: Some(Str("/pricing")),
        ending_at: Some(Str("/done")),
        steps: 7,
        ways: Some(30),
        at_least: Some(5),
        at_most: Some(500),
        without: &[Str("$pageleave")],
        grouped: &[Str("/blog/*")],
        cleaned: &[PathCleaning { matches: Str("/[0-9]+"), alias: Str("/ID") }],
        clean_paths: true,
        full_urls: true,
        along: Some(AlongFunnel {
            steps: &[FunnelStep::event(&USED), FunnelStep::event(&LEFT)],
            part: FunnelPart::after,
            step: Some(1),
            ..AlongFunnel::BLANK
        }),
        with: PAID,
        ..Paths::BLANK
    };
    let source = round!(Shows::paths(PATHS));
    assert_eq!(source["pathsFilter"]["includeEventTypes"], json!(["$pageview", "custom_event", "hogql"]));
    assert_eq!(source["funnelPathsFilter"]["funnelPathType"], "funnel_path_after_step");
    round!(Shows::lifecycle(Lifecycle {
        of: ONLY,
        parts: &[LifecyclePart::new, LifecyclePart::dormant],
        with: PAID,
        of_groups: Some(1),
        marks: &[Mark::legend],
        ..Lifecycle::BLANK
    }));
    let source = round!(Shows::stickiness(Stickiness {
        series: &[Series::event(&USED), Series::count(Counted { what: What::event(&LEFT), with: PAID, called: None })],
        every: Some(2),
        often: Some(Often::at_least(3)),
        cumulative: true,
        display: Some(Chart::bar),
        compare: true,
        ..Stickiness::BLANK
    }));
    assert_eq!(source["series"][0].get("math"), None);
    assert_eq!(source["stickinessFilter"]["stickinessCriteria"], json!({ "operator": "gte", "value": 3 }));
    round!(Shows::sql(Sql {
        query: Hogql("SELECT day, n FROM events WHERE {filters}"),
        display: Some(Chart::bar),
        x: Some(Str("day")),
        y: &[Str("n")],
        goal_lines: &[GoalLine { label: Str("Goal"), value: 5.5, ..GoalLine::BLANK }],
        last: Some(Span { count: 7, unit: Unit::days }),
        with: PAID,
        ..Sql::BLANK
    }));
}

#[test]
fn a_query_has_its_variables() {
    let source = round!(Shows::sql(Sql {
        query: Hogql("SELECT 1 WHERE country = {variables.country} AND plan = {variables.plan}"),
        variables: &[
            SqlVariable::variable(&COUNTRY),
            SqlVariable::value(VariableValue { variable: &TIER, is: Some(plg_core::Json::Text("pro")) }),
        ],
        ..Sql::BLANK
    }));
    assert_eq!(
        source["variables"],
        json!({
            "country": { "variableId": "u1", "code_name": "country" },
            "plan": { "variableId": "u2", "code_name": "plan", "value": "pro" },
        })
    );
    // PostHog goes by the code: the ids are new when a variable was made again.
    let live = json!({ "source": { "variables": {
        "u9": { "variableId": "u9", "code_name": "country" },
        "u2": { "variableId": "u2", "code_name": "plan", "value": "pro" },
    } } });
    assert!(compare::covers(&json!({ "source": { "variables": source["variables"] } }), &live));
}
