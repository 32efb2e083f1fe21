//! Rules beyond shapes: each kind's own, and what must differ between declarations.

use crate::declarations::Lowered;
use crate::errors::Errors;
use crate::names::Symbols;
use crate::syntax::StackSyntax;
use plg_schema::{Block, Declarations, Given, Node, Report, codes};
use proc_macro2::Span;
use std::collections::HashMap;

/// Applies each kind's rules to what is well formed, and looks for repeated keys.
pub(crate) fn check(errors: &mut Errors, stack: &StackSyntax, names: &Symbols, lowered: &mut Lowered) {
    let mut found: Vec<(usize, Report)> = Vec::new();
    let world = Declarations::of(lowered.items.iter().filter_map(|i| i.block.as_ref()).collect());
    for (place, item) in lowered.items.iter().enumerate() {
        let Some(spec) = names.specs[place] else { continue };
        let mut report = Report::default();
        for block in item.block.iter().chain(item.stages.iter().filter_map(|s| s.block.as_ref())) {
            (spec.check)(block, &world, &mut report);
            children(block, &world, &mut report);
        }
        if let Some(block) = &item.partly {
            block.hold_partly(|block| (spec.check)(block, &world, &mut report));
        }
        found.push((place, report));
    }
    found.extend(repeated(stack, names, lowered));
    for (place, report) in found {
        for mistake in report.errors {
            let span = usize::try_from(mistake.at.0).ok().and_then(|s| lowered.sites.get(s)).copied();
            let span = span.unwrap_or_else(|| stack.declarations[place].name.span());
            errors.at(mistake.code, span, mistake.message);
            lowered.items[place].broken = true;
        }
        for warning in report.warnings {
            let span = usize::try_from(warning.at.0).ok().and_then(|s| lowered.sites.get(s)).copied();
            errors.warn(warning.code, span.unwrap_or_else(Span::call_site), warning.message);
        }
    }
}

fn children(block: &Block, world: &Declarations, report: &mut Report) {
    for (_, _, node) in &block.fields {
        for child in items(node) {
            if let Some(spec) = plg_schema::kinds::find(child.kind) {
                (spec.check)(child, world, report);
            }
        }
    }
}

/// Declarations inside a value, also inside the case that holds them.
pub(crate) fn items(node: &Node) -> &[Block] {
    match &node.given {
        Given::Items(items) => items,
        Given::Case(_, Some(held)) => items(held),
        _ => &[],
    }
}

fn repeated(stack: &StackSyntax, names: &Symbols, lowered: &Lowered) -> Vec<(usize, Report)> {
    let mut found = Vec::new();
    let mut seen: HashMap<(&str, &str, &str, String), usize> = HashMap::new();
    for (place, item) in lowered.items.iter().enumerate() {
        let (Some(spec), Some(block)) = (names.specs[place], &item.block) else { continue };
        for (field, within) in spec.unique {
            let Some(node) = block.get(field) else { continue };
            // As the APIs keep it: without white space around it.
            let Some(text) = node.text().map(str::trim) else { continue };
            let scope = within.and_then(|w| block.get(w)).map(scope).unwrap_or_default();
            let where_ = if scope.is_empty() { String::new() } else { format!(" on {scope}") };
            let first = *seen.entry((spec.keyword, field, text, scope)).or_insert(place);
            if first != place {
                let other = &stack.declarations[first].name;
                let mut report = Report::default();
                report.error(
                    codes::SAME_KEY,
                    node.at,
                    format!(
                        "`{other}` on line {} has the {field} \"{text}\"{where_} already",
                        other.span().start().line
                    ),
                );
                found.push((place, report));
            }
        }
    }
    found
}

/// A value as a word, to compare by.
fn scope(node: &Node) -> String {
    match &node.given {
        Given::Text(text) | Given::Word(text) | Given::Case(text, None) => text.clone(),
        Given::Case(_, Some(held)) => scope(held),
        Given::Ref(Some(name)) => name.clone(),
        _ => String::new(),
    }
}
