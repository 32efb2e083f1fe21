//! Requests, and how lists are paged.

use serde_json::Value as Json;

/// One request, relative to the provider's base. In a PostHog path `{project}` stands for the
/// project's number. Path parameters are percent-encoded by [`segment`].
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Upper-case method.
    pub method: &'static str,
    /// Path from the host's root, such as `/v2/objects`.
    pub path: String,
    /// JSON body.
    pub body: Option<Json>,
}

impl Call {
    /// A request with a body.
    pub fn new(method: &'static str, path: impl Into<String>, body: Json) -> Self {
        Call { method, path: path.into(), body: Some(body) }
    }

    /// A request without one.
    pub fn bare(method: &'static str, path: impl Into<String>) -> Self {
        Call { method, path: path.into(), body: None }
    }

    /// Whether its body says which tags an object has.
    pub fn has_tags(&self) -> bool {
        self.body.as_ref().is_some_and(|body| body.get("tags").is_some())
    }
}

/// A list request: all pages of it hold every object of a kind (within a parent).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Listing {
    /// Path with the query that does not page, such as `/v2/objects/people/attributes?show_archived=true`.
    pub path: String,
    /// How it is paged.
    pub paging: Paging,
    /// How its rows are read, where its kind leaves that to declarations.
    pub rows: Option<RowAt>,
}

/// Where a row of a list says what it is, as a declaration tells: places in JSON (RFC 6901).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowAt {
    /// Its id.
    pub id: String,
    /// What tells it apart from others.
    pub by: Vec<String>,
    /// What a row says that is of something gone: an object, as JSON.
    pub gone: Option<String>,
    /// Whether the list is of another object, so that it is not there where that is not.
    pub is_within: bool,
}

/// How a list is paged, and where its rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Paging {
    /// `{"data": […]}`, everything at once.
    Data,
    /// `{"data": […]}` by `limit` and `offset`; a page shorter than the limit is the last.
    DataOffset {
        /// Rows a page.
        limit: u32,
    },
    /// `{"count", "next", "results": […]}` by `limit` and `offset` until `next` is null; a list
    /// without `next` is whole.
    Results {
        /// Rows a page.
        limit: u32,
    },
    /// `{"count", "next", "results": […]}` by `page`, counted from 1, until `next` is null: how many rows a page has is
    /// the server's to say.
    Numbered,
    /// A list inside the answer of one object, such as `{"id": 7, "tiles": […]}`: everything at once.
    Inside {
        /// The key of the list.
        key: &'static str,
    },
    /// No list: the answer is the one object there is, which is always there, such as the settings of an account. It is
    /// at the path itself, without an id; to create it is to change it, and nothing removes it.
    One,
    /// No list: nobody asks for all there is, and each is asked for by its id, such as the few records that are declared of
    /// an object that holds many.
    Unlisted,
    /// `{"data": […], "has_more": true}`: the next page begins after the id of the last row of this one.
    Cursor {
        /// Rows a page.
        limit: u32,
        /// The parameter that the last row's id is sent in: `starting_after`.
        after: &'static str,
    },
}

/// One path segment, percent-encoded.
pub fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
