//! The body of a cohort: its fields, and the rules between them.

use super::criteria;
use super::criteria::Tree;
use super::rows::behavioral;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::field::{ANY_LENGTH, BodyField, Holds};
use serde_json::{Map, Value};

const FIELDS: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 400, blank: true }).or_null(),
    BodyField::new("description", Holds::Text { max: 1000, blank: true }),
    BodyField::new("groups", Holds::Json),
    BodyField::new("deleted", Holds::Flag),
    BodyField::new("filters", Holds::Json).or_null(),
];

/// Read once the filters are good.
const AFTER_FILTERS: &[BodyField] = &[
    BodyField::new("query", Holds::Json).or_null(),
    BodyField::new("is_static", Holds::Flag),
    BodyField::new("cohort_type", Holds::WordOrBlank(&TYPES)).or_null(),
    BodyField::new("_create_static_person_ids", Holds::Texts { max: ANY_LENGTH }),
];

const TYPES: [&str; 5] = ["static", "person_property", "behavioral", "realtime", "analytical"];

pub(crate) fn read(call: &PosthogCall) -> Result<(Map<String, Value>, Option<Tree>), Fault> {
    let mut read = call.reader();
    read.take(FIELDS)?;
    let tree = match read.get("filters") {
        None | Some(Value::Null) => None,
        Some(sent) => Some(criteria::read(sent)?),
    };
    if let Some(tree) = &tree {
        read.keep("filters", tree.shown());
    }
    read.take(AFTER_FILTERS)?;
    Ok((read.done(), tree))
}

pub(crate) fn check_query(fields: &Map<String, Value>, is_static: bool, filters: bool) -> Result<(), Fault> {
    if fields.get("query").is_none_or(Value::is_null) {
        return Ok(());
    }
    if filters {
        return Err(Fault::invalid("Cannot set both query and filters at the same time."));
    }
    let kind = fields["query"].get("kind").and_then(Value::as_str).unwrap_or_default();
    if !matches!(kind, "ActorsQuery" | "HogQLQuery") {
        let detail = format!("Query must be an ActorsQuery or HogQLQuery. Got: {kind}");
        return Err(Fault::invalid_input("query", detail));
    }
    if !is_static {
        return Err(Fault::invalid("Cannot create a dynamic cohort with a query. Set is_static to true."));
    }
    Ok(())
}

pub(crate) fn check_type(
    call: &PosthogCall,
    fields: &Map<String, Value>,
    is_static: bool,
    tree: Option<&Tree>,
) -> Result<(), Fault> {
    let Some(sent) = fields.get("cohort_type").and_then(Value::as_str).filter(|t| !t.is_empty()) else { return Ok(()) };
    let expected = match tree {
        _ if is_static => "static",
        None => return Ok(()),
        Some(tree) if tree.cohorts().into_iter().any(|id| behavioral(call, id).is_some()) => "analytical",
        Some(tree) => tree.kind(),
    };
    if sent == expected || sent == "realtime" && tree.is_some_and(|tree| tree.realtime().is_some()) {
        return Ok(());
    }
    let detail = format!("Cohort type '{sent}' does not match the filters. Expected type: '{expected}'");
    Err(Fault::invalid_input("cohort_type", detail))
}
