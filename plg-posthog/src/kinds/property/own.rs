//! The properties that PostHog knows by itself. Those that begin with `$` are all its own; these are the others, as its
//! taxonomy of 2026-08 lists them.

/// What an address says of the campaign that led to it: on events and on people.
const CAMPAIGNS: [&str; 24] = [
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

/// Whether PostHog knows a property by itself, of events and of people.
pub(super) fn is_own(name: &str) -> bool {
    name.starts_with('$') || CAMPAIGNS.contains(&name)
}

/// Whether PostHog knows a property of people by itself.
pub(super) fn is_own_of_people(name: &str) -> bool {
    is_own(name) || PEOPLE.contains(&name)
}

/// Those of people that have a name of their own, for who misspells one.
pub(super) fn of_people<'a>() -> impl Iterator<Item = &'a str> {
    PEOPLE.into_iter().chain(CAMPAIGNS)
}

/// Those of events likewise.
pub(super) fn of_events<'a>() -> impl Iterator<Item = &'a str> {
    CAMPAIGNS.into_iter()
}
