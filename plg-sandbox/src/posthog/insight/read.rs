//! The body of an insight.

use super::query;
use crate::posthog::body;
use crate::posthog::body::known;
use crate::posthog::call::PosthogCall;
use crate::posthog::dashboard::rows as dashboards;
use crate::posthog::fault::Fault;
use crate::posthog::field::{BodyField, Holds, WHOLE};
use serde_json::{Map, Value, json};

const FIELDS: &[BodyField] = &[
    BodyField::new("name", Holds::Text { max: 400, blank: true }).or_null(),
    BodyField::new("derived_name", Holds::Text { max: 400, blank: true }).or_null(),
    BodyField::new("query", Holds::Json).or_null(),
    BodyField::new("filters", Holds::Json),
    BodyField::new("order", WHOLE).or_null(),
    BodyField::new("deleted", Holds::Flag),
    BodyField::new("dashboards", Holds::Json),
    BodyField::new("description", Holds::Text { max: 400, blank: true }).or_null(),
    BodyField::new("favorited", Holds::Flag),
    BodyField::new("saved", Holds::Flag),
];

pub(crate) fn read(call: &PosthogCall) -> Result<Map<String, Value>, Fault> {
    if let Some(value) = call.body.get("query").filter(|q| !q.is_null())
        && let Err(why) = query::check(value)
    {
        return Err(Fault::parse(why));
    }
    let mut read = body::read(FIELDS, &call.body, call.request.method == "PATCH")?;
    if let Some(ids) = read.remove("dashboards") {
        read.insert("dashboards".into(), json!(dashboards(call, &ids)?));
    }
    if read.get("filters").is_some_and(|f| !f.is_object()) {
        return Err(Fault::invalid_input("filters", "Filters must be a dictionary"));
    }
    if let Some(tags) = call.tags()? {
        read.insert("tags".into(), tags);
    }
    Ok(read)
}

/// The dashboards named in a body; every one must be there and not deleted.
fn dashboards(call: &PosthogCall, ids: &Value) -> Result<Vec<u64>, Fault> {
    let Some(ids) = ids.as_array() else {
        return Err(Fault::not_a_list("dashboards", ids));
    };
    ids.iter()
        .map(|id| known(id, "dashboards", |id| dashboards::live(call.store, call.project, id).is_some()))
        .collect()
}
