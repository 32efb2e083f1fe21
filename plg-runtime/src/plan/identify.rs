//! Which remembered entry and which live object a declaration stands for.

use super::prior::Inputs;
use crate::declared::graph::GraphNode;
use crate::error::Problem;
use crate::live::Lookup;
use crate::store::Entry;
use plg_core::Live;

/// A declaration with all that is known of its resource.
pub(super) struct Identity<'a> {
    pub(super) node: &'a GraphNode,
    /// As it was applied last, under this address or the one it had before.
    pub(super) entry: Option<&'a Entry>,
    pub(super) live: Option<&'a Live>,
    /// The address it is remembered under, where that is another one.
    pub(super) renamed_from: Option<String>,
    look: Option<&'a Lookup>,
}

impl<'a> Identity<'a> {
    /// Finds it, or says that several could be meant.
    pub(super) fn of(inputs: &Inputs<'a>, node: &'a GraphNode) -> Result<Self, Problem> {
        let remembered = |address: &str| inputs.state.resources.get(address);
        let before = inputs.seen.renamed.get(&node.address).cloned();
        let look = inputs.seen.look(&node.address);
        let own = remembered(&node.address);
        let renamed_from =
            if own.is_none() { before.or_else(|| look.and_then(|look| look.owner.clone())) } else { None };
        let entry = own.or_else(|| remembered(renamed_from.as_deref()?));
        let identity = Identity { node, entry, live: look.and_then(|look| look.live.as_deref()), renamed_from, look };
        match look {
            Some(look) if look.live.is_none() && !look.ambiguous.is_empty() => Err(identity.problem(
                format!(
                    "{} like it are there already ({}): plg cannot tell which to adopt",
                    look.ambiguous.len(),
                    look.ambiguous.join(", ")
                ),
                "rename or remove the others in the web app, or give the declaration another title",
            )),
            _ => Ok(identity),
        }
    }

    /// Its remote id, live or as remembered.
    pub(super) fn id(&self) -> Option<String> {
        self.live.map(|live| &live.id).or_else(|| self.entry.map(|entry| &entry.id)).cloned()
    }

    /// Whether it was found by its key or name, not by the id that is remembered.
    pub(super) fn is_adopted(&self) -> bool {
        self.look.is_some_and(|look| look.adopted)
    }

    /// Whether anybody looked for it.
    pub(super) fn is_looked_for(&self) -> bool {
        self.look.is_some()
    }

    /// Ids of what requests made that were given up.
    pub(super) fn late(&self) -> &[String] {
        self.look.map_or(&[], |look| &look.late)
    }

    /// Why it cannot be planned.
    pub(super) fn problem(&self, message: String, hint: &str) -> Problem {
        Problem { address: self.node.address.clone(), place: self.node.place(), message, hint: hint.to_owned() }
    }
}
