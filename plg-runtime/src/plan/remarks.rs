//! What should be known of declarations, and no request changes: an order that the API keeps, keys that are nearly one.

use super::prior::Inputs;
use super::step::{Step, Unmanaged, UnmanagedBy};
use crate::declared::graph::GraphNode;
use plg_core::{AccountName, Declared, Term};
use std::collections::HashMap;

/// Adds remarks to the steps that they are about.
pub(super) fn remark(inputs: &Inputs, steps: &mut [Step]) {
    let mut said = nearly_one(inputs);
    said.extend(in_another_order(inputs));
    if said.is_empty() {
        return;
    }
    let places: HashMap<String, usize> =
        steps.iter().enumerate().map(|(place, step)| (step.address.clone(), place)).collect();
    for (address, field, says) in said {
        if let Some(place) = places.get(&address) {
            steps[*place].unmanaged.push(Unmanaged { whose: UnmanagedBy::Noted, field, says });
        }
    }
}

/// An address, the field it is about, and what is said.
type Remark = (String, Option<String>, String);

/// The most names in one remark.
const MOST: usize = 12;

/// Declarations inside another one that are there in another order than they are declared in: the API keeps the order
/// in which they were made.
fn in_another_order(inputs: &Inputs) -> Vec<Remark> {
    if !inputs.seen.fresh {
        return Vec::new();
    }
    let mut families: Vec<(&'static dyn Declared, Vec<&GraphNode>)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for node in &inputs.graph.nodes {
        let Some(parent) = node.item.common().parent else { continue };
        let place = *known.entry(parent.address()).or_insert_with(|| {
            families.push((parent, Vec::new()));
            families.len() - 1
        });
        families[place].1.push(node);
    }
    let mut ranks: HashMap<(AccountName, &str), HashMap<&str, usize>> = HashMap::new();
    let mut said = Vec::new();
    for (parent, inside) in families.iter().filter(|(_, inside)| inside.len() > 1) {
        let Some((spec, account)) = inside.first().map(|node| (node.spec, node.account)) else { continue };
        // Tiles say where they are, and properties of a group stand in no order: only what an application chooses from does.
        if parent.spec().surface.variants.is_none() {
            continue;
        }
        let rank = ranks.entry((account, spec.keyword)).or_insert_with(|| {
            inputs.seen.every(account, spec.keyword).enumerate().map(|(rank, live)| (live.id.as_str(), rank)).collect()
        });
        let rank_of = |node: &GraphNode| {
            let live = inputs.seen.look(&node.address).and_then(|look| look.live.as_ref());
            // Options and statuses that do not exist yet are created after those that do.
            live.and_then(|live| rank.get(live.id.as_str())).copied().unwrap_or(usize::MAX)
        };
        let mut there: Vec<(usize, &GraphNode)> = inside.iter().map(|node| (rank_of(node), *node)).collect();
        if there.is_sorted_by_key(|(rank, _)| *rank) {
            continue;
        }
        there.sort_by_key(|(rank, _)| *rank);
        let own = |node: &GraphNode| node.item.common().name.rsplit('.').next().unwrap_or_default();
        let mut names: Vec<&str> = there.iter().take(MOST).map(|(_, node)| own(node)).collect();
        if there.len() > MOST {
            names.push("…");
        }
        let (kind, api) = (if spec.keyword == "status" { "statuses" } else { "options" }, spec.provider().title);
        said.push((
            parent.address(),
            None,
            format!(
                "its {kind} stand there in the order in which they were made, which {api} cannot change: {}",
                names.join(", ")
            ),
        ));
    }
    said
}

/// Declarations of one kind, in one place, whose keys differ in upper and lower case only: the API keeps them apart, and
/// people will not.
fn nearly_one(inputs: &Inputs) -> Vec<Remark> {
    let mut first: HashMap<(&str, AccountName, String), &GraphNode> = HashMap::with_capacity(inputs.graph.nodes.len());
    let mut said = Vec::new();
    for node in &inputs.graph.nodes {
        let Some((key, field)) = folded(node) else { continue };
        let other = *first.entry((node.spec.keyword, node.account, key)).or_insert(node);
        if other.address == node.address {
            continue;
        }
        let word = node.spec.word_of(field).unwrap_or(field);
        said.push((
            node.address.clone(),
            Some(field.to_owned()),
            format!("its {word} differs from that of {} only in upper and lower case", other.address),
        ));
    }
    said
}

/// What a declaration is found by, in lower case, with the field that is a text of it.
fn folded(node: &GraphNode) -> Option<(String, &'static str)> {
    let (mut key, mut text) = (String::new(), None);
    // What a declaration says as JSON is told apart by that, and by no word.
    if node.spec.wire.keys_in().is_some() {
        return None;
    }
    let fields = node.spec.wire.parents().iter().copied().chain(node.spec.key_fields());
    for field in fields {
        match node.want.fields.get(field) {
            Some(Term::Text(value)) => {
                text = text.or(Some(field).filter(|_| value.chars().any(char::is_alphabetic)));
                key.push_str(&value.to_lowercase());
            }
            Some(value) => key.push_str(&value.to_string()),
            None => {}
        }
        key.push('\n');
    }
    text.map(|field| (key, field))
}
