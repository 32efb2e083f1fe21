//! Keys of declarations that others name as texts: what each is, that there is one, and that those of a list differ.
//!
//! A name stands for the key that the declaration has where no stage says otherwise.

use crate::declarations::{Item, Lowered};
use crate::errors::Errors;
use crate::facts::Fact;
use crate::lower::KeyTexts;
use crate::names::{Symbols, article};
use crate::syntax::StackSyntax;
use plg_core::codes::{self, Code};
use plg_core::{Block, Given, Node, Shape, Site, Spec, keys, linked, similar, written};
use proc_macro2::Span;
use std::collections::HashMap;

/// Looks up what each name of this stack stands for; says where it stands for nothing, or for what is there already.
pub(crate) fn check(errors: &mut Errors, stack: &StackSyntax, names: &Symbols, lowered: &mut Lowered) {
    let mut texts = KeyTexts::new();
    for place in 0..lowered.items.len() {
        let before = errors.len();
        let span = |at: Site| lowered.sites.span(at).unwrap_or_else(|| stack.declarations[place].name.span());
        for list in blocks(&lowered.items[place]).flat_map(lists) {
            let mut known = KnownTexts::default();
            for node in list {
                let found = match &node.given {
                    Given::Text(text) => Some(text.clone()),
                    Given::Key { of, member } => match own(stack, names, lowered, of, member.as_deref()) {
                        Ok(found) => found,
                        Err((code, message)) => {
                            errors.at(code, span(node.at), message);
                            None
                        }
                    },
                    _ => None,
                };
                let Some(text) = found else { continue };
                texts.insert(node.at.0, text.clone());
                if let Some((_, message)) = known.add(node, text) {
                    errors.at(codes::WRITTEN_TWICE, span(node.at), message);
                }
            }
        }
        if errors.len() > before {
            lowered.items[place].broken = true;
        }
    }
    lowered.texts = texts;
}

/// Every form of a declaration.
fn blocks(item: &Item) -> impl Iterator<Item = &Block> {
    item.block.iter().chain(&item.partly).chain(item.stages.iter().filter_map(|said| said.block.as_ref()))
}

/// The lists of a declaration whose entries may be keys.
fn lists(block: &Block) -> Vec<&[Node]> {
    let mut all = Vec::new();
    let Some(spec) = linked::find(block.kind) else { return all };
    for field in spec.fields {
        // Not by `get`, which asks for what could not be read.
        let Some((.., node)) = block.fields.iter().find(|(name, ..)| name == field.name) else { continue };
        written::each(node, &field.shape, &mut |node, shape| {
            if let (Shape::List { item: Shape::KeyText }, Given::List(list)) = (shape, &node.given) {
                all.push(list.as_slice());
            }
        });
    }
    all
}

type KeyMistake = (&'static Code, String);

/// What a name of this stack stands for; nothing where it is not known here, or something else is wrong with it.
fn own(
    stack: &StackSyntax,
    names: &Symbols,
    lowered: &Lowered,
    of: &str,
    member: Option<&str>,
) -> Result<Option<String>, KeyMistake> {
    let Some(place) = names.index.get(of).copied() else { return Ok(None) };
    let Some(spec) = names.specs[place].filter(|_| !names.is_unsure(&stack.declarations[place].kind)) else {
        return Ok(None);
    };
    // What is wrong with it is said there.
    let block = lowered.items[place].block.as_ref();
    if block.is_none() && (member.is_some() || spec.key_field().is_some()) {
        return Ok(None);
    }
    text(spec, block, of, member)
}

/// The key of a declaration, or of one of its options or variants; nothing where it is a constant.
fn text(spec: &Spec, block: Option<&Block>, name: &str, member: Option<&str>) -> Result<Option<String>, KeyMistake> {
    let kind = format!("{} {}", article(spec.keyword), spec.keyword);
    let Some(member) = member else {
        let Some(field) = spec.key_field() else {
            let message =
                format!("`{name}` is {kind}, which has no key that is one text\nhelp: write the text, in quotes");
            return Err((codes::NO_KEY, message));
        };
        return Ok(block.and_then(|block| block.text(field)).map(str::to_owned));
    };
    let members = block.map(|block| keys::members(spec, block)).unwrap_or_default();
    if let Some((_, text)) = members.iter().find(|(name, _)| *name == member) {
        return Ok(Some(text.clone()));
    }
    let what = spec.surface.word.split(' ').next().filter(|_| spec.surface.variants.is_some() && !members.is_empty());
    let Some(what) = what else {
        let help = match spec.key_field() {
            Some(_) => format!("write `{name}`"),
            None => "write the text, in quotes".to_owned(),
        };
        let message = format!("`{name}` is {kind} without options or variants, and has no `{member}`\nhelp: {help}");
        return Err((codes::UNKNOWN_NAME, message));
    };
    let known = members.iter().map(|(name, _)| *name);
    let help = match similar::closest(member, known.clone()) {
        Some(close) => format!("did you mean `{name}.{close}`?"),
        None => format!("it has {}", known.map(|own| format!("`{own}`")).collect::<Vec<_>>().join(", ")),
    };
    Err((codes::UNKNOWN_NAME, format!("`{name}` has no {what} `{member}`\nhelp: {help}")))
}

/// The texts of a list so far, each with where it stands first.
#[derive(Default)]
struct KnownTexts<'a>(HashMap<String, &'a Node>);

impl<'a> KnownTexts<'a> {
    /// Adds a text; where it is there already, gives where, and says so.
    fn add(&mut self, node: &'a Node, text: String) -> Option<(&'a Node, String)> {
        let Some(first) = self.0.get(&text).copied() else {
            self.0.insert(text, node);
            return None;
        };
        let (written, before) = (as_written(node), as_written(first));
        let message = match (&node.given, &first.given) {
            _ if written == before => format!("{written} is in this list already\nhelp: leave one of them out"),
            (Given::Text(_), _) => {
                format!("{written} is in this list already: it is the key of {before}\nhelp: leave it out")
            }
            (_, Given::Text(_)) => {
                format!("{before} is in this list already: it is the key of {written}\nhelp: leave {before} out")
            }
            _ => format!("{before} and {written} are both \"{text}\"\nhelp: leave one of them out"),
        };
        Some((first, message))
    }
}

/// A text in quotes, a name as it is.
fn as_written(node: &Node) -> String {
    match &node.given {
        Given::Text(text) => format!("{text:?}"),
        Given::Key { of, member: None } => format!("`{of}`"),
        Given::Key { of, member: Some(member) } => format!("`{of}.{member}`"),
        _ => String::new(),
    }
}

/// Holds the same over all parts: for names that lead to other parts, which no part could look up by itself. `target`
/// is what a name means in a part.
pub(crate) fn hold<'a>(
    errors: &mut Errors,
    all: &[(usize, &'a Fact)],
    target: &dyn Fn(usize, &str) -> Option<&'a Fact>,
    span: &dyn Fn(usize, Site) -> Span,
) {
    for (place, (part, fact)) in all.iter().enumerate() {
        let forms = fact.base.iter().chain(fact.stages.iter().filter_map(|(_, form)| form.as_ref()));
        for list in forms.flat_map(lists) {
            let mut known = KnownTexts::default();
            for node in list {
                let found = match &node.given {
                    Given::Text(text) => Some(text.clone()),
                    Given::Key { of, member } => {
                        let Some(other) = target(*part, of) else { continue };
                        let Some(spec) = linked::find(other.kind) else { continue };
                        // What is wrong with it is said there.
                        if other.base.is_none() && (member.is_some() || spec.key_field().is_some()) {
                            continue;
                        }
                        match text(spec, other.base.as_ref(), of, member.as_deref()) {
                            Ok(found) => found,
                            Err((code, message)) if is_path(node) => {
                                errors.at(code, span(place, node.at), message);
                                None
                            }
                            Err(_) => None,
                        }
                    }
                    _ => None,
                };
                let again = found.and_then(|text| known.add(node, text));
                if let Some((_, message)) = again.filter(|(first, _)| is_path(first) || is_path(node)) {
                    errors.at(codes::WRITTEN_TWICE, span(place, node.at), message);
                }
            }
        }
    }
}

/// Whether a name leads to another part.
fn is_path(node: &Node) -> bool {
    matches!(&node.given, Given::Key { of, .. } if of.contains("::"))
}
