//! The query that PostHog stores for what an insight shows.

use super::shows::*;
use crate::kinds::posthog;
use crate::kinds::prelude::*;

impl Shows {
    /// The query node, with references to actions.
    pub(super) fn query(&self) -> Term {
        let source = match self {
            Shows::trend(trend) => trend.source(),
            Shows::funnel(funnel) => funnel.source(),
            Shows::retention(retention) => retention.source(),
            Shows::lifecycle(l) => Source::new("LifecycleQuery")
                .set("series", vec![node(l.of)])
                .set("interval", l.by.as_str())
                .common(l.last, None, l.without_test_users),
            Shows::stickiness(s) => Source::new("StickinessQuery")
                .set("series", nodes(s.series))
                .set("interval", s.by.as_str())
                .common(s.last, None, s.without_test_users),
            Shows::sql(sql) => {
                return term!({ "kind": "DataVisualizationNode", "source": { "kind": "HogQLQuery", "query": sql.0 } });
            }
            Shows::query(query) => return query.term(),
        };
        term!({ "kind": "InsightVizNode", "source": source.0 })
    }
}

/// A query under construction.
struct Source(Terms);

impl Source {
    fn new(kind: &str) -> Self {
        Source(Terms::new()).set("kind", kind)
    }

    fn set(mut self, key: &str, value: impl Into<Term>) -> Self {
        self.0.insert(key, value);
        self
    }

    /// What every kind of query may say.
    fn common(self, last: Option<Span>, by: Option<Breakdown>, without_test_users: bool) -> Self {
        let source = match last {
            Some(span) => self.set("dateRange", term!({ "date_from": Ago(span).relative() })),
            None => self,
        };
        let source = match by {
            Some(Breakdown::person(name)) => {
                source.set("breakdownFilter", term!({ "breakdown": name.0, "breakdown_type": "person" }))
            }
            Some(Breakdown::event(name)) => {
                source.set("breakdownFilter", term!({ "breakdown": name.0, "breakdown_type": "event" }))
            }
            None => source,
        };
        if without_test_users { source.set("filterTestAccounts", true) } else { source }
    }
}

impl Trend {
    fn source(&self) -> Source {
        let mut filter = Terms::from_iter([("display", self.display.as_str())]);
        if let Some(formula) = self.formula {
            filter.insert("formulaNodes", term!([{ "formula": formula.0 }]));
        }
        let source = Source::new("TrendsQuery")
            .set("series", self.series.iter().map(Series::node).collect::<Vec<_>>())
            .set("interval", self.by.as_str())
            .set("trendsFilter", filter)
            .common(self.last, self.breakdown, self.without_test_users);
        if self.compare { source.set("compareFilter", term!({ "compare": true })) } else { source }
    }
}

impl Funnel {
    fn source(&self) -> Source {
        let source = Source::new("FunnelsQuery")
            .set("series", nodes(self.steps))
            .set(
                "funnelsFilter",
                term!({
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
                term!({
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
    fn node(&self) -> Term {
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
        node.insert("math", math);
        node.extend(of.map(|property| ("math_property", property)));
        node.into()
    }
}

fn nodes(all: &[&'static dyn Trackable]) -> Vec<Terms> {
    all.iter().map(|what| node(*what)).collect()
}

fn node(what: &dyn Trackable) -> Terms {
    match what.tracked() {
        Tracked::Event(event) => Terms::from_iter([("kind", "EventsNode"), ("event", event), ("name", event)]),
        Tracked::Action { name, id } => {
            Terms::from_iter([("kind", "ActionsNode".into()), ("id", id), ("name", name.into())])
        }
    }
}

fn entity(what: &dyn Trackable) -> Term {
    let (id, ty) = posthog::tracked(what);
    let name = match what.tracked() {
        Tracked::Event(name) | Tracked::Action { name, .. } => name,
    };
    term!({ "id": id, "name": name, "type": ty })
}
