//! What of an insight an alert watches.

use crate::kinds::insight::source;
use crate::kinds::prelude::*;
use crate::kinds::{Insight, Shows};
use plg_core::source::read;

plg_core::words! {
    /// What a conversion is a share of.
    ConversionFrom "start of a conversion" {
        /// Of those who began.
        start = "conversion_from_start",
        /// Of those who came to the step before.
        previous = "conversion_from_previous",
    }
}

plg_core::words! {
    /// Which rows of a query's answer are watched.
    AlertRows "choice of rows" {
        /// The last: the newest, where the oldest comes first.
        last = "last_row",
        /// The first: the newest, where it comes first.
        first = "first_row",
        /// Each of them.
        any = "any_row",
    }
}

plg_core::record! {
    /// A conversion within a funnel, in percent.
    ConversionWatch {
        /// The step whose people are the hundred percent.
        from: ConversionFrom = ConversionFrom::start,
        /// The step that is reached, counted from 1: the second or a later one; the last, unless it is written.
        step: Option<i64> = None,
    }
}

plg_core::record! {
    /// A number in the answer of a query.
    RowWatch {
        /// In which rows.
        rows: AlertRows = AlertRows::last,
        /// The column it is in; the only one with numbers, unless it is written.
        column: Option<Str> = None,
        /// The column that names the row in what people are sent.
        label: Option<Str> = None,
    }
}

plg_core::choice! {
    /// What of a funnel or of a query's answer is watched.
    AlertWatch "thing to watch" {
        /// A conversion of a funnel: `conversion(from: previous, step: 2)`.
        conversion(ConversionWatch),
        /// A number in the answer of a query: `row(any, column: "revenue", label: "country")`.
        row(RowWatch),
    }
}

/// The config of an alert on a line of a trend.
pub(super) const TREND: &str = "TrendsAlertConfig";
const FUNNEL: &str = "FunnelsAlertConfig";
const SQL: &str = "HogQLAlertConfig";

/// What an insight shows, as far as an alert is about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Watchable<'a> {
    /// Lines: how many, where that is known; whether there is time in it.
    Trend { lines: Option<usize>, timeless: bool },
    /// Steps: how many; what is shown of them.
    Funnel { steps: usize, view: &'a str },
    /// A query in SQL.
    Sql,
    /// Nothing that an alert watches: what PostHog calls it, or the language.
    Other(&'a str),
}

/// Drawings without time: nothing rises or falls in them.
const TIMELESS: [&str; 5] = ["bar_value", "number", "pie", "table", "world_map"];

/// The same, as PostHog spells them.
const TIMELESS_CHARTS: [&str; 5] = ["ActionsBarValue", "BoldNumber", "ActionsPie", "ActionsTable", "WorldMap"];

impl<'a> Watchable<'a> {
    /// What a declaration shows; nothing, where that cannot be read.
    pub(super) fn of(shows: &'a Node) -> Option<Self> {
        let held = shows.held();
        let count = |field: &str| held.and_then(|held| held.field(field)).map_or(0, |list| list.list().len());
        let word = |field: &str| held.and_then(|held| held.field(field)).and_then(Node::word);
        let has = |field: &str| held.is_some_and(|held| held.field(field).is_some());
        Some(match shows.word()? {
            "trend" => {
                // A breakdown has as many lines as there are values. A formula makes one line out of all of them.
                let split = has("breakdown") || count("breakdowns") > 0;
                let lines = match count("formulas") {
                    0 if has("formula") => 1,
                    0 => count("series"),
                    formulas => formulas,
                };
                let timeless = word("display").is_some_and(|drawn| TIMELESS.contains(&drawn));
                Watchable::Trend { lines: (!split).then_some(lines), timeless }
            }
            "funnel" => Watchable::Funnel { steps: count("steps"), view: word("viz").unwrap_or("steps") },
            "sql" => Watchable::Sql,
            "query" => return None,
            other => Watchable::Other(other),
        })
    }

    /// What a query of PostHog's shows.
    pub(super) fn of_query(query: &'a Json) -> Option<Self> {
        let (kind, source) = source(query)?;
        let says = |path: &str| source.pointer(path).and_then(Json::as_str);
        let listed = |path: &str| source.pointer(path).and_then(Json::as_array).map(Vec::len);
        Some(match kind {
            "TrendsQuery" => {
                let split = ["/breakdownFilter/breakdown", "/breakdownFilter/breakdowns"];
                let split = split.into_iter().any(|path| source.pointer(path).is_some_and(|by| !by.is_null()));
                let formulas = ["/trendsFilter/formulaNodes", "/trendsFilter/formulas"];
                let formulas = formulas.into_iter().filter_map(listed).find(|lines| *lines > 0);
                let lines = formulas.or_else(|| listed("/series")).unwrap_or(0);
                let timeless = says("/trendsFilter/display").is_some_and(|drawn| TIMELESS_CHARTS.contains(&drawn));
                Watchable::Trend { lines: (!split).then_some(lines), timeless }
            }
            "FunnelsQuery" => Watchable::Funnel {
                steps: listed("/series").unwrap_or(0),
                view: says("/funnelsFilter/funnelVizType").unwrap_or("steps"),
            },
            "HogQLQuery" => Watchable::Sql,
            other => Watchable::Other(other),
        })
    }
}

/// The name of the config that fits an insight, where it is known what that shows.
fn config_of(insight: &Insight) -> Option<&'static str> {
    if insight.common.existing {
        return None;
    }
    let of = |found: Watchable| match found {
        Watchable::Trend { .. } => Some(TREND),
        Watchable::Funnel { .. } => Some(FUNNEL),
        Watchable::Sql => Some(SQL),
        Watchable::Other(_) => None,
    };
    match insight.shows {
        Shows::trend(_) => Some(TREND),
        Shows::funnel(_) => Some(FUNNEL),
        Shows::sql(_) => Some(SQL),
        Shows::query(query) => Watchable::of_query(&query.term().stood()).and_then(of),
        _ => None,
    }
}

/// Whether an alert can watch an insight, as far as that is known.
pub(super) fn is_watchable(insight: &Insight) -> bool {
    insight.common.existing || config_of(insight).is_some()
}

/// The config that says what is watched.
pub(super) fn config(insight: &Insight, watches: Option<AlertWatch>, line: i64, ongoing: bool) -> Json {
    let conversion = |watch: ConversionWatch| {
        json!({
            "type": FUNNEL,
            "metric": watch.from.as_str(),
            "funnel_step": watch.step.map(|step| step - 1),
            "check_ongoing_interval": ongoing,
        })
    };
    let row = |watch: RowWatch| {
        let text = |text: Option<Str>| text.map(|text| text.0);
        json!({
            "type": SQL,
            "evaluation": watch.rows.as_str(),
            "column": text(watch.column),
            "label_column": text(watch.label),
        })
    };
    match (watches, config_of(insight)) {
        (Some(AlertWatch::conversion(watch)), _) => conversion(watch),
        (Some(AlertWatch::row(watch)), _) => row(watch),
        (None, Some(FUNNEL)) => conversion(ConversionWatch::BLANK),
        (None, Some(SQL)) => row(RowWatch::BLANK),
        (None, _) => json!({ "type": TREND, "series_index": line, "check_ongoing_interval": ongoing }),
    }
}

/// What is watched, out of a config, where it is no line.
pub(super) fn read_config(config: &Json) -> Result<Option<AlertWatch>, String> {
    let says = |key: &str| config.get(key).and_then(Json::as_str).unwrap_or_default();
    Ok(match says("type") {
        TREND | "" => None,
        FUNNEL => {
            let metric = says("metric");
            let from = ConversionFrom::spelt(metric)
                .ok_or_else(|| format!("the language has no word for the conversion `{metric}`"))?;
            let step = config.get("funnel_step").and_then(Json::as_i64).map(|step| step + 1);
            Some(AlertWatch::conversion(ConversionWatch { from, step }))
        }
        SQL => {
            let evaluation = says("evaluation");
            let rows = AlertRows::spelt(evaluation).ok_or_else(|| format!("the rows `{evaluation}` have no word"))?;
            let text = |path: &str| read::text(config, path);
            Some(AlertWatch::row(RowWatch { rows, column: text("/column"), label: text("/label_column") }))
        }
        other => return Err(format!("the language has no word for an alert by `{other}`")),
    })
}

/// What is declared of a config; what others added stays, where it is one of the same kind.
pub(super) fn merged(want: &Json, live: &Json) -> Json {
    match (want, live) {
        (Json::Object(own), Json::Object(theirs)) if own.get("type") == theirs.get("type") => {
            theirs.iter().chain(own).map(|(key, value)| (key.clone(), value.clone())).collect::<Map>().into()
        }
        _ => want.clone(),
    }
}

/// Checks an alert against what its insight shows; `node` names the insight.
pub(super) fn check(alert: &Block, node: &Node, insight: &Block, shown: Watchable, report: &mut Report) {
    let when = alert.get("when");
    let watches = alert.get("watches");
    let refuse = |at, message: String, report: &mut Report| report.error(crate::codes::SHOWS_NOTHING, at, message);
    let name = &insight.name;
    let fits = match shown {
        Watchable::Trend { .. } => None,
        Watchable::Funnel { .. } => Some("conversion"),
        Watchable::Sql => Some("row"),
        Watchable::Other(shown) => {
            let help = "name an insight with `shows: trend […]`, `funnel […]` or `sql(…)`";
            let message = format!(
                "`{name}` shows a `{shown}`, and an alert watches a trend, a funnel or a query in SQL\nhelp: {help}"
            );
            refuse(node.at, message, report);
            return;
        }
    };
    if let Some(watches) = watches
        && watches.word() != fits
    {
        let instead = fits.map_or("leave it out, and write `line: 1` for another line".to_owned(), |fits| {
            format!("write `watches: {fits}`, or leave it out")
        });
        let message = format!("`{name}` has no `{}` to watch\nhelp: {instead}", watches.word().unwrap_or_default());
        refuse(watches.at, message, report);
        return;
    }
    if let (Some(line), Some(fits)) = (alert.get("line"), fits) {
        refuse(
            line.at,
            format!("`{name}` has no lines\nhelp: write `watches: {fits}` instead, or leave `line` out"),
            report,
        );
    }
    let changes = when.filter(|when| matches!(when.word(), Some("rises" | "falls")));
    let unusual = when.filter(|when| when.word() == Some("unusual"));
    match shown {
        Watchable::Trend { lines, timeless } => {
            if let (Some(lines), Some(Node { at, given: Given::Int(line) })) = (lines, alert.get("line"))
                && usize::try_from(*line).is_ok_and(|line| line >= lines)
            {
                let help = match lines.saturating_sub(1) {
                    0 => "it has one line: leave `line` out".to_owned(),
                    last => format!("its lines are counted from 0 to {last}"),
                };
                refuse(*at, format!("`{name}` has no line {line}\nhelp: {help}"), report);
            }
            if let Some(when) = changes.or(unusual).filter(|_| timeless) {
                let help = "write `value(…)`, or draw it as a `line`";
                let message = format!("`{name}` is not over time, so nothing in it rises or falls\nhelp: {help}");
                refuse(when.at, message, report);
            }
        }
        Watchable::Funnel { steps, view } => check_funnel(alert, insight, (steps, view), changes.or(unusual), report),
        Watchable::Sql => {
            let rows = watches.and_then(Node::held).and_then(|row| row.field("rows")).and_then(Node::word);
            if let Some(when) = changes.or(unusual).filter(|_| rows == Some("any")) {
                let help = "write `value(…)`, or watch the `first` or the `last` row";
                let message = format!("with `any`, there is no previous row to compare with\nhelp: {help}");
                refuse(when.at, message, report);
            }
            if let Some(ongoing) = alert.get("ongoing") {
                let message = "the time range is in the query itself\nhelp: leave `ongoing` out".to_owned();
                refuse(ongoing.at, message, report);
            }
        }
        Watchable::Other(_) => {}
    }
}

fn check_funnel(
    alert: &Block,
    insight: &Block,
    (steps, view): (usize, &str),
    changes: Option<&Node>,
    report: &mut Report,
) {
    let name = &insight.name;
    let refuse = |at, message: String, report: &mut Report| report.error(crate::codes::SHOWS_NOTHING, at, message);
    if view == "time_to_convert" {
        let at = alert.get("insight").map_or(alert.at, |node| node.at);
        let help = "name a funnel that shows its steps, or trends";
        refuse(at, format!("`{name}` shows the time to convert, which an alert cannot watch\nhelp: {help}"), report);
    }
    if let Some(when) = changes.filter(|_| view == "steps") {
        let help = "write `value(…)`, or let it show `viz: trends`";
        refuse(when.at, format!("`{name}` is not over time, so nothing in it rises or falls\nhelp: {help}"), report);
    }
    let watch = alert.get("watches").and_then(Node::held);
    if let Some(Node { at, given: Given::Int(step) }) = watch.and_then(|watch| watch.field("step"))
        && !usize::try_from(*step).is_ok_and(|step| (2..=steps).contains(&step))
    {
        let help = match steps {
            ..=2 => "leave `step` out for the last".to_owned(),
            more => format!("write 2 to {more}, or leave `step` out for the last"),
        };
        refuse(*at, format!("`{name}` has no step {step} to convert to: it has {steps} steps\nhelp: {help}"), report);
    }
}

/// What the interval that is not over yet can say: that a number is too high already, not that it is too low.
pub(super) fn check_ongoing(alert: &Block, report: &mut Report) {
    let Some(Node { at, given: Given::Bool(true) }) = alert.get("ongoing") else { return };
    let Some(when) = alert.get("when").filter(|when| matches!(when.word(), Some("value" | "rises"))) else { return };
    if when.held().is_none_or(|bounds| bounds.field("above").is_none()) {
        let message = "an unfinished interval is always low\nhelp: write `above`, or leave `ongoing` out";
        report.error(crate::codes::SHOWS_NOTHING, *at, message);
    }
}
