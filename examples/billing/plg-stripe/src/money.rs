//! Amounts of money, as people write them and as Stripe counts them.

use crate::codes::MONEY;

plg_core::texts! {
    /// An amount with its currency and every digit that the currency has: `19.00 EUR`, `500 JPY`, `1.500 KWD`.
    Amount { what: "an amount of money, such as \"19.00 EUR\",", max: 60, code: MONEY, check: checked, constant: false }
}

/// An amount as Stripe counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Money {
    /// The currency, in lower case.
    pub(crate) currency: String,
    /// How many of its smallest unit, in decimal; with a fraction only where something costs less than one of it.
    pub(crate) minor: String,
}

/// Currencies without a smaller unit.
const WHOLE: &str = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF";

/// Currencies of thousands. Stripe takes tens of the smallest unit only.
const THOUSANDS: &str = "BHD JOD KWD OMR TND";

/// Currencies that Stripe counts in hundreds, of which it takes whole ones only.
const WHOLE_HUNDREDS: &str = "ISK UGX";

/// Every other currency that Stripe takes, which are counted in hundreds.
const HUNDREDS: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF \
    CHF CNY COP CRC CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES \
    KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN \
    PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU \
    UZS WST XCD XCG YER ZAR ZMW";

/// How many digits stand behind the point of an amount in a currency; none where Stripe does not take it.
pub(crate) fn digits(currency: &str) -> Option<usize> {
    let is_in = |list: &str| currency.len() == 3 && list.split_ascii_whitespace().any(|one| one == currency);
    if is_in(WHOLE) {
        Some(0)
    } else if is_in(THOUSANDS) {
        Some(3)
    } else {
        (is_in(WHOLE_HUNDREDS) || is_in(HUNDREDS)).then_some(2)
    }
}

fn checked(text: &str) -> Result<(), String> {
    Money::read(text).map(drop)
}

impl Money {
    /// Reads `19.00 EUR`.
    ///
    /// # Errors
    /// What is wrong, with what to write instead.
    pub(crate) fn read(text: &str) -> Result<Money, String> {
        let unreadable = || "an amount is a number and a currency\nhelp: write \"19.00 EUR\"".to_owned();
        let (number, currency) = text.split_once(' ').ok_or_else(unreadable)?;
        let upper = currency.to_ascii_uppercase();
        let Some(digits) = digits(&upper) else {
            return Err(format!(
                "Stripe takes no currency `{currency}`\nhelp: write three letters of ISO 4217, such as EUR"
            ));
        };
        let (whole, part) = number.split_once('.').map_or((number, ""), |(whole, part)| (whole, part));
        let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 12 || !is_number(whole) || !is_number(part) || number.ends_with('.') {
            return Err(unreadable());
        }
        if upper != currency {
            return Err(format!("a currency is written in capitals\nhelp: write \"{number} {upper}\""));
        }
        if part.len() < digits || (digits == 0 && !part.is_empty() && part.bytes().all(|b| b == b'0')) {
            let full = if digits == 0 { whole.to_owned() } else { format!("{whole}.{part:0<digits$}") };
            return Err(format!(
                "{currency} is written with {digits} digits behind the point\nhelp: write \"{full} {currency}\""
            ));
        }
        let (first, rest) = part.split_at(digits);
        let rest = rest.trim_end_matches('0');
        if rest.len() > 12 {
            return Err("Stripe counts no smaller part\nhelp: leave out the last digits".to_owned());
        }
        let is_whole = WHOLE_HUNDREDS.contains(currency);
        if (is_whole && (first != "00" || !rest.is_empty()))
            || (digits == 3 && !(first.ends_with('0') && rest.is_empty()))
        {
            let least = if is_whole { "whole ones of it" } else { "amounts that end in 0" };
            let full = if is_whole { format!("{whole}.00") } else { format!("{whole}.{}0", &first[..2]) };
            return Err(format!("Stripe takes {least} in {currency}\nhelp: write \"{full} {currency}\""));
        }
        let all = format!("{whole}{first}");
        let all = match all.trim_start_matches('0') {
            "" => "0",
            all => all,
        };
        let point = if rest.is_empty() { "" } else { "." };
        Ok(Money { currency: currency.to_ascii_lowercase(), minor: format!("{all}{point}{rest}") })
    }

    /// As it is written in a stack; nothing, for a currency that is not known or a number that is none.
    pub(crate) fn written(&self) -> Option<String> {
        let currency = self.currency.to_ascii_uppercase();
        let digits = digits(&currency)?;
        let (whole, rest) = self.minor.split_once('.').map_or((&*self.minor, ""), |(whole, rest)| (whole, rest));
        if whole.is_empty() || !whole.bytes().chain(rest.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let padded = format!("{whole:0>width$}", width = digits + 1);
        let (whole, first) = padded.split_at(padded.len() - digits);
        let part = format!("{first}{}", rest.trim_end_matches('0'));
        let point = if part.is_empty() { "" } else { "." };
        Some(format!("{whole}{point}{part} {currency}"))
    }

    /// The whole number of the smallest unit, where it is one.
    pub(crate) fn whole(&self) -> Option<i64> {
        self.minor.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_counted_in_the_smallest_unit_and_written_back() {
        for (text, currency, minor) in [
            ("19.00 EUR", "eur", "1900"),
            ("0.99 USD", "usd", "99"),
            ("0.00 USD", "usd", "0"),
            ("500 JPY", "jpy", "500"),
            ("1.500 KWD", "kwd", "1500"),
            ("0.005 EUR", "eur", "0.5"),
            ("1.2345 EUR", "eur", "123.45"),
            ("0.5 JPY", "jpy", "0.5"),
            ("700.00 ISK", "isk", "70000"),
        ] {
            let money = Money::read(text).expect(text);
            assert_eq!(money, Money { currency: currency.into(), minor: minor.into() });
            assert_eq!(money.written().as_deref(), Some(text));
        }
        assert_eq!(Money { currency: "xxx".into(), minor: "1".into() }.written(), None);
        assert_eq!(Money { currency: "eur".into(), minor: "".into() }.written(), None);
    }

    #[test]
    fn what_could_be_misread_is_refused_with_the_amount_to_write() {
        for (text, says) in [
            ("1900 EUR", "\"1900.00 EUR\""),
            ("19 EUR", "\"19.00 EUR\""),
            ("19.5 EUR", "\"19.50 EUR\""),
            ("19.00 eur", "\"19.00 EUR\""),
            ("500.00 JPY", "\"500 JPY\""),
            ("1.501 KWD", "\"1.500 KWD\""),
            ("7.50 ISK", "\"7.00 ISK\""),
            ("19.00", "\"19.00 EUR\""),
            ("19,00 EUR", "\"19.00 EUR\""),
            ("-1.00 EUR", "\"19.00 EUR\""),
            ("19.00 EURO", "such as EUR"),
            ("1.00 XYZ", "such as EUR"),
        ] {
            let wrong = Money::read(text).expect_err(text);
            assert!(wrong.contains("\nhelp: ") && wrong.contains(says), "{text}: {wrong}");
        }
    }

    #[test]
    fn every_currency_is_in_one_list() {
        let all: Vec<&str> =
            [WHOLE, THOUSANDS, WHOLE_HUNDREDS, HUNDREDS].iter().flat_map(|list| list.split_whitespace()).collect();
        let mut sorted = all.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), all.len());
        assert!(all.iter().all(|one| digits(one).is_some()), "{all:?}");
    }
}
