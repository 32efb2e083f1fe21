//! Texts of the settings: time zones, currencies, addresses.

use super::super::prelude::*;
use plg_core::similar;
use plg_core::text::trimmed;

plg_core::texts! {
    /// A time zone as IANA names it, such as `Europe/Berlin`.
    TimeZone { what: "a time zone, such as \"Europe/Berlin\",", max: 100, code: codes::TEXT, check: time_zone, constant: false }
    /// A currency that PostHog knows, as three letters.
    BaseCurrency { what: "a currency, such as \"EUR\",", max: 3, code: codes::TEXT, check: currency, constant: false }
    /// Where an application is, up to 200 characters; `*` in the host stands for anything, up to five times.
    AppUrl { what: "an address", max: 200, code: codes::TEXT, check: address, constant: true }
}

/// Every time zone that PostHog takes: IANA's, with their older names.
const ZONES: &str = include_str!("zones.txt");

/// Every currency that PostHog takes.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTC BTN \
    BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD GBP GEL GHS GIP GMD GNF GTQ GYD \
    HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LTL LVL LSL \
    LYD MAD MDL MGA MKD MMK MNT MOP MRU MTL MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN \
    PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD \
    UYU UZS VES VND VUV WST XAF XCD XDR XOF XPF YER ZAR ZMW";

fn time_zone(text: &str) -> Result<(), String> {
    if ZONES.lines().any(|zone| zone == text) {
        return Ok(());
    }
    let of_a_city = || ZONES.lines().find(|zone| zone.rsplit('/').next() == Some(text));
    let close = of_a_city().or_else(|| similar::closest(text, ZONES.lines()));
    let help = close.unwrap_or("Europe/Berlin");
    Err(format!("`{text}` is not a time zone of IANA\nhelp: write \"{help}\""))
}

fn currency(text: &str) -> Result<(), String> {
    if CURRENCIES.split_whitespace().any(|code| code == text) {
        return Ok(());
    }
    let capitals = text.trim().to_uppercase();
    let close = CURRENCIES.split_whitespace().find(|code| *code == capitals);
    let help = close.or_else(|| similar::closest(&capitals, CURRENCIES.split_whitespace())).unwrap_or("EUR");
    Err(format!("`{text}` is not a currency that PostHog knows\nhelp: write \"{help}\""))
}

/// The most `*` that a host may have.
const STARS: usize = 5;

fn address(text: &str) -> Result<(), String> {
    trimmed(text)?;
    let host = text.split_once("://").map_or(text, |(_, rest)| rest).split('/').next().unwrap_or_default();
    if host.contains('[') != host.contains(']') {
        return Err(format!("`{host}` is not a host: a bracket is not closed\nhelp: write \"http://[::1]\""));
    }
    let stars = host.matches('*').count();
    if stars > STARS {
        return Err(format!(
            "this host has {stars} `*`, and PostHog takes {STARS}\nhelp: write one `*` for several parts: \"https://*.example.com\""
        ));
    }
    Ok(())
}
