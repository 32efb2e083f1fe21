//! Texts that Stripe keeps rules for.

use crate::codes::METADATA;
use plg_core::{Given, Node, Pair, Shape, Site, TextRule, Value, codes, text};

plg_core::texts! {
    /// The id of a product, chosen once and for good: letters, digits, `_` and `-`.
    ProductId { what: "a product's id", max: 200, code: codes::TEXT, check: id, constant: false }
    /// The id of a coupon, chosen once and for good: letters, digits, `_` and `-`.
    CouponId { what: "a coupon's id", max: 200, code: codes::TEXT, check: id, constant: false }
    /// What finds a price again, whichever price has it: up to 200 characters.
    LookupKey { what: "a lookup key", max: 200, code: codes::TEXT, check: text::trimmed, constant: false }
    /// A code that customers type: letters and digits, in whichever case.
    PromoCode { what: "a code of letters and digits", max: 500, code: codes::TEXT, check: letters_and_digits, constant: false }
    /// What one of a product is called: up to 12 characters.
    UnitLabel { what: "what one of them is called", max: 12, code: codes::TEXT, check: text::trimmed, constant: true }
    /// What customers read of a coupon: up to 40 characters.
    CouponName { what: "a coupon's name", max: 40, code: codes::TEXT, check: text::trimmed, constant: true }
    /// What customers read of a tax: up to 50 characters.
    TaxName { what: "a name of up to 50 characters", max: 50, code: codes::TEXT, check: text::trimmed, constant: false }
    /// A few words, not blank.
    Label { what: "text", max: 5_000, code: codes::TEXT, check: text::trimmed, constant: true }
    /// What a statement shows for a payment: up to 22 characters, one of them a letter, none of them `< > \ " '`.
    Descriptor { what: "what a statement shows", max: 22, code: codes::TEXT, check: descriptor, constant: true }
    /// What a page of prices says of a product: up to 80 characters.
    Feature { what: "a feature", max: 80, code: codes::TEXT, check: text::trimmed, constant: true }
    /// How a product is taxed, by Stripe's list: `txcd_10103000`.
    TaxCode { what: "a tax code", max: 40, code: codes::TEXT, check: tax_code, constant: true }
    /// A country, by its two letters of ISO 3166: `DE`.
    CountryCode { what: "a country's two letters", max: 2, code: codes::TEXT, check: country, constant: true }
    /// A state or province, by its letters of ISO 3166-2 without the country: `CA`.
    StateCode { what: "a state's letters", max: 3, code: codes::TEXT, check: state, constant: true }
    /// What happened, in Stripe's words: `invoice.paid`; `*` for everything.
    EventType { what: "an event of Stripe", max: 200, code: codes::TEXT, check: event, constant: true }
    /// A value of metadata: up to 500 characters.
    MetadataValue { what: "text", max: 500, code: METADATA, check: text::not_blank, constant: true }
}

/// Keys and values that Stripe keeps for others. People may add keys of their own.
#[derive(Debug, Clone, Copy)]
pub struct Metadata(pub &'static [Pair<MetadataValue>]);

/// What a key of metadata must look like.
static METADATA_KEY: TextRule =
    TextRule { wrap: "MetadataKey", what: "a key", max: 40, code: METADATA, check: metadata_key, constant: false };

impl Value for Metadata {
    const SHAPE: Shape = Shape::Map { wrap: "Metadata", item: &MetadataValue::SHAPE, key: &METADATA_KEY };
    const BLANK: Self = Metadata(&[]);

    fn given(&self) -> Option<Given> {
        let entry = |one: &Pair<MetadataValue>| {
            let node = Node { at: Site::default(), given: one.value.given()? };
            Some((one.key.to_owned(), Site::default(), node))
        };
        Some(Given::Map(self.0.iter().filter_map(entry).collect()))
    }
}

impl std::ops::Deref for Metadata {
    type Target = [Pair<MetadataValue>];

    fn deref(&self) -> &Self::Target {
        self.0
    }
}

/// Says what is wrong, and offers the text with only those characters that are right.
fn only(text: &str, rule: &str, good: impl Fn(char) -> bool) -> Result<(), String> {
    if !text.is_empty() && text.chars().all(&good) {
        return Ok(());
    }
    let right: String = text.chars().filter(|c| good(*c)).collect();
    Err(if right.is_empty() { format!("{rule}\nhelp: write some") } else { format!("{rule}\nhelp: write \"{right}\"") })
}

fn id(text: &str) -> Result<(), String> {
    only(text, "an id has letters, digits, `_` and `-` only", |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

fn letters_and_digits(text: &str) -> Result<(), String> {
    only(text, "a code has letters and digits only", |c| c.is_ascii_alphanumeric())
}

fn descriptor(text: &str) -> Result<(), String> {
    text::trimmed(text)?;
    only(text, "a statement shows none of < > \\ \" ' *", |c| {
        c.is_ascii() && !c.is_ascii_control() && !"<>\\\"'*".contains(c)
    })?;
    match text.chars().any(|c| c.is_ascii_alphabetic()) {
        true => Ok(()),
        false => Err("a statement shows at least one letter\nhelp: write the name of the shop".to_owned()),
    }
}

fn tax_code(text: &str) -> Result<(), String> {
    match text.strip_prefix("txcd_") {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) => Ok(()),
        _ => Err("a tax code is `txcd_` and digits\nhelp: write \"txcd_10103000\"".to_owned()),
    }
}

fn country(text: &str) -> Result<(), String> {
    match text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()) {
        true => Ok(()),
        false => Err("a country is two capital letters\nhelp: write \"DE\"".to_owned()),
    }
}

fn state(text: &str) -> Result<(), String> {
    let good = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    match (1..=3).contains(&text.len()) && text.bytes().all(good) {
        true => Ok(()),
        false => Err("a state is one to three capital letters or digits\nhelp: write \"CA\"".to_owned()),
    }
}

fn event(text: &str) -> Result<(), String> {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit())
    };
    match text == "*" || (text.contains('.') && text.split('.').all(is_part)) {
        true => Ok(()),
        false => {
            Err(format!("Stripe has no event `{text}`\nhelp: write one such as \"invoice.paid\", or \"*\" for all"))
        }
    }
}

fn metadata_key(text: &str) -> Result<(), String> {
    text::trimmed(text)?;
    only(text, "a key of metadata has no square brackets", |c| !matches!(c, '[' | ']'))
}
