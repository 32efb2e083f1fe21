//! How an insight looks: what the stack does not say of it is left to people.

use crate::kinds::prelude::*;
use plg_core::source::read;

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
        /// Bars over time, beside each other.
        unstacked_bar = "ActionsUnstackedBar",
        /// Bars over time, on each other.
        stacked_bar = "ActionsStackedBar",
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
        /// Days by hours, the more the darker.
        calendar_heatmap = "CalendarHeatmap",
        /// Two breakdowns against each other, the more the darker.
        heatmap = "TwoDimensionalHeatmap",
        /// Boxes from quarter to quarter of the values.
        box_plot = "BoxPlot",
        /// As PostHog finds fit.
        auto = "Auto",
    }
}

plg_core::words! {
    /// Something that is drawn beside the numbers.
    Mark "thing to draw" {
        /// What each colour stands for.
        legend = "showLegend",
        /// The numbers.
        values = "showValuesOnSeries",
        /// The names of the lines.
        labels = "showLabelsOnSeries",
        /// Shares of a hundred instead of numbers.
        percent_stack = "showPercentStackView",
        /// An axis for each line.
        multiple_axes = "showMultipleYAxes",
        /// Where alerts fire.
        alert_lines = "showAlertThresholdLines",
        /// How sure the numbers are.
        confidence = "showConfidenceIntervals",
        /// Where the lines tend to.
        trend_lines = "showTrendLines",
        /// The average of the intervals before.
        moving_average = "showMovingAverage",
    }
}

plg_core::words! {
    /// How numbers are written.
    NumberFormat "way to write numbers" {
        /// As they are.
        numeric,
        /// Seconds as a length of time.
        duration,
        /// Milliseconds as a length of time.
        duration_ms,
        /// With a percent sign.
        percentage,
        /// A share of one as percent.
        percentage_scaled,
        /// With the project's currency.
        currency,
        /// Thousands and millions as letters.
        short,
    }
}

plg_core::record! {
    /// How the numbers of an axis are written.
    Axis {
        /// How they are written.
        format: Option<NumberFormat> = None,
        /// What stands before each.
        prefix: Option<Str> = None,
        /// What stands behind each.
        suffix: Option<Str> = None,
        /// The most digits behind the point.
        decimals: Option<i64> = None,
        /// The fewest digits behind the point.
        min_decimals: Option<i64> = None,
        /// Whether each step is ten times the one before.
        log: bool = false,
    }
}

plg_core::words! {
    /// The end of a line.
    LineEnd "end of a line" {
        /// Its beginning.
        start,
        /// Its end.
        end,
    }
}

plg_core::record! {
    /// A line at a number that is to be reached.
    GoalLine {
        /// What it says.
        label: Str,
        /// The number.
        value: f64,
        /// Its colour, such as `"#1d4aff"`.
        colour: Option<Str> = None,
        /// Whether it says its label.
        labelled: bool = true,
        /// Whether it stays once the numbers have crossed it.
        once_crossed: bool = true,
        /// Where the label stands. PostHog's servers know it since mid-2026.
        at: Option<LineEnd> = None,
    }
}

impl GoalLine {
    pub(super) fn json(&self) -> Json {
        let mut line = json!({ "label": self.label.0, "value": number(self.value) });
        if let Some(colour) = self.colour {
            line["borderColor"] = colour.0.into();
        }
        if !self.labelled {
            line["displayLabel"] = false.into();
        }
        if !self.once_crossed {
            line["displayIfCrossed"] = false.into();
        }
        if let Some(at) = self.at {
            line["position"] = at.as_str().into();
        }
        line
    }

    fn read(line: &Json) -> Option<Self> {
        let is_off = |key: &str| line.get(key) == Some(&Json::Bool(false));
        Some(GoalLine {
            label: Str(read::leak(line.get("label")?.as_str()?)),
            value: line.get("value")?.as_f64()?,
            colour: read::text(line, "/borderColor"),
            labelled: !is_off("displayLabel"),
            once_crossed: !is_off("displayIfCrossed"),
            at: line.get("position").and_then(Json::as_str).and_then(LineEnd::spelt),
        })
    }

    /// The goal lines of a filter; none, where one of them cannot be read.
    pub(super) fn read_all(filter: &Json) -> &'static [GoalLine] {
        let lines = filter.get("goalLines").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        read::slice(lines.iter().map(GoalLine::read).collect::<Option<Vec<_>>>().unwrap_or_default())
    }

    /// Adds goal lines to a filter.
    pub(super) fn put(lines: &[GoalLine], filter: &mut Terms) {
        if !lines.is_empty() {
            filter.insert("goalLines", lines.iter().map(GoalLine::json).collect::<Term>());
        }
    }
}

impl Mark {
    pub(super) fn put(marks: &[Mark], filter: &mut Terms) {
        filter.extend(marks.iter().map(|mark| (mark.as_str(), true)));
    }

    /// The marks of a filter that are switched on, of those that its chart knows.
    pub(super) fn read_all(filter: &Json, of: &[Mark]) -> &'static [Mark] {
        read::slice(of.iter().copied().filter(|mark| read::on(filter.get(mark.as_str()))).collect())
    }

    /// Says which marks a chart does not know, and which are there twice.
    pub(super) fn check(marks: Option<&Node>, of: &[Mark], what: &str, report: &mut Report) {
        let list = marks.map_or(&[][..], Node::list);
        for mark in list {
            if let Some(word) = mark.word()
                && !of.iter().any(|known| known.word() == word)
            {
                let known = of.iter().map(|mark| format!("`{}`", mark.word())).collect::<Vec<_>>().join(", ");
                let message = format!("{what} has no `{word}`\nhelp: write one of {known}");
                report.error(codes::UNKNOWN_WORD, mark.at, message);
            }
        }
        plg_core::checks::once(list, |mark| mark.word().map(str::to_owned), report);
    }
}

impl Axis {
    pub(super) fn put(self, filter: &mut Terms) {
        filter.extend(self.format.map(|format| ("aggregationAxisFormat", format.as_str())));
        filter.extend(self.prefix.map(|text| ("aggregationAxisPrefix", text.0)));
        filter.extend(self.suffix.map(|text| ("aggregationAxisPostfix", text.0)));
        filter.extend(self.decimals.map(|digits| ("decimalPlaces", digits)));
        filter.extend(self.min_decimals.map(|digits| ("minDecimalPlaces", digits)));
        filter.extend(self.log.then_some(("yAxisScaleType", "log10")));
    }

    pub(super) fn read(filter: &Json) -> Option<Self> {
        let says = |key: &str| filter.get(key).and_then(Json::as_str);
        let axis = Axis {
            format: says("aggregationAxisFormat").and_then(NumberFormat::spelt),
            prefix: read::text(filter, "/aggregationAxisPrefix"),
            suffix: read::text(filter, "/aggregationAxisPostfix"),
            decimals: filter.get("decimalPlaces").and_then(read::number),
            min_decimals: filter.get("minDecimalPlaces").and_then(read::number),
            log: says("yAxisScaleType") == Some("log10"),
        };
        let says = axis.format.is_some_and(|format| !matches!(format, NumberFormat::numeric))
            || axis.prefix.is_some()
            || axis.suffix.is_some()
            || axis.decimals.is_some()
            || axis.min_decimals.is_some()
            || axis.log;
        says.then_some(axis)
    }
}
