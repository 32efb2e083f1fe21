//! An address as help shows one: one of the stack's own, so that it can be typed as it stands.

use plg_core::{Declared, Stack};
use std::sync::OnceLock;

static SAMPLE: OnceLock<&'static dyn Declared> = OnceLock::new();

/// Takes one of the stack: the first that it makes, and that is not written inside another one.
pub(crate) fn choose(stack: &'static Stack) {
    let is_whole = |item: &&'static dyn Declared| !item.common().existing && item.common().parent.is_none();
    if let Some(item) = stack.all().into_iter().map(|row| row.item).find(is_whole) {
        let _ = SAMPLE.set(item);
    }
}

/// Its address.
pub(crate) fn address() -> String {
    SAMPLE.get().map_or_else(|| "kind.Name".to_owned(), |item| item.address())
}

/// Its kind.
pub(crate) fn kind() -> &'static str {
    SAMPLE.get().map_or("kind", |item| item.spec().keyword)
}

/// Lines as help shows them, under one word.
pub(crate) fn examples(lines: &[String]) -> String {
    format!("Examples:\n  {}", lines.join("\n  "))
}
