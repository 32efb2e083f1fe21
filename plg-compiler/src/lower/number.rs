//! Numbers, shares, durations.

use super::cx::{LoweredValue, Lowering, nothing, own};
use crate::syntax::NumberSyntax;
use crate::tokens::{Tokens, tokens};
use plg_core::codes::{self, Code};
use plg_core::{Given, Shape, Span as Duration, Unit, similar};
use proc_macro2::{Ident, Literal};

impl Lowering<'_> {
    fn wrong(&mut self, code: &'static Code, number: &NumberSyntax, message: impl std::fmt::Display) -> LoweredValue {
        self.errors.at(code, number.span(), message);
        nothing()
    }

    fn read(&mut self, number: &NumberSyntax, given: Given, tokens: Tokens) -> LoweredValue {
        LoweredValue { node: Some(self.node(number.span(), given)), tokens }
    }

    /// A whole number within bounds.
    pub(crate) fn int(&mut self, number: &NumberSyntax, min: i64, max: i64) -> LoweredValue {
        match number.whole() {
            Some(n) if number.plain() && (min..=max).contains(&n) => {
                let mut literal = Literal::i64_suffixed(n);
                literal.set_span(own(number.span()));
                self.read(number, Given::Int(n), tokens!(own(number.span())=> #literal))
            }
            Some(n) if number.plain() => {
                self.wrong(codes::OUT_OF_RANGE, number, format!("{n} is out of range: {min} to {max} is accepted"))
            }
            _ => self.wrong(codes::OTHER_SHAPE, number, "expected a whole number"),
        }
    }

    /// Any number.
    pub(crate) fn float(&mut self, number: &NumberSyntax) -> LoweredValue {
        match number.float() {
            Some(n) if number.plain() && !n.is_finite() => {
                self.wrong(codes::OUT_OF_RANGE, number, "this number is too large\nhelp: write a smaller one")
            }
            Some(n) if number.plain() => {
                let mut literal = Literal::f64_suffixed(n);
                literal.set_span(own(number.span()));
                self.read(number, Given::Float(n), tokens!(own(number.span())=> #literal))
            }
            _ => self.wrong(codes::OTHER_SHAPE, number, "expected a number without a unit"),
        }
    }

    /// `10%`.
    pub(crate) fn percent(&mut self, number: &NumberSyntax) -> LoweredValue {
        let n = number.float().unwrap_or(-1.0);
        if !number.percent {
            return self.wrong(codes::SHARE, number, format!("expected a share, such as `50%`\nhelp: write `{n}%`"));
        }
        if !(0.0..=100.0).contains(&n) {
            return self.wrong(codes::SHARE, number, format!("{n}% is out of range: a share is from 0% to 100%"));
        }
        let mut literal = Literal::f64_suffixed(n);
        literal.set_span(own(number.span()));
        let (ty, at) = (self.ty("Percent"), self.quiet);
        self.read(number, Given::Percent(n), tokens!(at=> #ty(#literal)))
    }

    /// A number for an `env`-able number.
    pub(crate) fn env_number(&mut self, number: &NumberSyntax) -> LoweredValue {
        match number.whole().and_then(|n| u64::try_from(n).ok()) {
            Some(n) if number.plain() => {
                let (ty, at) = (self.ty("Number"), self.quiet);
                self.read(number, Given::Int(i64::try_from(n).unwrap_or(i64::MAX)), tokens!(at=> #ty::Given(#n)))
            }
            _ => self.wrong(codes::OTHER_SHAPE, number, format!("expected {}", Shape::EnvNumber.describe())),
        }
    }

    /// `7 days`.
    pub(crate) fn span(&mut self, number: &NumberSyntax, wrap: Option<&str>, units: &[&str]) -> LoweredValue {
        if let Some(tail) = &number.tail {
            self.errors.at(
                codes::TIME,
                tail.span(),
                format!("expected a duration, and `{tail}` makes it a point in time\nhelp: remove `{tail}`"),
            );
            return nothing();
        }
        let Some((given, tokens)) = self.duration(number, units) else {
            return nothing();
        };
        let tokens = match wrap {
            Some(wrap) => {
                let (ty, at) = (self.ty(wrap), self.quiet);
                tokens!(at=> #ty(#tokens))
            }
            None => tokens,
        };
        self.read(number, Given::Span(given), tokens)
    }

    /// `7 days ago`.
    pub(crate) fn ago(&mut self, number: &NumberSyntax) -> LoweredValue {
        let units = ["hours", "days", "weeks", "months", "years"];
        let Some((given, tokens)) = self.duration(number, &units) else {
            return nothing();
        };
        let said = format!("{} {}", given.count, number.unit.as_ref().map_or(String::new(), Ident::to_string));
        match &number.tail {
            Some(tail) if tail == "ago" && given.count > furthest(given.unit) => {
                let most = furthest(given.unit);
                self.wrong(
                    codes::TIME,
                    number,
                    format!(
                        "{said} ago is earlier than the API accepts\nhelp: write `{most} {} ago` at most, or a day",
                        given.unit.word()
                    ),
                )
            }
            Some(tail) if tail == "ago" => {
                let (ty, at) = (self.ty("Ago"), self.quiet);
                self.read(number, Given::Span(given), tokens!(at=> #ty(#tokens)))
            }
            Some(tail) => {
                self.errors.at(
                    codes::TIME, tail.span(),
                    format!("the API has only relative dates in the past, not `{said} {tail}`\nhelp: turn the condition around, such as `{said} ago` for a start in the past"),
                );
                nothing()
            }
            None => self.wrong(codes::TIME, number, format!("expected a time in the past\nhelp: write `{said} ago`")),
        }
    }

    fn duration(&mut self, number: &NumberSyntax, units: &[&str]) -> Option<(Duration, Tokens)> {
        let whole = number.whole().filter(|_| !number.percent);
        let Some(n) = whole else {
            self.wrong(codes::TIME, number, "expected a duration, such as `7 days`");
            return None;
        };
        let Some(written) = &number.unit else {
            let unit = if units.contains(&"days") { "days" } else { units[0] };
            self.wrong(codes::TIME, number, format!("a duration needs a unit\nhelp: write `{n} {unit}`"));
            return None;
        };
        let word = written.to_string();
        let plural = if word.ends_with('s') { word.clone() } else { format!("{word}s") };
        let Some(unit) = units.iter().find(|u| **u == plural).and_then(|u| unit(u)) else {
            let close = similar::closest(&word, units.iter().copied())
                .map_or_else(|| format!("expected one of {}", units.join(", ")), |u| format!("write `{n} {u}`"));
            self.errors.at(codes::TIME, written.span(), format!("`{word}` is not a unit of time here\nhelp: {close}"));
            return None;
        };
        let Some(count) = u32::try_from(n).ok().filter(|c| (1..=10_000).contains(c)) else {
            self.wrong(codes::TIME, number, format!("{n} {word} is out of range: 1 to 10000 is accepted"));
            return None;
        };
        let (ty, unit_ty, at) = (self.ty("Span"), self.ty("Unit"), self.quiet);
        let variant = Ident::new(&plural, written.span());
        Some((Duration { count, unit }, tokens!(at=> #ty { count: #count, unit: #unit_ty::#variant })))
    }
}

/// How far back an API looks: four digits, and no further than its calendar goes.
fn furthest(unit: Unit) -> u32 {
    if unit == Unit::years { 2_000 } else { 9_999 }
}

fn unit(word: &str) -> Option<Unit> {
    [Unit::minutes, Unit::hours, Unit::days, Unit::weeks, Unit::months, Unit::years]
        .into_iter()
        .find(|u| format!("{}s", u.as_str()) == word)
}
