//! Every declaration of a stack at one stage, with what each depends on.

use crate::parallel::each;
use crate::resolve::references;
use plg_schema::{Declared, Spec, Stack, Want, kinds};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;

/// One declaration.
#[derive(Debug)]
pub struct Node {
    /// Its address.
    pub address: String,
    /// The declaration.
    pub item: &'static dyn Declared,
    /// Its kind.
    pub spec: &'static Spec,
    /// What should be.
    pub want: Want,
    /// The nodes it needs, by place.
    pub depends: Vec<usize>,
    /// 0 where it needs nothing, else one more than the latest it needs.
    pub wave: u32,
    /// How long the longest chain of nodes that need it is.
    pub height: u32,
    /// Every account has it: nobody wrote it.
    pub standard: bool,
}

impl Node {
    /// Where it is declared, as `file:line`.
    pub fn place(&self) -> String {
        place(self.item)
    }

    /// Made anew after each deploy that changed something.
    pub fn is_marker(&self) -> bool {
        self.spec.wire.is_marker(&self.want.fields)
    }

    /// Read and referred to only.
    pub fn existing(&self) -> bool {
        self.item.common().existing
    }
}

fn place(item: &dyn Declared) -> String {
    let common = item.common();
    if common.file.is_empty() { "every account has it".to_owned() } else { format!("{}:{}", common.file, common.line) }
}

/// A contradiction between declarations, found when every part is put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackError {
    /// Where, as `file:line`.
    pub place: String,
    /// The address.
    pub address: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for StackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.address, self.place, self.message)
    }
}

/// What a declaration says of itself.
struct Described {
    address: String,
    lint: Vec<String>,
    want: Want,
}

impl Described {
    fn of(item: &dyn Declared) -> Self {
        Described { address: item.address(), lint: item.lint(), want: item.want() }
    }
}

/// All declarations, dependencies first.
#[derive(Debug, Default)]
pub struct Graph {
    /// In deploy order.
    pub nodes: Vec<Node>,
    index: HashMap<String, usize>,
}

impl Graph {
    /// The graph of a stack at a stage.
    ///
    /// # Errors
    /// Every contradiction: repeated addresses and keys, references that lead nowhere, cycles, and
    /// what the kinds themselves object to.
    pub fn of(stack: &'static Stack, stage: &str) -> Result<Graph, Vec<StackError>> {
        let mut errors = Vec::new();
        let mut items: Vec<(&'static dyn Declared, bool)> =
            stack.all().into_iter().map(|row| (row.at(stage), false)).collect();

        let mut index: HashMap<String, usize> = HashMap::new();
        let mut nodes: Vec<Node> = Vec::with_capacity(items.len());
        let mut referring: Vec<Vec<String>> = Vec::with_capacity(items.len());
        let mut described = each(&items, |(item, _)| Described::of(*item)).into_iter();
        let mut named: HashSet<String> = described.as_slice().iter().map(|own| own.address.clone()).collect();
        let mut next = 0;
        while let Some((item, standard)) = items.get(next).copied() {
            next += 1;
            let Described { address, lint, mut want } = described.next().unwrap_or_else(|| Described::of(item));
            let mut error =
                |message: String| errors.push(StackError { place: place(item), address: address.clone(), message });
            if let Some(first) = index.get(&address).map(|n| &nodes[*n]) {
                error(format!("declared again; first at {}", first.place()));
                continue;
            }
            for message in lint {
                error(message);
            }
            for (key, value) in item.common().extra {
                let value = value.value();
                match want.fields.get(*key) {
                    Some(there) if *there != value => {
                        error(format!("`extra` sets \"{key}\", which a field sets already"))
                    }
                    _ => drop(want.fields.insert((*key).to_owned(), value)),
                }
            }
            index.insert(address.clone(), nodes.len());
            // What every account has joins once something refers to it.
            let to = references(&want.fields);
            for to in &to {
                if !named.contains(to)
                    && let Some(own) = kinds::standard(to)
                {
                    named.insert(to.clone());
                    items.push((own, true));
                }
            }
            referring.push(to);
            nodes.push(Node {
                address,
                item,
                spec: item.spec(),
                want,
                depends: Vec::new(),
                wave: 0,
                height: 0,
                standard,
            });
        }
        for (node, to) in nodes.iter_mut().zip(referring) {
            let wanted: BTreeSet<String> = to.into_iter().chain(node.want.after.iter().cloned()).collect();
            for to in wanted {
                match index.get(&to) {
                    Some(target) => node.depends.push(*target),
                    None => errors.push(StackError {
                        place: node.place(),
                        address: node.address.clone(),
                        message: format!("it refers to {to}, which no part of the stack declares\n    help: name its module in the stack's `parts`"),
                    }),
                }
            }
        }
        repeated(&nodes, &mut errors);
        let order = sort(&mut nodes, &mut errors);
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(arrange(nodes, &order))
    }

    /// The node at an address.
    pub fn get(&self, address: &str) -> Option<&Node> {
        self.index.get(address).map(|n| &self.nodes[*n])
    }

    /// Every environment variable that declarations name, with where.
    pub fn environment(&self) -> Vec<(String, String, String)> {
        let mut all = Vec::new();
        for node in &self.nodes {
            for name in crate::resolve::variables(&node.want.fields) {
                all.push((name, node.address.clone(), node.place()));
            }
        }
        all
    }
}

/// Equal keys of a kind within one parent, across parts.
fn repeated(nodes: &[Node], errors: &mut Vec<StackError>) {
    let mut seen: HashMap<(&str, String, String), &Node> = HashMap::new();
    for node in nodes.iter().filter(|n| n.spec.wire.identity_is_unique()) {
        let Some(identity) = node.spec.wire.identity(&node.want.fields).filter(|i| !i.is_empty()) else { continue };
        let parents: Vec<String> = node
            .spec
            .wire
            .parents()
            .iter()
            .map(|p| node.want.fields.get(*p).map_or(String::new(), ToString::to_string))
            .collect();
        let key = (node.spec.keyword, parents.join(" "), identity.clone());
        if let Some(first) = seen.get(&key) {
            let message = format!("{} at {} has the key \"{identity}\" already", first.address, first.place());
            errors.push(StackError { place: node.place(), address: node.address.clone(), message });
        } else {
            seen.insert(key, node);
        }
    }
}

/// Waves and heights; the order by wave, then as declared. Cycles are errors, shown as a path.
fn sort(nodes: &mut [Node], errors: &mut Vec<StackError>) -> Vec<usize> {
    let mut blocked: Vec<usize> = nodes.iter().map(|n| n.depends.len()).collect();
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (place, node) in nodes.iter().enumerate() {
        for target in &node.depends {
            dependents[*target].push(place);
        }
    }
    let mut order: Vec<usize> = (0..nodes.len()).filter(|n| blocked[*n] == 0).collect();
    let mut at = 0;
    while let Some(place) = order.get(at).copied() {
        at += 1;
        for dependent in &dependents[place] {
            nodes[*dependent].wave = nodes[*dependent].wave.max(nodes[place].wave + 1);
            blocked[*dependent] -= 1;
            if blocked[*dependent] == 0 {
                order.push(*dependent);
            }
        }
    }
    for place in order.iter().rev() {
        nodes[*place].height = dependents[*place].iter().map(|d| nodes[*d].height + 1).max().unwrap_or(0);
    }
    if order.len() < nodes.len()
        && let Some(start) = (0..nodes.len()).find(|n| blocked[*n] > 0)
    {
        // Following what is still blocked must come back to where it was.
        let mut path = vec![start];
        let cycle = loop {
            let last = path[path.len() - 1];
            let Some(next) = nodes[last].depends.iter().copied().find(|d| blocked[*d] > 0) else { break path.clone() };
            if let Some(from) = path.iter().position(|p| *p == next) {
                path.push(next);
                break path[from..].to_vec();
            }
            path.push(next);
        };
        let names: Vec<&str> = cycle.iter().map(|n| nodes[*n].address.as_str()).collect();
        let first = &nodes[cycle[0]];
        errors.push(StackError {
            place: first.place(),
            address: first.address.clone(),
            message: format!("it depends on itself: {}", names.join(" → ")),
        });
    }
    order.sort_by_key(|n| (nodes[*n].wave, *n));
    order
}

fn arrange(nodes: Vec<Node>, order: &[usize]) -> Graph {
    let mut new_place = vec![0; nodes.len()];
    for (new, old) in order.iter().enumerate() {
        new_place[*old] = new;
    }
    let mut slots: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
    let mut graph = Graph::default();
    for old in order {
        let Some(mut node) = slots[*old].take() else { continue };
        for target in &mut node.depends {
            *target = new_place[*target];
        }
        graph.index.insert(node.address.clone(), graph.nodes.len());
        graph.nodes.push(node);
    }
    graph
}
