//! What a key says of itself, and what is wrong with it.

use super::permissions::{Lack, Needs};
use crate::http::Endpoints;
use plg_core::Provider;
use std::fmt;

/// The variables that a stage's keys and its project come from, where they come from any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyVariables {
    /// That of Attio's key.
    pub attio: Option<String>,
    /// That of PostHog's key.
    pub posthog: Option<String>,
    /// That of PostHog's project.
    pub project: Option<String>,
}

impl KeyVariables {
    /// The variables of both keys and of the project.
    pub fn new(attio: Option<String>, posthog: Option<String>, project: Option<String>) -> Self {
        KeyVariables { attio, posthog, project }
    }

    /// How a key is called.
    fn named(&self, provider: Provider) -> String {
        let variable = match provider {
            Provider::Attio => &self.attio,
            Provider::Posthog => &self.posthog,
        };
        let title = provider.title();
        variable.as_ref().map_or_else(|| format!("the {title} key"), |name| format!("the {title} key in {name}"))
    }
}

/// What is wrong with a key, although it may be a good one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyProblem {
    /// Whose key.
    pub provider: Provider,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What a key may do, as its API says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct KeyRights {
    /// Its scopes; none where the API does not say.
    pub(crate) scopes: Option<Vec<String>>,
    /// The projects it is limited to, if it is.
    pub(crate) projects: Vec<String>,
    /// The organizations it is limited to, if it is.
    pub(crate) organizations: Vec<String>,
}

/// A key that cannot be the one that is needed, as its beginning says: no request has to be made for that.
pub(crate) fn misplaced(endpoints: &Endpoints, variables: &KeyVariables) -> Option<KeyProblem> {
    let key = endpoints.posthog.key.expose();
    let kind = [("phc_", "a project key, with which applications send events"), ("phs_", "a project's secret key")]
        .into_iter()
        .find(|(beginning, _)| key.starts_with(beginning));
    let (beginning, kind) = kind?;
    let named = variables.named(Provider::Posthog);
    Some(KeyProblem {
        provider: Provider::Posthog,
        message: format!("{named} begins with {beginning}: it is {kind}, and a personal key (phx_…) belongs there"),
        hint:
            "make a personal API key in PostHog, under Settings, Personal API keys; docs/keys.md says with which scopes"
                .into(),
    })
}

/// Everything that keeps a key from what it is needed for: permissions it lacks.
pub(crate) fn lacking(
    rights: &KeyRights,
    provider: Provider,
    needs: &Needs,
    variables: &KeyVariables,
) -> Option<KeyProblem> {
    let lacks = needs.lacking(provider, rights.scopes.as_ref()?);
    if lacks.is_empty() {
        return None;
    }
    let named = variables.named(provider);
    let said = if let [one] = lacks.as_slice() { format!("lacks {one}") } else { several(&lacks) };
    let place = match provider {
        Provider::Attio => "under Workspace settings, Developers",
        Provider::Posthog => "under Settings, Personal API keys",
    };
    let them = if lacks.len() == 1 { "it" } else { "them" };
    Some(KeyProblem {
        provider,
        message: format!("{named} {said}"),
        hint: format!(
            "add {them} to the key in {}, {place}; docs/keys.md lists what each kind takes",
            provider.title()
        ),
    })
}

fn several(lacks: &[Lack]) -> String {
    let lines: Vec<String> = lacks.iter().map(|lack| format!("\n    {lack}")).collect();
    format!("lacks {} permissions:{}", lacks.len(), lines.concat())
}

/// Where a key is limited to other projects than a stage's.
pub(crate) fn elsewhere(rights: &KeyRights, project: u64, variables: &KeyVariables) -> Option<KeyProblem> {
    let own = project.to_string();
    if rights.projects.is_empty() || rights.projects.contains(&own) {
        return None;
    }
    let named = variables.named(Provider::Posthog);
    let of = variables.project.as_ref().map_or_else(String::new, |name| format!(" ({name})"));
    let one = if rights.projects.len() == 1 { "project" } else { "the projects" };
    Some(KeyProblem {
        provider: Provider::Posthog,
        message: format!(
            "{named} is limited to {one} {}, and this stage is project {own}{of}",
            rights.projects.join(", ")
        ),
        hint: "let the key reach this project too, in PostHog, under Settings, Personal API keys; or use another key"
            .into(),
    })
}

/// Where a key is limited to organizations, and the project was refused to it.
pub(crate) fn outside(rights: &KeyRights, project: u64, variables: &KeyVariables) -> Option<KeyProblem> {
    if rights.organizations.is_empty() {
        return None;
    }
    let named = variables.named(Provider::Posthog);
    let all = rights.organizations.join(", ");
    Some(KeyProblem {
        provider: Provider::Posthog,
        message: format!("{named} is limited to the organization {all}, and project {project} is not there for it"),
        hint: "let the key reach the project's organization too, in PostHog, under Settings, Personal API keys".into(),
    })
}
