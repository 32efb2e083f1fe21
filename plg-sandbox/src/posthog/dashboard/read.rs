//! The body of a dashboard.

use super::filters;
use crate::posthog::body;
use crate::posthog::call::PosthogCall;
use crate::posthog::fault::Fault;
use crate::posthog::field::{ANY_TEXT, BodyField, Holds, WHOLE};
use crate::posthog::json::truthy;
use serde_json::{Map, Value};

const FIELDS: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 400, blank: true }).or_null(),
    BodyField::new("description", ANY_TEXT),
    BodyField::new("pinned", Holds::Flag),
    BodyField::new("deleted", Holds::Flag),
    BodyField::new("breakdown_colors", Holds::Json).or_null(),
    BodyField::new("data_color_theme_id", WHOLE).or_null(),
    BodyField::new("restriction_level", WHOLE),
    BodyField::new("quick_filter_ids", Holds::Json).or_null(),
    BodyField::new("last_refresh", Holds::Moment).or_null(),
    BodyField::new("use_template", ANY_TEXT),
    BodyField::new("use_dashboard", WHOLE).or_null(),
    BodyField::new("delete_insights", Holds::Flag),
];

/// Fields that steer a request and are not kept.
pub(crate) const STEERING: [&str; 3] = ["use_template", "use_dashboard", "delete_insights"];

/// Reads the writable fields that need no look at what is stored.
pub(crate) fn read(call: &PosthogCall) -> Result<Map<String, Value>, Fault> {
    let mut read = body::read(FIELDS, &call.body, call.request.method == "PATCH")?;
    if let Some(level) = read.get("restriction_level").filter(|l| !matches!(l.as_i64(), Some(21 | 37))) {
        return Err(Fault::invalid_choice("restriction_level", level));
    }
    if let Some(colors) = read.get("breakdown_colors") {
        filters::check_colors(colors)?;
    }
    if let Some(ids) = read.get("quick_filter_ids").filter(|ids| !ids.is_null()) {
        let Some(ids) = ids.as_array() else {
            return Err(Fault::not_a_list("quick_filter_ids", ids));
        };
        for id in ids {
            let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
            if uuid::Uuid::parse_str(&text).is_err() {
                return Err(Fault::invalid_input("quick_filter_ids", format!("Invalid UUID: {text}")));
            }
        }
        if let Some(first) = ids.first().and_then(Value::as_str) {
            return Err(Fault::invalid_input("quick_filter_ids", format!("Quick filters not found: {first}")));
        }
    }
    if let Some(tags) = call.tags()? {
        read.insert("tags".into(), tags);
    }
    if truthy(read.get("use_dashboard")) && truthy(read.get("use_template")) {
        return Err(Fault::invalid("`use_dashboard` and `use_template` cannot be used together"));
    }
    Ok(read)
}

/// `filters` and `variables` are taken from the raw body, and only if they say something.
pub(crate) fn raw_objects(call: &PosthogCall, row: &mut Value) -> Result<(), Fault> {
    for key in ["filters", "variables"] {
        if let Some(value) = call.body.get(key).filter(|v| truthy(Some(v))) {
            if !value.is_object() {
                return Err(Fault::invalid("Filters must be a dictionary"));
            }
            row[key] = if key == "filters" { filters::normal(value)? } else { value.clone() };
        }
    }
    Ok(())
}

/// The message for tiles that are not a list of objects.
const LIST: &str = "tiles must be a list of objects.";

pub(crate) fn tile_changes(call: &PosthogCall) -> Result<Vec<Map<String, Value>>, Fault> {
    match call.body.get("tiles") {
        None => Ok(Vec::new()),
        Some(Value::Array(tiles)) => {
            let object = |tile: &Value| tile.as_object().cloned();
            tiles.iter().map(object).collect::<Option<_>>().ok_or_else(|| Fault::trips(LIST))
        }
        Some(_) => Err(Fault::trips(LIST)),
    }
}
