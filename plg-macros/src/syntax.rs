//! What was written, token by token.

use proc_macro2::{Ident, Span};
use syn::{Attribute, LitBool, LitFloat, LitInt, LitStr};

/// A whole `stack!`.
pub(crate) struct Stack {
    pub(crate) header: Vec<Entry>,
    pub(crate) declarations: Vec<Declaration>,
    /// Kinds without a name yet: somebody is typing.
    pub(crate) unfinished: Vec<Ident>,
}

/// `docs #[derive(…)] existing kind Name { … }`.
pub(crate) struct Declaration {
    pub(crate) docs: Vec<Attribute>,
    /// What the application's type of it can do beyond what it can do anyway.
    pub(crate) derives: Vec<Attribute>,
    pub(crate) existing: bool,
    pub(crate) kind: Ident,
    pub(crate) name: Ident,
    pub(crate) body: Body,
}

/// `{ … }`.
pub(crate) struct Body {
    pub(crate) open: Span,
    pub(crate) entries: Vec<Entry>,
}

/// `key: value`, `Name { … }`, `Name`, or `in stage { … }`.
pub(crate) struct Entry {
    pub(crate) docs: Vec<Attribute>,
    /// Written `in key { … }`.
    pub(crate) stage: bool,
    pub(crate) key: Key,
    /// The colon; the key's span where there is none. Helper tokens borrow it, as nobody hovers a colon.
    pub(crate) colon: Span,
    /// Whether there is a colon.
    pub(crate) has_colon: bool,
    pub(crate) value: Option<Value>,
    pub(crate) body: Option<Body>,
}

/// A field's name, or a free key.
pub(crate) enum Key {
    Name(Ident),
    Text(LitStr),
}

impl Key {
    pub(crate) fn text(&self) -> String {
        match self {
            Key::Name(name) => name.to_string(),
            Key::Text(text) => text.value(),
        }
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            Key::Name(name) => name.span(),
            Key::Text(text) => text.span(),
        }
    }
}

/// A value.
pub(crate) enum Value {
    Text(LitStr),
    Number(Number),
    Bool(LitBool),
    Word(Word),
    List(Vec<Value>, Span),
    Block(Body),
}

/// `10`, `10%`, `7 days`, `7 days ago`.
pub(crate) struct Number {
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
pub(crate) struct Word {
    pub(crate) path: Vec<Ident>,
    /// The path is separated by `.` at its last step.
    pub(crate) dotted: bool,
    pub(crate) args: Option<(Vec<Arg>, Span)>,
    pub(crate) list: Option<(Vec<Value>, Span)>,
    pub(crate) block: Option<Body>,
}

/// `value` or `name: value` in parentheses.
pub(crate) struct Arg {
    pub(crate) name: Option<Ident>,
    pub(crate) value: Value,
}

impl Word {
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

impl Value {
    pub(crate) fn span(&self) -> Span {
        match self {
            Value::Text(text) => text.span(),
            Value::Number(number) => number.span(),
            Value::Bool(value) => value.span(),
            Value::Word(word) => word.span(),
            Value::List(_, span) => *span,
            Value::Block(body) => body.open,
        }
    }
}

impl Number {
    pub(crate) fn span(&self) -> Span {
        match &self.digits {
            Digits::Whole(digits) => digits.span(),
            Digits::Decimal(digits) => digits.span(),
        }
    }

    /// The number, as a float.
    pub(crate) fn float(&self) -> Option<f64> {
        let number: f64 = match &self.digits {
            Digits::Whole(digits) => digits.base10_digits().parse().ok()?,
            Digits::Decimal(digits) => digits.base10_digits().parse().ok()?,
        };
        Some(if self.negative { -number } else { number })
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

/// The text of doc comments: lines joined, paragraphs kept.
pub(crate) fn doc_text(docs: &[Attribute]) -> String {
    let mut paragraphs = vec![String::new()];
    for attribute in docs {
        let syn::Meta::NameValue(meta) = &attribute.meta else { continue };
        if !attribute.path().is_ident("doc") {
            continue;
        }
        let syn::Expr::Lit(literal) = &meta.value else { continue };
        let syn::Lit::Str(text) = &literal.lit else { continue };
        // An empty line is a line, too: it ends a paragraph.
        for line in text.value().split('\n') {
            let line = line.trim();
            if line.is_empty() {
                paragraphs.push(String::new());
            } else if let Some(last) = paragraphs.last_mut() {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(line);
            }
        }
    }
    paragraphs.retain(|p| !p.is_empty());
    paragraphs.join("\n\n")
}
