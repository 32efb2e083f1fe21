//! What a walk through a declaration carries along, and what it brings back.

use crate::attributes::OuterAttributes;
use crate::composition::types_of;
use crate::errors::Errors;
use crate::names::Symbols;
use crate::stages::StageNames;
use crate::syntax::StackSyntax;
use crate::tokens::{Tokens, tokens};
use plg_core::{Block, Given, Node, Site, Spec};
use proc_macro2::{Ident, Span};
use quote::format_ident;
use std::collections::HashMap;

/// A declaration inside another.
pub(crate) struct Child {
    pub(crate) attributes: OuterAttributes,
    pub(crate) name: Ident,
    pub(crate) spec: &'static Spec,
    pub(crate) literal: Tokens,
    pub(crate) open: Span,
    /// The stage that is read says something else of it.
    pub(crate) is_staged: bool,
}

/// A value, read: nothing for the rules where it is wrong, but always something to expand to.
pub(crate) struct LoweredValue {
    pub(crate) node: Option<Node>,
    pub(crate) tokens: Tokens,
}

/// Where everything stands that the rules may speak of.
#[derive(Default)]
pub(crate) struct Sites {
    /// Each [`Site`] by its number.
    pub(crate) spans: Vec<Span>,
    /// The kinds that a reference to another stack may be of, by the number of its site.
    pub(crate) kinds: HashMap<u32, &'static [&'static str]>,
}

/// The texts that names of keys stand for, by the number of their site: as far as this stack knows them.
pub(crate) type KeyTexts = HashMap<u32, String>;

impl Sites {
    /// Where a site is.
    pub(crate) fn span(&self, site: Site) -> Option<Span> {
        self.spans.get(usize::try_from(site.0).ok()?).copied()
    }
}

/// What a walk through one declaration needs.
pub(crate) struct Lowering<'a> {
    pub(crate) errors: &'a mut Errors,
    pub(crate) stack: &'a StackSyntax,
    pub(crate) names: &'a Symbols,
    pub(crate) sites: &'a mut Sites,
    pub(crate) refs: Vec<(usize, Span)>,
    /// The same of fields that its parts apply: it does not need what these name.
    pub(crate) later: Vec<(usize, Span)>,
    pub(crate) children: Vec<Child>,
    /// The stages that can be named.
    pub(crate) stages: &'a StageNames,
    /// The stage that is read; none for what holds where no stage says otherwise.
    pub(crate) stage: Option<Ident>,
    /// The stages that declarations inside this one name.
    pub(crate) inner_stages: Vec<Ident>,
    /// The names beside the one that is read, inside a declaration.
    pub(crate) siblings: Vec<String>,
    /// What was called otherwise before: its kind with its former name, its name, and where that is said.
    pub(crate) former: Vec<Former>,
    /// The field that is read has keys that an application sees.
    pub(crate) is_surface: bool,
    /// What is written before these keys.
    pub(crate) keys: Vec<(String, OuterAttributes)>,
    /// The declaration walked through: what is inside it belongs to it.
    pub(crate) owner: Option<Ident>,
    /// What is walked through stands inside another declaration.
    pub(crate) inside: bool,
    /// A text of it is a constant.
    pub(crate) constants: bool,
    /// The declaration walked through, as far as it can be read: where something in it is wrong.
    pub(crate) partly: Option<Block>,
    /// A span that nobody hovers, for tokens that nobody wrote.
    pub(crate) quiet: Span,
    /// The short name of the module that has the types of what is walked through.
    pub(crate) types: Ident,
}

/// A name that something had before.
pub(crate) struct Former {
    /// Its kind and the name: what only one declaration can have been.
    pub(crate) was: (&'static str, String),
    /// Its name now.
    pub(crate) name: String,
    /// Where that is said.
    pub(crate) at: Span,
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(
        errors: &'a mut Errors,
        stack: &'a StackSyntax,
        names: &'a Symbols,
        stages: &'a StageNames,
        sites: &'a mut Sites,
    ) -> Self {
        Lowering {
            errors,
            stack,
            names,
            sites,
            refs: Vec::new(),
            later: Vec::new(),
            children: Vec::new(),
            stages,
            stage: None,
            inner_stages: Vec::new(),
            siblings: Vec::new(),
            former: Vec::new(),
            is_surface: false,
            keys: Vec::new(),
            owner: None,
            inside: false,
            constants: false,
            partly: None,
            quiet: Span::call_site(),
            types: Ident::new("__plg", Span::call_site()),
        }
    }
}

impl Lowering<'_> {
    pub(crate) fn site(&mut self, span: Span) -> Site {
        self.sites.spans.push(span);
        Site(u32::try_from(self.sites.spans.len() - 1).unwrap_or(u32::MAX))
    }

    pub(crate) fn node(&mut self, span: Span, given: Given) -> Node {
        Node { at: self.site(span), given }
    }

    /// The same of something that holds values, some of which may be wrong.
    pub(crate) fn node_around(&mut self, whole: bool, span: Span, given: Given) -> Node {
        if whole { self.node(span, given) } else { Node { at: Site::UNREAD, given } }
    }

    /// A type that what is walked through is made of: its provider's, or of the language.
    pub(crate) fn ty(&self, name: &str) -> Tokens {
        let (types, name, at) = (&self.types, Ident::new(name, self.quiet), self.quiet);
        tokens!(at=> #types::#name)
    }
}

/// A type of the language, through the short name that every expansion gives its types: paths in full would be
/// half of all tokens.
pub(crate) fn ty(name: &str, at: Span) -> Tokens {
    let name = Ident::new(name, at);
    tokens!(at=> __plg::#name)
}

/// A value that is not there: of any type, so that what stands around it can still be completed.
pub(crate) fn nothing() -> LoweredValue {
    LoweredValue { node: None, tokens: tokens!(Span::call_site()=> loop {}) }
}

/// `a::b`, with the tokens as written.
pub(crate) fn path(segments: &[Ident]) -> Tokens {
    let mut out = Tokens::default();
    for (place, segment) in segments.iter().enumerate() {
        if place > 0 {
            out.written("::", segment.span());
        }
        out.one(if segment == "Self" { format_ident!("Self_") } else { rust_name(segment) });
    }
    out
}

/// A word as Rust takes it for a name: `r#type`. What leads to a module stays as it is.
pub(crate) fn rust_name(word: &Ident) -> Ident {
    let name = word.to_string();
    match plg_core::text::unreserved(&name).strip_prefix("r#") {
        Some(keyword) if !name.starts_with("r#") => Ident::new_raw(keyword, word.span()),
        _ => word.clone(),
    }
}

/// The type of a kind's statics, under its keyword.
pub(crate) fn keyword(spec: &Spec, at: Span) -> Tokens {
    let (keyword, types) = (Ident::new(spec.keyword, at), types_of(spec.provider()));
    tokens!(at=> #types::keyword::#keyword)
}

/// The static of what is declared inside `owner`: beside it, also in a function, and under a name that nothing else has.
pub(crate) fn inside(owner: &Ident, name: &Ident) -> Ident {
    format_ident!("__{}__{}", owner, name, span = Span::call_site().located_at(name.span()))
}

/// Where a value is, as the macro's own: lints that are about how a value is written leave it alone.
pub(crate) fn own(at: Span) -> Span {
    Span::call_site().located_at(at)
}
