//! The body of an insight.

use super::query;
use crate::posthog::body;
use crate::posthog::body::{Field, Holds, WHOLE, known};
use crate::posthog::call::Cx;
use crate::posthog::dashboard::rows as dashboards;
use crate::posthog::fault::{Fault, wrong};
use serde_json::{Map, Value, json};

const FIELDS: &[Field] = &[
    Field::new("name", Holds::Text { max: 400, blank: true }).or_null(),
    Field::new("derived_name", Holds::Text { max: 400, blank: true }).or_null(),
    Field::new("query", Holds::Json).or_null(),
    Field::new("filters", Holds::Json),
    Field::new("order", WHOLE).or_null(),
    Field::new("deleted", Holds::Flag),
    Field::new("dashboards", Holds::Json),
    Field::new("description", Holds::Text { max: 400, blank: true }).or_null(),
    Field::new("favorited", Holds::Flag),
    Field::new("saved", Holds::Flag),
];

pub(crate) fn read(cx: &Cx) -> Result<Map<String, Value>, Fault> {
    if let Some(value) = cx.body.get("query").filter(|q| !q.is_null())
        && let Err(why) = query::check(value)
    {
        return Err(Fault::parse(why));
    }
    let mut read = body::read(FIELDS, &cx.body, cx.request.method == "PATCH")?;
    if let Some(ids) = read.remove("dashboards") {
        read.insert("dashboards".into(), json!(dashboards(cx, &ids)?));
    }
    if read.get("filters").is_some_and(|f| !f.is_object()) {
        return Err(wrong("filters", "Filters must be a dictionary"));
    }
    if let Some(tags) = body::tags(cx)? {
        read.insert("tags".into(), tags);
    }
    Ok(read)
}

/// The dashboards named in a body; every one must be there and not deleted.
fn dashboards(cx: &Cx, ids: &Value) -> Result<Vec<u64>, Fault> {
    let Some(ids) = ids.as_array() else {
        return Err(Fault::not_a_list("dashboards", ids));
    };
    ids.iter().map(|id| known(id, "dashboards", |id| dashboards::live(cx.store, cx.project, id).is_some())).collect()
}
