//! How shared metrics are stored and found.

use crate::posthog::call::Cx;
use serde_json::{Map, Value};

pub(crate) const METRICS: &str = "posthog.saved_metrics";

/// A shared metric by its id, of this project.
pub(crate) fn find<'c>(cx: &'c Cx, id: &Value) -> Option<&'c Map<String, Value>> {
    cx.find(METRICS, &id.as_u64()?.to_string())
}
