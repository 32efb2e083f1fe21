//! Writes each declaration as a static of its kind's own type, and the list of them.

use crate::composition::{Composition, types_of};
use crate::declarations::{Item, Lowered};
use crate::docs::docs;
use crate::errors::Errors;
use crate::header::Header;
use crate::lower::{Child, inside, keyword, own, rust_name};
use crate::names::{self, Symbols};
use crate::surface;
use crate::syntax::{DeclarationSyntax, StackSyntax};
use crate::tokens::{Tokens, tokens};
use plg_core::{Provider, Spec, linked};
use proc_macro2::{Ident, Span};
use quote::format_ident;

/// The whole expansion: also of a stack with mistakes, so that its names still resolve.
pub(crate) fn stack(
    errors: &Errors,
    composition: &Composition,
    stack: &StackSyntax,
    symbols: &Symbols,
    header: &Header,
    lowered: &Lowered,
    order: &[usize],
) -> Tokens {
    let root = &header.root;
    let mut out = tokens!(Span::call_site()=>
        use #root::__core::short::*;
    );
    for provider in used(symbols, header) {
        let path = composition.path(provider, root);
        out.add(tokens!(Span::call_site()=> use #path::short::*;));
    }
    let mut rows = StackRows::default();
    let quiet = surface::quiet(stack.declarations.iter().any(surface::is_deprecated));
    for kind in &stack.unfinished {
        out.add(tokens!(Span::call_site()=> #root::__core::in_editor! { const _: ::core::option::Option<#root::__kinds::#kind> = ::core::option::Option::None; }));
    }
    for place in order {
        let (declaration, item) = (&stack.declarations[*place], &lowered.items[*place]);
        let Some(spec) = symbols.specs[*place] else {
            let (name, kind) = (&declaration.name, &declaration.kind);
            out.add(tokens!(Span::call_site()=>
                #root::__core::in_editor! { pub static #name: #root::__kinds::#kind = loop {}; }
            ));
            continue;
        };
        if declaration.name == names::STACK {
            continue;
        }
        out.add(self::declaration(root, declaration, item, spec, symbols.is_unsure(&declaration.kind), &quiet));
        out.add(surface::write(declaration, item, spec, &lowered.texts));
        if errors.len() == 0 {
            rows.add(declaration, item);
        }
    }
    out.add(stages(header));
    for entry in lowered.items.iter().flat_map(|i| &i.stages) {
        if let Some(of) = &header.stages_of {
            let stage = &rust_name(&entry.stage);
            // Spelled out, so that rustc checks the stage's name against the whole stack's.
            out.add(tokens!(stage.span()=> const _: &str = #of::stages::#stage;));
        }
    }
    let (name, stage_rows) = (&header.name, &header.stages);
    let StackRows { items, overrides, .. } = rows;
    let parts: Tokens = header
        .parts
        .iter()
        .map(|part| {
            let (path, at) = (&part.path, part.at);
            tokens!(at=> &#path::STACK,)
        })
        .collect();
    let of = |provider: &Provider| {
        let types = types_of(provider);
        tokens!(Span::call_site()=> &#types::PROVIDER,)
    };
    let accounts: Tokens = header
        .of_providers
        .iter()
        .map(|(provider, name)| {
            let (word, name) = (provider.word, name.to_string());
            tokens!(Span::call_site()=> (#word, #name),)
        })
        .collect();
    let providers: Tokens = used(symbols, header).into_iter().map(of).collect();
    let written_with = match composition.stack.strip_prefix("::") {
        Some(path) => path.to_owned(),
        None => format!("plg::{}", composition.stack),
    };
    out.add(tokens! {Span::call_site()=>
        /// Everything declared here, dependencies first.
        #quiet
        pub static STACK: __plg::Stack = __plg::Stack {
            name: #name,
            stages: &[#stage_rows],
            items: {
                fn items(to: &mut __plg::ItemList) { to.extend_from_slice(&[#items]); }
                static ITEMS: __plg::StackItems = __plg::StackItems::by(items);
                &ITEMS
            },
            overrides: &[#overrides],
            parts: &[#parts],
            providers: &[#providers],
            accounts: &[#accounts],
            folder: ::core::env!("CARGO_MANIFEST_DIR"),
            written_with: #written_with,
        };
    });
    if errors.len() == 0 && lowered.items.iter().any(|item| item.constants) {
        out.add(tokens! {Span::call_site()=>
            #[cfg(test)]
            #[test]
            fn constants_hold_the_rules_of_the_stack() {
                __plg::hold_constants(STACK.items);
            }
        });
    }
    out
}

/// The providers whose kinds are declared, or that have an account in a stage: in the order they are known.
fn used(symbols: &Symbols, header: &Header) -> Vec<&'static Provider> {
    let declared: Vec<&Provider> = symbols.specs.iter().flatten().map(|spec| spec.provider()).collect();
    let is_used = |one: &&'static Provider| declared.contains(one) || header.providers.contains(one);
    let used: Vec<&'static Provider> = linked::providers().filter(is_used).collect();
    // What is still empty may hold anything.
    if used.is_empty() { linked::providers().collect() } else { used }
}

fn stages(header: &Header) -> Tokens {
    if header.name.is_empty() {
        return Tokens::default();
    }
    let one = |name: &Ident| {
        let (text, doc, name) = (name.to_string(), format!("The stage `{name}`."), &rust_name(name));
        tokens!(Span::call_site()=> #[doc = #doc] #[allow(non_upper_case_globals)] pub const #name: &str = #text;)
    };
    let names: Tokens = header.stage_names.iter().map(one).collect();
    tokens! {Span::call_site()=>
        /// The stages of this stack, for its parts to name.
        pub mod stages { #names }
    }
}

fn declaration(
    root: &Tokens,
    declaration: &DeclarationSyntax,
    item: &Item,
    spec: &'static Spec,
    unsure: bool,
    quiet: &Option<Tokens>,
) -> Tokens {
    let (name, at, literal) = (&declaration.name, own(declaration.body.open), &item.literal);
    let kind = keyword(spec, declaration.kind.span());
    let (docs, passed) = (docs(&declaration.attributes.docs, spec, name), &declaration.attributes.passed[..]);
    let docs = tokens!(Span::call_site()=> #docs #passed);
    let mut out = Tokens::default();
    if item.broken {
        // rustc gets a name of the right type and no more, so that one mistake is one error;
        // an editor gets all there is, to complete.
        out.add(tokens! {at=>
            #root::__core::in_compiler! { #docs #quiet #[allow(non_upper_case_globals)] pub static #name: #kind = #kind::BLANK; }
        });
        let written = &declaration.kind;
        out.add(match unsure {
            true => tokens!(at=> #root::__core::in_editor! { pub static #name: #root::__kinds::#written = loop {}; }),
            false => tokens!(at=> #root::__core::in_editor! { #docs pub static #name: #kind = #literal; }),
        });
        return out;
    }
    out.add(tokens!(at=> #docs #quiet #[allow(non_upper_case_globals)] pub static #name: #kind = #literal;));
    for stage in &item.stages {
        let Some(literal) = &stage.literal else { continue };
        let hidden = staged(&stage.stage, name);
        out.add(tokens!(at=> #quiet #[allow(non_upper_case_globals)] static #hidden: #kind = #literal;));
    }
    for child in &item.children {
        out.add(self::child(&inside(name, &child.name), child, quiet));
    }
    for stage in &item.stages {
        for (_, child) in &stage.children {
            out.add(self::child(&staged(&stage.stage, &inside(name, &child.name)), child, quiet));
        }
    }
    out
}

fn child(hidden: &Ident, child: &Child, quiet: &Option<Tokens>) -> Tokens {
    let (literal, at) = (&child.literal, own(child.open));
    let kind = keyword(child.spec, at);
    tokens!(at=> #quiet #[allow(non_upper_case_globals)] static #hidden: #kind = #literal;)
}

fn staged(stage: &Ident, name: &Ident) -> Ident {
    format_ident!("__{}_in_{}", name, stage, span = Span::call_site().located_at(name.span()))
}

/// The list of declarations. In two arrays, as the compiler checks a plain reference in half the time
/// that a struct around it takes.
#[derive(Default)]
struct StackRows {
    count: usize,
    items: Tokens,
    overrides: Tokens,
}

impl StackRows {
    fn add(&mut self, declaration: &DeclarationSyntax, item: &Item) {
        // Quiet copies of the name: an editor should find one definition and its uses, not these.
        let name = Ident::new(&declaration.name.to_string(), Span::call_site());
        let at = Span::call_site();
        for stage in item.stages.iter().filter(|stage| stage.literal.is_some()) {
            let hidden = staged(&stage.stage, &name);
            self.instead(&stage.stage, &tokens!(at=> #hidden));
        }
        self.push(&tokens!(at=> #name));
        for (place, child) in item.children.iter().enumerate() {
            let inner = inside(&name, &child.name);
            for stage in item.stages.iter().filter(|stage| stage.children.iter().any(|(other, _)| *other == place)) {
                let hidden = staged(&stage.stage, &inner);
                self.instead(&stage.stage, &tokens!(at=> #hidden));
            }
            self.push(&tokens!(at=> #inner));
        }
    }

    /// What a stage has in place of the next one.
    fn instead(&mut self, stage: &Ident, path: &Tokens) {
        let (place, text) = (self.count, stage.to_string());
        self.overrides.add(tokens!(Span::call_site()=> __plg::Override { place: #place, stage: #text, item: &#path },));
    }

    fn push(&mut self, path: &Tokens) {
        let at = Span::call_site();
        self.count += 1;
        self.items.add(tokens!(at=> &#path,));
    }
}
