//! Doc comments: as tokens again, and as text.

use crate::tokens::{Tokens, tokens};
use plg_schema::Spec;
use proc_macro2::{Ident, Span};
use syn::Attribute;

/// The docs of a declaration, or a line that stands in for them.
pub(crate) fn docs(docs: &[Attribute], spec: &Spec, name: &Ident) -> Tokens {
    if docs.is_empty() {
        let line = format!("The {} `{name}`.", spec.keyword);
        return tokens!(Span::call_site()=> #[doc = #line]);
    }
    tokens!(Span::call_site()=> #docs)
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
