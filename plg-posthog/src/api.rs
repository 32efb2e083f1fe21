//! How PostHog's API is talked to.

use crate::kinds::posthog::BASE;
use plg_core::provider::{
    AccountIdentity, FailureKind, KeyFlaw, KeyRights, LastChange, LimitClass, LimitRate, Refusal, of_billing,
};
use plg_core::{Api, Call, Hold, Map, Permission};
use serde_json::Value as Json;

/// PostHog's private REST API.
#[derive(Debug)]
pub(crate) struct PosthogApi;

/// The resources of a PostHog project, by the first part of their paths; at last what older servers call it.
const OBJECTS: &[(&str, &str, Option<&str>)] = &[
    ("", "project", None),
    ("actions", "action", None),
    ("alerts", "alert", None),
    ("annotations", "annotation", None),
    ("batch_exports", "batch_export", None),
    ("cohorts", "cohort", None),
    ("dashboards", "dashboard", None),
    ("early_access_feature", "early_access_feature", None),
    ("event_definitions", "event_definition", None),
    ("event_schemas", "event_definition", None),
    ("experiment_holdouts", "experiment_holdout", Some("experiment")),
    ("experiment_saved_metrics", "experiment_saved_metric", Some("experiment")),
    ("experiments", "experiment", None),
    ("feature_flags", "feature_flag", None),
    ("hog_functions", "hog_function", None),
    ("insights", "insight", None),
    ("insight_variables", "insight_variable", None),
    ("notebooks", "notebook", None),
    ("property_definitions", "property_definition", None),
    ("scheduled_changes", "feature_flag", None),
    ("schema_property_groups", "event_definition", None),
    ("session_recording_playlists", "session_recording_playlist", None),
    ("subscriptions", "subscription", None),
    ("surveys", "survey", None),
];

static LIMITS: [LimitClass; 2] = [
    LimitClass {
        of: "PostHog",
        allows: "480 requests a minute and 4,800 an hour",
        published: &[LimitRate::a_minute(480.0, 480.0), LimitRate::a_minute(4_800.0, 80.0)],
        rates: &[LimitRate::a_minute(445.0, 441.0), LimitRate::an_hour(4_700.0)],
    },
    LimitClass {
        of: "PostHog's insights",
        allows: "240 requests a minute and 1,200 an hour",
        published: &[LimitRate::a_minute(240.0, 240.0), LimitRate::a_minute(1_200.0, 20.0)],
        rates: &[LimitRate::a_minute(222.0, 220.0), LimitRate::an_hour(1_150.0)],
    },
];

/// Where a key says of itself what it is. It is of no project.
const OWN: &str = "/api/personal_api_keys/@current/";

/// What stands for the project's number in a path.
fn project<'a>(holes: &'a [(&'static str, String)]) -> &'a str {
    holes.iter().find(|(hole, _)| *hole == "project").map_or("", |(_, number)| number)
}

fn text(body: &Json, key: &str) -> Option<String> {
    body.get(key)?.as_str().map(str::to_owned)
}

/// Where rows say when they were changed last, and who it was, the surest first. Who made something is no answer: others
/// change it.
const LAST: &[(&str, &str)] =
    &[("last_modified_at", "last_modified_by"), ("updated_at", "last_modified_by"), ("updated_at", "updated_by")];

/// Kinds whose rows do not say who changed them, by what PostHog's log of changes calls them.
const LOGGED: &[(&str, &str)] = &[("project_settings", "Team")];

/// How many changes are looked at.
const LOOKED_BACK: usize = 100;

/// A user as PostHog shows one: by the e-mail address, else by name.
fn person(user: &Json) -> Option<String> {
    let name = ["first_name", "last_name"].iter().filter_map(|key| text(user, key)).collect::<Vec<_>>().join(" ");
    let said = text(user, "email").unwrap_or_default();
    [said, name.trim().to_owned()].into_iter().find(|said| !said.is_empty())
}

/// A change that somebody has to approve first: nothing is changed until then.
fn waits(status: u16, body: &Json) -> Option<String> {
    let id = body.get("change_request_id").filter(|id| status == 409 && !id.is_null())?;
    let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    Some(format!(
        "PostHog requires approval, and nothing was changed: approve change request {id} in PostHog, then deploy again"
    ))
}

impl Api for PosthogApi {
    fn base(&self) -> &'static str {
        BASE
    }

    /// Reads `{"type", "code", "detail", "attr"}`; a 405 has no body at all.
    fn refusal(&self, status: u16, body: &Json) -> Refusal {
        let code = text(body, "code");
        let kind = match status {
            400 if code.as_deref() == Some("unique") => FailureKind::Conflict,
            _ if of_billing(status, code.as_deref()) || of_billing(status, text(body, "type").as_deref()) => {
                FailureKind::Billing
            }
            _ => FailureKind::of(status),
        };
        let message = match waits(status, body) {
            Some(waits) => Some(waits),
            None => text(body, "detail"),
        };
        Refusal { kind, code, message, field: text(body, "attr") }
    }

    fn whoami(&self) -> Call {
        Call::bare("GET", BASE)
    }

    fn identity(
        &self,
        answer: &Json,
        address: &str,
        holes: &[(&'static str, String)],
    ) -> Result<AccountIdentity, String> {
        let id = format!("{address}/project/{}", project(holes));
        Ok(AccountIdentity { id, name: text(answer, "name").unwrap_or_default(), scopes: None })
    }

    fn nowhere(&self, holes: &[(&'static str, String)]) -> Option<String> {
        Some(format!("this key cannot see project {}", project(holes)))
    }

    fn ask_rights(&self) -> Option<Call> {
        Some(Call::bare("GET", OWN))
    }

    /// Servers that do not say it, and answers that cannot be read, are no reason to stop: what a key may not do is
    /// refused all the same, one by one.
    fn rights(&self, answer: &Json) -> KeyRights {
        let texts = |key: &str| -> Option<Vec<String>> {
            let said = |item: &Json| match item {
                Json::String(text) => Some(text.clone()),
                Json::Number(number) => Some(number.to_string()),
                _ => None,
            };
            answer.get(key)?.as_array()?.iter().map(said).collect()
        };
        KeyRights {
            scopes: texts("scopes"),
            accounts: texts("scoped_teams").unwrap_or_default(),
            organizations: texts("scoped_organizations").unwrap_or_default(),
        }
    }

    fn misplaced(&self, key: &str) -> Option<KeyFlaw> {
        let kinds =
            [("phc_", "a project key, with which applications send events"), ("phs_", "a project's secret key")];
        let (beginning, kind) = kinds.into_iter().find(|(beginning, _)| key.starts_with(beginning))?;
        Some(KeyFlaw {
            says: format!("begins with {beginning}: it is {kind}, and plg needs a personal key (phx_…)"),
            hint:
                "create a personal API key in PostHog, under Settings, Personal API keys; docs/keys.md lists its scopes"
                    .into(),
        })
    }

    fn unreached(&self, rights: &KeyRights, holes: &[(&'static str, String)], refused: bool) -> Option<KeyFlaw> {
        let own = project(holes);
        if !rights.accounts.is_empty() && !rights.accounts.iter().any(|one| one == own) {
            let one = if rights.accounts.len() == 1 { "project" } else { "the projects" };
            return Some(KeyFlaw {
                says: format!("is limited to {one} {}, and this stage is project {own}", rights.accounts.join(", ")),
                hint: "give the key access to this project, in PostHog, under Settings, Personal API keys; or use another key"
                    .into(),
            });
        }
        if refused && !rights.organizations.is_empty() {
            let all = rights.organizations.join(", ");
            return Some(KeyFlaw {
                says: format!("is limited to the organization {all}, and project {own} is in another one"),
                hint:
                    "give the key access to the project's organization, in PostHog, under Settings, Personal API keys"
                        .into(),
            });
        }
        None
    }

    fn keys_are(&self) -> &'static str {
        "under Settings, Personal API keys"
    }

    fn permission(&self, path: &str) -> Option<Permission> {
        let first = path.strip_prefix(BASE)?.split(['/', '?']).next()?;
        let (_, object, older) = OBJECTS.iter().find(|(part, ..)| *part == first)?;
        Some(Permission { change: "write", object, older: *older })
    }

    fn permission_of_all(&self) -> Option<Permission> {
        self.permission(BASE)
    }

    fn limits(&self) -> &'static [LimitClass] {
        &LIMITS
    }

    fn limit_of(&self, _: &str, path: &str) -> usize {
        usize::from(path.contains("/insights"))
    }

    fn last_change(&self, fields: &Map) -> Option<LastChange> {
        let said = LAST.iter().rev().map(|(at, by)| {
            (fields.get(*by).and_then(person), fields.get(*at).and_then(Json::as_str).map(str::to_owned))
        });
        // A time with a name goes before a time alone.
        let (by, at) = said.max_by_key(|(by, at)| (by.is_some() && at.is_some(), at.is_some()))?;
        LastChange::of(by, at)
    }

    /// The settings of a project are columns of one row, which says when it was changed and not by whom.
    fn log_of(&self, kind: &str, id: &str) -> Option<Call> {
        let (_, scope) = LOGGED.iter().find(|(logged, _)| *logged == kind)?;
        let id = plg_core::wire::segment(id);
        Some(Call::bare(
            "GET",
            format!("{BASE}activity_log/?scope={scope}&item_id={id}&page=1&page_size={LOOKED_BACK}"),
        ))
    }

    fn last_change_in(&self, log: &Json, fields: &[&str]) -> Option<LastChange> {
        let is_about = |entry: &&Json| {
            let changes = entry.pointer("/detail/changes").and_then(Json::as_array).into_iter().flatten();
            let mut names = changes.filter_map(|change| change.get("field").and_then(Json::as_str));
            // Of what refers to something, the log names the column.
            names.any(|name| fields.iter().any(|field| name == *field || name.strip_suffix("_id") == Some(*field)))
        };
        // The latest is the first.
        let entry = log.get("results").and_then(Json::as_array)?.iter().find(is_about)?;
        LastChange::of(entry.get("user").and_then(person), text(entry, "created_at"))
    }

    /// Rows say how far the rules of access let the user behind the key go.
    fn withheld(&self, fields: &Map) -> Option<Hold> {
        let level = fields.get("user_access_level").and_then(Json::as_str)?;
        matches!(level, "none" | "viewer").then(|| Hold {
            says: format!("the user of the key may not edit it (access level `{level}`)"),
            help: "give the user edit access in PostHog, under its access control, or use the key of a user who has it",
        })
    }

    /// Where two writes that carry tags overlap, PostHog deletes the tag of one while it cleans up after the other, and
    /// answers 500 to what it has kept already.
    fn is_alone(&self, call: &Call) -> bool {
        call.has_tags()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(scopes: &[&str], path: &str, writes: bool) -> bool {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        PosthogApi.permission(path).expect("a permission").is_in(&scopes, writes)
    }

    #[test]
    fn every_kind_has_a_permission() {
        // What a raw resource takes follows from its path.
        for spec in crate::kinds::ALL.iter().filter(|spec| spec.wire.keys_in().is_none()) {
            let path = spec.wire.listing(&plg_core::Map::new()).path;
            assert!(PosthogApi.permission(&path).is_some(), "{}: {path}", spec.keyword);
        }
    }

    #[test]
    fn writing_includes_reading_and_nothing_else_does() {
        let cohorts = "/api/projects/{project}/cohorts/";
        assert!(held(&["cohort:write"], cohorts, false));
        assert!(!held(&["cohort:read", "cohorts:write", "dashboard:write"], cohorts, true));
        assert!(held(&["*"], cohorts, true) && !held(&[], cohorts, false));
    }

    #[test]
    fn servers_that_know_no_newer_word_are_asked_in_theirs() {
        let holdouts = "/api/projects/{project}/experiment_holdouts/";
        assert!(held(&["experiment:write"], holdouts, true));
        assert!(!held(&["experiment:write", "experiment_holdout:read"], holdouts, true));
        assert!(!held(&["experiment:read"], holdouts, true));
    }

    #[test]
    fn what_waits_for_approval_says_so() {
        let body = serde_json::json!({ "detail": "Approval required.", "change_request_id": "cr-1" });
        let said = PosthogApi.refusal(409, &body).message.unwrap_or_default();
        assert!(
            said.starts_with("PostHog requires approval, and nothing was changed: approve change request")
                && said.contains("cr-1"),
            "{said}"
        );
    }
}
