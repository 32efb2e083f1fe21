//! What PostHog has and the language has no word for yet, by its paths.

use super::prelude::*;
use plg_core::rest::{RestRules, RestWire};

plg_core::rest_kind! {
    /// Something of PostHog that has no word of its own yet, such as a notebook or a recording playlist: where it is in
    /// the API, and what is sent. Plans, drift, removal and recovery are those of every kind; what its keys mean nobody
    /// checks, and `import` writes none.
    posthog_rest PosthogRest,
    provider: &crate::PROVIDER,
    wire: &RestWire { paged: Paging::Results { limit: 100 }, whole: Paging::Inside { key: "results" }, envelope: None },
    rules: &RestRules { plain, wrong, others: &[] }
}

/// Where a project is in a path, whichever of the names it has there.
fn of_project(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix("/api/projects/").or_else(|| path.strip_prefix("/api/environments/"))?;
    Some(rest.split_once('/').unwrap_or((rest, "")))
}

fn plain(path: &str) -> String {
    of_project(path).map_or_else(|| path.to_owned(), |(_, rest)| format!("/api/projects/{{project}}/{rest}"))
}

fn wrong(path: &str) -> Option<String> {
    let (project, _) = of_project(path).filter(|(project, _)| *project != "{project}")?;
    Some(format!(
        "this path names project `{project}` in every stage\nhelp: write `{{project}}` in its place, for the project of the stage"
    ))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{at, block, mistakes, node};
    use super::*;

    fn said(path: &str) -> Vec<(u32, String)> {
        let text = |text: &str| Given::Text(text.to_owned());
        let body = Given::Json(json!({ "name": "Errors" }).into());
        mistakes(
            "posthog_rest",
            &block("posthog_rest", "Errors", vec![("create", node(4, text(path))), ("body", node(5, body))]),
            &[],
        )
    }

    #[test]
    fn what_has_a_word_is_declared_with_it() {
        for path in ["projects/{project}", "environments/{project}"] {
            let path = format!("/api/{path}/feature_flags/");
            assert_eq!(
                said(&path),
                at(4, "what is at this path has a word of its own, with checks, import and references")
            );
        }
        let functions = said("/api/projects/{project}/hog_functions/");
        assert_eq!(functions, at(4, "what is at this path has words of its own, with checks, import and references"));
        for path in ["session_recording_playlists/", "notebooks/", "feature_flags/{project}/role_access/"] {
            assert_eq!(said(&format!("/api/projects/{{project}}/{path}")), [], "{path}");
        }
        assert_eq!(said("/api/organizations/@current/roles/"), []);
    }

    #[test]
    fn a_stage_says_which_project_it_is() {
        let message = "this path names project `12345` in every stage";
        assert_eq!(said("/api/projects/12345/notebooks/"), at(4, message));
        assert_eq!(said("/v2/notes"), at(4, "paths of PostHog begin with `/api/`"));
    }
}
