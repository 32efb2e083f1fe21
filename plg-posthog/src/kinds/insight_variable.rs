//! PostHog variables: what people choose where a query in SQL is looked at.

mod import;

use super::posthog;
use super::prelude::*;
use super::{Hogql, insight_variable::code::computed};
use plg_core::checks::once;
use plg_core::text::date;

pub(super) mod code;

plg_core::texts! {
    /// What a query calls a variable: letters, digits and `_`, in lower case, up to 400 characters.
    VariableCode { what: "a variable's code", max: 400, code: codes::TEXT, check: code::check, constant: false }
}

plg_core::words! {
    /// What the values of a variable are.
    VariableKind "type of variable" {
        /// Text.
        text = "String",
        /// A number, whole or not.
        number = "Number",
        /// True or false.
        boolean = "Boolean",
        /// A day or an instant.
        date = "Date",
        /// One of some texts, or several of them.
        list = "List",
    }
}

plg_core::kind! {
    /// What people choose where an insight in SQL or its dashboard is looked at: queries say `{variables.country}`.
    insight_variable InsightVariable {
        /// What people read in PostHog, up to 400 characters; from the item's name unless given.
        title: Name,
        /// What queries call it. PostHog makes it of the title as the variable is made: its letters, digits and `_`, in lower
        /// case, with `_` for each space. It never changes: with another title, write the code that it has, or the
        /// variable is replaced.
        code: Option<VariableCode> = None,
        /// What its values are.
        holds: VariableKind,
        /// Its value where nobody chooses one, as its type has it: `"DE"`, `5`, `true`, `"2026-01-31"`, or a list of
        /// texts where several can be chosen. Left to people, where nothing is written.
        default: Option<plg_core::Json> = None,
        /// The texts to choose from, of a `list`. Left to people, where nothing is written.
        values: Option<&'static [Str]> = None,
        /// Whether several can be chosen at once, of a `list`.
        multi: bool = false,
        /// A query whose rows are the texts to choose from, of a `list`. Left to people, where nothing is written.
        values_from: Option<Hogql> = None,
        /// The id of the data source that this query is sent to, instead of PostHog's own data.
        connection: Option<Str> = None,
    }
    provider: &crate::PROVIDER,
    key: &["code"],
    check: check,
    unique: &[],
    titled: Some("title"),
    surface: Surface::NONE,
    wire: &InsightVariables,
}

fn check(variable: &Block, _: &Declarations, report: &mut Report) {
    if variable.get("code").is_none()
        && let Some(title) = variable.get("title").and_then(Node::text)
        && let Err(message) = code::of_title(title)
    {
        report.error(codes::TEXT, variable.key_site("title"), message);
    }
    let Some(holds) = variable.get("holds").and_then(Node::word) else { return };
    if holds != "list" {
        for field in ["values", "multi", "values_from"] {
            let Some(node) = variable.get(field) else { continue };
            let message = format!(
                "a variable that holds `{holds}` has no `{field}`\nhelp: write `holds: list`, or leave `{field}` out"
            );
            report.error(codes::UNKNOWN_FIELD, node.at, message);
        }
    }
    if let Some(connection) = variable.get("connection")
        && variable.get("values_from").is_none()
    {
        report.error(
            codes::NEEDS_ANOTHER,
            connection.at,
            "`connection` needs a query to send\nhelp: write `values_from: \"…\"` beside `connection`, or leave it out",
        );
    }
    if let Some(values) = variable.get("values") {
        once(values.list(), |text| text.text().map(str::to_owned), report);
    }
    let multi = matches!(variable.get("multi"), Some(Node { given: Given::Bool(true), .. }));
    if let Some(Node { at, given: Given::Json(default) }) = variable.get("default")
        && let Some(wanted) = unlike(default, holds, multi)
    {
        let message = format!("this is not a value of the variable, which holds {wanted}\nhelp: write {wanted}");
        report.error(codes::OTHER_SHAPE, *at, message);
    }
}

/// What a default has to be, where it is something else.
fn unlike(default: &Term, holds: &str, multi: bool) -> Option<&'static str> {
    let is_text = |term: &Term| matches!(term, Term::Text(_) | Term::Env(_));
    let (is_right, wanted) = match holds {
        "text" => (is_text(default), "a text in quotes"),
        "number" => (matches!(default, Term::Number(_) | Term::Env(_)), "a number"),
        "boolean" => (matches!(default, Term::Bool(_)), "`true` or `false`"),
        "date" => {
            let is_date = if let Term::Text(text) = default { date(text).is_ok() } else { is_text(default) };
            (is_date, "a date, such as \"2026-01-31\"")
        }
        _ if multi => {
            let is_list = matches!(default, Term::List(texts) if texts.iter().all(is_text));
            (is_list, "several texts: a list of texts in brackets")
        }
        _ => (is_text(default), "one of some texts: a text in quotes"),
    };
    (!is_right).then_some(wanted)
}

/// PostHog keeps variables apart by their codes.
pub(super) fn check_code(variable: &Block, world: &Declarations, report: &mut Report) {
    let Some(own) = code::of(variable) else { return };
    let mut earlier = world.of_kind(variable.kind).iter().take_while(|other| !other.is(variable));
    let same = |other: &&&Block| code::of(other).as_deref() == Some(&*own);
    if let Some(other) = earlier.find(same) {
        let at = if variable.get("code").is_some() { variable.key_site("code") } else { variable.key_site("title") };
        report.error(
            codes::SAME_KEY,
            at,
            format!("`{}` has the code `{own}` already, by which PostHog keeps variables apart\nhelp: give one of them another `title`, or a `code`", other.name),
        );
    }
}

impl InsightVariable {
    /// What queries call it, as in `{variables.country}`.
    pub fn code_name(&self) -> String {
        self.code.map_or_else(|| computed(self.title.0), |code| code.0.to_owned())
    }
}

impl Describe for InsightVariable {
    fn want(&self) -> Want {
        let is_list = self.holds == VariableKind::list;
        let values = self.values.map(|texts| texts.iter().map(|text| text.0).collect::<Vec<_>>());
        Want::of(&self.common)
            .set("name", self.title.0)
            .set("code_name", self.code_name())
            .set("type", self.holds.as_str())
            .set_some("default_value", self.default.map(|value| value.term()))
            .set_some("values", values)
            .set_some("is_multi", is_list.then_some(self.multi))
            .set_some("values_query", self.values_from.map(|query| query.0))
            .set_some("values_query_connection_id", self.connection.map(|id| id.0))
    }
}

#[derive(Debug)]
struct InsightVariables;

/// Fields that the API holds against each other: what the type does not have is dropped.
const HELD: &[&str] = &["type", "default_value", "values", "is_multi", "values_query", "values_query_connection_id"];

impl Wire for InsightVariables {
    fn collection(&self, _: &Map) -> RestCollection {
        RestCollection { paging: Paging::Numbered, ..posthog::hard("insight_variables") }
    }

    fn read(&self, json: Json) -> Option<Live> {
        let mut live = posthog::row(json)?;
        if text(&live.fields, "type") == VariableKind::list.as_str() {
            posthog::default(&mut live.fields, "is_multi", false);
        }
        live.outputs.insert("code_name".to_owned(), live.fields.get("code_name").cloned().unwrap_or_default());
        Some(live)
    }

    fn create(&self, want: &Map) -> Call {
        let mut body = without(want, &["code_name"]);
        if self.is_made_in_two(want) {
            body.insert("name".to_owned(), text(want, "code_name").into());
        }
        self.collection(want).create(body)
    }

    /// The code is made of the name as it is then: one that differs from it comes with a name that is the code.
    fn is_made_in_two(&self, want: &Map) -> bool {
        computed(text(want, "name")) != text(want, "code_name")
    }

    fn update(&self, want: &Map, changed: &[String], prior: &Prior) -> Option<Call> {
        let mut part = pick(want, changed);
        part.remove("code_name");
        posthog::together(&mut part, want, HELD);
        (!part.is_empty()).then(|| self.collection_of(prior).change(prior, part))
    }

    fn fixed(&self) -> &'static [&'static str] {
        &["code_name"]
    }

    fn lost(&self) -> &'static str {
        "queries that use the old code no longer find it"
    }

    fn identity(&self, fields: &Map) -> Option<String> {
        Some(text(fields, "code_name").to_owned())
    }

    fn outputs(&self) -> &'static [&'static str] {
        &["code_name"]
    }

    fn descriptive(&self) -> &'static [&'static str] {
        &["name"]
    }

    fn fields_of<'a>(&self, word: &'a &'static str) -> &'a [&'static str] {
        match *word {
            "title" => &["name"],
            "code" => &["code_name"],
            "holds" => &["type"],
            "default" => &["default_value"],
            "multi" => &["is_multi"],
            "values_from" => &["values_query"],
            "connection" => &["values_query_connection_id"],
            _ => itself(word),
        }
    }
}

#[cfg(test)]
mod tests;
