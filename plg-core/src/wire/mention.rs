//! What live objects refer to, so that whoever removes something knows who needs it.

use super::id_text;
use serde_json::Value as Json;

/// One reference to another object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    /// The kind's keyword.
    pub kind: &'static str,
    /// What names it.
    pub by: MentionedBy,
}

/// What names an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum MentionedBy {
    /// Its remote id.
    Id(String),
    /// What finds it without an id: an event's name, a flag's key, an object's slug.
    Key(String),
}

/// A reference by remote id, where there is one.
pub fn id(kind: &'static str, id: Option<&Json>) -> Option<Mention> {
    Some(Mention { kind, by: MentionedBy::Id(id_text(id?)?) })
}

/// References by remote id.
pub fn ids(kind: &'static str, list: Option<&Json>) -> Vec<Mention> {
    list.and_then(Json::as_array).into_iter().flatten().filter_map(|one| id(kind, Some(one))).collect()
}

/// A reference by key, where there is one.
pub fn key(kind: &'static str, key: Option<&Json>) -> Option<Mention> {
    let key = key?.as_str().filter(|key| !key.is_empty())?;
    Some(Mention { kind, by: MentionedBy::Key(key.to_owned()) })
}
