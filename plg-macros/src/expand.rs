//! Writes each declaration as a static of its kind's own type, and the list of them.

use crate::errors::Errors;
use crate::header::Header;
use crate::lower::{Child, Item, Lowered, keyword, module};
use crate::names::Names;
use crate::order::Order;
use crate::surface;
use crate::syntax::{Declaration, Stack};
use plg_schema::Spec;
use proc_macro2::{Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::Attribute;

/// The whole expansion: also of a stack with mistakes, so that its names still resolve.
pub(crate) fn stack(
    errors: &Errors,
    stack: &Stack,
    names: &Names,
    header: &Header,
    lowered: &Lowered,
    order: &Order,
) -> TokenStream {
    let mut out = quote!(
        #[allow(unused_imports)]
        use ::plg_schema::kinds::types as __plg;
    );
    let mut rows = Rows::default();
    for kind in &stack.unfinished {
        out.extend(quote!(::plg_schema::in_editor! { const _: ::core::option::Option<::plg_schema::kinds::keyword::#kind> = ::core::option::Option::None; }));
    }
    for place in &order.places {
        let (declaration, item) = (&stack.declarations[*place], &lowered.items[*place]);
        let Some(spec) = names.specs[*place] else {
            let (name, kind) = (&declaration.name, &declaration.kind);
            out.extend(quote!(
                ::plg_schema::in_editor! { pub static #name: ::plg_schema::kinds::keyword::#kind = loop {}; }
            ));
            continue;
        };
        out.extend(self::declaration(declaration, item, spec));
        out.extend(surface::write(declaration, item, spec));
        if errors.len() == 0 {
            rows.add(declaration, item, order.waves[*place]);
        }
    }
    out.extend(stages(header));
    for entry in lowered.items.iter().flat_map(|i| &i.stages) {
        if let Some(of) = &header.stages_of {
            let stage = &entry.stage;
            // Spelled out, so that rustc checks the stage's name against the whole stack's.
            out.extend(quote_spanned!(stage.span()=> const _: &str = #of::stages::#stage;));
        }
    }
    let (name, stage_rows) = (&header.name, &header.stages);
    let (parts, Rows { items, waves, overrides, .. }) = (&header.parts, rows);
    out.extend(quote! {
        /// Everything declared here, dependencies first.
        #[allow(unreachable_pub)]
        pub static STACK: __plg::Stack = __plg::Stack {
            name: #name,
            stages: &[#stage_rows],
            items: &[#items],
            waves: &[#waves],
            overrides: &[#overrides],
            parts: &[#(&#parts::STACK),*],
            folder: ::core::env!("CARGO_MANIFEST_DIR"),
        };
    });
    out
}

fn stages(header: &Header) -> TokenStream {
    if header.name.is_empty() {
        return TokenStream::new();
    }
    let names = header.stage_names.iter().map(|name| {
        let (text, doc) = (name.to_string(), format!("The stage `{name}`."));
        quote!(#[doc = #doc] #[allow(non_upper_case_globals, unreachable_pub)] pub const #name: &str = #text;)
    });
    quote! {
        /// The stages of this stack, for its parts to name.
        #[allow(unreachable_pub)]
        pub mod stages { #(#names)* }
    }
}

/// The docs of a declaration, or a line that stands in for them.
pub(crate) fn docs(docs: &[Attribute], spec: &Spec, name: &Ident) -> TokenStream {
    if docs.is_empty() {
        let line = format!("The {} `{name}`.", spec.keyword);
        return quote!(#[doc = #line]);
    }
    quote!(#(#docs)*)
}

fn declaration(declaration: &Declaration, item: &Item, spec: &'static Spec) -> TokenStream {
    let (name, open, literal) = (&declaration.name, declaration.body.open, &item.literal);
    let kind = keyword(spec, declaration.kind.span());
    let docs = docs(&declaration.docs, spec, name);
    let mut out = TokenStream::new();
    if item.broken {
        // rustc gets a name of the right type and no more, so that one mistake is one error;
        // an editor gets all there is, to complete.
        out.extend(quote_spanned! {open=>
            ::plg_schema::in_compiler! {
                #[allow(non_upper_case_globals, improper_ctypes, unreachable_pub)]
                unsafe extern "C" { #docs pub safe static #name: #kind; }
            }
            ::plg_schema::in_editor! { #docs pub static #name: #kind = #literal; }
        });
    } else {
        out.extend(quote_spanned!(open=> #docs #[allow(non_upper_case_globals, unreachable_pub)] pub static #name: #kind = #literal;));
        for stage in &item.stages {
            let (hidden, literal) = (staged(&stage.stage, name), &stage.literal);
            out.extend(quote_spanned!(open=> #[doc(hidden)] #[allow(non_upper_case_globals, unreachable_pub)] pub static #hidden: #kind = #literal;));
        }
    }
    if !item.children.is_empty() && !item.broken {
        out.extend(children(name, &item.children));
    }
    out
}

fn children(owner: &Ident, children: &[Child]) -> TokenStream {
    let module = module(owner);
    let statics = children.iter().map(|child| {
        let (name, literal) = (&child.name, &child.literal);
        let kind = keyword(child.spec, child.open);
        let docs = docs(&child.docs, child.spec, name);
        quote_spanned!(child.open=> #docs #[allow(non_upper_case_globals, unreachable_pub)] pub static #name: #kind = #literal;)
    });
    let doc = format!("What `{owner}` holds, in order.");
    quote! {
        #[doc = #doc]
        #[allow(unreachable_pub)]
        pub mod #module {
            use super::__plg;
            #(#statics)*
        }
    }
}

fn staged(stage: &Ident, name: &Ident) -> Ident {
    format_ident!("__{}_in_{}", name, stage, span = Span::call_site().located_at(name.span()))
}

fn colon(spacing: Spacing) -> TokenTree {
    Punct::new(':', spacing).into()
}

fn comma() -> TokenTree {
    Punct::new(',', Spacing::Alone).into()
}

/// The list of declarations. In three arrays, as the compiler checks a plain reference in half the time
/// that a struct around it takes.
#[derive(Default)]
struct Rows {
    count: usize,
    items: TokenStream,
    waves: TokenStream,
    overrides: TokenStream,
}

impl Rows {
    fn add(&mut self, declaration: &Declaration, item: &Item, wave: u32) {
        // Quiet copies of the name: an editor should find one definition and its uses, not these.
        let name = Ident::new(&declaration.name.to_string(), Span::call_site());
        for stage in &item.stages {
            let (place, text, hidden) = (self.count, stage.stage.to_string(), staged(&stage.stage, &name));
            self.overrides.extend(quote!(__plg::Override { place: #place, stage: #text, item: &#hidden },));
        }
        self.push(wave, [TokenTree::Ident(name.clone())]);
        let module = module(&name);
        for (place, child) in item.children.iter().enumerate() {
            let inner = Ident::new(&child.name.to_string(), Span::call_site());
            let after = u32::try_from(place).unwrap_or(u32::MAX).saturating_add(1);
            let path = [TokenTree::Ident(module.clone()), colon(Spacing::Joint), colon(Spacing::Alone), inner.into()];
            self.push(wave.saturating_add(after), path);
        }
    }

    /// Token by token: a stream put to a stream asks the compiler twice.
    fn push<const N: usize>(&mut self, wave: u32, path: [TokenTree; N]) {
        self.count += 1;
        self.items.extend([TokenTree::Punct(Punct::new('&', Spacing::Alone))]);
        self.items.extend(path);
        self.items.extend([comma()]);
        self.waves.extend([TokenTree::Literal(Literal::u32_unsuffixed(wave)), comma()]);
    }
}
