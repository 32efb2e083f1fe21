//! What Attio has and the language has no word for yet, by its paths.

use super::prelude::*;
use plg_core::rest::{RestRules, RestWire};

plg_core::rest_kind! {
    /// Something of Attio that has no word of its own yet, such as a task: where it is in the API, and what is sent, without
    /// the `data` around it. Plans, drift, removal and recovery are those of every kind; what its keys mean nobody
    /// checks, and `import` writes none.
    attio_rest AttioRest,
    provider: &crate::PROVIDER,
    wire: &RestWire { paged: Paging::DataOffset { limit: 50 }, whole: Paging::Data, envelope: Some("data") },
    rules: &RestRules { plain: str::to_owned, wrong: |_| None, others: OF_LISTS }
}

/// What is on lists as it is on objects.
const OF_LISTS: &[(&str, &[&str])] = &[
    ("/v2/lists/{list}/attributes", &["attribute"]),
    ("/v2/lists/{list}/attributes/{attribute}/options", &["option"]),
    ("/v2/lists/{list}/attributes/{attribute}/statuses", &["status"]),
];

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, block, mistakes, node};
    use super::*;

    #[test]
    fn what_has_a_word_is_declared_with_it() {
        let said = |path: &str| {
            let body = Given::Json(json!({ "content": "Call" }).into());
            let fields = vec![("create", node(4, Given::Text(path.to_owned()))), ("body", node(5, body))];
            mistakes("attio_rest", &block("attio_rest", "Call", fields), &[])
        };
        let message = "what is at this path has a word of its own, with checks, import and references";
        for path in ["/v2/webhooks", "/v2/objects/people/attributes", "/v2/lists/a/attributes", "/v2/objects/"] {
            assert_eq!(said(path), at(4, message), "{path}");
        }
        for path in ["/v2/tasks", "/v2/notes", "/v2/objects/people/records"] {
            assert_eq!(said(path), [], "{path}");
        }
    }
}
