//! What PostHog and its libraries send by themselves: no stack declares it, and no application misspells it.

/// Events that the library for browsers sends about surveys.
const SURVEYS: [&str; 4] = ["survey shown", "survey dismissed", "survey sent", "survey abandoned"];

/// What the library for browsers sends with every event, and what an address says of the campaign that led to it, as
/// PostHog's taxonomy of 2026-08 lists them.
const PROPERTIES: [&str; 26] = [
    "token",
    "distinct_id",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "gclid",
    "gad_source",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "fbclid",
    "msclkid",
    "twclid",
    "li_fat_id",
    "mc_cid",
    "igshid",
    "ttclid",
    "rdt_cid",
    "epik",
    "qclid",
    "sccid",
    "irclid",
    "_kx",
];

/// The properties that name a person in PostHog, unless the project says otherwise.
const PEOPLE: [&str; 7] = ["email", "Email", "name", "Name", "username", "Username", "UserName"];

/// Whether PostHog or one of its libraries sends an event by itself.
pub fn is_own_event(name: &str) -> bool {
    name.starts_with('$') || SURVEYS.contains(&name)
}

/// Whether PostHog or one of its libraries sends a property of events by itself.
pub fn is_own_property(name: &str) -> bool {
    name.starts_with('$') || PROPERTIES.contains(&name)
}

/// Whether PostHog knows a property of people by itself.
pub fn is_own_of_people(name: &str) -> bool {
    is_own_property(name) || PEOPLE.contains(&name)
}

/// Whether PostHog made a flag for itself: those of its surveys.
pub fn is_own_flag(key: &str) -> bool {
    key.starts_with("survey-targeting-")
}
