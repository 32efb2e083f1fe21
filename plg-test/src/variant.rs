//! Other versions of a stack: fewer declarations, other fields. Each lives as long as the process.

use plg_core::{Block, Common, Declared, Spec, Stack, StackItems, Term, Terms, Want};
use plg_runtime::declared::graph::StackGraph;
use std::collections::BTreeSet;

/// A declaration with other fields.
#[derive(Debug)]
struct Edited {
    of: &'static dyn Declared,
    want: Want,
}

impl Declared for Edited {
    fn common(&self) -> &Common {
        self.of.common()
    }

    fn spec(&self) -> &'static Spec {
        self.of.spec()
    }

    fn want(&self) -> Want {
        self.want.clone()
    }

    fn lint(&self) -> Vec<String> {
        self.of.lint()
    }

    fn block(&self) -> Block {
        self.of.block()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self.of.as_any()
    }
}

/// The declarations of a stack that are chosen, with everything they need. `edit` is given the
/// address and the fields, in comparable form, of each.
///
/// # Panics
/// When the stack contradicts itself.
#[must_use]
pub fn variant(
    stack: &'static Stack,
    stage: &str,
    chosen: impl Fn(&str) -> bool,
    edit: impl Fn(&str, &mut Terms),
) -> &'static Stack {
    let graph = match StackGraph::of(stack, stage) {
        Ok(graph) => graph,
        Err(errors) => panic!("{} contradicts itself: {errors:?}", stack.name),
    };
    let mut wanted = BTreeSet::new();
    let mut open: Vec<usize> = (0..graph.nodes.len()).filter(|n| chosen(&graph.nodes[*n].address)).collect();
    while let Some(place) = open.pop() {
        if wanted.insert(place) {
            open.extend(&graph.nodes[place].depends);
        }
    }
    let items: Vec<&'static dyn Declared> = wanted
        .into_iter()
        .map(|place| &graph.nodes[place])
        .filter(|node| !node.standard)
        .map(|node| {
            let mut want = node.item.want();
            edit(&node.address, &mut want.fields);
            let edited: &'static Edited = Box::leak(Box::new(Edited { of: node.item, want }));
            edited as &dyn Declared
        })
        .collect();
    Box::leak(Box::new(Stack { items: StackItems::of(items), overrides: &[], parts: &[], ..*stack }))
}

/// The same stack with every description changed.
#[must_use]
pub fn reworded(stack: &'static Stack, stage: &str) -> &'static Stack {
    variant(
        stack,
        stage,
        |_| true,
        |_, fields| {
            if let Some(Term::Text(text)) = fields.get_mut("description") {
                let more = if text.is_empty() { "Reworded." } else { " Reworded." };
                text.push_str(more);
            }
        },
    )
}
