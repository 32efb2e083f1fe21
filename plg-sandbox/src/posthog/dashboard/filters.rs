//! Filters of a dashboard and of its tiles, and the colours of breakdowns: what is taken, and in which form it is kept.

use crate::posthog::body;
use crate::posthog::fault::Fault;
use crate::posthog::field::{BodyField, Holds};
use crate::posthog::json::truthy;
use serde_json::{Map, Value, json};

const COLOR: &[BodyField] = &[
    BodyField::new("breakdownValue", Holds::Text { max: usize::MAX, blank: true }).required(),
    BodyField::new("colorToken", Holds::Text { max: usize::MAX, blank: true }).required().or_null(),
    BodyField::new("breakdownType", Holds::Json).or_null(),
    BodyField::new("breakdownProperty", Holds::Json).or_null(),
    BodyField::new("source", Holds::Json).or_null(),
];

/// Filters in the form in which they are stored: groups joined by AND become one list.
pub(crate) fn normal(sent: &Value) -> Result<Value, Fault> {
    let Some(filters) = sent.as_object() else { return Err(Fault::invalid("Filters must be a dictionary")) };
    let mut out = filters.clone();
    if let Some(properties) = filters.get("properties").filter(|properties| !properties.is_null()) {
        let mut flat = Vec::new();
        flatten(properties, &mut flat)?;
        out.insert("properties".into(), Value::Array(flat));
    }
    Ok(Value::Object(out))
}

fn flatten(properties: &Value, into: &mut Vec<Value>) -> Result<(), Fault> {
    match properties {
        Value::Array(list) => {
            for one in list {
                match one.get("values") {
                    Some(_) => flatten(one, into)?,
                    None => into.push(one.clone()),
                }
            }
            Ok(())
        }
        Value::Object(group) if group.get("type").is_some_and(|kind| kind == "AND") => {
            flatten(group.get("values").unwrap_or(&json!([])), into)
        }
        Value::Object(_) => Err(Fault::invalid("Filter properties must be a flat list: OR groups are not supported")),
        _ => Err(Fault::invalid("Filter properties must be a list")),
    }
}

/// Whether colours may be written: a list of what is coloured how.
pub(crate) fn check_colors(sent: &Value) -> Result<(), Fault> {
    let attr = "breakdown_colors";
    let list = match sent {
        Value::Null => return Ok(()),
        Value::Array(list) => list,
        other => return Err(Fault::not_a_list(attr, other)),
    };
    for (index, one) in list.iter().enumerate() {
        let at = format!("{attr}__{index}");
        let Some(one) = one.as_object() else {
            return Err(Fault::not_an_object(one).at(&format!("{at}__non_field_errors")));
        };
        body::read(COLOR, one, false).map_err(|fault| fault.under(&at))?;
    }
    Ok(())
}

/// Stored colours as they are shown: without entries that never coloured anything.
pub(crate) fn shown_colors(stored: &Value) -> Value {
    let fits = |one: &&Value| one["breakdownValue"].is_string() && one.get("colorToken").is_some();
    match stored {
        Value::Null => Value::Null,
        Value::Array(list) => list.iter().filter(fits).cloned().collect(),
        _ => json!([]),
    }
}

/// A query as it is shown on a tile: with the filters that hold there.
pub(crate) fn applied(query: &Value, filters: &Value) -> Value {
    let mut out = query.clone();
    let Some(filters) = filters.as_object() else { return out };
    let source = if out.get("source").is_some_and(Value::is_object) { out.get_mut("source") } else { Some(&mut out) };
    let Some(Value::Object(source)) = source else { return out };
    if source.get("kind").is_some_and(|kind| kind == "HogQLQuery") {
        let own = source.entry("filters").or_insert(json!({}));
        if let Value::Object(own) = own {
            apply(own, filters);
            if own.is_empty() {
                source.shift_remove("filters");
            }
        }
    } else {
        apply(source, filters);
    }
    out
}

fn apply(source: &mut Map<String, Value>, filters: &Map<String, Value>) {
    let set = |key: &str| filters.get(key).filter(|value| !value.is_null());
    if set("date_from").is_some() || set("date_to").is_some() {
        let range = source.entry("dateRange").or_insert(json!({}));
        if !range.is_object() {
            *range = json!({});
        }
        for key in ["date_from", "date_to"] {
            range[key] = set(key).cloned().unwrap_or(Value::Null);
        }
        if let Some(exact) = set("explicitDate") {
            range["explicitDate"] = exact.clone();
        }
    }
    if let Some(Value::Array(more)) = set("properties").filter(|more| more.as_array().is_some_and(|m| !m.is_empty())) {
        let own = source.get("properties").filter(|own| truthy(Some(own))).cloned();
        let all = match own {
            None => json!(more),
            Some(Value::Array(own)) => {
                let part = |list: &[Value]| json!({ "type": "AND", "values": list });
                json!({ "type": "AND", "values": [part(&own), part(more)] })
            }
            Some(own) => json!({ "type": "AND", "values": [own, { "type": "AND", "values": more }] }),
        };
        source.insert("properties".into(), all);
    }
    if let Some(breakdown) = set("breakdown_filter") {
        source.insert("breakdownFilter".into(), breakdown.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_become_a_list_where_all_of_them_must_hold() {
        let one = json!({"key": "a", "type": "event", "value": "x"});
        let group = json!({"properties": {"type": "AND", "values": [{"type": "AND", "values": [one]}, one]}});
        assert_eq!(normal(&group).unwrap(), json!({"properties": [one, one]}));
        assert!(normal(&json!({"properties": {"type": "OR", "values": [one]}})).is_err());
        assert!(normal(&json!({"properties": "x"})).is_err());
        assert_eq!(normal(&json!({"properties": null, "date_from": null})).unwrap()["properties"], Value::Null);
    }

    #[test]
    fn colours_say_what_and_how() {
        assert!(check_colors(&json!([{"breakdownValue": "", "colorToken": null, "source": "manual"}])).is_ok());
        for wrong in [json!({}), json!(["a"]), json!([{"breakdownValue": "a"}]), json!([{"colorToken": "preset-1"}])] {
            assert!(check_colors(&wrong).is_err(), "{wrong}");
        }
        assert_eq!(shown_colors(&json!({"a": "preset-1"})), json!([]));
    }

    #[test]
    fn a_tile_shows_the_query_with_what_holds_there() {
        let query =
            json!({"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [], "properties": [1]}});
        let shown = applied(&query, &json!({"date_from": "-7d", "properties": [2]}));
        assert_eq!(shown["source"]["dateRange"], json!({"date_from": "-7d", "date_to": null}));
        assert_eq!(shown["source"]["properties"]["values"][1]["values"], json!([2]));
        assert_eq!(applied(&query, &json!({})), query);
    }
}
