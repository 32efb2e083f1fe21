//! What an insight can show.

use crate::kinds::Hogql;
use crate::kinds::prelude::*;

plg_core::choice! {
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
        query(plg_core::Json),
    }
}

plg_core::choice! {
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

plg_core::record! {
    /// A numeric property of what people do.
    Measured {
        /// The event or action that has it.
        what: &'static dyn Trackable,
        /// The property.
        of: PropertyName,
    }
}

plg_core::words! {
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

plg_core::words! {
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

plg_core::choice! {
    /// What each line is split by.
    Breakdown "kind of property" {
        /// A property of the person: `person("plan")`.
        person(PropertyName),
        ; /// A property of the event.
        else event(PropertyName)
    }
}

plg_core::record! {
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

plg_core::words! {
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

plg_core::words! {
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

plg_core::record! {
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

plg_core::words! {
    /// When a person belongs to a group whose return is measured.
    Cohorting "way to start" {
        /// Only when they do it for the first time.
        first_time = "retention_first_time",
        /// Whenever they do it.
        recurring = "retention_recurring",
    }
}

plg_core::record! {
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

plg_core::record! {
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

plg_core::record! {
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
