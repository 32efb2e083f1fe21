//! Lists that are not what they should be: rows lost between two pages, shown twice, in another order.

use crate::{Reply, SandboxRequest};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a page of a list differs from what is there. Rows are counted from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PageFault {
    /// So many rows before a page that is not the first are gone since that one was read; below 0, so many came.
    pub shift: i64,
    /// Leaves this row out.
    pub lose: Option<usize>,
    /// Shows this row twice.
    pub twice: Option<usize>,
    /// Turns the page around.
    pub reverse: bool,
}

impl PageFault {
    /// The request as it has to be asked for this page to be like this.
    pub(crate) fn asked(&self, request: &SandboxRequest) -> SandboxRequest {
        let mut request = request.clone();
        for (key, value) in &mut request.query {
            if key == "offset"
                && let Some(offset) = value.parse::<i64>().ok().filter(|offset| *offset > 0)
            {
                *value = offset.saturating_add(self.shift).max(0).to_string();
            }
        }
        request
    }

    /// The page as it is answered.
    pub(crate) fn dress(&self, mut reply: Reply) -> Reply {
        let rows =
            ["results", "data"].into_iter().find_map(|key| reply.body.as_ref()?.get(key)?.as_array().map(|_| key));
        if let Some(Value::Array(rows)) = rows.and_then(|key| reply.body.as_mut()?.get_mut(key)) {
            if let Some(row) = self.twice.and_then(|place| rows.get(place)).cloned() {
                rows.push(row);
            }
            if let Some(place) = self.lose.filter(|place| *place < rows.len()) {
                rows.remove(place);
            }
            if self.reverse {
                rows.reverse();
            }
        }
        reply
    }
}
