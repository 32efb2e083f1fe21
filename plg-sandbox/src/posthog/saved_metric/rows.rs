//! How shared metrics are stored and found.

use crate::posthog::call::PosthogCall;
use serde_json::{Map, Value};

pub(crate) const METRICS: &str = "posthog.saved_metrics";

/// A shared metric by its id, of this project.
pub(crate) fn find<'c>(call: &'c PosthogCall, id: &Value) -> Option<&'c Map<String, Value>> {
    call.find(METRICS, &id.as_u64()?.to_string())
}
