//! Answers that say 2xx to what was not done.

use crate::Reply;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What is said in place of what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Untrue {
    /// The row as it is; what was sent, where there is none yet.
    Unchanged,
    /// The same, with `deleted: false`.
    NotDeleted,
    /// `{}`
    Object,
    /// `null`
    Null,
    /// `[]`
    List,
    /// No body at all.
    Empty,
}

impl Untrue {
    /// The answer. `row` is what is there under the path, `sent` the body of the request.
    pub(crate) fn reply(self, row: Option<Value>, sent: Value) -> Reply {
        match self {
            Untrue::Unchanged => Reply::json(200, row.unwrap_or(sent)),
            Untrue::NotDeleted => {
                let mut row = row.unwrap_or(sent);
                if let Value::Object(fields) = &mut row {
                    fields.insert("deleted".into(), json!(false));
                }
                Reply::json(200, row)
            }
            Untrue::Object => Reply::json(200, json!({})),
            Untrue::Null => Reply::json(200, Value::Null),
            Untrue::List => Reply::json(200, json!([])),
            Untrue::Empty => Reply::empty(200),
        }
    }
}
