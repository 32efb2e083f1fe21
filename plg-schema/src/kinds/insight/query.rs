//! What an insight can show, and the query that PostHog stores for it.

use crate::kinds::posthog;
use crate::kinds::prelude::*;
use crate::{Shape, TextRule, Value};

choice! {
    /// What an insight shows.
    Shows "kind of insight" {
        /// How often things happen over time: `trend [SignupCompleted] { by: week, last: 90 days }`.
        trend(Trend),
        /// How many people get from step to step: `funnel [SignupCompleted, FeatureUsed] { within: 14 days }`.
        funnel(Funnel),
        /// How many people come back: `retention { of: SignupCompleted, returning: FeatureUsed, by: week }`.
        retention(Retention),
        /// New, returning, resurrecting and dormant people: `lifecycle(FeatureUsed)`.
        lifecycle(Lifecycle),
        /// On how many days people do something: `stickiness [FeatureUsed]`.
        stickiness(Stickiness),
        /// A query in HogQL: `sql("SELECT event, count() FROM events GROUP BY event")`.
        sql(Hogql),
        /// PostHog's own query node, as JSON, for what has no word here: `query { "kind": "InsightVizNode", … }`.
        query(crate::Json),
    }
}

choice! {
    /// What one line of a trend counts.
    Series "way to count" {
        /// How often it happens; the same as its name alone.
        count(&'static dyn Trackable),
        /// How many different people do it within each interval.
        people(&'static dyn Trackable),
        /// How many different people did it within the 7 days before.
        weekly_people(&'static dyn Trackable),
        /// How many different people did it within the 30 days before.
        monthly_people(&'static dyn Trackable),
        /// The sum of a property: `sum(PlanUpgraded, of: "amount")`.
        sum(Measured),
        /// The average of a property.
        average(Measured),
        /// The middle value of a property.
        median(Measured),
        ; /// How often it happens.
        else event(&'static dyn Trackable)
    }
}

record! {
    /// A numeric property of what people do.
    Measured {
        /// The event or action that has it.
        what: &'static dyn Trackable,
        /// The property.
        of: PropertyName,
    }
}

words! {
    /// The steps in which time passes in an insight.
    Interval "interval" {
        /// Hour by hour.
        hour,
        /// Day by day.
        day,
        /// Week by week.
        week,
        /// Month by month.
        month,
    }
}

words! {
    /// How a trend is drawn.
    Chart "way to draw a trend" {
        /// A line over time.
        line = "ActionsLineGraph",
        /// A line that only rises.
        cumulative = "ActionsLineGraphCumulative",
        /// A filled area over time.
        area = "ActionsAreaGraph",
        /// Bars over time.
        bar = "ActionsBar",
        /// One bar a series or value, without time.
        bar_value = "ActionsBarValue",
        /// One big number.
        number = "BoldNumber",
        /// A pie of the series or values.
        pie = "ActionsPie",
        /// A table.
        table = "ActionsTable",
        /// A map of the world, for a breakdown by country.
        world_map = "WorldMap",
    }
}

choice! {
    /// What each line is split by.
    Breakdown "kind of property" {
        /// A property of the person: `person("plan")`.
        person(PropertyName),
        ; /// A property of the event.
        else event(PropertyName)
    }
}

record! {
    /// How often things happen over time.
    Trend {
        /// What is counted; each entry is a line. Up to 26, which a formula calls A to Z.
        series: &'static [Series],
        /// The interval that is counted by.
        by: Interval = Interval::day,
        /// How far back it looks; PostHog looks 7 days back unless told.
        last: Option<Span> = None,
        /// How it is drawn.
        display: Chart = Chart::line,
        /// What is shown instead of the lines themselves, such as `"B / A * 100"`: the first entry is A.
        formula: Option<Str> = None,
        /// The property whose values each line is split by.
        breakdown: Option<Breakdown> = None,
        /// Whether the period before is drawn too.
        compare: bool = false,
        /// Whether what the project calls internal and test users is left out.
        without_test_users: bool = false,
    }
}

words! {
    /// How strictly the steps of a funnel follow each other.
    FunnelOrder "order of steps" {
        /// One after another, whatever happens between.
        ordered,
        /// One right after another.
        strict,
        /// In any order.
        unordered,
    }
}

words! {
    /// What a funnel shows.
    FunnelView "view of a funnel" {
        /// The share of people that reaches each step.
        steps,
        /// How long it takes from the first step to the last.
        time_to_convert,
        /// The share that reaches the last step, over time.
        trends,
    }
}

record! {
    /// How many people get from step to step.
    Funnel {
        /// What people do, first to last; two or more.
        steps: &'static [&'static dyn Trackable],
        /// How long people have from the first step to the last; up to months.
        within: Span = Span { count: 14, unit: Unit::days },
        /// What is shown.
        viz: FunnelView = FunnelView::steps,
        /// How strictly the steps follow each other.
        order: FunnelOrder = FunnelOrder::ordered,
        /// The interval of `viz: trends`; a day unless told.
        by: Option<Interval> = None,
        /// How far back it looks; PostHog looks 7 days back unless told.
        last: Option<Span> = None,
        /// The property whose values the funnel is split by.
        breakdown: Option<Breakdown> = None,
        /// Whether what the project calls internal and test users is left out.
        without_test_users: bool = false,
    }
}

words! {
    /// When a person belongs to a group whose return is measured.
    Cohorting "way to start" {
        /// Only when they do it for the first time.
        first_time = "retention_first_time",
        /// Whenever they do it.
        recurring = "retention_recurring",
    }
}

record! {
    /// How many people come back.
    Retention {
        /// What people start with.
        of: &'static dyn Trackable,
        /// What shows that they came back.
        returning: &'static dyn Trackable,
        /// The interval they come back within.
        by: Interval = Interval::day,
        /// How many intervals are shown; 2 or more.
        periods: i64 = 8,
        /// When a person counts as starting.
        starts: Cohorting = Cohorting::first_time,
        /// Whether what the project calls internal and test users is left out.
        without_test_users: bool = false,
    }
}

record! {
    /// New, returning, resurrecting and dormant people.
    Lifecycle {
        /// What people do.
        of: &'static dyn Trackable,
        /// The interval that is counted by.
        by: Interval = Interval::day,
        /// How far back it looks; PostHog looks 7 days back unless told.
        last: Option<Span> = None,
        /// Whether what the project calls internal and test users is left out.
        without_test_users: bool = false,
    }
}

record! {
    /// On how many days people do something.
    Stickiness {
        /// What people do; each entry is a line.
        series: &'static [&'static dyn Trackable],
        /// The interval that is counted by.
        by: Interval = Interval::day,
        /// How far back it looks; PostHog looks 7 days back unless told.
        last: Option<Span> = None,
        /// Whether what the project calls internal and test users is left out.
        without_test_users: bool = false,
    }
}

/// A query in HogQL, PostHog's SQL, up to 20,000 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hogql(pub &'static str);

impl Hogql {
    /// What it must look like.
    pub const RULE: TextRule =
        TextRule { wrap: "Hogql", what: "a query in HogQL", max: 20_000, check: crate::text::not_blank };
}

impl Value for Hogql {
    const SHAPE: Shape = Shape::Text(&Hogql::RULE);
}

impl Shows {
    /// The query node, with markers for actions.
    pub(super) fn query(&self) -> Json {
        let source = match self {
            Shows::trend(trend) => trend.source(),
            Shows::funnel(funnel) => funnel.source(),
            Shows::retention(retention) => retention.source(),
            Shows::lifecycle(l) => Source::new("LifecycleQuery")
                .set("series", json!([node(l.of)]))
                .set("interval", l.by.as_str())
                .common(l.last, None, l.without_test_users),
            Shows::stickiness(s) => Source::new("StickinessQuery")
                .set("series", nodes(s.series))
                .set("interval", s.by.as_str())
                .common(s.last, None, s.without_test_users),
            Shows::sql(sql) => {
                return json!({ "kind": "DataVisualizationNode", "source": { "kind": "HogQLQuery", "query": sql.0 } });
            }
            Shows::query(query) => return query.value(),
        };
        json!({ "kind": "InsightVizNode", "source": source.0 })
    }
}

/// A query under construction.
struct Source(Map);

impl Source {
    fn new(kind: &str) -> Self {
        Source(Map::new()).set("kind", kind)
    }

    fn set(mut self, key: &str, value: impl Into<Json>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// What every kind of query may say.
    fn common(self, last: Option<Span>, by: Option<Breakdown>, without_test_users: bool) -> Self {
        let source = match last {
            Some(span) => self.set("dateRange", json!({ "date_from": Ago(span).relative() })),
            None => self,
        };
        let source = match by {
            Some(Breakdown::person(name)) => {
                source.set("breakdownFilter", json!({ "breakdown": name.0, "breakdown_type": "person" }))
            }
            Some(Breakdown::event(name)) => {
                source.set("breakdownFilter", json!({ "breakdown": name.0, "breakdown_type": "event" }))
            }
            None => source,
        };
        if without_test_users { source.set("filterTestAccounts", true) } else { source }
    }
}

impl Trend {
    fn source(&self) -> Source {
        let mut filter = Map::from_iter([("display".to_owned(), Json::from(self.display.as_str()))]);
        if let Some(formula) = self.formula {
            filter.insert("formulaNodes".into(), json!([{ "formula": formula.0 }]));
        }
        let source = Source::new("TrendsQuery")
            .set("series", self.series.iter().map(Series::node).collect::<Vec<_>>())
            .set("interval", self.by.as_str())
            .set("trendsFilter", filter)
            .common(self.last, self.breakdown, self.without_test_users);
        if self.compare { source.set("compareFilter", json!({ "compare": true })) } else { source }
    }
}

impl Funnel {
    fn source(&self) -> Source {
        let source = Source::new("FunnelsQuery")
            .set("series", nodes(self.steps))
            .set(
                "funnelsFilter",
                json!({
                    "funnelVizType": self.viz.as_str(),
                    "funnelOrderType": self.order.as_str(),
                    "funnelWindowInterval": self.within.count,
                    "funnelWindowIntervalUnit": self.within.unit.as_str(),
                }),
            )
            .common(self.last, self.breakdown, self.without_test_users);
        match self.by {
            Some(by) => source.set("interval", by.as_str()),
            None => source,
        }
    }
}

impl Retention {
    fn source(&self) -> Source {
        let period = match self.by {
            Interval::hour => "Hour",
            Interval::day => "Day",
            Interval::week => "Week",
            Interval::month => "Month",
        };
        Source::new("RetentionQuery")
            .set(
                "retentionFilter",
                json!({
                    "targetEntity": entity(self.of),
                    "returningEntity": entity(self.returning),
                    "retentionType": self.starts.as_str(),
                    "period": period,
                    "totalIntervals": self.periods,
                }),
            )
            .common(None, None, self.without_test_users)
    }
}

impl Series {
    fn node(&self) -> Json {
        let (what, math, of) = match self {
            Series::count(what) | Series::event(what) => (*what, "total", None),
            Series::people(what) => (*what, "dau", None),
            Series::weekly_people(what) => (*what, "weekly_active", None),
            Series::monthly_people(what) => (*what, "monthly_active", None),
            Series::sum(m) => (m.what, "sum", Some(m.of.0)),
            Series::average(m) => (m.what, "avg", Some(m.of.0)),
            Series::median(m) => (m.what, "median", Some(m.of.0)),
        };
        let mut node = node(what);
        node["math"] = math.into();
        if let Some(property) = of {
            node["math_property"] = property.into();
        }
        node
    }
}

fn nodes(all: &[&'static dyn Trackable]) -> Vec<Json> {
    all.iter().map(|what| node(*what)).collect()
}

fn node(what: &dyn Trackable) -> Json {
    match what.tracked() {
        Tracked::Event(event) => json!({ "kind": "EventsNode", "event": event, "name": event }),
        Tracked::Action { name, id } => json!({ "kind": "ActionsNode", "id": id, "name": name }),
    }
}

fn entity(what: &dyn Trackable) -> Json {
    let (id, ty) = posthog::tracked(what);
    let name = match what.tracked() {
        Tracked::Event(name) | Tracked::Action { name, .. } => name,
    };
    json!({ "id": id, "name": name, "type": ty })
}
