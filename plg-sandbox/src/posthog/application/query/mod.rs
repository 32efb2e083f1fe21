//! `query/`: the HogQL that clients ask of events and persons; of the rest it is said that the sandbox has none.

mod read;
mod run;
mod words;

use crate::message::Reply;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::{Fault, PosthogAnswer};
use serde_json::{Value, json};

/// What the sandbox understands, for those who ask for more.
const UNDERSTOOD: &str = "the sandbox understands `select` columns, `count()`, `uniq(column)`, `max(column)`, \
                          `JSONType`, `JSONExtractRaw` and `JSONExtractString` of a key, and \
                          `arrayJoin(JSONExtractKeys(properties))`, `from events` or `from persons`, with `where`, \
                          `group by`, `order by`, `limit` and `offset`";

/// Answers `query/`.
pub(crate) fn route(call: &mut PosthogCall, tail: &[&str]) -> PosthogAnswer {
    match (call.method(), tail) {
        ("POST", []) => asked(call),
        (_, []) => call.no_method(),
        _ => Err(Fault::no_endpoint()),
    }
}

fn asked(call: &PosthogCall) -> PosthogAnswer {
    let Some(query) = call.body.get("query").filter(|query| query.is_object()) else {
        return Err(Fault::required("query"));
    };
    let query = unwrapped(query);
    let kind = query.get("kind").and_then(Value::as_str).unwrap_or_default();
    if kind != "HogQLQuery" {
        return Err(refused(&format!(
            "the sandbox does not run a query of the kind `{kind}`; {UNDERSTOOD}, as a `HogQLQuery`"
        )));
    }
    let text = query.get("query").and_then(Value::as_str).unwrap_or_default();
    let values = query.get("values").and_then(Value::as_object).cloned().unwrap_or_default();
    let parsed = words::words(text)
        .and_then(|words| read::read(&words, &values, call.settings.clock()))
        .map_err(|why| refused(&why))?;
    let (limit, offset) = (parsed.limit.unwrap_or(100).min(50_000), parsed.offset);
    let columns: Vec<&str> = parsed.columns.iter().map(|column| column.name.as_str()).collect();
    let mut rows = run::run(call, &parsed);
    let has_more = rows.len() > offset.saturating_add(limit);
    rows = rows.into_iter().skip(offset).take(limit).collect();
    let types: Vec<Value> = columns.iter().zip(0..).map(|(name, at)| json!([name, run::type_of(&rows, at)])).collect();
    Ok(Reply::json(
        200,
        json!({
            "results": rows, "columns": columns, "types": types, "query": text, "hogql": text, "is_cached": false,
            "limit": limit, "offset": offset, "hasMore": has_more, "error": null, "timings": [], "query_status": null,
        }),
    ))
}

/// What is run of a query that says how it is drawn: its source.
fn unwrapped(query: &Value) -> &Value {
    let is_drawn =
        |kind: &Value| kind == "DataVisualizationNode" || kind == "DataTableNode" || kind == "InsightVizNode";
    let source = query.get("kind").filter(|kind| is_drawn(kind)).and_then(|_| query.get("source"));
    source.filter(|source| source.is_object()).unwrap_or(query)
}

fn refused(why: &str) -> Fault {
    Fault::validation("illegal_hogql", why)
}
