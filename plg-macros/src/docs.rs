//! Doc comments: as tokens again, and as text.

use crate::tokens::{Tokens, tokens};
use plg_schema::Spec;
use plg_schema::inert::inert;
use proc_macro2::{Ident, Span};
use std::borrow::Cow;
use syn::Attribute;

/// The docs of a declaration, or a line that stands in for them. They may be what `import` read in a web app: rustdoc
/// shows them, and runs nothing in them. The description stays as it is written.
pub(crate) fn docs(docs: &[Attribute], spec: &Spec, name: &Ident) -> Tokens {
    if docs.is_empty() {
        let line = format!("The {} `{name}`.", spec.keyword);
        return tokens!(Span::call_site()=> #[doc = #line]);
    }
    if !docs.iter().filter_map(line).any(|(line, _)| matches!(inert(&line), Cow::Owned(_))) {
        return tokens!(Span::call_site()=> #docs);
    }
    let mut out = Tokens::default();
    for attribute in docs {
        let Some((text, at)) = line(attribute) else {
            let one = std::slice::from_ref(attribute);
            out.add(tokens!(Span::call_site()=> #one));
            continue;
        };
        for line in inert(&text).split('\n') {
            out.add(tokens!(at=> #[doc = #line]));
        }
    }
    out
}

/// The text of a doc comment, and where it stands.
fn line(attribute: &Attribute) -> Option<(String, Span)> {
    let syn::Meta::NameValue(meta) = &attribute.meta else { return None };
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &meta.value else { return None };
    attribute.path().is_ident("doc").then(|| (text.value(), text.span()))
}

/// The text of doc comments: lines joined, paragraphs kept.
pub(crate) fn doc_text(docs: &[Attribute]) -> String {
    let mut paragraphs = vec![String::new()];
    for attribute in docs {
        let Some((text, _)) = line(attribute) else { continue };
        // An empty line is a line, too: it ends a paragraph.
        for line in text.split('\n') {
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
