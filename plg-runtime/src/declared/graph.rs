//! Every declaration of a stack at one stage, with what each depends on.

mod own;
pub mod rules;

use crate::declared::environment::Environment;
use crate::parallel::par_map;
use own::{account_of, own_address, reach_own, refer_to_own};
use plg_core::wire::Addition;
use plg_core::written::constants;
use plg_core::{AccountName, Declared, Map, Provider, Spec, Stack, Term, Terms, Want, known_by, linked};
use rules::{Assembled, HowHeld, START};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::OnceLock;

/// One declaration.
#[derive(Debug)]
#[non_exhaustive]
pub struct GraphNode {
    /// Its address.
    pub address: String,
    /// The declaration.
    pub item: &'static dyn Declared,
    /// Its kind.
    pub spec: &'static Spec,
    /// The account it is in.
    pub account: AccountName,
    /// What should be.
    pub want: Want,
    /// See [`GraphNode::known`].
    known: OnceLock<Map>,
    /// The nodes it needs, by place.
    pub depends: Vec<usize>,
    /// 0 where it needs nothing, else one more than the latest it needs.
    pub wave: u32,
    /// How long the longest chain of nodes that need it is.
    pub height: u32,
    /// Every account has it: nobody wrote it.
    pub standard: bool,
    /// Environment variables that its fields name.
    pub variables: Vec<String>,
    /// Its fields stand for themselves: they refer to nothing and name no variable.
    pub plain: bool,
}

impl GraphNode {
    /// Where it is declared, as `file:line`.
    pub fn place(&self) -> String {
        place(self.item)
    }

    /// The fields that stand for themselves, as JSON: most nodes are asked for them once or not at all.
    pub fn known(&self) -> &Map {
        self.known.get_or_init(|| self.want.fields.known())
    }

    /// The same, of which nothing is kept: for what asks once for those of each node.
    pub(crate) fn known_once(&self) -> Cow<'_, Map> {
        self.known.get().map_or_else(|| Cow::Owned(self.want.fields.known()), Cow::Borrowed)
    }

    /// Made anew after each deploy that changed something.
    pub fn is_marker(&self) -> bool {
        self.spec.wire.is_marker(&self.want.fields)
    }

    fn twin(&self) -> GraphNode {
        GraphNode {
            address: self.address.clone(),
            want: self.want.clone(),
            known: self.known.clone(),
            depends: self.depends.clone(),
            variables: self.variables.clone(),
            ..*self
        }
    }

    /// The same with other fields.
    fn with_want(&self, fields: Terms) -> GraphNode {
        let variables = fields.variables();
        let plain = variables.is_empty() && fields.references().is_empty();
        GraphNode {
            want: Want { fields, ..self.want.clone() },
            known: OnceLock::new(),
            variables,
            plain,
            ..self.twin()
        }
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
#[non_exhaustive]
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

/// What kinds themselves refer to beside what a kind is known by.
const OWN: [&str; 4] = ["id", "slug", "object", "target"];

/// What a declaration says of itself.
struct Described {
    address: String,
    wrong: Vec<String>,
    want: Want,
    /// Addresses that its fields refer to.
    refers: Vec<String>,
    variables: Vec<String>,
    /// What no other of its kind may have: the parents it is within, and its key there.
    key: Option<(String, String)>,
}

impl Described {
    fn of(item: &dyn Declared) -> Self {
        let (mut wrong, mut want) = (item.lint(), item.want());
        for (key, value) in item.common().extra {
            let value = value.term();
            match want.fields.get(key) {
                Some(there) if *there != value => {
                    wrong.push(format!("`extra` sets \"{key}\", which a field sets already"));
                }
                _ => drop(want.fields.insert(*key, value)),
            }
        }
        for (address, get) in want.fields.outputs() {
            let kind = address.split('.').next().unwrap_or_default();
            let is_output = || linked::find(kind).is_some_and(|spec| spec.wire.outputs().contains(&get));
            let is_known = known_by(kind).iter().any(|(_, own)| *own == get) || OWN.contains(&get) || is_output();
            if !is_known {
                let words: Vec<&str> = known_by(kind).iter().map(|(word, _)| *word).collect();
                wrong.push(format!(
                    "it refers to the {get} of {address}, which has none: write .{}",
                    words.join(" or .")
                ));
            }
        }
        let (refers, variables) = (want.fields.references(), want.fields.variables());
        let (spec, wire) = (item.spec(), item.spec().wire);
        let key_and_parents = || spec.key_fields().chain(wire.parents().iter().copied());
        let identity =
            if wire.identity_is_unique() { wire.identity(&want.fields.known_of(key_and_parents())) } else { None };
        let key = identity.filter(|identity| !identity.is_empty()).map(|identity| {
            let parent = |parent: &&str| want.fields.get(parent).map_or(String::new(), Term::to_string);
            (wire.parents().iter().map(parent).collect::<Vec<_>>().join(" "), identity)
        });
        Described { address: item.address(), wrong, want, refers, variables, key }
    }
}

/// Adds to lists of declarations the members that come with others. What is `existing` is only referred to, and what
/// nothing declares is said where it is referred to.
fn add_members(items: &[(&'static dyn Declared, AccountName, bool)], described: &mut [Described]) {
    let adds: Vec<Addition> = described.iter().flat_map(|own| &own.want.adds).cloned().collect();
    if adds.is_empty() {
        return;
    }
    let places: HashMap<String, usize> =
        described.iter().enumerate().map(|(place, own)| (own.address.clone(), place)).collect();
    for Addition { to, field, member } in adds {
        let Some(place) = places.get(&to).copied().filter(|place| !items[*place].0.common().existing) else { continue };
        let own = &mut described[place];
        let mut members = own.want.fields.get(field).and_then(Term::as_list).map_or_else(Vec::new, <[Term]>::to_vec);
        if !members.contains(&member) {
            members.push(member);
            own.want.fields.insert(field, members);
            own.refers = own.want.fields.references();
        }
    }
}

/// All declarations, dependencies first.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct StackGraph {
    /// In deploy order.
    pub nodes: Vec<GraphNode>,
    /// Whether any of them is in an account that is not the default one of its provider.
    pub(crate) has_named_accounts: bool,
    index: HashMap<String, usize>,
}

impl StackGraph {
    /// The graph of a stack at a stage.
    ///
    /// # Errors
    /// Every contradiction: repeated addresses and keys, references that lead nowhere, cycles, and
    /// what the kinds themselves object to.
    pub fn of(stack: &'static Stack, stage: &str) -> Result<StackGraph, Vec<StackError>> {
        Self::held(stack, stage, None)
    }

    /// The same, with what the environment says of the values that are taken from it.
    ///
    /// # Errors
    /// As above, and every value that its field does not take; beside those, variables that are not set.
    pub(crate) fn held(
        stack: &'static Stack,
        stage: &str,
        environment: Option<&Environment>,
    ) -> Result<StackGraph, Vec<StackError>> {
        let (mut again, mut mistakes, mut nowhere) = (Vec::new(), Vec::new(), Vec::new());
        let providers = stack.every_provider();
        linked::link(&providers);
        let mut items: Vec<(&'static dyn Declared, AccountName, bool)> = Vec::new();
        for row in stack.all() {
            let (item, account) = (row.at(stage), row.account());
            items.push((item, account, false));
            items.extend(item.parts().into_iter().map(|part| (part, account, false)));
        }
        let unknown = unknown_providers(items.iter().map(|(item, ..)| *item), &providers);

        let declared: Vec<&dyn Declared> = items.iter().map(|(item, ..)| *item).collect();
        for (wrong, message) in constants(&declared) {
            let message = message.replace("\nhelp: ", "\n    help: ");
            mistakes.push(StackError { place: place(declared[wrong]), address: declared[wrong].address(), message });
        }

        let mut index: HashMap<String, usize> = HashMap::new();
        let mut nodes: Vec<GraphNode> = Vec::with_capacity(items.len());
        let mut referring: Vec<Vec<String>> = Vec::with_capacity(items.len());
        let mut keys: Vec<Option<(String, String)>> = Vec::with_capacity(items.len());
        let mut described = par_map(&items, |(item, ..)| Described::of(*item));
        add_members(&items, &mut described);
        let mut described = described.into_iter();
        let mut named: HashSet<String> = described.as_slice().iter().map(|own| own.address.clone()).collect();
        let mut next = 0;
        while let Some((item, account, standard)) = items.get(next).copied() {
            next += 1;
            let mut own = described.next().unwrap_or_else(|| Described::of(item));
            refer_to_own(&mut own, item, account);
            if standard && let Some(address) = own_address(&own.address, item, account) {
                own.address = address;
            }
            reach_own(&mut own, item, &items);
            let Described { address, wrong, want, refers, variables, key } = own;
            let error = |message: String| StackError { place: place(item), address: address.clone(), message };
            if let Some(first) = index.get(&address).map(|n| &nodes[*n]) {
                again.push(error(format!("declared again; first at {}", first.place())));
                continue;
            }
            mistakes.extend(wrong.into_iter().map(error));
            index.insert(address.clone(), nodes.len());
            // What every account has joins once something refers to it.
            for to in refers.iter().chain(&want.after) {
                if !named.contains(to)
                    && let Some(own) = linked::own(to.split('@').next().unwrap_or_default())
                {
                    named.insert(to.clone());
                    // What another provider has of its own is where the others are that it comes after.
                    let is_of_provider = own.spec().provider() == item.spec().provider();
                    let other = if is_of_provider { account } else { account_of(&want.after, own, &items) };
                    items.push((own, other, true));
                }
            }
            let plain = refers.is_empty() && variables.is_empty();
            referring.push(refers);
            keys.push(key);
            nodes.push(GraphNode {
                address,
                item,
                spec: item.spec(),
                account,
                want,
                known: OnceLock::new(),
                depends: Vec::new(),
                wave: 0,
                height: 0,
                standard,
                variables,
                plain,
            });
        }
        for (node, to) in nodes.iter_mut().zip(referring) {
            let mut wanted: Vec<&String> = to.iter().chain(&node.want.after).collect();
            wanted.sort_unstable();
            wanted.dedup();
            for to in wanted {
                match index.get(to) {
                    Some(target) => node.depends.push(*target),
                    None => nowhere.push(StackError {
                        place: node.place(),
                        address: node.address.clone(),
                        message: format!("it refers to {to}, which no part of the stack declares\n    help: name its module in the stack's `parts`"),
                    }),
                }
            }
        }
        let (order, mut errors) = (sort(&mut nodes), unknown);
        let assembled = Assembled { nodes: &nodes, keys, again, wrong: mistakes, nowhere };
        for rule in START {
            match (&rule.hold, environment) {
                (HowHeld::Declared(hold), _) => hold(&assembled, &mut errors),
                (HowHeld::Environment(hold), Some(environment)) => hold(&nodes, environment, &mut errors),
                (HowHeld::Environment(_), None) => {}
            }
        }
        if errors.is_empty() {
            return Ok(arrange(nodes, index, &order));
        }
        for node in &nodes {
            let is_unset = |name: &&String| environment.is_some_and(|environment| environment.get(name).is_none());
            errors.extend(node.variables.iter().filter(is_unset).map(|name| StackError {
                place: node.place(),
                address: node.address.clone(),
                message: format!("the variable {name} is not set"),
            }));
        }
        Err(errors)
    }

    /// The same with other fields wanted of some declarations, by their places.
    pub(crate) fn with_wants(&self, mut wants: HashMap<usize, Terms>) -> StackGraph {
        let node = |(place, node): (usize, &GraphNode)| match wants.remove(&place) {
            Some(fields) => node.with_want(fields),
            None => node.twin(),
        };
        let nodes = self.nodes.iter().enumerate().map(node).collect();
        StackGraph { nodes, has_named_accounts: self.has_named_accounts, index: self.index.clone() }
    }

    /// The node at an address.
    pub(crate) fn get(&self, address: &str) -> Option<&GraphNode> {
        self.index.get(address).map(|n| &self.nodes[*n])
    }

    /// The variables that declarations name, each once.
    pub fn variables(&self) -> std::collections::BTreeSet<&str> {
        self.nodes.iter().flat_map(|node| node.variables.iter().map(String::as_str)).collect()
    }

    /// Every environment variable that declarations name, with where.
    pub(crate) fn environment(&self) -> Vec<(String, String, String)> {
        let mut all = Vec::new();
        for node in &self.nodes {
            for name in &node.variables {
                all.push((name.clone(), node.address.clone(), node.place()));
            }
        }
        all
    }
}

/// Waves and heights; the order by wave, then as declared, without what depends on itself.
fn sort(nodes: &mut [GraphNode]) -> Vec<usize> {
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
    order.sort_by_key(|n| (nodes[*n].wave, *n));
    order
}

fn arrange(nodes: Vec<GraphNode>, mut index: HashMap<String, usize>, order: &[usize]) -> StackGraph {
    let mut new_place = vec![0; nodes.len()];
    for (new, old) in order.iter().enumerate() {
        new_place[*old] = new;
    }
    let mut slots: Vec<Option<GraphNode>> = nodes.into_iter().map(Some).collect();
    let mut nodes = Vec::with_capacity(slots.len());
    for old in order {
        let Some(mut node) = slots[*old].take() else { continue };
        for target in &mut node.depends {
            *target = new_place[*target];
        }
        nodes.push(node);
    }
    for place in index.values_mut() {
        *place = new_place[*place];
    }
    let has_named_accounts = nodes.iter().any(|node| node.account != node.spec.provider().default_account());
    StackGraph { nodes, has_named_accounts, index }
}

/// Declarations of kinds that the stack's program does not know, by their places: nothing that looks at live objects
/// would know them, and each deploy would make them once more.
fn unknown_providers(
    items: impl Iterator<Item = &'static dyn Declared>,
    known: &[&'static Provider],
) -> Vec<StackError> {
    let is_it = |one: &'static Provider, provider: &'static Provider| std::ptr::eq(one, provider);
    let is_known = |provider: &'static Provider| {
        known.iter().any(|one| is_it(one, provider))
            && linked::provider(provider.word).is_some_and(|one| is_it(one, provider))
    };
    let error = |item: &'static dyn Declared| {
        let provider = item.spec().provider();
        let message = if known.contains(&provider) {
            format!(
                "two providers are called `{}`, and this declaration is of one that the stack does not use",
                provider.word
            )
        } else {
            format!(
                "it is a kind of {}, which the `stack!` of this stack does not know\n    help: add `{}` to the providers of its composition",
                provider.title, provider.word
            )
        };
        StackError { place: place(item), address: item.address(), message }
    };
    let mut last: Option<&'static Provider> = None;
    let mut errors = Vec::new();
    for item in items {
        let provider = item.spec().provider();
        // Most are of the same one as the one before.
        if last.is_some_and(|last| is_it(last, provider)) {
            continue;
        }
        if is_known(provider) {
            last = Some(provider);
        } else {
            errors.push(error(item));
        }
    }
    errors
}
