//! The types of properties that are one of a list of texts.

use super::{ALL, LIST, OPTIONAL, Shell, can_start, identifier, inside, word_traits};
use crate::attributes::OuterAttributes;
use crate::lower::{KeyTexts, path};
use crate::tokens::{Tokens, tokens};
use plg_core::inert::inert;
use plg_core::{Given, Node, Site, text};
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use std::collections::HashSet;
use syn::Attribute;
use syn::parse::Parser;
use syn::punctuated::Punctuated;

/// A property that is one of a list of texts: an enum of its own.
pub(super) struct Chosen {
    /// The enum.
    pub(super) name: Ident,
    /// Whether the property may be missing.
    pub(super) optional: bool,
    /// Whether there may be any number of them.
    pub(super) is_list: bool,
    /// In the order written.
    pub(super) texts: Vec<ChosenText>,
}

/// One of the texts.
pub(super) struct ChosenText {
    /// Its variant.
    pub(super) ident: Ident,
    /// How it is written.
    pub(super) written: String,
    /// Where.
    pub(super) at: Site,
    /// An expression for it.
    text: Tokens,
    /// Whether that is a literal.
    is_known: bool,
    doc: String,
}

/// What a property is, where it is one of a list of texts.
pub(super) fn of(owner: &Ident, key: &str, node: &Node, texts: &KeyTexts, is_broken: bool, at: Span) -> Option<Chosen> {
    let optional = inside(Some(node), OPTIONAL);
    let list = inside(optional.or(Some(node)), LIST);
    let texts_of = list_of(list.or(optional).unwrap_or(node).held()?)?;
    let (optional, is_list) = (optional.is_some(), list.is_some());
    let texts: Vec<ChosenText> = texts_of.iter().filter_map(|node| one(node, texts, is_broken, at)).collect();
    let name = identifier(&format!("{}{}", owner.to_string().trim_start_matches("r#"), text::pascal(key)), at);
    (!texts.is_empty()).then_some(Chosen { name, optional, is_list, texts })
}

fn list_of(node: &Node) -> Option<&Vec<Node>> {
    match &node.given {
        Given::List(list) => Some(list),
        _ => None,
    }
}

fn one(node: &Node, texts: &KeyTexts, is_broken: bool, at: Span) -> Option<ChosenText> {
    let known = texts.get(&node.at.0);
    let (name, written, of) = match &node.given {
        Given::Text(text) => (text::pascal(text), text.clone(), None),
        Given::Key { of, member: None } => (referred(of).to_owned(), of.clone(), Some((of, None))),
        Given::Key { of, member: Some(member) } => {
            (text::pascal(member), format!("{of}.{member}"), Some((of, Some(member))))
        }
        _ => return None,
    };
    let ident = match can_start(&name) && !name.is_empty() && name != "Self" && name != ALL {
        true => identifier(&name, at),
        false => identifier(&format!("V{name}"), at),
    };
    let (text, is_known) = match (known, of) {
        (Some(text), _) => (tokens!(at=> #text), true),
        // Somebody else's, or a constant: whoever declares it knows it.
        (None, Some((of, None))) if !is_broken => {
            let of = path(&idents(of, at));
            (tokens!(at=> __plg::key_of(&#of)), false)
        }
        (None, Some((of, Some(member)))) if !is_broken => {
            let (of, member) = (path(&idents(of, at)), member.as_str());
            (tokens!(at=> __plg::member_of(&#of, #member)), false)
        }
        _ => (tokens!(at=> ""), true),
    };
    let doc = match (known, of) {
        (Some(text), None) => format!("`{text}`"),
        (Some(text), Some(_)) => format!("`{text}`, the key of `{written}`."),
        (None, _) => format!("The key of `{written}`."),
    };
    Some(ChosenText { ident, written, at: node.at, text, is_known, doc: inert(&doc).into_owned() })
}

/// The name at the end of a path.
fn referred(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path).trim_start_matches("r#")
}

fn idents(path: &str, at: Span) -> Vec<Ident> {
    let one = |step: &str| match step.strip_prefix("r#") {
        Some(keyword) => Ident::new_raw(keyword, at),
        None => Ident::new(step, at),
    };
    path.split("::").map(one).collect()
}

/// What the enum can do without being told: a `derive` of the event is for its struct, and for its enums as far as it is
/// none of these.
const OWN: [&str; 9] = ["Clone", "Copy", "Debug", "Deserialize", "Eq", "Hash", "PartialEq", "Serialize", "Display"];

/// The derives of an event that its enums have not anyway.
fn derives(written: &OuterAttributes, at: Span) -> Tokens {
    let of_one = |derive: &Attribute| {
        let paths = derive.parse_args_with(Punctuated::<syn::Path, syn::Token![,]>::parse_terminated).ok()?;
        let is_new =
            |path: &syn::Path| path.segments.last().is_some_and(|last| OWN.iter().all(|own| last.ident != own));
        let kept: Vec<String> =
            paths.iter().filter(|path| is_new(path)).map(|path| path.to_token_stream().to_string()).collect();
        let kept = (!kept.is_empty()).then(|| format!("#[derive({})]", kept.join(", ")))?;
        Attribute::parse_outer.parse_str(&kept).ok()
    };
    let kept: Vec<Attribute> = written.derives.iter().filter_map(of_one).flatten().collect();
    let kept = &kept[..];
    tokens!(at=> #kept)
}

/// The enum: it is written as the text, in JSON and elsewhere, and read from it.
pub(super) fn write(shell: &Shell, written: &OuterAttributes, key: &str, chosen: &Chosen) -> Tokens {
    let (at, quiet, name) = (shell.at, &shell.quiet, &chosen.name);
    let doc = inert(&format!("What `{key}` of `{}` can be.", shell.name)).into_owned();
    let (mut shown, mut all, mut spelt) = (Tokens::default(), Tokens::default(), Tokens::default());
    let mut seen = HashSet::new();
    let mut names = Vec::new();
    // One that is there already has been reported.
    for ChosenText { ident, text, doc, .. } in chosen.texts.iter().filter(|one| seen.insert(one.ident.to_string())) {
        shown.add(tokens!(at=> #[doc = #doc] #ident,));
        all.add(tokens!(at=> Self::#ident,));
        spelt.add(tokens!(at=> Self::#ident => #text,));
        names.push(ident.to_string());
    }
    let names = names.join(" ");
    let constant = chosen.texts.iter().all(|one| one.is_known).then(|| tokens!(at=> const));
    let derives = derives(written, at);
    let traits = word_traits(name, &Ident::new("as_str", at), &names, quiet, at);
    tokens! {at=>
        #[doc = #doc]
        #derives
        pub enum #name { #shown }
        #quiet
        impl #name {
            /// Every one of them, in order.
            pub const ALL: &'static [Self] = &[#all];
            /// The text that is sent.
            pub #constant fn as_str(self) -> &'static str {
                match self { #spelt }
            }
        }
        #traits
        #quiet
        impl __plg::Hash for #name {
            fn hash<H: __plg::Hasher>(&self, to: &mut H) { __plg::Hash::hash(&(*self as usize), to) }
        }
        #quiet
        impl __plg::Serialize for #name {
            fn serialize<S: __plg::Serializer>(&self, to: S) -> __plg::Result<S::Ok, S::Error> {
                __plg::Serializer::serialize_str(to, self.as_str())
            }
        }
        #quiet
        impl<'de> __plg::Deserialize<'de> for #name {
            fn deserialize<D: __plg::Deserializer<'de>>(from: D) -> __plg::Result<Self, D::Error> {
                __plg::deserialized(from, Self::ALL, Self::as_str)
            }
        }
    }
}
