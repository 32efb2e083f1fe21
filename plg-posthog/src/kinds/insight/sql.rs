//! Queries in HogQL, PostHog's SQL.

use super::looks::{Chart, GoalLine};
use super::scope::{self, Scope, Since, Source};
use crate::kinds::filter::Filter;
use crate::kinds::prelude::*;
use plg_core::source::{Known, read};
use plg_core::{Shape, TextRule, Value};

/// A query or an expression in HogQL, PostHog's SQL, up to 20,000 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hogql(pub &'static str);

impl Hogql {
    /// What it must look like.
    pub const RULE: TextRule = TextRule {
        wrap: "Hogql",
        what: "a query in HogQL",
        max: 20_000,
        code: codes::TEXT,
        check: plg_core::text::not_blank,
        constant: true,
    };
}

impl Value for Hogql {
    const SHAPE: Shape = Shape::Text(&Hogql::RULE);
    const BLANK: Self = Hogql("");

    fn given(&self) -> Option<Given> {
        Some(Given::Text(self.0.to_owned()))
    }
}

plg_core::record! {
    /// What a query in HogQL answers.
    Sql {
        /// The query: a text, or a file by `include_str!("signups.sql")`.
        query: Hogql,
        /// How the answer is drawn; as a table, unless it is written or people choose.
        display: Option<Chart> = None,
        /// The column along the bottom. Left to people, where nothing is written.
        x: Option<Str> = None,
        /// The columns that are drawn. Left to people, where nothing is written.
        y: &'static [Str] = &[],
        /// Lines at numbers that are to be reached. Left to people, where nothing is written.
        goal_lines: &'static [GoalLine] = &[],
        /// How far back `{filters}` of the query looks.
        last: Option<Span> = None,
        /// Where `{filters}` of the query begins, instead of `last`.
        from: Option<Since> = None,
        /// Where `{filters}` of the query ends.
        to: Option<Since> = None,
        /// Whether it begins and ends to the second.
        exact: bool = false,
        /// What must be so, where the query has `{filters}`.
        with: &'static [Filter] = &[],
        /// Whether `{filters}` leaves out what the project calls internal and test users.
        without_test_users: bool = false,
    }
}

impl Sql {
    pub(super) fn query(&self) -> Term {
        let filters = Source(Terms::new()).scope(Scope {
            last: self.last,
            from: self.from,
            to: self.to,
            exact: self.exact,
            with: self.with,
            without_test_users: self.without_test_users,
            sampling: None,
        });
        let source = Source::new("HogQLQuery").set("query", self.query.0).set_full("filters", filters.0);
        let mut settings = Terms::new();
        settings.extend(self.x.map(|column| ("xAxis", term!({ "column": column.0 }))));
        if !self.y.is_empty() {
            settings.insert("yAxis", self.y.iter().map(|column| term!({ "column": column.0 })).collect::<Term>());
        }
        GoalLine::put(self.goal_lines, &mut settings);
        Source::new("DataVisualizationNode")
            .set("source", source.0)
            .set_some("display", self.display.map(Chart::as_str))
            .set_full("chartSettings", settings)
            .0
            .into()
    }

    pub(super) fn read(query: &Json, known: &mut Known) -> Option<Self> {
        let source = query.get("source")?;
        let none = Json::Null;
        let scope = Scope::read(source.get("filters").unwrap_or(&none), known)?;
        let settings = query.get("chartSettings").unwrap_or(&none);
        let columns = settings.get("yAxis").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let display = query.get("display").and_then(Json::as_str);
        Some(Sql {
            query: Hogql(read::leak(source.get("query")?.as_str()?)),
            // A table goes without saying.
            display: display.map(|chart| Chart::spelt(chart).ok_or(())).transpose().ok()?,
            x: read::text(settings, "/xAxis/column"),
            y: read::slice(columns.iter().filter_map(|column| read::text(column, "/column")).collect()),
            goal_lines: GoalLine::read_all(settings),
            last: scope.last,
            from: scope.from,
            to: scope.to,
            exact: scope.exact,
            with: scope.with,
            without_test_users: scope.without_test_users,
        })
    }
}

pub(super) fn check(held: &Node, report: &mut Report) {
    scope::check(held, report);
    let Some(text) = held.field("query").and_then(Node::text) else { return };
    let filters = ["last", "from", "to", "exact", "with", "without_test_users"];
    if let Some(filter) = filters.into_iter().find_map(|field| held.field(field))
        && !text.contains("{filters")
    {
        let message = "the query does not ask for filters\nhelp: write `WHERE {filters}` in it, or leave this out";
        report.error(codes::NEEDS_ANOTHER, filter.at, message);
    }
}
