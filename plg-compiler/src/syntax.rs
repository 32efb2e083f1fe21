//! What was written, token by token.

use crate::attributes::OuterAttributes;
use proc_macro2::{Ident, Span, TokenStream};
use syn::{LitBool, LitFloat, LitInt, LitStr};

/// A whole `stack!`.
pub(crate) struct StackSyntax {
    pub(crate) header: Vec<EntrySyntax>,
    pub(crate) declarations: Vec<DeclarationSyntax>,
    /// Kinds without a name yet: somebody is typing.
    pub(crate) unfinished: Vec<Ident>,
}

/// `docs #[derive(…)] existing kind Name { … }`.
pub(crate) struct DeclarationSyntax {
    pub(crate) attributes: OuterAttributes,
    pub(crate) existing: bool,
    pub(crate) kind: Ident,
    pub(crate) name: Ident,
    pub(crate) body: BodySyntax,
}

/// `{ … }`.
pub(crate) struct BodySyntax {
    pub(crate) open: Span,
    pub(crate) entries: Vec<EntrySyntax>,
}

/// `key: value`, `Name { … }`, `Name`, or `in stage { … }`.
pub(crate) struct EntrySyntax {
    pub(crate) attributes: OuterAttributes,
    /// Written `in key { … }`.
    pub(crate) stage: bool,
    pub(crate) key: KeySyntax,
    /// The colon; the key's span where there is none. Helper tokens borrow it, as nobody hovers a colon.
    pub(crate) colon: Span,
    /// Whether there is a colon.
    pub(crate) has_colon: bool,
    pub(crate) value: Option<ValueSyntax>,
    pub(crate) body: Option<BodySyntax>,
}

/// A field's name, or a free key.
pub(crate) enum KeySyntax {
    Name(Ident),
    Text(LitStr),
}

impl KeySyntax {
    pub(crate) fn text(&self) -> String {
        match self {
            KeySyntax::Name(name) => name.to_string(),
            KeySyntax::Text(text) => text.value(),
        }
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            KeySyntax::Name(name) => name.span(),
            KeySyntax::Text(text) => text.span(),
        }
    }
}

/// A value.
pub(crate) enum ValueSyntax {
    Text(LitStr),
    Number(NumberSyntax),
    Bool(LitBool),
    Word(WordSyntax),
    List(Vec<ValueSyntax>, Span),
    Block(BodySyntax),
    Macro(MacroSyntax),
    /// Tokens that are no value, which has been said.
    Unread(Span),
}

/// `include_str!("file")`, and what else rustc makes a text of.
pub(crate) struct MacroSyntax {
    pub(crate) name: Ident,
    pub(crate) arguments: TokenStream,
}

/// `10`, `10%`, `7 days`, `7 days ago`.
pub(crate) struct NumberSyntax {
    pub(crate) negative: bool,
    pub(crate) digits: Digits,
    pub(crate) percent: bool,
    pub(crate) unit: Option<Ident>,
    /// What follows the unit: `ago`, or a word that is refused.
    pub(crate) tail: Option<Ident>,
}

/// A number as written.
pub(crate) enum Digits {
    Whole(LitInt),
    Decimal(LitFloat),
}

/// `word`, `Name`, `path::Name`, `subject.verb`, each with what follows it.
pub(crate) struct WordSyntax {
    pub(crate) path: Vec<Ident>,
    /// The path is separated by `.` at its last step.
    pub(crate) dotted: bool,
    pub(crate) args: Option<(Vec<ArgSyntax>, Span)>,
    pub(crate) list: Option<(Vec<ValueSyntax>, Span)>,
    pub(crate) block: Option<BodySyntax>,
}

/// `value` or `name: value` in parentheses.
pub(crate) struct ArgSyntax {
    pub(crate) name: Option<Ident>,
    pub(crate) value: ValueSyntax,
}

impl WordSyntax {
    /// The only segment of the path, if there is one only.
    pub(crate) fn single(&self) -> Option<&Ident> {
        match &self.path[..] {
            [word] => Some(word),
            _ => None,
        }
    }

    /// Nothing follows the path.
    pub(crate) fn bare(&self) -> bool {
        self.args.is_none() && self.list.is_none() && self.block.is_none()
    }

    /// The smallest token that says which word it is.
    pub(crate) fn span(&self) -> Span {
        self.path.last().map_or_else(Span::call_site, Ident::span)
    }
}

impl ValueSyntax {
    pub(crate) fn span(&self) -> Span {
        match self {
            ValueSyntax::Text(text) => text.span(),
            ValueSyntax::Number(number) => number.span(),
            ValueSyntax::Bool(value) => value.span(),
            ValueSyntax::Word(word) => word.span(),
            ValueSyntax::List(_, span) | ValueSyntax::Unread(span) => *span,
            ValueSyntax::Block(body) => body.open,
            ValueSyntax::Macro(call) => call.name.span(),
        }
    }
}

impl NumberSyntax {
    pub(crate) fn span(&self) -> Span {
        match &self.digits {
            Digits::Whole(digits) => digits.span(),
            Digits::Decimal(digits) => digits.span(),
        }
    }

    /// The number, as a float, if one can hold it.
    pub(crate) fn float(&self) -> Option<f64> {
        let number: f64 = match &self.digits {
            Digits::Whole(digits) => digits.base10_digits().parse().ok()?,
            Digits::Decimal(digits) => digits.base10_digits().parse().ok()?,
        };
        number.is_finite().then_some(if self.negative { -number } else { number })
    }

    /// The number, if it is whole and fits.
    pub(crate) fn whole(&self) -> Option<i64> {
        match &self.digits {
            Digits::Whole(digits) => {
                let number: i64 = digits.base10_digits().parse().ok()?;
                Some(if self.negative { -number } else { number })
            }
            Digits::Decimal(_) => None,
        }
    }

    /// No percent sign, no unit.
    pub(crate) fn plain(&self) -> bool {
        !self.percent && self.unit.is_none()
    }
}
