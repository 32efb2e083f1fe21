//! Declarations that an import wrote, as the rules over a whole stack want them.

use crate::declared::Common;
use crate::{Block, Declarations, Declared, Spec, Want};
use std::any::Any;

/// A declaration that is written otherwise than its own fields say it: with the word that a rule over the whole stack
/// asks for.
#[derive(Debug)]
struct SettledItem {
    item: &'static dyn Declared,
    block: Block,
}

impl Declared for SettledItem {
    fn common(&self) -> &Common {
        self.item.common()
    }

    fn spec(&self) -> &'static Spec {
        self.item.spec()
    }

    fn want(&self) -> Want {
        self.item.want()
    }

    fn lint(&self) -> Vec<String> {
        self.item.lint()
    }

    fn parts(&'static self) -> Vec<&'static dyn Declared> {
        self.item.parts()
    }

    fn key_text(&self) -> Option<&'static str> {
        self.item.key_text()
    }

    fn as_any(&self) -> &dyn Any {
        self.item.as_any()
    }

    fn block(&self) -> Block {
        self.block.clone()
    }

    fn address(&self) -> String {
        self.item.address()
    }
}

/// A declaration as it keeps the rules of its provider over everything that is written; itself, where it keeps them.
pub(super) fn settled(item: &'static dyn Declared, world: &Declarations) -> &'static dyn Declared {
    let written = item.block();
    let mut block = written.clone();
    for rule in item.spec().provider().whole {
        (rule.settle)(&mut block, world);
    }
    if block == written {
        return item;
    }
    // Declarations are constant data, and these are made once for each import.
    Box::leak(Box::new(SettledItem { item, block }))
}
