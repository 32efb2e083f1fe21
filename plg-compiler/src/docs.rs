//! Doc comments: as tokens again, and as text.

use crate::tokens::{Tokens, tokens};
use plg_core::inert::inert;
use plg_core::{Spec, prose};
use proc_macro2::{Ident, Span};
use std::borrow::Cow;
use syn::Attribute;

/// The docs of a declaration, or a line that stands in for them.
pub(crate) fn docs(docs: &[Attribute], spec: &Spec, name: &Ident) -> Tokens {
    docs_or(docs, Span::call_site(), || format!("The {} `{name}`.", spec.keyword))
}

/// The docs of something, or a line that stands in for them. They may be what `import` read in a web app: rustdoc
/// shows them, and runs nothing in them. The description stays as it is written.
pub(crate) fn docs_or(docs: &[Attribute], at: Span, otherwise: impl FnOnce() -> String) -> Tokens {
    let mut out = Tokens::default();
    if !docs.iter().any(|doc| line(doc).is_some()) {
        let line = otherwise();
        out.add(tokens!(at=> #[doc = #line]));
    }
    let is_changed = |(text, _, is_comment): (String, Span, bool)| {
        (is_comment && text.contains('\n')) || matches!(inert(&text), Cow::Owned(_))
    };
    if !docs.iter().filter_map(line).any(is_changed) {
        out.add(tokens!(Span::call_site()=> #docs));
        return out;
    }
    for attribute in docs {
        let Some((text, at, is_comment)) = line(attribute) else {
            let one = std::slice::from_ref(attribute);
            out.add(tokens!(Span::call_site()=> #one));
            continue;
        };
        let text = lines(text, is_comment).join("\n");
        for line in inert(&text).split('\n') {
            out.add(tokens!(at=> #[doc = #line]));
        }
    }
    out
}

/// The text of a doc comment, where it stands, and whether it is written as a comment.
fn line(attribute: &Attribute) -> Option<(String, Span, bool)> {
    let syn::Meta::NameValue(meta) = &attribute.meta else { return None };
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &meta.value else { return None };
    // All tokens of a comment stand where it stands.
    let is_comment = || attribute.pound_token.span.start() == text.span().start();
    attribute.path().is_ident("doc").then(|| (text.value(), text.span(), is_comment()))
}

/// The lines of one doc comment.
fn lines(text: String, is_comment: bool) -> Vec<String> {
    match text.contains('\n') {
        true if is_comment => prose::without_stars(&text),
        true => text.split('\n').map(str::to_owned).collect(),
        false => vec![text],
    }
}

/// The text of doc comments: lines joined, paragraphs and lists kept.
pub(crate) fn doc_text(docs: &[Attribute]) -> String {
    if docs.is_empty() {
        return String::new();
    }
    let all: Vec<String> =
        docs.iter().filter_map(line).flat_map(|(text, _, is_comment)| lines(text, is_comment)).collect();
    prose::joined(all.iter().map(String::as_str))
}
