//! The properties of sessions: PostHog works them out of a session's events, and has no others. A filter, a breakdown or a
//! sum of any other name is one that it refuses to calculate.
//!
//! As the tables of sessions have them in PostHog's source of 2026-11, the older tables and the names of earlier ones
//! included.

use super::holds::PropertyHolds;

const TEXTS: [&str; 20] = [
    "$channel_type",
    "$entry_current_url",
    "$entry_pathname",
    "$entry_hostname",
    "$entry_referring_domain",
    "$end_current_url",
    "$end_pathname",
    "$end_hostname",
    "$exit_current_url",
    "$exit_pathname",
    "$last_external_click_url",
    "$entry_utm_source",
    "$entry_utm_campaign",
    "$entry_utm_medium",
    "$entry_utm_term",
    "$entry_utm_content",
    "session_id",
    "session_id_v7",
    "id",
    "distinct_id",
];

const NUMBERS: [&str; 5] = ["$pageview_count", "$autocapture_count", "$screen_count", "$num_uniq_urls", "$vitals_lcp"];

const BOOLEANS: [&str; 3] = ["$is_bounce", "$has_autocapture", "$has_replay_events"];

const DATES: [&str; 4] = ["$start_timestamp", "$end_timestamp", "session_timestamp", "max_inserted_at"];

const DURATIONS: [&str; 2] = ["$session_duration", "duration"];

/// What an advertisement left in the address that a session began with: `$entry_gclid`, and whether it left anything,
/// `$entry_has_gclid`.
const ADVERTISEMENTS: [&str; 35] = [
    "gclid",
    "gad_source",
    "gad_campaignid",
    "srsltid",
    "fbclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
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
    "_kx",
    "irclid",
    "irclickid",
    "utm_id",
    "utm_source_platform",
    "utm_creative_format",
    "utm_marketing_tactic",
    "yclid",
    "tblci",
    "dicbo",
    "ndclid",
    "cjevent",
    "awc",
    "syclid",
    "_bhlid",
    "rtid",
];

const ENTRY: &str = "$entry_";

/// What is true or false of a session: the web app offers digits.
fn yes_or_no() -> PropertyHolds {
    PropertyHolds::OneOf(["true", "false", "1", "0"].map(str::to_owned).into())
}

/// What a property of sessions holds; nothing, where there is none of this name.
pub(super) fn holds(name: &str) -> Option<PropertyHolds> {
    let of_advertisement = |rest: &str| {
        if ADVERTISEMENTS.contains(&rest) {
            return Some(PropertyHolds::Text);
        }
        let is_asked = rest.strip_prefix("has_").is_some_and(|what| ADVERTISEMENTS.contains(&what));
        is_asked.then(yes_or_no)
    };
    match name {
        text if TEXTS.contains(&text) => Some(PropertyHolds::Text),
        number if NUMBERS.contains(&number) => Some(PropertyHolds::Number),
        boolean if BOOLEANS.contains(&boolean) => Some(yes_or_no()),
        date if DATES.contains(&date) => Some(PropertyHolds::Datetime),
        duration if DURATIONS.contains(&duration) => Some(PropertyHolds::Duration),
        "$urls" => Some(PropertyHolds::List),
        other => other.strip_prefix(ENTRY).and_then(of_advertisement),
    }
}

/// The one that a name was meant to be: most often `$` is missing, or a letter is wrong.
pub(super) fn meant(name: &str) -> Option<String> {
    let dollar = format!("${name}");
    if holds(&dollar).is_some() {
        return Some(dollar);
    }
    let entries: Vec<String> = ADVERTISEMENTS.iter().map(|what| format!("{ENTRY}{what}")).collect();
    let all = TEXTS.iter().chain(&NUMBERS).chain(&BOOLEANS).chain(&DATES).chain(&DURATIONS).copied();
    plg_core::similar::closest(name, all.chain(entries.iter().map(String::as_str))).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_have_these_and_no_others() {
        assert_eq!(holds("$session_duration"), Some(PropertyHolds::Duration));
        assert_eq!(holds("$entry_rdt_cid"), Some(PropertyHolds::Text));
        assert_eq!(holds("$entry_has_gclid"), Some(yes_or_no()));
        assert_eq!(holds("$entry_has_utm_source"), None);
        assert_eq!(holds("$current_url"), None);
        assert_eq!(meant("session_duration").as_deref(), Some("$session_duration"));
        assert_eq!(meant("$chanel_type").as_deref(), Some("$channel_type"));
        assert_eq!(meant("$entry_glcid").as_deref(), Some("$entry_gclid"));
        assert_eq!(meant("plan"), None);
    }
}
