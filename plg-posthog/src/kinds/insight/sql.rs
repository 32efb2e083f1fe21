//! Queries in HogQL, PostHog's SQL.

use super::looks::{Chart, GoalLine};
use super::scope::{self, InsightScope, Since, Source};
use crate::kinds::filter::Filter;
use crate::kinds::prelude::*;
use crate::kinds::{Hogql, InsightVariable, insight_variable};
use plg_core::source::{Known, read};

plg_core::record! {
    /// A variable of a query, and its value on this insight.
    VariableValue {
        /// The variable.
        variable: Link<InsightVariable>,
        /// Its value here, instead of its own default; `null` for none.
        is: Option<plg_core::Json> = None,
    }
}

plg_core::choice! {
    /// A variable of a query.
    SqlVariable "variable of a query" {
        /// With a value of its own here: `value(Country, "DE")`.
        value(VariableValue),
        ; /// With the value that people choose, or its default.
        else variable(Link<InsightVariable>)
    }
}

impl SqlVariable {
    fn variable(&self) -> Link<InsightVariable> {
        match self {
            SqlVariable::variable(variable) => variable,
            SqlVariable::value(value) => value.variable,
        }
    }

    /// As a query stores it. PostHog goes by the code, and writes the ids anew when the insight is read.
    pub(in crate::kinds) fn entry(&self) -> (String, Term) {
        let variable = self.variable();
        let code = variable.code_name();
        let mut entry =
            Terms::from_iter([("variableId", reference(variable)), ("code_name", Term::from(code.as_str()))]);
        match self {
            SqlVariable::value(VariableValue { is: Some(plg_core::Json::Null), .. }) => {
                entry.insert("isNull", true);
            }
            SqlVariable::value(VariableValue { is: Some(value), .. }) => {
                entry.insert("value", value.term());
            }
            _ => {}
        }
        (code, entry.into())
    }

    /// The variable of an entry that a query or a dashboard stores.
    pub(in crate::kinds) fn read(entry: &Json, known: &Known) -> Option<Self> {
        let code = entry.get("code_name")?.as_str()?;
        let by_code = known.get::<InsightVariable>(&insight_variable::code::kept(code));
        let variable = by_code.or_else(|| known.find(entry.get("variableId")?).ok())?;
        let value = entry.get("value").filter(|value| !value.is_null());
        let is = match value {
            _ if read::on(entry.get("isNull")) => Some(plg_core::Json::Null),
            value => value.map(read::written),
        };
        Some(match is {
            Some(_) => SqlVariable::value(VariableValue { variable, is }),
            None => SqlVariable::variable(variable),
        })
    }
}

plg_core::record! {
    /// What a query in HogQL answers.
    Sql {
        /// The query: a text, or a file by `include_str!("signups.sql")`.
        query: Hogql,
        /// The variables whose values people choose; the query names them as `{variables.country}`: `[Country]`.
        variables: &'static [SqlVariable] = &[],
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
        let filters = Source(Terms::new()).scope(InsightScope {
            last: self.last,
            from: self.from,
            to: self.to,
            exact: self.exact,
            with: self.with,
            without_test_users: self.without_test_users,
            sampling: None,
        });
        let source = Source::new("HogQLQuery")
            .set("query", self.query.0)
            .set_full("filters", filters.0)
            .set_full("variables", self.variables.iter().map(SqlVariable::entry).collect());
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
        let scope = InsightScope::read(source.get("filters").unwrap_or(&none), known)?;
        let settings = query.get("chartSettings").unwrap_or(&none);
        let columns = settings.get("yAxis").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let display = query.get("display").and_then(Json::as_str);
        let entries = source.get("variables").and_then(Json::as_object);
        let variables: Option<Vec<_>> =
            entries.into_iter().flatten().map(|(_, entry)| SqlVariable::read(entry, known)).collect();
        Some(Sql {
            variables: read::slice(variables?),
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
        let message = "the query does not use filters\nhelp: write `WHERE {filters}` in it, or remove this";
        report.error(codes::NEEDS_ANOTHER, filter.at, message);
    }
}

/// The query asks for no other variables than its insight has. One that it does not ask for is looked at twice.
pub(in crate::kinds) fn check_variables(insight: &Block, world: &Declarations, report: &mut Report) {
    let Some(shows) = insight.get("shows").filter(|shows| shows.word() == Some("sql")) else { return };
    let Some((query, held)) = shows.held().and_then(|held| Some((held.field("query")?, held))) else { return };
    let Some(text) = query.text() else { return };
    let listed = held.field("variables").map_or(&[][..], Node::list);
    // One that is declared elsewhere has a code that is not known here.
    let codes: Option<Vec<String>> = listed.iter().map(|one| code_of(one, world)).collect();
    let Some(codes) = codes else { return };
    let knows = |asked: &str| codes.iter().any(|code| code == asked);
    for (one, code) in listed.iter().zip(&codes) {
        // Where a name is misspelt, that is what is wrong.
        if !asks_for(text, code) && placeholders(text).into_iter().all(knows) {
            let message = format!(
                "the query does not use `{code}`\nhelp: write `{{variables.{code}}}` in it, or remove the variable"
            );
            report.warn(crate::codes::SHOWS_NOTHING, one.held().unwrap_or(one).at, message);
        }
    }
    for asked in placeholders(text) {
        if knows(asked) {
            continue;
        }
        let meant = plg_core::similar::closest(asked, codes.iter().map(String::as_str));
        let declared = || {
            let mut variables = world.of_kind("insight_variable").iter();
            variables.find(|block| insight_variable::code::of(block).as_deref() == Some(asked))
        };
        let help = match (meant, declared()) {
            (_, Some(variable)) => format!("write `variables: [{}]` beside the query", variable.name),
            (Some(meant), None) => format!("did you mean `{{variables.{meant}}}`?"),
            (None, None) => {
                format!("declare an `insight_variable` with the code \"{asked}\", and name it in `variables`")
            }
        };
        let message = format!("the query uses `{asked}`, which is not in its `variables`\nhelp: {help}");
        report.error(crate::codes::SHOWS_NOTHING, query.at, message);
    }
}

fn code_of(listed: &Node, world: &Declarations) -> Option<String> {
    let held = listed.held()?;
    let name = if listed.word() == Some("value") { held.field("variable")? } else { held };
    insight_variable::code::of(world.target(name)?)
}

/// Whether a query asks for a variable, also within an expression: `{if(variables.country = '', 'DE', 'FR')}`.
fn asks_for(query: &str, code: &str) -> bool {
    let names = query.split("variables.").skip(1);
    names.map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next()).any(|name| name == Some(code))
}

/// What a query asks for: `country` of `{variables.country}`.
fn placeholders(query: &str) -> Vec<&str> {
    let parts = query.split('{').skip(1).filter_map(|part| part.trim_start().strip_prefix("variables."));
    let mut names: Vec<&str> = parts
        .map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default())
        .filter(|name| !name.is_empty())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}
