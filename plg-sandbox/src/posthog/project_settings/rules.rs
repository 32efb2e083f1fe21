//! Fields of the settings with rules of their own.

use crate::posthog::fault::Fault;
use crate::posthog::insight::properties;
use crate::posthog::pattern;
use crate::posthog::python::python_str;
use serde_json::{Map, Value, json};

/// Every time zone that can be set.
const ZONES: &str = include_str!("zones.txt");

/// Every currency that can be set.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTC BTN \
    BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD GBP GEL GHS GIP GMD GNF GTQ GYD \
    HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LTL LVL LSL \
    LYD MAD MDL MGA MKD MMK MNT MOP MRU MTL MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN \
    PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD \
    UYU UZS VES VND VUV WST XAF XCD XDR XOF XPF YER ZAR ZMW";

/// Modifiers of queries.
const MODIFIERS: &[&str] = &[
    "bounceRateDurationSeconds",
    "bounceRatePageViewMode",
    "convertToProjectTimezone",
    "customBotDefinitions",
    "customChannelTypeRules",
    "dataWarehouseEventsModifiers",
    "debug",
    "inCohortVia",
    "materializationMode",
    "optimizeJoinedFilters",
    "personsArgMaxVersion",
    "personsJoinMode",
    "personsOnEventsMode",
    "propertyGroupsMode",
    "sessionTableVersion",
    "sessionsV2JoinMode",
    "useMaterializedViews",
    "usePresortedEventsTable",
    "useWebAnalyticsPreAggregatedTables",
];

/// How people's properties on events can be read.
const PERSON_MODES: &[&str] = &[
    "disabled",
    "person_id_no_override_properties_on_events",
    "person_id_override_properties_on_events",
    "person_id_override_properties_joined",
];

/// Reads them out of a body into `fields`; `old` is how they are.
pub(crate) fn read(
    body: &Map<String, Value>,
    old: &Map<String, Value>,
    fields: &mut Map<String, Value>,
) -> Result<(), Fault> {
    for (name, value) in body {
        let kept = match name.as_str() {
            "timezone" | "base_currency" | "app_urls" | "test_account_filters" if value.is_null() => {
                return Err(Fault::null(name));
            }
            "timezone" => word(name, value, |zone| ZONES.lines().any(|known| known == zone))?,
            "base_currency" => word(name, value, |code| CURRENCIES.split_whitespace().any(|known| known == code))?,
            "week_start_day" => number(name, value, &[0, 1])?,
            "cookieless_server_hash_mode" => number(name, value, &[0, 1, 2])?,
            "app_urls" => addresses(name, value)?,
            "recording_domains" if value.is_null() => Value::Null,
            "recording_domains" => addresses(name, value)?,
            "test_account_filters" => {
                let wrong = |why: String| {
                    Fault::invalid_input(name, format!("Must provide an array of valid property filters. {why}"))
                };
                properties::check(value, false, name).map_err(wrong)?;
                value.clone()
            }
            "path_cleaning_filters" => cleaning(name, value)?,
            "autocapture_exceptions_errors_to_ignore" => errors_to_ignore(name, value)?,
            "modifiers" => modifiers(name, value, old.get(name))?,
            "survey_config" => merged(value, old.get(name), 1),
            "marketing_analytics_config" => marketing(name, value, old.get(name))?,
            _ => continue,
        };
        fields.insert(name.clone(), kept);
    }
    Ok(())
}

fn word(name: &str, value: &Value, is_known: impl Fn(&str) -> bool) -> Result<Value, Fault> {
    let known = value.as_str().is_some_and(is_known);
    if known { Ok(value.clone()) } else { Err(Fault::invalid_choice(name, value)) }
}

fn number(name: &str, value: &Value, known: &[i64]) -> Result<Value, Fault> {
    let is_known = value.is_null() || value.as_i64().is_some_and(|number| known.contains(&number));
    if is_known { Ok(value.clone()) } else { Err(Fault::invalid_choice(name, value)) }
}

/// Addresses, each of at most 200 characters and with at most five `*` in its host; nulls are dropped.
fn addresses(name: &str, value: &Value) -> Result<Value, Fault> {
    let Some(list) = value.as_array() else { return Err(Fault::not_a_list(name, value)) };
    let mut kept = Vec::new();
    for (place, one) in list.iter().enumerate().filter(|(_, one)| !one.is_null()) {
        let at = format!("{name}__{place}");
        let Some(text) = one.as_str() else { return Err(Fault::invalid_input(&at, "Not a valid string.")) };
        if text.trim().is_empty() {
            return Err(Fault::blank(&at));
        }
        if text.chars().count() > 200 {
            return Err(Fault::max_length(&at, 200));
        }
        let host = text.split_once("://").map_or(text, |(_, rest)| rest).split('/').next().unwrap_or_default();
        if name == "app_urls" && host.matches('*').count() > 5 {
            return Err(Fault::invalid_input(name, "A URL may have at most 5 wildcards in its domain."));
        }
        if host.starts_with('[') && !host.contains(']') {
            return Err(Fault::invalid_input(name, format!("Invalid URL: {text}")));
        }
        kept.push(one.clone());
    }
    Ok(Value::Array(kept))
}

fn cleaning(name: &str, value: &Value) -> Result<Value, Fault> {
    let wrong = |detail: String| Err(Fault::invalid_input(name, detail));
    if value.is_null() {
        return Ok(Value::Null);
    }
    let Some(rules) = value.as_array() else { return wrong("Must provide a list of path cleaning rules.".into()) };
    for rule in rules {
        let Some(regex) = rule["regex"].as_str().filter(|regex| !regex.is_empty()) else {
            return wrong("A path cleaning rule needs a regex. Remove the rule or give it one.".into());
        };
        if let Err(why) = pattern::check(regex) {
            return wrong(format!("Invalid path cleaning regex '{regex}': {why}"));
        }
        let groups = groups(regex);
        let alias = rule["alias"].as_str().unwrap_or_default();
        if let Some(reference) = references(alias).into_iter().find(|reference| *reference > groups) {
            return wrong(format!(
                "The alias '{alias}' references capture group \\{reference}, but its regex has {groups} capture group(s). Add the group to the regex or fix the reference."
            ));
        }
    }
    Ok(value.clone())
}

/// How many groups of an expression capture.
fn groups(regex: &str) -> usize {
    let bytes = regex.as_bytes();
    let (mut count, mut at, mut in_class) = (0, 0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'(' if !in_class => {
                let rest = &regex[at + 1..];
                count += usize::from(!rest.starts_with('?') || rest.starts_with("?P<") || rest.starts_with("?<"));
            }
            _ => {}
        }
        at += 1;
    }
    count
}

/// The groups that a replacement names; `\\` is a backslash.
fn references(alias: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut chars = alias.chars();
    while let Some(c) = chars.next() {
        if c == '\\'
            && let Some(digit) = chars.next().and_then(|next| next.to_digit(10))
        {
            found.push(digit as usize);
        }
    }
    found
}

fn errors_to_ignore(name: &str, value: &Value) -> Result<Value, Fault> {
    let Some(list) = value.as_array() else {
        return Err(Fault::invalid(format!("Must provide a list for field: {name}.")));
    };
    if list.iter().any(|one| !one.is_string()) {
        return Err(Fault::invalid(format!("Must provide a list of strings to field: {name}.")));
    }
    if value.to_string().chars().count() > 300 {
        let detail = format!(
            "Field {name} must be less than 300 characters. Complex config should be provided in posthog-js initialization."
        );
        return Err(Fault::invalid(detail));
    }
    Ok(value.clone())
}

fn modifiers(name: &str, value: &Value, old: Option<&Value>) -> Result<Value, Fault> {
    for (key, value) in value.as_object().into_iter().flatten() {
        let is_good = match key.as_str() {
            _ if !MODIFIERS.contains(&key.as_str()) => false,
            "personsOnEventsMode" => value.is_null() || PERSON_MODES.iter().any(|mode| value == mode),
            "bounceRateDurationSeconds" => value.is_null() || value.is_number(),
            _ => true,
        };
        if !is_good {
            return Err(Fault::invalid_input(name, "Invalid modifier key."));
        }
    }
    Ok(merged(value, old, 1))
}

fn marketing(name: &str, value: &Value, old: Option<&Value>) -> Result<Value, Fault> {
    if let Some(days) = value.get("attribution_window_days")
        && !days.as_i64().is_some_and(|days| (1..=90).contains(&days))
    {
        let detail = format!("attribution_window_days: {} is not between 1 and 90.", python_str(days));
        return Err(Fault::invalid_input(name, detail));
    }
    Ok(merged(value, old, 1))
}

/// An object put over another one, so many levels deep; what is no object takes its place.
pub(crate) fn merged(new: &Value, old: Option<&Value>, levels: usize) -> Value {
    match (new, old) {
        (Value::Object(new), Some(Value::Object(old))) if levels > 0 => {
            let mut all = old.clone();
            for (key, value) in new {
                all.insert(key.clone(), merged(value, old.get(key), levels - 1));
            }
            json!(all)
        }
        _ => new.clone(),
    }
}
