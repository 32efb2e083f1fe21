//! The types an application uses: words to match on, properties to fill in, keys to name.

use crate::expand::docs;
use crate::lower::Item;
use crate::syntax::Declaration;
use plg_schema::{Given, Node, PROPERTY_TYPES, Spec};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// One type with the declaration's name, next to its static: types and statics do not share names.
pub(crate) fn write(declaration: &Declaration, item: &Item, spec: &Spec) -> TokenStream {
    let surface = spec.surface;
    if !surface.shown() {
        return TokenStream::new();
    }
    let name = &declaration.name;
    let (docs, derives) = (docs(&declaration.docs, spec, name), &declaration.derives);
    let docs = quote!(#docs #(#derives)*);
    let field = |field: &str| item.block.as_ref().and_then(|b| b.get(field));
    let constants = surface.constants.iter().map(|(constant, from)| {
        let (constant, text) = (format_ident!("{}", constant), field(from).and_then(Node::text).unwrap_or_default());
        let doc = format!("The {from} of this {}.", spec.keyword);
        quote!(#[doc = #doc] pub const #constant: &'static str = #text;)
    });
    let constants = quote!(#(#constants)*);
    let words = surface.variants.and_then(field).map(words).unwrap_or_default();
    if !words.is_empty() {
        return variants(declaration, item, spec, &docs, &constants, &words);
    }
    let properties = surface.properties.and_then(field).map(|n| n.map().to_vec()).unwrap_or_default();
    if surface.properties.is_some() {
        return properties_struct(declaration, &docs, &constants, &properties);
    }
    // A place for constants: each trait it had would cost the compiler more than all of it.
    quote! {
        #docs
        #[allow(unreachable_pub)]
        pub enum #name {}
        #[allow(unreachable_pub)]
        impl #name { #constants }
    }
}

/// What becomes a variant: its name, and the word its API knows.
struct Variant {
    name: String,
    text: String,
}

fn words(node: &Node) -> Vec<Variant> {
    match &node.given {
        Given::Map(map) => {
            map.iter().map(|(key, ..)| Variant { name: plg_schema::text::pascal(key), text: key.clone() }).collect()
        }
        Given::Case(_, Some(held)) => words(held),
        Given::Items(items) => items
            .iter()
            .map(|block| {
                let name = block.name.rsplit('.').next().unwrap_or_default().to_owned();
                let text = block
                    .fields
                    .iter()
                    .find_map(|f| f.2.text().filter(|_| f.0 == "title"))
                    .map_or_else(|| plg_schema::text::title(&name), str::to_owned);
                Variant { name, text }
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn variants(
    declaration: &Declaration,
    item: &Item,
    spec: &Spec,
    docs: &TokenStream,
    constants: &TokenStream,
    words: &[Variant],
) -> TokenStream {
    let name = &declaration.name;
    let idents: Vec<Ident> = words
        .iter()
        .map(|word| {
            // The token as written, where there is one, so that an editor leads to it.
            let written = item.children.iter().find(|c| c.name == word.name).map(|c| c.name.clone());
            written.unwrap_or_else(|| syn::parse_str(&word.name).unwrap_or_else(|_| format_ident!("V{}", word.name)))
        })
        .collect();
    let texts: Vec<&str> = words.iter().map(|w| w.text.as_str()).collect();
    let variant_docs = texts.iter().map(|t| format!("`{t}`"));
    let (thing, method) = (
        spec.surface.word,
        format_ident!("{}", spec.surface.word.rsplit(' ').next().filter(|w| !w.is_empty()).unwrap_or("word")),
    );
    let doc = format!("The {thing}, as its API knows it.");
    // Written out where a derive would do: the compiler checks these in half the time.
    quote! {
        #docs
        #[derive(Debug)]
        #[allow(unreachable_pub)]
        pub enum #name { #(#[doc = #variant_docs] #idents,)* }
        #[allow(unreachable_pub)]
        impl #name {
            #constants
            /// Every one of them, in order.
            pub const ALL: &'static [Self] = &[#(Self::#idents),*];
            /// Every word, in the same order.
            pub const WORDS: &'static [&'static str] = &[#(#texts),*];
            #[doc = #doc]
            pub const fn #method(self) -> &'static str {
                match self { #(Self::#idents => #texts,)* }
            }
        }
        impl ::core::marker::Copy for #name {}
        impl ::core::clone::Clone for #name {
            fn clone(&self) -> Self { *self }
        }
        impl ::core::cmp::Eq for #name {}
        impl ::core::cmp::PartialEq for #name {
            fn eq(&self, other: &Self) -> bool { *self as usize == *other as usize }
        }
        impl ::core::str::FromStr for #name {
            type Err = __plg::UnknownWord;
            fn from_str(text: &str) -> ::core::result::Result<Self, __plg::UnknownWord> {
                __plg::word(text, Self::ALL, Self::WORDS)
            }
        }
        impl ::core::fmt::Display for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.#method())
            }
        }
    }
}

fn properties_struct(
    declaration: &Declaration,
    docs: &TokenStream,
    constants: &TokenStream,
    properties: &[(String, plg_schema::Site, Node)],
) -> TokenStream {
    let name = &declaration.name;
    let mut fields = TokenStream::new();
    let mut each = TokenStream::new();
    for (key, _, node) in properties {
        let ident = property(key);
        let (form, doc) = (form(node), format!("`{key}`"));
        let ty = form.ty;
        fields.extend(quote!(#[doc = #doc] pub #ident: #ty,));
        let method = form.method;
        each.extend(if form.lent {
            quote!(to.#method(#key, &self.#ident);)
        } else {
            quote!(to.#method(#key, self.#ident);)
        });
    }
    let to = if properties.is_empty() { format_ident!("_to") } else { format_ident!("to") };
    quote! {
        #docs
        #[derive(Debug)]
        #[allow(unreachable_pub)]
        pub struct #name { #fields }
        #[allow(unreachable_pub)]
        impl #name { #constants }
        impl __plg::Capture for #name {
            const NAME: &'static str = Self::NAME;
            fn each(&self, #to: &mut __plg::Properties) { #each }
        }
    }
}

fn property(key: &str) -> Ident {
    let name: String = plg_schema::text::snake(&plg_schema::text::pascal(key));
    let name =
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) { format!("p_{name}") } else { name };
    syn::parse_str(&name).unwrap_or_else(|_| format_ident!("r#{}", name))
}

/// How a property looks in Rust.
struct Form {
    ty: TokenStream,
    method: Ident,
    lent: bool,
}

fn form(node: &Node) -> Form {
    if let Some(held) = node.held() {
        let inner = form(held).ty;
        return Form { ty: quote!(::core::option::Option<#inner>), method: format_ident!("any"), lent: true };
    }
    let word = node.word().unwrap_or_default();
    let known = PROPERTY_TYPES.iter().find(|form| form.word == word).unwrap_or(&PROPERTY_TYPES[0]);
    Form { ty: known.ty.parse().unwrap_or_default(), method: format_ident!("{}", known.method), lent: known.lent }
}
