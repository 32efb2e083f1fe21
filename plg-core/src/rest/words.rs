//! What a raw resource says of itself: paths, pointers, and how it is changed and removed.

use crate::{Json, codes};

texts! {
    /// A path of the API from the host's root, such as `/api/projects/{project}/notebooks/`: words in braces are holes.
    ApiPath { what: "a path of the API", max: 2_000, code: codes::TEXT, check: path, constant: false }
    /// A place in JSON (RFC 6901), such as `/name` or `/id/note_id`.
    JsonPointer { what: "a place in JSON, such as \"/name\",", max: 400, code: codes::TEXT, check: pointer, constant: false }
}

choice! {
    /// How a raw resource is changed. A path after the word, with `{id}` in it, is where; without one it is what `create`
    /// says, with the id behind it.
    RestUpdate "way to change it" {
        /// `PATCH`, with the keys that differ.
        patch(Option<ApiPath>),
        /// `PATCH`, with every key that is declared.
        patch_all(Option<ApiPath>),
        /// `PUT`, with every key that is declared.
        put(Option<ApiPath>),
        /// `POST`, with every key that is declared.
        post(Option<ApiPath>),
        /// The API changes none: a difference replaces it.
        never,
    }
}

choice! {
    /// How a raw resource is removed.
    RestRemoval "way to remove it" {
        /// `DELETE`. A path after the word, with `{id}` in it, is where.
        delete(Option<ApiPath>),
        /// A change that says so: `set { "deleted": true }`. What has these values is seen as gone.
        set(Json),
        /// The API removes none: it stays behind.
        keep,
    }
}

/// The names in braces in a path, in order.
pub(super) fn holes(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(hole, _)| hole)
}

fn path(text: &str) -> Result<(), String> {
    if !text.starts_with('/') {
        return Err(format!("a path begins with `/`\nhelp: write \"/{text}\""));
    }
    let before = text.split('?').next().unwrap_or_default();
    if before.contains("//") || before.split('/').any(|part| part == ".." || part == ".") {
        return Err("a path has no two slashes in a row\nhelp: write it as the API's documentation does".into());
    }
    if text.contains('#') || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("a path has no spaces and no `#`\nhelp: write `%20` and `%23`".into());
    }
    let good = |hole: &str| !hole.is_empty() && hole.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let braces = text.matches(['{', '}']).count();
    if braces != holes(text).filter(|hole| good(hole)).count() * 2 {
        return Err("a hole of a path is lower-case words in braces\nhelp: write it as in \"/things/{id}/\"".into());
    }
    Ok(())
}

fn pointer(text: &str) -> Result<(), String> {
    match text.strip_prefix('/') {
        Some(rest) if !rest.is_empty() => Ok(()),
        Some(_) => {
            Err("this is not a place in an object\nhelp: write the key behind the slash, such as \"/name\"".into())
        }
        None => Err(format!("a place in JSON begins with `/`\nhelp: write \"/{}\"", text.replace('.', "/"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_out_from_the_root() {
        for good in ["/api/things/", "/v2/a/{id}", "/v2/a?b=c&d={kind}"] {
            assert_eq!((ApiPath::RULE.check)(good), Ok(()), "{good}");
        }
        for bad in ["api/things", "/a//b", "/a/../b", "/a b", "/a#b", "/a/{}", "/a/{Id}", "/a/{id", "/a/id}"] {
            assert!((ApiPath::RULE.check)(bad).is_err_and(|said| said.contains("\nhelp: ")), "{bad}");
        }
        assert_eq!(holes("/a/{project}/b/{id}/").collect::<Vec<_>>(), ["project", "id"]);
    }

    #[test]
    fn pointers_begin_with_a_slash() {
        assert_eq!((JsonPointer::RULE.check)("/id/note_id"), Ok(()));
        assert!((JsonPointer::RULE.check)("id.note").is_err_and(|said| said.ends_with("write \"/id/note\"")));
        assert!((JsonPointer::RULE.check)("/").is_err());
    }
}
