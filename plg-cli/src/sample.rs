//! An address as help shows one: one of the stack's own, so that it can be typed as it stands.

use plg_core::{Declared, Stack};
use std::sync::OnceLock;

static SAMPLE: OnceLock<&'static dyn Declared> = OnceLock::new();

/// Whether nothing that is linked has flags.
static WITHOUT_FLAGS: OnceLock<bool> = OnceLock::new();

/// The provider whose accounts have flags.
pub(crate) const OF_FLAGS: &str = "posthog";

/// Takes one of the stack: the first that it makes, and that is not written inside another one.
pub(crate) fn choose(stack: &'static Stack) {
    let is_whole = |item: &&'static dyn Declared| !item.common().existing && item.common().parent.is_none();
    if let Some(item) = stack.all().into_iter().map(|row| row.item).find(is_whole) {
        let _ = SAMPLE.set(item);
    }
    let _ = WITHOUT_FLAGS.set(stack.every_provider().iter().all(|provider| provider.word != OF_FLAGS));
}

/// Its address.
pub(crate) fn address() -> String {
    SAMPLE.get().map_or_else(|| "kind.Name".to_owned(), |item| item.address())
}

/// Whether help leaves out what is about flags: the stack's accounts have none.
pub(crate) fn without_flags() -> bool {
    WITHOUT_FLAGS.get().copied().unwrap_or_default()
}

/// Its kind.
pub(crate) fn kind() -> &'static str {
    SAMPLE.get().map_or("kind", |item| item.spec().keyword)
}

/// Lines as help shows them, under one word.
pub(crate) fn examples(lines: &[String]) -> String {
    format!("Examples:\n  {}", lines.join("\n  "))
}
