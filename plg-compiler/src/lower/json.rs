//! JSON, as it is written in a stack: with the names of declarations and of variables in it.

use super::cx::{LoweredValue, Lowering, nothing, path};
use crate::names::article;
use crate::syntax::{BodySyntax, Digits, KeySyntax, NumberSyntax, ValueSyntax, WordSyntax};
use crate::tokens::{Tokens, tokens};
use plg_core::{Given, Node, Shape, Term, Terms, codes, known_by, similar};

/// The words for what an API knows a declaration by.
const KNOWN_BY: [&str; 4] = ["id", "key", "name", "slug"];

impl Lowering<'_> {
    pub(crate) fn json(&mut self, value: &ValueSyntax) -> LoweredValue {
        let (ty, at) = (self.ty("Json"), self.quiet);
        let (given, tokens) = match value {
            ValueSyntax::Text(text) => (Term::from(text.value()), tokens!(at=> #ty::Text(#text))),
            ValueSyntax::Bool(value) => (Term::from(value.value), tokens!(at=> #ty::Bool(#value))),
            ValueSyntax::Number(number) if number.plain() => return self.json_number(number),
            ValueSyntax::Word(word) if word.bare() && word.single().is_some_and(|w| w == "null") => {
                (Term::Null, tokens!(at=> #ty::Null))
            }
            ValueSyntax::Word(word) if word.single().is_some_and(|w| w == "env") && word.args.is_some() => {
                let read = self.env(word, &Shape::Secret);
                let Some(Node { given: Given::Env(name), .. }) = &read.node else { return nothing() };
                (Term::Env(name.clone()), tokens!(at=> #ty::Env(#name)))
            }
            ValueSyntax::Word(word) if word.bare() && is_name(word) => return self.json_reference(word),
            ValueSyntax::List(list, _) => {
                let mut all = Vec::new();
                let mut tokens = Tokens::default();
                for value in list {
                    let read = self.json(value);
                    let Some(Node { given: Given::Json(one), .. }) = read.node else { return nothing() };
                    all.push(one);
                    let one = read.tokens;
                    tokens.add(tokens!(at=> #one,));
                }
                (Term::List(all), tokens!(at=> #ty::List(&[#tokens])))
            }
            ValueSyntax::Block(body) => return self.json_object(body),
            ValueSyntax::Unread(_) => {
                self.errors.known();
                return nothing();
            }
            other => {
                self.expected(&Shape::Json, other);
                return nothing();
            }
        };
        LoweredValue { node: Some(self.node(value.span(), Given::Json(given))), tokens }
    }

    /// `{ "key": value, … }`.
    pub(crate) fn json_object(&mut self, body: &BodySyntax) -> LoweredValue {
        let (ty, at) = (self.ty("Json"), self.quiet);
        let mut all = Terms::new();
        let mut tokens = Tokens::default();
        for entry in &body.entries {
            entry.attributes.none_here(self.errors);
            let key = entry.key.text();
            let Some(value) = &entry.value else {
                self.errors.at(codes::UNFINISHED, entry.key.span(), format!("`{key}` needs a colon and a value"));
                return nothing();
            };
            if matches!(entry.key, KeySyntax::Name(_)) {
                self.errors.at(
                    codes::OTHER_SHAPE,
                    entry.key.span(),
                    format!("a JSON key is in quotes\nhelp: write \"{key}\""),
                );
                return nothing();
            }
            let read = self.json(value);
            let Some(Node { given: Given::Json(one), .. }) = read.node else { return nothing() };
            let one_tokens = read.tokens;
            if all.insert(key.clone(), one).is_some() {
                self.errors.at(codes::WRITTEN_TWICE, entry.key.span(), format!("\"{key}\" is written twice"));
            }
            tokens.add(tokens!(at=> (#key, #one_tokens),));
        }
        LoweredValue {
            node: Some(self.node(body.open, Given::Json(Term::Map(all)))),
            tokens: tokens!(at=> #ty::Object(&[#tokens])),
        }
    }

    /// A number that arrives with the digits it is written with.
    fn json_number(&mut self, number: &NumberSyntax) -> LoweredValue {
        let (ty, at) = (self.ty("Json"), self.quiet);
        let (given, tokens) = match exact(number) {
            Some(Exact::Whole(n)) => {
                let whole = i64::try_from(n).map(Term::from).or_else(|_| u64::try_from(n).map(Term::from));
                let Ok(whole) = whole else { return self.inexact(number) };
                (whole, tokens!(at=> #ty::Whole(#n)))
            }
            Some(Exact::Decimal(n)) => (Term::from(n), tokens!(at=> #ty::Number(#n))),
            None => return self.inexact(number),
        };
        LoweredValue { node: Some(self.node(number.span(), Given::Json(given))), tokens }
    }

    fn inexact(&mut self, number: &NumberSyntax) -> LoweredValue {
        self.errors.at(
            codes::OUT_OF_RANGE,
            number.span(),
            "JSON cannot hold this number exactly: whole numbers are from -9223372036854775808 to 18446744073709551615, others have at most 17 digits\nhelp: write it in quotes, or with fewer digits",
        );
        nothing()
    }

    /// The name of a declaration, for what its API knows it by.
    fn json_reference(&mut self, word: &WordSyntax) -> LoweredValue {
        let (mut names, mut by) = (&word.path[..], String::new());
        if let (true, Some((last, front))) = (word.dotted, word.path.split_last()) {
            (names, by) = (front, last.to_string());
            if !KNOWN_BY.contains(&&*by) {
                let close = similar::closest(&by, KNOWN_BY).unwrap_or("id");
                let message = format!("`{by}` is not an identifier of an object in an API\nhelp: write `.{close}`");
                self.errors.at(codes::UNKNOWN_WORD, last.span(), message);
                return nothing();
            }
        }
        let (ty, at, path) = (self.ty("Json"), self.quiet, path(names));
        let tokens = tokens!(at=> #ty::Ref { to: &#path, by: #by });
        // Another stack's: rustc checks its name.
        let mut to = Term::Ref { address: String::new(), get: by.clone() };
        if let [name] = names {
            let Some(place) = self.names.any(self.errors, self.stack, name) else {
                return LoweredValue { node: None, tokens };
            };
            self.refs.push((place, name.span()));
            // Of an unknown kind nothing else is said.
            let Some(spec) = self.names.specs[place] else { return LoweredValue { node: None, tokens } };
            let known = known_by(spec.keyword);
            let found = if by.is_empty() { known.first() } else { known.iter().find(|(word, _)| *word == by) };
            let Some((_, get)) = found else {
                let words: Vec<String> = known.iter().map(|(word, _)| format!("`{name}.{word}`")).collect();
                self.errors.at(
                    codes::UNKNOWN_WORD,
                    word.span(),
                    format!(
                        "{} {} has no {by} that its API refers to it by\nhelp: write {}",
                        article(spec.keyword),
                        spec.keyword,
                        words.join(" or ")
                    ),
                );
                return LoweredValue { node: None, tokens };
            };
            to = Term::Ref { address: plg_core::address(spec.keyword, &name.to_string()), get: (*get).to_owned() };
        }
        LoweredValue { node: Some(self.node(word.span(), Given::Json(to))), tokens }
    }
}

/// Whether a word is the name of a declaration, and no word of JSON's.
pub(super) fn is_name(word: &WordSyntax) -> bool {
    word.path.len() > 1 || word.path[0].to_string().starts_with(|c: char| c.is_ascii_uppercase())
}

enum Exact {
    Whole(i128),
    Decimal(f64),
}

/// A number without the loss of a digit.
fn exact(number: &NumberSyntax) -> Option<Exact> {
    let sign = |digits: &str| if number.negative { format!("-{digits}") } else { digits.to_owned() };
    match &number.digits {
        Digits::Whole(digits) => match sign(digits.base10_digits()).parse::<i128>().ok()? {
            // Zero below zero is a number of its own, and none of the whole ones.
            0 if number.negative => Some(Exact::Decimal(-0.0)),
            whole => Some(Exact::Whole(whole)),
        },
        Digits::Decimal(digits) => {
            let text = sign(digits.base10_digits());
            let value: f64 = text.parse().ok()?;
            let same = value.is_finite() && decimal(&text)? == decimal(&format!("{value:e}"))?;
            same.then_some(Exact::Decimal(value))
        }
    }
}

/// A decimal number as its digits, without zeros around them, and the power of ten of the last one.
fn decimal(text: &str) -> Option<(String, i64)> {
    let text = text.to_ascii_lowercase();
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (whole, part) = digits.trim_start_matches('-').split_once('.').unwrap_or((digits.trim_start_matches('-'), ""));
    let all = format!("{whole}{part}");
    let kept = all.trim_start_matches('0').trim_end_matches('0').to_owned();
    if kept.is_empty() {
        return Some((kept, 0));
    }
    let zeros = i64::try_from(all.len() - all.trim_end_matches('0').len()).ok()?;
    let places = i64::try_from(part.len()).ok()?;
    Some((kept, exponent.parse::<i64>().ok()?.checked_sub(places)?.checked_add(zeros)?))
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn decimals_are_equal_by_their_digits() {
        for (one, other) in [("0.10", "1e-1"), ("100.0", "1e2"), ("1.50E3", "1500"), ("0.0", "0e9"), ("-2.5", "2.5")] {
            assert_eq!(decimal(one), decimal(other), "{one} {other}");
        }
        assert_ne!(decimal("0.1234567890123456789"), decimal("0.12345678901234568"));
    }
}
