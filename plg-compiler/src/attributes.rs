//! Attributes: each has its effect on what is emitted, or is refused where it stands.
//!
//! Doc comments, `deprecated` and lint levels reach the emitted item, `derive` the application's type. No other can have
//! an effect: a macro sees `#[cfg(…)]` and does not know what holds, so that what stands under it would be declared
//! either way.

use crate::errors::{Errors, Parsed};
use crate::tokens::tokens;
use plg_core::codes;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Attribute, Lit, Meta};

/// What reaches the emitted item as it is, beside its docs.
const PASSED: [&str; 6] = ["deprecated", "allow", "expect", "warn", "deny", "forbid"];

/// The attributes before a declaration, a field or a key.
#[derive(Default, Clone)]
pub(crate) struct OuterAttributes {
    /// Doc comments, and what else rustdoc is told.
    pub(crate) docs: Vec<Attribute>,
    /// What the application's type can do beyond what it can do anyway.
    pub(crate) derives: Vec<Attribute>,
    /// `deprecated` and lint levels.
    pub(crate) passed: Vec<Attribute>,
}

/// Reads the attributes that stand here; says which of them can have no effect anywhere.
pub(crate) fn read(errors: &mut Errors, input: ParseStream) -> Parsed<OuterAttributes> {
    let mut all = OuterAttributes::default();
    for attribute in input.call(Attribute::parse_outer)? {
        let path = attribute.path();
        if path.is_ident("doc") {
            all.docs.extend(doc(errors, attribute));
        } else if path.is_ident("derive") {
            all.derives.push(attribute);
        } else if PASSED.iter().any(|name| path.is_ident(name)) {
            all.passed.push(attribute);
        } else {
            let at = path.segments.last().map_or_else(Span::call_site, |segment| segment.ident.span());
            let name = path.to_token_stream().to_string().replace(' ', "");
            errors.at(codes::ATTRIBUTE, at, refused(&name));
        }
    }
    Ok(all)
}

fn refused(name: &str) -> String {
    match name {
        "cfg" | "cfg_attr" => format!(
            "`{name}` has no effect inside a stack: a macro cannot evaluate it\n\
             help: move the declaration into a part, and put `#[cfg(…)]` before the part's module, with an empty `stack! {{}}` for the other case"
        ),
        name => format!(
            "`{name}` has no effect here\nhelp: remove it; doc comments, `derive`, `deprecated` and lint levels have an effect"
        ),
    }
}

/// A doc comment with its text written out, or what else is said to rustdoc.
fn doc(errors: &mut Errors, attribute: Attribute) -> Option<Attribute> {
    let Meta::NameValue(meta) = &attribute.meta else { return Some(attribute) };
    let value = meta.value.to_token_stream();
    match literal(&value) {
        Some(Lit::Str(_)) => Some(attribute),
        _ => match concatenated(value.clone()) {
            Some(text) => {
                let at = value.into_iter().next().map_or_else(Span::call_site, |token| token.span());
                let pound = attribute.pound_token.span;
                let parsed = tokens!(at=> #[doc = #text]).stream();
                let mut one = syn::parse::Parser::parse2(Attribute::parse_outer, parsed).ok()?.pop()?;
                one.pound_token.span = pound;
                Some(one)
            }
            None => {
                let at = value.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span());
                errors.at(codes::ATTRIBUTE, at, "`stack!` needs this description as a literal\nhelp: write the text as `/// …` or `#[doc = \"…\"]`; `concat!` of literals works too");
                None
            }
        },
    }
}

fn literal(value: &TokenStream) -> Option<Lit> {
    syn::parse2(value.clone()).ok()
}

/// The text of a `concat!` of literals.
fn concatenated(value: TokenStream) -> Option<String> {
    let mut tokens = value.into_iter();
    let mut path = Vec::new();
    let group = loop {
        match tokens.next()? {
            TokenTree::Group(group) => break group,
            token => path.push(token.to_string()),
        }
    };
    if tokens.next().is_some()
        || !["concat!", "::core::concat!", "::std::concat!", "core::concat!", "std::concat!"].contains(&&*path.concat())
    {
        return None;
    }
    let mut out = String::new();
    let mut part = TokenStream::new();
    let mut parts = Vec::new();
    for token in group.stream() {
        if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',') {
            parts.push(std::mem::take(&mut part));
        } else {
            part.extend([token]);
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    for part in parts {
        out.push_str(&match literal(&part) {
            Some(Lit::Str(text)) => text.value(),
            Some(Lit::Char(one)) => one.value().to_string(),
            Some(Lit::Bool(yes)) => yes.value.to_string(),
            Some(Lit::Int(number)) => number.base10_digits().to_owned(),
            Some(Lit::Float(number)) => number.base10_digits().to_owned(),
            Some(_) => return None,
            None => concatenated(part)?,
        });
    }
    Some(out)
}

impl OuterAttributes {
    /// Says of each that it stands where it can have no effect.
    pub(crate) fn none_here(&self, errors: &mut Errors) {
        for doc in &self.docs {
            let message = "a doc comment has to stand before a declaration, a property, a variant or an option\nhelp: write a remark as `// …`";
            errors.at(codes::ATTRIBUTE, doc.pound_token.span, message);
        }
        self.no_derives(errors);
        for attribute in &self.passed {
            let name = attribute.path().to_token_stream().to_string();
            let message = format!(
                "`{name}` has no effect here: this has no Rust type of its own\nhelp: write it before the declaration"
            );
            errors.at(codes::ATTRIBUTE, attribute.pound_token.span, message);
        }
    }

    /// Says of each `derive` that the application gets no type of this alone.
    pub(crate) fn no_derives(&self, errors: &mut Errors) {
        for derive in &self.derives {
            let message = "this has no Rust type of its own\nhelp: write `derive` before the declaration";
            errors.at(codes::ATTRIBUTE, derive.pound_token.span, message);
        }
    }
}
