//! Every declaration, read: a [`Block`] for the rules and a struct literal for the expansion, for all stages and
//! for each that overrides something.

use crate::accounts::{self, ACCOUNT, InAccount};
use crate::attributes::OuterAttributes;
use crate::errors::Errors;
use crate::header::Header;
use crate::lower::{Child, DeclarationHead, Former, KeyTexts, Lowering, Sites, whole};
use crate::names::{Symbols, article};
use crate::stages::StageNames;
use crate::syntax::{DeclarationSyntax, EntrySyntax, StackSyntax};
use crate::tokens::Tokens;
use plg_core::{Block, Site, Spec, codes, kinds};
use proc_macro2::{Ident, Span};
use std::collections::HashMap;

/// Every declaration, read.
pub(crate) struct Lowered {
    /// In the order of the source.
    pub(crate) items: Vec<Item>,
    /// Where what they say stands.
    pub(crate) sites: Sites,
    /// The texts that names of keys stand for.
    pub(crate) texts: KeyTexts,
    /// The account that each is in, and where that is said; none of what is of no known kind.
    pub(crate) accounts: Vec<Option<(InAccount, Option<Span>)>>,
}

/// One declaration, read.
pub(crate) struct Item {
    /// What the rules look at; none where its shapes are wrong.
    pub(crate) block: Option<Block>,
    /// As much of it as could be read, where its shapes are wrong.
    pub(crate) partly: Option<Block>,
    /// `Kind { … }`.
    pub(crate) literal: Tokens,
    /// The same for each stage that overrides fields.
    pub(crate) stages: Vec<StageItem>,
    /// Declarations inside it.
    pub(crate) children: Vec<Child>,
    /// What it refers to in this stack where no stage says otherwise, and where.
    pub(crate) refs: Vec<(usize, Span)>,
    /// What its parts refer to, in any stage.
    pub(crate) later: Vec<(usize, Span)>,
    /// A text in it is a constant.
    pub(crate) constants: bool,
    /// What is written before its keys that an application sees.
    pub(crate) keys: Vec<(String, OuterAttributes)>,
    /// What it and those inside it were called before.
    former: Vec<Former>,
    /// Something in it is wrong.
    pub(crate) broken: bool,
}

/// A declaration as one stage has it.
pub(crate) struct StageItem {
    pub(crate) stage: Ident,
    /// The same, as text.
    pub(crate) name: String,
    pub(crate) block: Option<Block>,
    /// None where only declarations inside it differ.
    pub(crate) literal: Option<Tokens>,
    /// Those inside it that differ, each with its place.
    pub(crate) children: Vec<(usize, Child)>,
    /// What it refers to in this stack, and where.
    pub(crate) refs: Vec<(usize, Span)>,
}

/// Reads every declaration.
pub(crate) fn lower(errors: &mut Errors, stack: &StackSyntax, names: &Symbols, header: &Header) -> Lowered {
    let accounts = accounts::of_declarations(stack, names, &header.of_providers);
    let mut lowered = Lowered { items: Vec::new(), sites: Sites::default(), texts: KeyTexts::new(), accounts };
    let stages = header.stages();
    for (place, declaration) in stack.declarations.iter().enumerate() {
        let item = match names.specs[place] {
            Some(spec) => self::declaration(errors, stack, names, &stages, &mut lowered.sites, declaration, spec),
            None => Item {
                block: None,
                partly: None,
                literal: Tokens::default(),
                stages: Vec::new(),
                children: Vec::new(),
                refs: Vec::new(),
                later: Vec::new(),
                constants: false,
                keys: Vec::new(),
                former: Vec::new(),
                broken: true,
            },
        };
        lowered.items.push(item);
    }
    called_alike(errors, &mut lowered.items);
    lowered
}

/// One thing had a name before: two that both say so cannot both be right.
fn called_alike(errors: &mut Errors, items: &mut [Item]) {
    let mut seen: HashMap<(&str, String), String> = HashMap::new();
    for item in items {
        for Former { was, name, at } in &item.former {
            let first = seen.entry(was.clone()).or_insert_with(|| name.clone());
            if first != name {
                let old = &was.1;
                let message = format!("`was: {old}` is written in `{first}`, too\nhelp: remove `was` from the new one");
                errors.at(codes::NOT_RENAMED, *at, message);
                item.broken = true;
            }
        }
    }
}

fn declaration(
    errors: &mut Errors,
    stack: &StackSyntax,
    names: &Symbols,
    known: &StageNames,
    sites: &mut Sites,
    declaration: &DeclarationSyntax,
    spec: &'static Spec,
) -> Item {
    let before = errors.len();
    let mut cx = Lowering {
        owner: Some(declaration.name.clone()),
        quiet: declaration.body.open,
        ..Lowering::new(errors, stack, names, known, sites)
    };
    if names.is_unsure(&declaration.kind) {
        cx.errors.known();
    }
    if kinds::is_inside_another(spec) {
        let (kind, name) = (spec.keyword, &declaration.name);
        let help = match spec.wire.part_of() {
            Some(whole) => format!("write it in the braces of its {whole}"),
            None => format!("write `{name}` in the braces of the attribute that offers it"),
        };
        cx.errors.at(
            codes::UNKNOWN_KIND,
            declaration.kind.span(),
            format!("{} {kind} stands inside another declaration\nhelp: {help}", article(kind)),
        );
    }
    if let Some(derive) = declaration.attributes.derives.first().filter(|_| !spec.surface.shown()) {
        let kind = spec.keyword;
        cx.errors.at(
            codes::OTHER_SHAPE,
            derive.pound_token.span,
            format!("expected no `derive` here: an application gets no type of {} {kind}", article(kind)),
        );
    }
    let place = DeclarationHead {
        name: declaration.name.to_string(),
        ident: &declaration.name,
        docs: &declaration.attributes.docs,
        existing: declaration.existing,
        parent: None,
    };
    let base = whole(&mut cx, spec, &declaration.body, &[], &place);
    let (mut block, mut partly) = (base.0, cx.partly.take());
    if names.is_unsure(&declaration.kind) {
        partly = block.take().map(|block| Block { at: Site::UNREAD, ..block }).or(partly);
    }
    let (inside, refs) = (cx.children.len(), std::mem::take(&mut cx.refs));
    let mut constants = cx.constants;
    let mut stages: Vec<StageItem> = Vec::new();
    for entry in declaration.body.entries.iter().filter(|e| e.stage) {
        let (Some(stage), Some(body)) = (known.find(cx.errors, entry), &entry.body) else { continue };
        if stages.iter().any(|before| before.stage == stage) {
            let message = format!("`in {stage}` is written twice\nhelp: merge the two");
            cx.errors.at(codes::WRITTEN_TWICE, stage.span(), message);
            continue;
        }
        cx.stage = Some(stage.clone());
        let read = whole(&mut cx, spec, &declaration.body, &body.entries, &place);
        if body.entries.iter().any(|e| holds_items(spec, e)) {
            cx.errors.at(
                codes::SAME_IN_EVERY_STAGE,
                entry.key.span(),
                "a declaration inside another one cannot differ between stages",
            );
        }
        if let Some(said) = body.entries.iter().find(|e| e.key.text() == ACCOUNT) {
            let message = format!(
                "`{ACCOUNT}` cannot differ between stages\nhelp: write `{ACCOUNT}` outside `in {stage} {{ … }}`; each stage defines its {} of that name",
                spec.provider().account
            );
            cx.errors.at(codes::SAME_IN_EVERY_STAGE, said.key.span(), message);
        }
        let children = staged(&mut cx, inside);
        constants |= cx.constants;
        stages.push(StageItem {
            name: stage.to_string(),
            stage,
            block: read.0,
            literal: Some(read.1),
            children,
            refs: std::mem::take(&mut cx.refs),
        });
    }
    for stage in std::mem::take(&mut cx.inner_stages) {
        if stages.iter().any(|one| one.stage == stage) {
            continue;
        }
        cx.stage = Some(stage.clone());
        let read = whole(&mut cx, spec, &declaration.body, &[], &place);
        let children = staged(&mut cx, inside);
        stages.push(StageItem {
            name: stage.to_string(),
            stage,
            block: read.0,
            literal: None,
            children,
            refs: std::mem::take(&mut cx.refs),
        });
    }
    let Lowering { children, keys, former, later, .. } = cx;
    let broken = errors.len() > before;
    Item { block, partly, literal: base.1, stages, children, refs, later, constants, keys, former, broken }
}

/// The declarations inside, from this one on, that the stage has otherwise; the others are as they are without it.
fn staged(cx: &mut Lowering, inside: usize) -> Vec<(usize, Child)> {
    cx.children.drain(inside..).enumerate().filter(|(_, child)| child.is_staged).collect()
}

fn holds_items(spec: &Spec, entry: &EntrySyntax) -> bool {
    fn items(shape: &plg_core::Shape) -> bool {
        match shape {
            plg_core::Shape::Items(_) => true,
            plg_core::Shape::Maybe(inner) => items(inner),
            plg_core::Shape::Choice(choice) => choice().cases.iter().any(|c| c.holds.as_ref().is_some_and(items)),
            _ => false,
        }
    }
    spec.fields.iter().any(|f| entry.key.text() == f.name && items(&f.shape))
}
