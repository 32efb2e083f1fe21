//! What a function is given: texts, JSON, what the event says, secrets.

use super::template::{InputFacts, TemplateFacts};
use crate::kinds::prelude::*;
use crate::kinds::property::PropertyKey;
use plg_core::source::read;

plg_core::choice! {
    /// What an input is filled with, each time something is sent.
    Fed "value of an input" {
        /// A property of the person: `person("plan")`. Not in transformations, which run before there is a person.
        person(PropertyKey),
        /// A property of the event: `event("amount")`.
        event(PropertyKey),
        /// When it happened.
        event_time,
        /// The event's name.
        event_name,
        /// The id of whoever did it, as the application sent it.
        distinct_id,
        /// The secret that PostHog has already, and shows to nobody: `import` writes it. Where a function is made, PostHog
        /// refuses a required secret that is `kept`.
        kept,
        ; /// A text, in which `{…}` is filled in by PostHog, or any JSON; a secret is `env("NAME")`.
        else value(plg_core::Json)
    }
}

impl Fed {
    /// As PostHog's template; nothing for what stays as it is.
    pub(super) fn term(&self) -> Option<Term> {
        Some(match self {
            Fed::person(key) => Term::from(placed("person.properties", key.name())),
            Fed::event(key) => Term::from(placed("event.properties", key.name())),
            Fed::event_time => Term::from("{event.timestamp}"),
            Fed::event_name => Term::from("{event.event}"),
            Fed::distinct_id => Term::from("{event.distinct_id}"),
            Fed::kept => return None,
            Fed::value(json) => json.term(),
        })
    }

    /// From PostHog's template.
    pub(super) fn read(value: &Json) -> Self {
        let property = |of: &str| {
            let name = value.as_str()?.strip_prefix('{')?.strip_suffix('}')?.strip_prefix(of)?;
            let key = read::leak(name);
            is_plain(name).then_some(PropertyKey::of(key))
        };
        if let Some(key) = property("person.properties.") {
            return Fed::person(key);
        }
        if let Some(key) = property("event.properties.") {
            return Fed::event(key);
        }
        match value.as_str() {
            Some("{event.timestamp}") => Fed::event_time,
            Some("{event.event}") => Fed::event_name,
            Some("{event.distinct_id}") => Fed::distinct_id,
            _ => Fed::value(read::written(value)),
        }
    }
}

/// Whether a name can stand behind a dot in a template.
fn is_plain(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_' || first == '$')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$')
}

/// A property in a template.
fn placed(of: &str, name: &str) -> String {
    if is_plain(name) {
        return format!("{{{of}.{name}}}");
    }
    format!("{{{of}['{}']}}", name.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// What is sent of inputs: those that PostHog shows, and those that it keeps to itself.
pub(super) struct SentInputs {
    pub(super) shown: Terms,
    pub(super) secret: Terms,
}

impl SentInputs {
    /// These inputs of a template, with what goes without saying. Of a template that is not known, every variable is
    /// taken for a secret.
    pub(super) fn of(inputs: &[Pair<Fed>], template: Option<&'static TemplateFacts>) -> Self {
        let mut sent = SentInputs { shown: Terms::new(), secret: Terms::new() };
        for one in inputs {
            let Some(value) = one.value.term() else { continue };
            let known = template.and_then(|template| template.input(one.key));
            let is_secret = known.map_or(template.is_none() && value.names_variable(), InputFacts::is_secret);
            let into = if is_secret { &mut sent.secret } else { &mut sent.shown };
            into.insert(one.key, term!({ "value": value }));
        }
        sent.fill(inputs, template);
        sent
    }

    /// Adds what PostHog would fill in by itself where nothing is said.
    fn fill(&mut self, inputs: &[Pair<Fed>], template: Option<&'static TemplateFacts>) {
        for input in template.into_iter().flat_map(|template| template.inputs) {
            if let Some(usual) = input.usual().filter(|_| inputs.iter().all(|one| one.key != input.key)) {
                self.shown.insert(input.key, term!({ "value": usual }));
            }
        }
    }

    /// Sets inputs that another field of the declaration says.
    #[must_use]
    pub(super) fn with(mut self, others: Vec<(&'static str, Terms)>) -> Self {
        for (key, value) in others {
            self.shown.insert(key, term!({ "value": Term::Map(value) }));
        }
        self
    }
}

/// The inputs of a live function: `secrets` are those that PostHog has and does not show.
pub(super) fn read_all(inputs: &Map, secrets: &[&str], template: Option<&'static TemplateFacts>) -> Named<Fed> {
    let is_usual = |key: &str, value: &Json| {
        let usual = template.and_then(|template| template.input(key)).and_then(InputFacts::usual);
        usual.is_some_and(|usual| same(&usual, value))
    };
    let mut all = Vec::new();
    for (key, input) in inputs {
        let value = input.get("value").unwrap_or(&Json::Null);
        if !value.is_null() && !is_usual(key, value) {
            all.push(read::entry(key, Fed::read(value)));
        }
    }
    all.extend(secrets.iter().map(|key| read::entry(key, Fed::kept)));
    Named(read::slice(all))
}

/// Whether a template that is known takes these.
pub(super) fn are_known(inputs: &Map, secrets: &[&str], template: &TemplateFacts) -> bool {
    let fits = |(key, input): (&String, &Json)| {
        let known = template.input(key).filter(|known| !known.is_secret());
        let value = input.get("value").unwrap_or(&Json::Null);
        known.is_some_and(|known| value.is_null() || known.holds.takes(value))
    };
    inputs.iter().all(fits)
        && secrets.iter().all(|key| template.input(key).is_some_and(InputFacts::is_secret))
        && template
            .inputs
            .iter()
            .filter(|input| input.required && input.default.is_none())
            .all(|input| inputs.contains_key(input.key) || secrets.contains(&input.key))
}

/// Inputs as they are compared, and the keys of those that PostHog keeps to itself.
pub(super) fn comparable(inputs: &Json) -> (Map, Vec<String>) {
    let (mut shown, mut secret) = (Map::new(), Vec::new());
    for (key, input) in inputs.as_object().into_iter().flatten() {
        if input.get("secret") == Some(&Json::Bool(true)) {
            secret.push(key.clone());
        } else if let Some(value) = input.get("value").filter(|value| !value.is_null()) {
            shown.insert(key.clone(), json!({ "value": value }));
        }
    }
    (shown, secret)
}
