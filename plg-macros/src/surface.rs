//! The types an application uses: words to match on, properties to fill in, keys to name.

use crate::attributes::Attributes;
use crate::declarations::Item;
use crate::docs::{docs, docs_or};
use crate::syntax::DeclarationSyntax;
use crate::tokens::{Tokens, tokens};
use plg_schema::inert::inert;
use plg_schema::{Given, Node, PROPERTY_TYPES, Spec, text};
use proc_macro2::{Ident, Span};

/// One type with the declaration's name, next to its static: types and statics do not share names.
pub(crate) fn write(declaration: &DeclarationSyntax, item: &Item, spec: &Spec) -> Tokens {
    let surface = spec.surface;
    if !surface.shown() {
        return Tokens::default();
    }
    let (name, at) = (&declaration.name, span(declaration));
    let written = &declaration.attributes;
    let (docs, derives, passed) = (docs(&written.docs, spec, name), &written.derives[..], &written.passed[..]);
    let docs = tokens!(at=> #docs #passed #derives);
    let field = |field: &str| item.block.as_ref().and_then(|b| b.get(field));
    let constant = |(constant, from): &(&str, &str)| {
        let (constant, text) = (Ident::new(constant, at), field(from).and_then(Node::text).unwrap_or_default());
        let doc = format!("The {from} of this {}.", spec.keyword);
        tokens!(at=> #[doc = #doc] pub const #constant: &'static str = #text;)
    };
    let constants: Tokens = surface.constants.iter().map(constant).collect();
    let words = surface.variants.and_then(field).map(words).unwrap_or_default();
    if !words.is_empty() {
        return variants(declaration, item, spec, &docs, &constants, &words);
    }
    let properties = surface.properties.and_then(field).map(|n| n.map().to_vec()).unwrap_or_default();
    if surface.properties.is_some() {
        return properties_struct(declaration, item, &docs, &constants, &properties);
    }
    // A place for constants: each trait it had would cost the compiler more than all of it.
    tokens! {at=>
        #docs
        #[allow(unreachable_pub)]
        pub enum #name {}
        #[allow(unreachable_pub)]
        impl #name { #constants }
    }
}

/// Where what nobody wrote stands: at the declaration, so that what rustc says of it points there, and as the
/// macro's own, so that lints leave it alone.
fn span(declaration: &DeclarationSyntax) -> Span {
    Span::call_site().located_at(declaration.body.open)
}

/// `pub`, where the declaration's docs begin: rustc says there what could be derived.
fn public(declaration: &DeclarationSyntax) -> Ident {
    let at = span(declaration);
    Ident::new("pub", declaration.attributes.docs.first().map_or(at, |doc| at.located_at(doc.pound_token.span)))
}

/// What becomes a variant: its name, and the word its API knows.
struct VariantName {
    name: String,
    text: String,
}

/// What is written before a key that an application sees.
fn written<'a>(item: &'a Item, key: &str) -> Option<&'a Attributes> {
    item.keys.iter().find(|(name, _)| name == key).map(|(_, attributes)| attributes)
}

fn words(node: &Node) -> Vec<VariantName> {
    match &node.given {
        Given::Map(map) => {
            map.iter().map(|(key, ..)| VariantName { name: text::pascal(key), text: key.clone() }).collect()
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
                    .map_or_else(|| text::title(&name), str::to_owned);
                VariantName { name, text }
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn variants(
    declaration: &DeclarationSyntax,
    item: &Item,
    spec: &Spec,
    docs: &Tokens,
    constants: &Tokens,
    words: &[VariantName],
) -> Tokens {
    let (name, at) = (&declaration.name, span(declaration));
    let idents: Vec<Ident> = words
        .iter()
        .map(|word| {
            // The token as written, where there is one, so that an editor leads to it.
            let written = item.children.iter().find(|c| c.name == word.name).map(|c| c.name.clone());
            written.unwrap_or_else(|| variant(&word.name, at))
        })
        .collect();
    let (mut shown, mut all, mut spelt) = (Tokens::default(), Tokens::default(), Tokens::default());
    for (ident, word) in idents.iter().zip(words) {
        let (text, doc) = (&word.text, inert(&format!("`{}`", word.text)).into_owned());
        let child = item.children.iter().find(|child| child.name == word.name).map(|child| &child.attributes);
        let passed = child.or_else(|| written(item, text)).map_or(&[][..], |written| &written.passed);
        shown.add(tokens!(at=> #[doc = #doc] #passed #ident,));
        all.add(tokens!(at=> Self::#ident,));
        spelt.add(tokens!(at=> Self::#ident => #text,));
    }
    let names: Vec<String> = idents.iter().map(Ident::to_string).collect();
    let names = names.join(" ");
    let public = public(declaration);
    let (thing, method) = (
        spec.surface.word,
        Ident::new(spec.surface.word.rsplit(' ').next().filter(|w| !w.is_empty()).unwrap_or("word"), at),
    );
    let doc = format!("The {thing}, as its API knows it.");
    // Written out where a derive would do: the compiler checks these in half the time.
    tokens! {at=>
        #docs
        #[allow(unreachable_pub)]
        #public enum #name { #shown }
        #[allow(unreachable_pub)]
        impl #name {
            #constants
            /// Every one of them, in order.
            pub const ALL: &'static [Self] = &[#all];
            #[doc = #doc]
            pub const fn #method(self) -> &'static str {
                match self { #spelt }
            }
        }
        impl __plg::Copy for #name {}
        impl __plg::Clone for #name {
            fn clone(&self) -> Self { *self }
        }
        impl __plg::Eq for #name {}
        impl __plg::PartialEq for #name {
            fn eq(&self, other: &Self) -> bool { *self as usize == *other as usize }
        }
        impl __plg::FromStr for #name {
            type Err = __plg::UnknownWord;
            fn from_str(text: &str) -> __plg::Read<Self> { __plg::word(text, Self::ALL, Self::#method) }
        }
        impl __plg::fmt::Display for #name {
            fn fmt(&self, f: &mut __plg::fmt::Formatter<'_>) -> __plg::fmt::Result { f.write_str(self.#method()) }
        }
        impl __plg::fmt::Debug for #name {
            fn fmt(&self, f: &mut __plg::fmt::Formatter<'_>) -> __plg::fmt::Result { __plg::name(f, #names, *self as usize) }
        }
    }
}

fn properties_struct(
    declaration: &DeclarationSyntax,
    item: &Item,
    docs: &Tokens,
    constants: &Tokens,
    properties: &[(String, plg_schema::Site, Node)],
) -> Tokens {
    let (name, at) = (&declaration.name, span(declaration));
    let mut fields = Tokens::default();
    let mut each = Tokens::default();
    for (key, _, node) in properties {
        let (ident, form) = (property(key, at), form(node));
        let written = written(item, key);
        let docs =
            docs_or(written.map_or(&[], |written| &written.docs), at, || inert(&format!("`{key}`")).into_owned());
        let passed = written.map_or(&[][..], |written| &written.passed);
        let (ty, method) = (Ident::new(form.ty, at), Ident::new(form.method, at));
        let ty = if form.optional { tokens!(at=> __plg::Option<__plg::#ty>) } else { tokens!(at=> __plg::#ty) };
        fields.add(tokens!(at=> #docs #passed pub #ident: #ty,));
        let lent = form.lent.then(|| tokens!(at=> &));
        each.add(tokens!(at=> to.#method(#key, #lent self.#ident);));
    }
    let public = public(declaration);
    let to = Ident::new(if properties.is_empty() { "_to" } else { "to" }, at);
    // No trait that it need not have: a derived `Debug` would cost the compiler three quarters of all of this.
    tokens! {at=>
        #docs
        #[allow(unreachable_pub)]
        #public struct #name { #fields }
        #[allow(unreachable_pub)]
        impl #name { #constants }
        impl __plg::Capture for #name {
            const NAME: &'static str = Self::NAME;
            fn each(&self, #to: &mut __plg::Properties) { #each }
        }
    }
}

/// A property's field.
fn property(key: &str, at: Span) -> Ident {
    let name = text::field(key);
    if can_start(&name) { identifier(&name, at) } else { identifier(&format!("p_{name}"), at) }
}

/// A word's variant.
fn variant(name: &str, at: Span) -> Ident {
    if can_start(name) && name != "Self" { identifier(name, at) } else { identifier(&format!("V{name}"), at) }
}

fn can_start(name: &str) -> bool {
    name.starts_with(|c: char| !c.is_ascii_digit())
}

/// A name, also one that is a keyword. Asking the compiler whether it is one takes longer than all of this.
fn identifier(name: &str, at: Span) -> Ident {
    if !name.is_ascii() && syn::parse_str::<Ident>(name).is_err() {
        let plain: String = name.chars().filter(char::is_ascii).collect();
        return Ident::new(&format!("p_{plain}"), at);
    }
    let name = text::unreserved(name);
    name.strip_prefix("r#").map_or_else(|| Ident::new(&name, at), |keyword| Ident::new_raw(keyword, at))
}

/// How a property looks in Rust.
struct Form {
    ty: &'static str,
    optional: bool,
    method: &'static str,
    lent: bool,
}

fn form(node: &Node) -> Form {
    let word = node.held().unwrap_or(node).word().unwrap_or_default();
    let known = PROPERTY_TYPES.iter().find(|form| form.word == word).unwrap_or(&PROPERTY_TYPES[0]);
    if node.held().is_some() {
        return Form { ty: known.ty, optional: true, method: "any", lent: true };
    }
    Form { ty: known.ty, optional: false, method: known.method, lent: known.lent }
}
