//! The templates that the compiler knows: what each of them asks for.
//!
//! PostHog copies a template into a function as it makes one, so that a template that PostHog changes later changes no
//! function. What is here was read from PostHog's source in autumn 2026; a template by its id in quotes is not held
//! against it.

use serde_json::Value as Json;

/// A template that has a word of its own.
#[derive(Debug)]
pub(super) struct TemplateFacts {
    /// The word in a stack.
    pub(super) word: &'static str,
    /// What PostHog knows it by.
    pub(super) id: &'static str,
    /// What it asks for.
    pub(super) inputs: &'static [InputFacts],
    /// Which dictionary among them has the attributes of which of Attio's objects, the usual one first.
    pub(super) attributes: &'static [(&'static str, &'static str)],
    /// Which of their slugs the template writes of another input.
    pub(super) found_by: &'static [(&'static str, &'static str)],
}

/// One of the things that a template asks for.
#[derive(Debug)]
pub(super) struct InputFacts {
    pub(super) key: &'static str,
    pub(super) holds: InputHolds,
    pub(super) required: bool,
    /// What PostHog fills in where it is required and not sent, as JSON.
    pub(super) default: Option<&'static str>,
}

/// What an input is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum InputHolds {
    Text,
    /// A text that PostHog never shows again.
    Secret,
    Flag,
    /// An object, whatever the keys.
    Pairs,
    Any,
    OneOf(&'static [&'static str]),
    /// The number of an integration in PostHog.
    Integration,
}

const METHODS: InputHolds = InputHolds::OneOf(&["POST", "PUT", "PATCH", "GET", "DELETE"]);

const fn optional(key: &'static str, holds: InputHolds) -> InputFacts {
    InputFacts { key, holds, required: false, default: None }
}

const fn required(key: &'static str, holds: InputHolds) -> InputFacts {
    InputFacts { key, holds, required: true, default: None }
}

const fn filled(key: &'static str, holds: InputHolds, default: &'static str) -> InputFacts {
    InputFacts { key, holds, required: true, default: Some(default) }
}

const EMAIL: InputFacts = filled("email", InputHolds::Text, r#""{person.properties.email}""#);

const fn plain(word: &'static str, id: &'static str, inputs: &'static [InputFacts]) -> TemplateFacts {
    TemplateFacts { word, id, inputs, attributes: &[], found_by: &[] }
}

const ATTIO: InputFacts = required("apiKey", InputHolds::Secret);

static TEMPLATES: &[TemplateFacts] = &[
    plain(
        "webhook",
        "template-webhook",
        &[
            required("url", InputHolds::Text),
            optional("method", METHODS),
            optional("body", InputHolds::Any),
            optional("headers", InputHolds::Pairs),
            optional("signing_secret", InputHolds::Secret),
            optional("debug", InputHolds::Flag),
        ],
    ),
    plain(
        "slack",
        "template-slack",
        &[
            required("slack_workspace", InputHolds::Integration),
            required("channel", InputHolds::Text),
            optional("icon_emoji", InputHolds::Text),
            optional("username", InputHolds::Text),
            optional("blocks", InputHolds::Any),
            optional("text", InputHolds::Text),
            optional("thread_ts", InputHolds::Text),
        ],
    ),
    plain(
        "discord",
        "template-discord",
        &[
            required("webhookUrl", InputHolds::Text),
            filled("content", InputHolds::Any, r#"{"content":"**{person.name}** triggered event: '{event.event}'"}"#),
            optional("allowedMentions", InputHolds::Any),
        ],
    ),
    plain(
        "microsoft_teams",
        "template-microsoft-teams",
        &[
            required("webhookUrl", InputHolds::Text),
            filled("text", InputHolds::Text, r#""**{person.name}** triggered event: '{event.event}'""#),
        ],
    ),
    plain(
        "hubspot",
        "template-hubspot",
        &[
            required("oauth", InputHolds::Integration),
            EMAIL,
            filled(
                "properties",
                InputHolds::Pairs,
                r#"{"firstname":"{person.properties.firstname}","lastname":"{person.properties.lastname}","company":"{person.properties.company}","phone":"{person.properties.phone}","website":"{person.properties.website}"}"#,
            ),
        ],
    ),
    plain(
        "hubspot_event",
        "template-hubspot-event",
        &[
            required("oauth", InputHolds::Integration),
            filled("eventName", InputHolds::Text, r#""{event.event}""#),
            EMAIL,
            filled("include_all_properties", InputHolds::Flag, "false"),
            filled("properties", InputHolds::Pairs, r#"{"price":"{event.properties.price}","currency":"USD"}"#),
        ],
    ),
    TemplateFacts {
        word: "attio_people",
        id: "template-attio",
        inputs: &[
            ATTIO,
            EMAIL,
            filled(
                "personAttributes",
                InputHolds::Pairs,
                r#"{"name":"{person.properties.name}","job_title":"{person.properties.job_title}"}"#,
            ),
        ],
        attributes: &[("people", "personAttributes")],
        found_by: &[("email_addresses", "email")],
    },
    TemplateFacts {
        word: "attio_user",
        id: "template-attio-user",
        inputs: &[
            ATTIO,
            EMAIL,
            filled("userId", InputHolds::Text, r#""{person.uuid}""#),
            optional("userAttributes", InputHolds::Pairs),
            optional("personAttributes", InputHolds::Pairs),
        ],
        attributes: &[("users", "userAttributes"), ("people", "personAttributes")],
        found_by: &[
            ("email_addresses", "email"),
            ("primary_email_address", "email"),
            ("person", "email"),
            ("user_id", "userId"),
        ],
    },
    TemplateFacts {
        word: "attio_workspace",
        id: "template-attio-workspace",
        inputs: &[
            ATTIO,
            optional("userId", InputHolds::Text),
            filled("workspaceId", InputHolds::Text, r#""{event.properties.$group_key}""#),
            // PostHog asks for none, and the template writes no company without it: the web app fills this in.
            filled("companyDomain", InputHolds::Text, r#""{event.properties.$group_set.domain}""#),
            optional("workspaceAttributes", InputHolds::Pairs),
            optional("companyAttributes", InputHolds::Pairs),
        ],
        attributes: &[("workspaces", "workspaceAttributes"), ("companies", "companyAttributes")],
        found_by: &[
            ("domains", "companyDomain"),
            ("company", "companyDomain"),
            ("workspace_id", "workspaceId"),
            ("users", "userId"),
        ],
    },
    plain("geoip", "template-geoip", &[]),
    plain("drop_events", "template-drop-events", &[]),
    plain("ip_anonymization", "template-ip-anonymization", &[]),
    plain(
        "pii_hashing",
        "template-pii-hashing",
        &[
            filled("propertiesToHash", InputHolds::Text, r#""$ip""#),
            optional("hashDistinctId", InputHolds::Flag),
            optional("salt", InputHolds::Secret),
        ],
    ),
    plain(
        "url_masking",
        "template-url-masking",
        &[
            filled(
                "urlProperties",
                InputHolds::Pairs,
                r#"{"$current_url":"email, password, token","$referrer":"email, password, token"}"#,
            ),
            filled("maskWith", InputHolds::Text, r#""[REDACTED]""#),
        ],
    ),
    plain(
        "bot_detection",
        "template-bot-detection",
        &[
            filled("userAgent", InputHolds::Text, r#""$raw_user_agent""#),
            filled("filterKnownBotUserAgents", InputHolds::Flag, "true"),
            optional("customBotPatterns", InputHolds::Text),
            filled("filterKnownBotIps", InputHolds::Flag, "true"),
            optional("customIpPrefixes", InputHolds::Text),
            optional("keepUndefinedUseragent", InputHolds::OneOf(&["Yes", "No"])),
        ],
    ),
    plain(
        "incoming",
        "template-source-webhook",
        &[
            filled("event", InputHolds::Text, r#""{request.body.event}""#),
            filled("distinct_id", InputHolds::Text, r#""{request.body.distinct_id}""#),
            optional("properties", InputHolds::Any),
            optional("auth_header", InputHolds::Secret),
            optional("method", METHODS),
            optional("debug", InputHolds::Flag),
        ],
    ),
];

impl TemplateFacts {
    /// The template of this word.
    pub(super) fn of(word: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.word == word)
    }

    /// The template that PostHog knows by this id.
    pub(super) fn by_id(id: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.id == id)
    }

    /// One of its inputs.
    pub(super) fn input(&self, key: &str) -> Option<&'static InputFacts> {
        self.inputs.iter().find(|input| input.key == key)
    }
}

impl InputFacts {
    /// Where the value comes from.
    pub(super) fn usual(&self) -> Option<Json> {
        self.default.and_then(|json| serde_json::from_str(json).ok())
    }

    /// Whether it is kept where nobody reads it.
    pub(super) fn is_secret(&self) -> bool {
        self.holds == InputHolds::Secret
    }
}

impl InputHolds {
    /// Whether it may be this; a text may be a template of whatever a flag or JSON is.
    pub(super) fn takes(self, json: &Json) -> bool {
        match self {
            InputHolds::Text => json.is_string(),
            InputHolds::Secret | InputHolds::Any => true,
            InputHolds::Flag => json.is_boolean() || json.is_string(),
            InputHolds::Pairs => json.is_object(),
            InputHolds::OneOf(words) => json.as_str().is_some_and(|word| words.contains(&word)),
            InputHolds::Integration => json.as_u64().is_some(),
        }
    }

    /// One, as a stack writes it.
    pub(super) fn instead(self) -> String {
        match self {
            InputHolds::Text | InputHolds::Any => "\"…\"".to_owned(),
            InputHolds::Secret => "env(\"NAME\")".to_owned(),
            InputHolds::Flag => "true".to_owned(),
            InputHolds::Pairs => "{ \"key\": \"value\" }".to_owned(),
            InputHolds::OneOf(words) => format!("\"{}\"", words.first().unwrap_or(&"…")),
            InputHolds::Integration => "7".to_owned(),
        }
    }

    /// What it is, for people.
    pub(super) fn says(self) -> String {
        match self {
            InputHolds::Text => "a text in quotes".to_owned(),
            InputHolds::Secret => "`env(\"NAME\")`".to_owned(),
            InputHolds::Flag => "`true`, `false` or a text that becomes one of them".to_owned(),
            InputHolds::Pairs => "an object, such as `{ \"key\": \"value\" }`".to_owned(),
            InputHolds::Any => "JSON".to_owned(),
            InputHolds::OneOf(words) => words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or "),
            InputHolds::Integration => "the number that an integration has in PostHog".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_of_its_type() {
        for template in TEMPLATES {
            for input in template.inputs {
                if input.default.is_some() {
                    let usual = input.usual().unwrap_or_else(|| panic!("{} {}", template.id, input.key));
                    assert!(input.holds.takes(&usual), "{} {}", template.id, input.key);
                }
            }
            for (_, into) in template.attributes {
                assert!(template.input(into).is_some_and(|input| input.holds == InputHolds::Pairs), "{into}");
            }
        }
    }
}
