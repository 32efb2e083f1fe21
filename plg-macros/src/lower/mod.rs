//! Reads what was written against the schema: each declaration becomes a [`Block`] for the rules and
//! a struct literal for the expansion, in one walk.

mod fields;
mod number;
mod value;

pub(crate) use value::path;

use crate::common::{self, Place};
use crate::errors::Errors;
use crate::header::Header;
use crate::names::Names;
use crate::similar::unknown;
use crate::syntax::{Body, Declaration, Entry, Stack};
use crate::tokens::{Tokens, tokens};
use plg_schema::{Block, Given, Node, Site, Spec};
use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::Attribute;

/// Every declaration, read.
pub(crate) struct Lowered {
    /// In the order of the source.
    pub(crate) items: Vec<Item>,
    /// Where each [`Site`] is.
    pub(crate) sites: Vec<Span>,
}

/// One declaration, read.
pub(crate) struct Item {
    /// What the rules look at; none where its shapes are wrong.
    pub(crate) block: Option<Block>,
    /// `Kind { … }`.
    pub(crate) literal: Tokens,
    /// The same for each stage that overrides fields.
    pub(crate) stages: Vec<StageItem>,
    /// Declarations inside it.
    pub(crate) children: Vec<Child>,
    /// What it refers to by bare name, and where.
    pub(crate) refs: Vec<(usize, Span)>,
    /// Something in it is wrong.
    pub(crate) broken: bool,
}

/// A declaration as one stage has it.
pub(crate) struct StageItem {
    pub(crate) stage: Ident,
    pub(crate) block: Option<Block>,
    pub(crate) literal: Tokens,
}

/// A declaration inside another.
pub(crate) struct Child {
    pub(crate) docs: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) spec: &'static Spec,
    pub(crate) literal: Tokens,
    pub(crate) open: Span,
}

/// A value, read: nothing for the rules where it is wrong, but always something to expand to.
pub(crate) struct Read {
    pub(crate) node: Option<Node>,
    pub(crate) tokens: Tokens,
}

/// What a walk through one declaration needs.
pub(crate) struct Cx<'a> {
    pub(crate) errors: &'a mut Errors,
    pub(crate) stack: &'a Stack,
    pub(crate) names: &'a Names,
    pub(crate) sites: &'a mut Vec<Span>,
    pub(crate) refs: Vec<(usize, Span)>,
    pub(crate) children: Vec<Child>,
    /// The declaration walked through: what is inside it belongs to it.
    pub(crate) owner: Option<Ident>,
    /// A span that nobody hovers, for tokens that nobody wrote.
    pub(crate) quiet: Span,
}

impl Cx<'_> {
    pub(crate) fn site(&mut self, span: Span) -> Site {
        self.sites.push(span);
        Site(u32::try_from(self.sites.len() - 1).unwrap_or(u32::MAX))
    }

    pub(crate) fn node(&mut self, span: Span, given: Given) -> Node {
        Node { at: self.site(span), given }
    }

    /// A type of the schema.
    pub(crate) fn ty(&self, name: &str) -> Tokens {
        ty(name, self.quiet)
    }
}

/// A type of the schema, through the short name that every expansion gives its types: paths in full would be
/// half of all tokens.
pub(crate) fn ty(name: &str, at: Span) -> Tokens {
    let name = Ident::new(name, at);
    tokens!(at=> __plg::#name)
}

/// Reads every declaration.
pub(crate) fn declarations(errors: &mut Errors, stack: &Stack, names: &Names, header: &Header) -> Lowered {
    let mut lowered = Lowered { items: Vec::new(), sites: Vec::new() };
    for (place, declaration) in stack.declarations.iter().enumerate() {
        let item = match names.specs[place] {
            Some(spec) => self::declaration(errors, stack, names, header, &mut lowered.sites, declaration, spec),
            None => Item {
                block: None,
                literal: Tokens::default(),
                stages: Vec::new(),
                children: Vec::new(),
                refs: Vec::new(),
                broken: true,
            },
        };
        lowered.items.push(item);
    }
    lowered
}

fn declaration(
    errors: &mut Errors,
    stack: &Stack,
    names: &Names,
    header: &Header,
    sites: &mut Vec<Span>,
    declaration: &Declaration,
    spec: &'static Spec,
) -> Item {
    let before = errors.len();
    let quiet = declaration.body.open;
    let mut cx = Cx {
        errors,
        stack,
        names,
        sites,
        refs: Vec::new(),
        children: Vec::new(),
        owner: Some(declaration.name.clone()),
        quiet,
    };
    if let Some(derive) = declaration.derives.first().filter(|_| !spec.surface.shown()) {
        let kind = spec.keyword;
        cx.errors.at(
            derive.pound_token.span,
            format!("expected no `derive` here: an application gets no type of {} {kind}", crate::names::article(kind)),
        );
    }
    let place = Place {
        name: declaration.name.to_string(),
        ident: &declaration.name,
        docs: &declaration.docs,
        existing: declaration.existing,
        parent: None,
    };
    let base = whole(&mut cx, spec, &declaration.body, &[], &place);
    let inside = cx.children.len();
    let mut stages = Vec::new();
    for entry in declaration.body.entries.iter().filter(|e| e.stage) {
        let (Some(stage), Some(body)) = (header.stage(cx.errors, entry), &entry.body) else { continue };
        let read = whole(&mut cx, spec, &declaration.body, &body.entries, &place);
        if body.entries.iter().any(|e| holds_items(spec, e)) {
            cx.errors.at(entry.key.span(), "what is declared inside a declaration cannot differ between stages");
        }
        cx.children.truncate(inside);
        stages.push(StageItem { stage, block: read.0, literal: read.1 });
    }
    let (refs, children) = (cx.refs, cx.children);
    Item { block: base.0, literal: base.1, stages, children, refs, broken: errors.len() > before }
}

fn holds_items(spec: &Spec, entry: &Entry) -> bool {
    fn items(shape: &plg_schema::Shape) -> bool {
        match shape {
            plg_schema::Shape::Items(_) => true,
            plg_schema::Shape::Maybe(inner) => items(inner),
            plg_schema::Shape::Choice(choice) => choice().cases.iter().any(|c| c.holds.as_ref().is_some_and(items)),
            _ => false,
        }
    }
    spec.fields.iter().any(|f| entry.key.text() == f.name && items(&f.shape))
}

/// A declaration with its fields, those of a stage in place of its own.
fn whole(cx: &mut Cx, spec: &'static Spec, body: &Body, over: &[Entry], place: &Place) -> (Option<Block>, Tokens) {
    let before = cx.errors.len();
    let at = cx.site(place.ident.span());
    let mut block =
        Block { kind: spec.keyword, name: place.name.clone(), at, existing: place.existing, fields: Vec::new() };
    let mut written = Tokens::default();
    let mut said = common::Said::default();
    let own: Vec<&Entry> = body.entries.iter().filter(|e| !e.stage).collect();
    cx.repeated(&own);
    cx.repeated(&over.iter().collect::<Vec<_>>());
    let replaced = |entry: &&&Entry| !over.iter().any(|o| o.key.text() == entry.key.text());
    let entries: Vec<&Entry> = own.iter().filter(replaced).copied().chain(over).collect();
    for entry in &entries {
        let name = entry.key.text();
        if common::FIELDS.contains(&name.as_str()) {
            said.read(cx, spec, entry);
            continue;
        }
        let Some(field) = spec.fields.iter().find(|f| f.name == name) else {
            let known = spec.fields.iter().map(|f| f.name).chain(common::FIELDS.iter().copied());
            let what = format!("field of {} {}", crate::names::article(spec.keyword), spec.keyword);
            cx.errors.at(entry.key.span(), unknown(&name, &what, known));
            written.add(fields::half_typed(entry));
            continue;
        };
        let (node, tokens) = cx.field(field, entry);
        written.add(tokens);
        if let Some(node) = node {
            let key = cx.site(entry.key.span());
            block.fields.push((name, key, node));
        }
    }
    if let Some(field) = spec.titled.and_then(|titled| spec.fields.iter().find(|f| f.name == titled))
        && !entries.iter().any(|e| e.key.text() == field.name)
    {
        let (node, tokens) = cx.titled(field, place.ident);
        written.add(tokens);
        block.fields.push((field.name.to_owned(), at, node));
    }
    let missing: Vec<&str> = spec
        .fields
        .iter()
        .filter(|f| f.required && spec.titled != Some(f.name) && !entries.iter().any(|e| e.key.text() == f.name))
        .map(|f| f.name)
        .collect();
    if !missing.is_empty() {
        let list = missing.iter().map(|f| format!("`{f}`")).collect::<Vec<_>>().join(", ");
        let example = spec.fields.iter().find(|f| f.name == missing[0]).map_or(String::new(), |f| f.shape.describe());
        let message = format!(
            "{} `{}` is missing {list}\nhelp: write `{}: …,` with {example}",
            spec.keyword, place.ident, missing[0]
        );
        cx.errors.at(place.ident.span(), message);
    }
    let broken = cx.errors.len() > before;
    let kind = keyword(spec, cx.quiet);
    if !broken && block.fields.len() < spec.fields.len() {
        written.add(tokens!(cx.quiet=> ..#kind::BLANK));
    }
    let common = common::literal(cx, place, &said);
    let literal = tokens!(cx.quiet=> #kind { common: #common, #written });
    ((!broken).then_some(block), literal)
}

/// The type of a kind's statics, under its keyword.
pub(crate) fn keyword(spec: &Spec, at: Span) -> Tokens {
    let keyword = Ident::new(spec.keyword, at);
    tokens!(at=> __plg::keyword::#keyword)
}

impl Cx<'_> {
    /// Declarations inside the one walked through.
    pub(crate) fn items(&mut self, body: &Body, spec: &'static Spec) -> Read {
        let Some(owner) = self.owner.clone() else {
            return Read { node: None, tokens: Tokens::default() };
        };
        let before = self.errors.len();
        let module = module(&owner);
        let mut blocks = Vec::new();
        let mut links = Tokens::default();
        let mut previous: Option<Ident> = None;
        let mut seen: Vec<String> = Vec::new();
        let outer = self.quiet;
        for entry in &body.entries {
            let crate::syntax::Key::Name(name) = &entry.key else {
                self.errors.at(
                    entry.key.span(),
                    format!("expected a name\nhelp: write `{}`", plg_schema::text::pascal(&entry.key.text())),
                );
                continue;
            };
            if entry.stage || entry.has_colon {
                self.errors.at(
                    entry.key.span(),
                    format!(
                        "expected the name of {} {}, alone or with `{{ … }}`",
                        crate::names::article(spec.keyword),
                        spec.keyword
                    ),
                );
                continue;
            }
            if seen.contains(&name.to_string()) {
                self.errors.at(name.span(), format!("`{name}` is declared twice in `{owner}`"));
                continue;
            }
            if !name.to_string().starts_with(|c: char| c.is_ascii_uppercase()) {
                self.errors.at(
                    name.span(),
                    format!(
                        "names are written in PascalCase\nhelp: write `{}`",
                        plg_schema::text::pascal(&name.to_string())
                    ),
                );
            }
            seen.push(name.to_string());
            let empty = Body { open: name.span(), entries: Vec::new() };
            let inner = entry.body.as_ref().unwrap_or(&empty);
            self.quiet = inner.open;
            let place = Place {
                name: format!("{owner}.{name}"),
                ident: name,
                docs: &entry.docs,
                existing: false,
                parent: Some((owner.clone(), previous.clone())),
            };
            let (block, literal) = whole(self, spec, inner, &[], &place);
            self.children.push(Child { docs: entry.docs.clone(), name: name.clone(), spec, literal, open: inner.open });
            blocks.extend(block);
            links.add(tokens!(outer=> &#module::#name,));
            previous = Some(name.clone());
        }
        self.quiet = outer;
        let items = self.ty("Items");
        let tokens = tokens!(outer=> #items(&[#links]));
        let node = (self.errors.len() == before).then(|| self.node(body.open, Given::Items(blocks)));
        Read { node, tokens }
    }
}

/// The module that holds what is declared inside `owner`.
pub(crate) fn module(owner: &Ident) -> Ident {
    let name = plg_schema::text::snake(&owner.to_string());
    syn::parse_str::<Ident>(&name).map_or_else(
        |_| format_ident!("r#{}", name, span = owner.span()),
        |_| Ident::new(&name, Span::call_site().located_at(owner.span())),
    )
}
