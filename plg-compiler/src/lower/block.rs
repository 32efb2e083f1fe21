//! A declaration with its fields, and those inside it.

use super::common::{self, CommonFields, CommonTokens, DESCRIPTION, DeclarationHead};
use super::cx::{Child, LoweredValue, Lowering, inside, keyword};
use super::fields::half_typed;
use crate::accounts::ACCOUNT;
use crate::composition::types_of;
use crate::docs::doc_text;
use crate::names::{article, check_case};
use crate::syntax::{BodySyntax, EntrySyntax, KeySyntax};
use crate::tokens::{Tokens, tokens};
use crate::unknown::{meant, unknown_field};
use plg_core::{Block, Field, Given, Node, Site, Spec, codes, similar};
use proc_macro2::{Ident, Span};
use syn::Attribute;
use syn::spanned::Spanned;

/// A declaration with its fields, those of a stage in place of its own.
pub(crate) fn whole(
    cx: &mut Lowering,
    spec: &'static Spec,
    body: &BodySyntax,
    over: &[EntrySyntax],
    place: &DeclarationHead,
) -> (Option<Block>, Tokens) {
    let before = cx.errors.len();
    let around = std::mem::replace(&mut cx.inside, place.parent.is_some());
    let types = std::mem::replace(&mut cx.types, types_of(spec.provider()));
    cx.constants &= cx.inside;
    let at = cx.site(place.ident.span());
    let mut block =
        Block { kind: spec.keyword, name: place.name.clone(), at, existing: place.existing, fields: Vec::new() };
    let (mut written, mut misspelt) = (Tokens::default(), Vec::new());
    let mut said = CommonFields::default();
    let own: Vec<&EntrySyntax> = body.entries.iter().filter(|e| !e.stage).collect();
    cx.repeated(&own);
    cx.repeated(&over.iter().collect::<Vec<_>>());
    let replaced = |entry: &&&EntrySyntax| !over.iter().any(|o| o.key.text() == entry.key.text());
    let entries: Vec<&EntrySyntax> = own.iter().filter(replaced).copied().chain(over).collect();
    body.entries.iter().chain(over).for_each(|entry| entry.attributes.none_here(cx.errors));
    for entry in &entries {
        let name = entry.key.text();
        if place.existing {
            only_what_finds_it(cx, spec, entry);
        }
        if common::FIELDS.contains(&name.as_str()) {
            said.read(cx, spec, entry, place);
            continue;
        }
        let Some(field) = spec.fields.iter().find(|f| f.name == name) else {
            // A stage may say again what is said for all of them.
            let is_own = |e: &&EntrySyntax| !over.iter().any(|staged| std::ptr::eq(staged, *e));
            let beside: Vec<&EntrySyntax> = if is_own(entry) { own.clone() } else { over.iter().collect() };
            let is_open = |field: &str| !misspelt.contains(&field) && !beside.iter().any(|e| e.key.text() == field);
            let untitled =
                |field: &&Field| spec.titled != Some(field.name) || similar::closest(&name, [field.name]).is_some();
            let open: Vec<&Field> = spec.fields.iter().filter(|f| is_open(f.name)).filter(untitled).collect();
            let is_here = |field: &str| field != ACCOUNT || (place.parent.is_none() && is_own(entry));
            let others = common::FIELDS.iter().copied().filter(|field| is_open(field) && is_here(field));
            let what = format!("field of {} {}", article(spec.keyword), spec.keyword);
            cx.errors.at(codes::UNKNOWN_FIELD, entry.key.span(), unknown_field(&name, &what, &open, others.clone()));
            if similar::closest(&name, others).is_none() {
                misspelt.extend(meant(&name, &open));
            }
            written.add(half_typed(entry));
            continue;
        };
        cx.is_surface = [spec.surface.variants, spec.surface.properties].contains(&Some(field.name));
        let needed = cx.refs.len();
        let (node, tokens) = cx.field(field, entry);
        if spec.wire.applied_by_parts().contains(&field.name) {
            cx.later.extend(cx.refs.drain(needed..));
        }
        cx.is_surface = false;
        written.add(tokens);
        let (key, node) = match node {
            Some(node) => (cx.site(entry.key.span()), node),
            None => (Site::UNREAD, Node::unread_field()),
        };
        block.fields.push((name, key, node));
    }
    if let Some(field) = spec.titled.and_then(|titled| spec.fields.iter().find(|f| f.name == titled))
        && !entries.iter().any(|e| e.key.text() == field.name)
    {
        let (node, tokens) = cx.titled(field, place.ident);
        written.add(tokens);
        block.fields.push((field.name.to_owned(), at, node));
    }
    let has_all = block.fields.len() == spec.fields.len();
    if let Some((text, at)) = description(place.docs) {
        if text.contains('\0') {
            cx.errors.at(codes::TEXT, at, plg_core::NUL);
        }
        let node = cx.node(at, Given::Text(text));
        block.fields.push((DESCRIPTION.to_owned(), node.at, node));
    }
    block.fields.extend(misspelt.into_iter().map(|field| (field.to_owned(), Site::UNREAD, Node::unread_field())));
    check_missing(cx, spec, &block, place);
    let broken = cx.errors.len() > before;
    let kind = keyword(spec, cx.quiet);
    if cx.constants && !cx.inside {
        said.of_constants(cx.quiet);
    }
    let common = common::literal(cx, place, &said, broken);
    cx.inside = around;
    cx.types = types;
    let literal = match common {
        CommonTokens::Place(at) => tokens!(cx.quiet=> #kind { #written ..#kind::at(#at) }),
        CommonTokens::Whole(common) => {
            let rest = (!broken && !has_all).then(|| tokens!(cx.quiet=> ..#kind::BLANK));
            tokens!(cx.quiet=> #kind { common: #common, #written #rest })
        }
    };
    if broken {
        cx.partly = Some(Block { at: Site::UNREAD, ..block });
        return (None, literal);
    }
    (Some(block), literal)
}

/// Says so where something is written of what is `existing` that nobody would look at.
fn only_what_finds_it(cx: &mut Lowering, spec: &Spec, entry: &EntrySyntax) {
    let name = entry.key.text();
    let is_known = common::FIELDS.contains(&name.as_str()) || spec.fields.iter().any(|field| field.name == name);
    if !is_known || [common::WAS, ACCOUNT].contains(&name.as_str()) || spec.looks_at(&name) {
        return;
    }
    let kind = spec.keyword;
    let message =
        format!("`{name}` has no effect in an `existing {kind}`\nhelp: remove it, or declare it without `existing`");
    cx.errors.at(codes::NOT_LOOKED_AT, entry.key.span(), message);
}

/// Says which fields have to be written and are not.
fn check_missing(cx: &mut Lowering, spec: &Spec, block: &Block, place: &DeclarationHead) {
    let missing: Vec<&str> = spec
        .fields
        .iter()
        .filter(|f| f.required && (!place.existing || spec.key.contains(&f.name)))
        .filter(|f| spec.titled != Some(f.name) && block.get(f.name).is_none())
        .map(|f| f.name)
        .collect();
    let Some(first) = missing.first() else { return };
    let list = missing.iter().map(|f| format!("`{f}`")).collect::<Vec<_>>().join(", ");
    let example = spec.fields.iter().find(|f| f.name == *first).map_or(String::new(), |f| f.shape.describe());
    let message =
        format!("{} `{}` is missing {list}\nhelp: write `{first}: …,` with {example}", spec.keyword, place.ident);
    cx.errors.at(codes::MISSING_FIELD, place.ident.span(), message);
}

/// The doc comment, for rules about descriptions, and where it starts.
fn description(docs: &[Attribute]) -> Option<(String, Span)> {
    let text = doc_text(docs);
    docs.first().filter(|_| !text.is_empty()).map(|first| (text, first.span()))
}

impl Lowering<'_> {
    /// Declarations inside the one walked through.
    pub(crate) fn items(&mut self, body: &BodySyntax, spec: &'static Spec) -> LoweredValue {
        let Some(owner) = self.owner.clone() else {
            return LoweredValue { node: None, tokens: Tokens::default() };
        };
        let before = self.errors.len();
        let mut blocks = Vec::new();
        let mut links = Tokens::default();
        let mut previous: Option<Ident> = None;
        let mut seen: Vec<String> = Vec::new();
        let outer = self.quiet;
        self.siblings = body.entries.iter().map(|entry| entry.key.text()).collect();
        for entry in &body.entries {
            let Some(name) = self.item_name(entry, spec, &owner, &seen) else { continue };
            seen.push(name.to_string());
            let empty = BodySyntax { open: name.span(), entries: Vec::new() };
            let inner = entry.body.as_ref().unwrap_or(&empty);
            self.quiet = inner.open;
            entry.attributes.no_derives(self.errors);
            let over = self.stage_of(inner);
            let place = DeclarationHead {
                name: format!("{owner}.{name}"),
                ident: name,
                docs: &entry.attributes.docs,
                existing: false,
                parent: Some((owner.clone(), previous.clone())),
            };
            let (block, literal) = whole(self, spec, inner, over.unwrap_or_default(), &place);
            let block = block.or_else(|| self.partly.take());
            self.children.push(Child {
                attributes: entry.attributes.clone(),
                name: name.clone(),
                spec,
                literal,
                open: inner.open,
                is_staged: over.is_some(),
            });
            blocks.extend(block);
            let inside = inside(&owner, name);
            links.add(tokens!(outer=> &#inside,));
            previous = Some(name.clone());
        }
        self.quiet = outer;
        let items = self.ty("Items");
        let tokens = tokens!(outer=> #items(&[#links]));
        let node = self.node_around(self.errors.len() == before, body.open, Given::Items(blocks));
        LoweredValue { node: Some(node), tokens }
    }

    /// What the stage that is read says of a declaration inside another; notes the stages that are named there.
    fn stage_of<'e>(&mut self, inner: &'e BodySyntax) -> Option<&'e [EntrySyntax]> {
        let mut found = None;
        let mut seen: Vec<Ident> = Vec::new();
        for entry in inner.entries.iter().filter(|entry| entry.stage) {
            let Some(stage) = self.stages.find(self.errors, entry) else { continue };
            if seen.contains(&stage) {
                let message = format!("`in {stage}` is written twice\nhelp: merge the two");
                self.errors.at(codes::WRITTEN_TWICE, stage.span(), message);
            }
            if self.stage.as_ref() == Some(&stage) {
                found = entry.body.as_ref().map(|body| &body.entries[..]);
            }
            if !self.inner_stages.contains(&stage) {
                self.inner_stages.push(stage.clone());
            }
            seen.push(stage);
        }
        found
    }

    /// The name of a declaration inside another, if it is one that can be.
    fn item_name<'e>(
        &mut self,
        entry: &'e EntrySyntax,
        spec: &Spec,
        owner: &Ident,
        seen: &[String],
    ) -> Option<&'e Ident> {
        let KeySyntax::Name(name) = &entry.key else {
            self.errors.at(
                codes::UNFINISHED,
                entry.key.span(),
                format!("expected a name\nhelp: write `{}`", plg_core::text::pascal(&entry.key.text())),
            );
            return None;
        };
        if entry.stage || entry.has_colon {
            self.errors.at(
                codes::OTHER_SHAPE,
                entry.key.span(),
                format!("expected the name of {} {}, alone or with `{{ … }}`", article(spec.keyword), spec.keyword),
            );
            return None;
        }
        if seen.contains(&name.to_string()) {
            self.errors.at(
                codes::DECLARED_TWICE,
                name.span(),
                format!("`{name}` is declared twice in `{owner}`\nhelp: remove one of the two, or rename it"),
            );
            return None;
        }
        check_case(self.errors, name);
        Some(name)
    }
}
