//! The types an application uses: words to match on, properties to fill in, keys to name.

mod chosen;

use crate::attributes::OuterAttributes;
use crate::declarations::{Item, Lowered};
use crate::docs::{docs, docs_or};
use crate::errors::Errors;
use crate::lower::{KeyTexts, own, path};
use crate::names::Symbols;
use crate::syntax::{DeclarationSyntax, StackSyntax, ValueSyntax};
use crate::tokens::{Tokens, tokens};
use chosen::{Chosen, ChosenText};
use plg_core::inert::inert;
use plg_core::{Block, Field, Given, Node, PROPERTY_TYPES, Shape, Site, Spec, codes, linked, similar, text};
use proc_macro2::{Ident, Span};
use std::collections::{HashMap, HashSet};

/// One type with the declaration's name, next to its static: types and statics do not share names. Also where
/// something in the declaration is wrong, so that the application still has it.
pub(crate) fn write(declaration: &DeclarationSyntax, item: &Item, spec: &Spec, texts: &KeyTexts) -> Tokens {
    let surface = spec.surface;
    if !surface.shown() {
        return Tokens::default();
    }
    let (at, written) = (span(declaration), &declaration.attributes);
    let docs = docs(&written.docs, spec, &declaration.name);
    let (derives, passed) = (&written.derives[..], &written.passed[..]);
    let docs = tokens!(at=> #docs #passed #derives);
    let (name, quiet) = (type_name(&declaration.name), quiet(is_deprecated(declaration) || holds_deprecated(item)));
    // What is inside a field is there where that is written.
    let constant = |(constant, from): &(&str, &str)| {
        let (text, of) = match from.split_once('.') {
            Some((outer, inner)) => (field(item, outer)?.field(inner)?.text()?, format!("{inner} in `{outer}`")),
            None => (field(item, from).and_then(Node::text).unwrap_or_default(), (*from).to_owned()),
        };
        let (constant, doc) = (Ident::new(constant, at), format!("The {of} of this {}.", spec.keyword));
        Some(tokens!(at=> #[doc = #doc] pub const #constant: &'static str = #text;))
    };
    let constants: Tokens = surface.constants.iter().filter_map(constant).collect();
    let shell = Shell { name, at, public: public(declaration), docs, quiet, constants };
    let mut names = rust_names(declaration, item, spec);
    // One that is there already has been reported.
    let mut seen = HashSet::new();
    names.retain(|name| !(name.is_item && is_taken(spec, &name.key)) && seen.insert(name.ident.to_string()));
    if surface.properties.is_some() {
        return properties_struct(&shell, written, &names, &|name| chosen(&shell.name, item, name, texts, shell.at));
    }
    if !names.is_empty() {
        return variants(&shell, spec, &names);
    }
    let Shell { name, docs, quiet, constants, .. } = &shell;
    // A place for constants: each trait it had would cost the compiler more than all of it.
    tokens! {at=>
        #docs
        pub enum #name {}
        #quiet
        impl #name { #constants }
    }
}

/// Says which names would be one in Rust.
pub(crate) fn check(errors: &mut Errors, stack: &StackSyntax, symbols: &Symbols, lowered: &mut Lowered) {
    for (place, declaration) in stack.declarations.iter().enumerate() {
        let (Some(spec), item) = (symbols.specs[place], &mut lowered.items[place]) else { continue };
        let before = errors.len();
        let span = |at: Site| lowered.sites.span(at).unwrap_or_else(|| declaration.name.span());
        check_chosen(errors, declaration, item, spec, symbols, &lowered.texts, &span);
        let mut seen: HashMap<String, String> = HashMap::new();
        for name in rust_names(declaration, item, spec) {
            let at = span(name.at);
            let (ident, text) = (name.ident.to_string(), name.key);
            if text.trim().is_empty() {
                continue;
            }
            if name.is_item && is_taken(spec, &text) {
                errors.at(codes::SAME_IN_RUST, at, taken(&declaration.name, &ident));
            } else if let Some(first) = seen.insert(ident.clone(), text.clone()).filter(|first| *first != text) {
                let message = format!(
                    "`{text}` and `{first}` are both `{ident}` in the Rust type of `{}`\nhelp: write another key for one of them",
                    declaration.name
                );
                errors.at(codes::SAME_IN_RUST, at, message);
            }
        }
        item.broken |= errors.len() > before;
    }
}

/// Says which texts of a property would have one name in Rust, and which types of properties.
fn check_chosen(
    errors: &mut Errors,
    declaration: &DeclarationSyntax,
    item: &Item,
    spec: &Spec,
    symbols: &Symbols,
    texts: &KeyTexts,
    span: &dyn Fn(Site) -> Span,
) {
    let (owner, mut types) = (type_name(&declaration.name), HashSet::new());
    for property in spec.surface.properties.map(|_| rust_names(declaration, item, spec)).unwrap_or_default() {
        let Some(Chosen { name, texts, .. }) = chosen(&owner, item, &property, texts, self::span(declaration)) else {
            continue;
        };
        let (name, key) = (name.to_string(), &property.key);
        if symbols.index.contains_key(&name) || !types.insert(name.clone()) {
            let message = format!(
                "the Rust type of `{key}` would be `{name}`, and another declaration has that name\nhelp: give one of them another name"
            );
            errors.at(codes::SAME_IN_RUST, span(property.at), message);
        }
        let mut seen: HashMap<String, String> = HashMap::new();
        for ChosenText { ident, written, at, .. } in texts {
            let first = seen.entry(ident.to_string()).or_insert_with(|| written.clone());
            if *first != written {
                let message = format!(
                    "`{written}` and `{first}` are both `{ident}` in the Rust type of `{key}`\nhelp: leave one of them out, or give it another name"
                );
                errors.at(codes::SAME_IN_RUST, span(at), message);
            }
        }
    }
}

/// Whether a declaration is deprecated: for those who use it, not for the stack that it stands in.
pub(crate) fn is_deprecated(declaration: &DeclarationSyntax) -> bool {
    says_deprecated(&declaration.attributes)
}

/// Whether a variant, an option or a property is.
fn holds_deprecated(item: &Item) -> bool {
    let keys = item.keys.iter().map(|(_, attributes)| attributes);
    keys.chain(item.children.iter().map(|child| &child.attributes)).any(says_deprecated)
}

fn says_deprecated(attributes: &OuterAttributes) -> bool {
    attributes.passed.iter().any(|attribute| attribute.path().is_ident("deprecated"))
}

/// Before what the macro itself writes of something deprecated.
pub(crate) fn quiet(is_deprecated: bool) -> Option<Tokens> {
    is_deprecated.then(|| tokens!(Span::call_site()=> #[allow(deprecated)]))
}

/// What a type is written around.
struct Shell {
    name: Ident,
    at: Span,
    public: Ident,
    docs: Tokens,
    quiet: Option<Tokens>,
    constants: Tokens,
}

/// A field, as far as it could be read.
fn field<'a>(item: &'a Item, field: &str) -> Option<&'a Node> {
    item.block.as_ref().or(item.partly.as_ref())?.get(field)
}

/// The type's name: as it is written, or the macro's own where rustc would find fault with its case as well.
fn type_name(name: &Ident) -> Ident {
    let text = name.to_string();
    match text.starts_with(|c: char| c.is_uppercase()) && !text.contains('_') {
        true => name.clone(),
        false => identifier(&text, own(name.span())),
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

/// A variant or a field of the type.
pub(crate) struct RustName<'a> {
    /// Its name in the type.
    pub(crate) ident: Ident,
    /// The key, or the option's name.
    pub(crate) key: String,
    /// Where it is written.
    pub(crate) at: Site,
    /// Whether it is the name of a declaration, which nothing can be put before.
    pub(crate) is_item: bool,
    /// The word its API knows.
    text: String,
    /// What is written of it.
    docs: Option<Tokens>,
    /// What it holds, where it is a property.
    node: Option<&'a Node>,
    /// The type, where it is a group of properties that another declaration has.
    group: Option<Tokens>,
}

/// Each variant or field of a declaration's type, also where something else in it is wrong.
fn rust_names<'a>(declaration: &DeclarationSyntax, item: &'a Item, spec: &Spec) -> Vec<RustName<'a>> {
    let at = span(declaration);
    if let Some(name) = spec.surface.properties {
        let one = |(key, site, node): &'a (String, Site, Node)| RustName {
            ident: property(key, at),
            key: key.clone(),
            at: *site,
            is_item: false,
            text: key.clone(),
            docs: key_docs(item, key, at),
            node: Some(node),
            group: None,
        };
        let own = field(item, name).map_or(&[][..], Node::map).iter().map(one);
        return own.chain(groups(item, spec, at)).collect();
    }
    let Some(name) = spec.surface.variants else { return Vec::new() };
    let mut names = field(item, name).map(|node| words(node, item, spec, at)).unwrap_or_default();
    if names.is_empty() && item.broken {
        names = written(declaration, name).map(|key| key_name(&key, Site::UNREAD, spec, at)).collect();
    }
    names
}

/// The groups of properties that a declaration has: each is a field of the type of that group.
fn groups<'a>(item: &'a Item, spec: &Spec, at: Span) -> impl Iterator<Item = RustName<'a>> {
    let named = groups_field(spec).and_then(|name| field(item, name)).map_or(&[][..], Node::list);
    named.iter().filter_map(move |node| {
        let Given::Ref(Some(written)) = &node.given else { return None };
        // What leads to a module stays as it is.
        let segment = |segment: &str| match segment {
            "self" | "super" | "crate" => Ident::new(segment, at),
            name => identifier(name, at),
        };
        let path: Vec<Ident> = written.split("::").map(segment).collect();
        let own = path.last()?;
        Some(RustName {
            ident: property(&own.to_string(), at),
            key: written.clone(),
            at: node.at,
            is_item: false,
            text: written.clone(),
            docs: None,
            node: None,
            group: Some(self::path(&path)),
        })
    })
}

/// The field of a kind with properties that names declarations which have some, too.
fn groups_field(spec: &Spec) -> Option<&'static str> {
    let has_properties = |kind: &&str| linked::find(kind).is_some_and(|spec| spec.surface.properties.is_some());
    let is_it = |field: &&Field| match field.shape {
        Shape::List { item: Shape::Ref(kinds) } => kinds().iter().any(has_properties),
        _ => false,
    };
    spec.surface.properties.and_then(|_| spec.fields.iter().find(is_it)).map(|field| field.name)
}

fn words<'a>(node: &Node, item: &Item, spec: &Spec, at: Span) -> Vec<RustName<'a>> {
    match &node.given {
        Given::Map(map) => map
            .iter()
            .map(|(key, site, _)| RustName { docs: key_docs(item, key, at), ..key_name(key, *site, spec, at) })
            .collect(),
        Given::Case(_, Some(held)) => words(held, item, spec, at),
        Given::Items(items) => items.iter().map(|block| item_name(block, item, at)).collect(),
        _ => Vec::new(),
    }
}

fn key_name<'a>(key: &str, site: Site, spec: &Spec, at: Span) -> RustName<'a> {
    let name = text::pascal(key);
    let ident = match can_start(&name) && name != "Self" && !is_taken(spec, &name) {
        true => identifier(&name, at),
        false => identifier(&format!("V{name}"), at),
    };
    RustName {
        ident,
        key: key.to_owned(),
        at: site,
        is_item: false,
        text: key.to_owned(),
        docs: None,
        node: None,
        group: None,
    }
}

fn item_name<'a>(block: &Block, item: &Item, at: Span) -> RustName<'a> {
    let name = block.name.rsplit('.').next().unwrap_or_default().to_owned();
    // The token as written, where there is one, so that an editor leads to it.
    let child = item.children.iter().find(|child| child.name == name);
    RustName {
        ident: child.map_or_else(|| identifier(&name, at), |child| type_name(&child.name)),
        text: block.text("title").map_or_else(|| text::title(&name), str::to_owned),
        docs: child.and_then(|child| written_docs(&child.attributes, &name, at)),
        key: name,
        at: block.at,
        is_item: true,
        node: None,
        group: None,
    }
}

/// What is written before a key that an application sees.
fn key_docs(item: &Item, key: &str, at: Span) -> Option<Tokens> {
    let (_, attributes) = item.keys.iter().find(|(name, _)| name == key)?;
    written_docs(attributes, key, at)
}

fn written_docs(attributes: &OuterAttributes, name: &str, at: Span) -> Option<Tokens> {
    let passed = &attributes.passed[..];
    if attributes.docs.is_empty() && passed.is_empty() {
        return None;
    }
    let docs = docs_or(&attributes.docs, at, || inert(&format!("`{name}`")).into_owned());
    Some(tokens!(at=> #docs #passed))
}

/// The keys or names in a field that could not be read.
fn written<'a>(declaration: &'a DeclarationSyntax, field: &'a str) -> impl Iterator<Item = String> + 'a {
    let own = declaration.body.entries.iter().filter(|entry| !entry.stage);
    let meant = own.filter(move |entry| similar::closest(&entry.key.text(), [field]).is_some());
    let held = meant.filter_map(|entry| match entry.value.as_ref()? {
        ValueSyntax::Block(body) => Some(body),
        ValueSyntax::Word(word) => word.block.as_ref(),
        _ => None,
    });
    held.flat_map(|body| body.entries.iter().map(|entry| entry.key.text()))
}

/// Whether the type has this name already.
fn is_taken(spec: &Spec, name: &str) -> bool {
    name == "Self" || name == ALL || spec.surface.constants.iter().any(|(constant, _)| *constant == name)
}

/// What every type with variants calls the list of them.
const ALL: &str = "ALL";

fn taken(owner: &Ident, name: &str) -> String {
    match name {
        "Self" => "`Self` is a keyword of Rust\nhelp: give it another name, as in `Own { title: \"Self\" }`".to_owned(),
        name => {
            let first = name.chars().take(1);
            let right: String = first.chain(name.chars().skip(1).flat_map(char::to_lowercase)).collect();
            format!(
                "`{name}` is a constant of the Rust type of `{owner}`\nhelp: write `{right} {{ title: \"{name}\" }}`"
            )
        }
    }
}

fn variants(shell: &Shell, spec: &Spec, words: &[RustName]) -> Tokens {
    let Shell { name, at, public, docs, quiet, constants } = shell;
    let at = *at;
    let (mut shown, mut all, mut spelt) = (Tokens::default(), Tokens::default(), Tokens::default());
    for RustName { ident, text, docs, .. } in words {
        let doc = inert(&format!("`{text}`")).into_owned();
        let docs = docs.clone().unwrap_or_else(|| tokens!(at=> #[doc = #doc]));
        shown.add(tokens!(at=> #docs #ident,));
        all.add(tokens!(at=> Self::#ident,));
        spelt.add(tokens!(at=> Self::#ident => #text,));
    }
    let names: Vec<String> = words.iter().map(|word| word.ident.to_string()).collect();
    let names = names.join(" ");
    let (thing, method) = (
        spec.surface.word,
        Ident::new(spec.surface.word.rsplit(' ').next().filter(|w| !w.is_empty()).unwrap_or("word"), at),
    );
    let doc = format!("The {thing}, as its API knows it.");
    let traits = word_traits(name, &method, &names, quiet, at);
    tokens! {at=>
        #docs
        #public enum #name { #shown }
        #quiet
        impl #name {
            #constants
            /// Every one of them, in order.
            pub const ALL: &'static [Self] = &[#all];
            #[doc = #doc]
            pub const fn #method(self) -> &'static str {
                match self { #spelt }
            }
        }
        #traits
    }
}

/// What every enum of words can do. Written out where a derive would do: the compiler checks these in half the time.
fn word_traits(name: &Ident, method: &Ident, names: &str, quiet: &Option<Tokens>, at: Span) -> Tokens {
    tokens! {at=>
        #quiet
        impl __plg::Copy for #name {}
        #[automatically_derived]
        #quiet
        impl __plg::Clone for #name {
            fn clone(&self) -> Self { *self }
        }
        #quiet
        impl __plg::Eq for #name {}
        #quiet
        impl __plg::PartialEq for #name {
            fn eq(&self, other: &Self) -> bool { *self as usize == *other as usize }
        }
        #quiet
        impl __plg::FromStr for #name {
            type Err = __plg::UnknownWord;
            fn from_str(text: &str) -> __plg::Read<Self> { __plg::word(text, Self::ALL, Self::#method) }
        }
        #quiet
        impl __plg::fmt::Display for #name {
            fn fmt(&self, f: &mut __plg::fmt::Formatter<'_>) -> __plg::fmt::Result { f.write_str(self.#method()) }
        }
        #quiet
        impl __plg::fmt::Debug for #name {
            fn fmt(&self, f: &mut __plg::fmt::Formatter<'_>) -> __plg::fmt::Result { __plg::name(f, #names, *self as usize) }
        }
    }
}

/// What a property is, where it is one of a list of texts.
fn chosen(owner: &Ident, item: &Item, name: &RustName, texts: &KeyTexts, at: Span) -> Option<Chosen> {
    chosen::of(owner, &name.key, name.node?, texts, item.broken, at)
}

fn properties_struct(
    shell: &Shell,
    written: &OuterAttributes,
    properties: &[RustName],
    chosen: &dyn Fn(&RustName) -> Option<Chosen>,
) -> Tokens {
    let Shell { name, at, public, docs, quiet, constants } = shell;
    let at = *at;
    let mut fields = Tokens::default();
    let mut each = Tokens::default();
    let mut enums = Tokens::default();
    for property in properties {
        let RustName { ident, key, node, docs, group, .. } = property;
        if let Some(group) = group {
            let doc = inert(&format!("What `{key}` has in common with others.")).into_owned();
            fields.add(tokens!(at=> #[doc = #doc] pub #ident: #group,));
            each.add(tokens!(at=> __plg::PropertySet::each(&self.#ident, to);));
            continue;
        }
        let (form, doc) = (form(*node), inert(&format!("`{key}`")).into_owned());
        let docs = docs.clone().unwrap_or_else(|| tokens!(at=> #[doc = #doc]));
        if let Some(chosen) = chosen(property) {
            let ty = &chosen.name;
            let held = if chosen.is_list { tokens!(at=> __plg::Vec<#ty>) } else { tokens!(at=> #ty) };
            let held = if chosen.optional { tokens!(at=> __plg::Option<#held>) } else { held };
            fields.add(tokens!(at=> #docs pub #ident: #held,));
            each.add(match (chosen.is_list, chosen.optional) {
                (false, false) => tokens!(at=> to.text(#key, self.#ident.as_str());),
                (false, true) => tokens!(at=> to.some_text(#key, self.#ident.map(#ty::as_str));),
                (true, false) => tokens!(at=> to.words(#key, &self.#ident, #ty::as_str);),
                (true, true) => tokens!(at=> to.some_words(#key, self.#ident.as_deref(), #ty::as_str);),
            });
            enums.add(chosen::write(shell, written, key, &chosen));
            continue;
        }
        let (ty, method) = (Ident::new(form.ty, at), Ident::new(form.method, at));
        let ty = if form.is_list { tokens!(at=> __plg::Vec<__plg::#ty>) } else { tokens!(at=> __plg::#ty) };
        let ty = if form.optional { tokens!(at=> __plg::Option<#ty>) } else { ty };
        fields.add(tokens!(at=> #docs pub #ident: #ty,));
        let lent = form.lent.then(|| tokens!(at=> &));
        each.add(tokens!(at=> to.#method(#key, #lent self.#ident);));
    }
    let to = Ident::new(if properties.is_empty() { "_to" } else { "to" }, at);
    let each = tokens!(at=> fn each(&self, #to: &mut __plg::Properties) { #each });
    // What has a name is sent by itself, all else with that.
    let sent = if constants.is_empty() {
        tokens!(at=> #quiet impl __plg::PropertySet for #name { #each })
    } else {
        tokens! {at=>
            #quiet
            impl #name { #constants }
            #quiet
            impl __plg::Capture for #name {
                const NAME: &'static str = Self::NAME;
                #each
            }
        }
    };
    // No trait that it need not have: a derived `Debug` would cost the compiler three quarters of all of this.
    tokens! {at=>
        #docs
        #public struct #name { #fields }
        #sent
        #enums
    }
}

/// A property's field.
fn property(key: &str, at: Span) -> Ident {
    let name = text::field(key);
    if can_start(&name) { identifier(&name, at) } else { identifier(&format!("p_{name}"), at) }
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
    is_list: bool,
    method: &'static str,
    lent: bool,
}

/// What this word is written around.
fn inside<'a>(node: Option<&'a Node>, word: &str) -> Option<&'a Node> {
    node.filter(|node| node.word() == Some(word)).and_then(Node::held)
}

fn form(node: Option<&Node>) -> Form {
    let optional = inside(node, OPTIONAL);
    let list = inside(optional.or(node), LIST);
    let word = list.or(optional).or(node).and_then(Node::word).unwrap_or_default();
    let known = PROPERTY_TYPES.iter().find(|form| form.word == word).unwrap_or(&PROPERTY_TYPES[0]);
    let (optional, is_list) = (optional.is_some(), list.is_some());
    let (method, lent) = if optional || is_list { ("any", true) } else { (known.method, known.lent) };
    Form { ty: known.ty, optional, is_list, method, lent }
}

/// The words around a type of property: that it may be missing, and that there may be any number of it.
const OPTIONAL: &str = "optional";
const LIST: &str = "list";
