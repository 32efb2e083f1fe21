//! What the states of other stages and stacks hold in the same accounts.

use crate::accounts::{Accounts, KnownAccount};
use crate::declared::graph::{GraphNode, StackGraph};
use crate::store::{Entry, OtherState, State};
use plg_core::{AccountName, Stack, Stage, linked};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// Every object that another state holds as its own, by kind and remote id.
#[derive(Debug, Default)]
pub(crate) struct Holdings {
    /// Our own stack.
    stack: Option<&'static Stack>,
    others: Vec<OtherStage>,
    /// What people call our accounts.
    titles: HashMap<AccountName, String>,
    /// By kind and our account.
    held: HashMap<(String, AccountName), HeldIds>,
}

/// By remote id: which of the others, under which address.
type HeldIds = HashMap<String, Vec<(usize, String)>>;

/// A stage that holds something in the same account.
#[derive(Debug)]
struct OtherStage {
    name: String,
    stage: String,
    state: Arc<State>,
    /// The stack, where it is ours.
    stack: Option<&'static Stack>,
    /// What the stage declares, where it is a stage of our stack: put together where somebody asks.
    graph: OnceLock<Option<StackGraph>>,
    /// The accounts that it has in common with us.
    common: Vec<AccountName>,
}

/// One object that another state holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holding<'a> {
    other: &'a OtherStage,
    /// Its address there.
    pub(super) address: &'a str,
    /// As it was applied there.
    pub(super) entry: &'a Entry,
}

impl Holdings {
    /// What others hold in these accounts. What was only referred to is nobody's own.
    pub(crate) fn of(read: &[OtherState], stack: &'static Stack, accounts: &Accounts) -> Holdings {
        let mut holdings = Holdings {
            stack: Some(stack),
            titles: accounts.0.iter().map(|one| (one.name, one.what())).collect(),
            ..Holdings::default()
        };
        for OtherState { name, stack: of, stage, state } in read {
            let common: Vec<AccountName> =
                accounts.0.iter().filter(|one| is_in(state, one, accounts)).map(|one| one.name).collect();
            let place = holdings.others.len();
            let own = state.resources.iter().filter(|(_, entry)| !entry.existing);
            for (address, entry) in own {
                // Another stack may call the same account otherwise.
                let theirs = entry.account();
                let ours = common.iter().filter(|one| called(state, accounts, **one, &entry.kind) == Some(theirs.0));
                for one in ours {
                    let ids = holdings.held.entry((entry.kind.clone(), *one)).or_default();
                    ids.entry(entry.id.clone()).or_default().push((place, address.clone()));
                }
            }
            holdings.others.push(OtherStage {
                name: name.clone(),
                stage: stage.clone(),
                state: state.clone(),
                stack: (of == stack.name).then_some(stack),
                graph: OnceLock::new(),
                common,
            });
        }
        holdings
    }

    /// Whether nobody else holds anything there.
    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// The declaration of a stage of our own stack.
    pub(super) fn stage(&self, name: &str) -> Option<&'static Stage> {
        self.stack?.stage(name)
    }

    /// Who else holds an object.
    pub(super) fn holding(&self, kind: &str, account: AccountName, id: &str) -> Vec<Holding<'_>> {
        let held = self.held.get(&(kind.to_owned(), account)).and_then(|ids| ids.get(id)).into_iter().flatten();
        held.filter_map(|(place, address)| {
            let other = self.others.get(*place)?;
            Some(Holding { other, address, entry: other.state.resources.get(address)? })
        })
        .collect()
    }

    /// What should be known of accounts that others are deployed to as well: a line for each that holds objects of this
    /// stage, and one for all others. `own` is what this stage remembers.
    pub(crate) fn notes(&self, stage: &str, own: &State) -> Vec<String> {
        let (stage, mut notes, mut beside) = (self.stage(stage), Vec::new(), Vec::new());
        for (place, other) in self.others.iter().enumerate().filter(|(_, other)| !other.state.resources.is_empty()) {
            let is_said = |account: &AccountName| {
                other.stack.is_some() && stage.is_some_and(|stage| stage.shares(*account, &other.stage))
            };
            let unsaid: Vec<AccountName> = other.common.iter().copied().filter(|account| !is_said(account)).collect();
            if unsaid.is_empty() {
                continue;
            }
            let accounts: Vec<String> = unsaid.iter().map(|account| self.title(*account)).collect();
            let (name, accounts) = (&other.name, accounts.join(" and "));
            match self.in_common(place, &unsaid, own) {
                0 => beside.push(format!("{name} (the same {accounts})")),
                count => notes.push(format!(
                    "{name} also manages {count} {} of this stage, in the same {accounts}: removing one here only removes it from this state",
                    if count == 1 { "object" } else { "objects" }
                )),
            }
        }
        if !beside.is_empty() {
            notes.push(format!(
                "this stage shares an account with {}: plg refuses to manage here the objects that are managed there; to separate the two, use keys of other accounts",
                beside.join(", ")
            ));
        }
        notes
    }

    /// What people call an account.
    fn title(&self, account: AccountName) -> String {
        self.titles.get(&account).cloned().unwrap_or_else(|| format!("account {account}"))
    }

    /// How many objects of these accounts another one and we hold.
    fn in_common(&self, other: usize, accounts: &[AccountName], own: &State) -> usize {
        let is_in = |entry: &&Entry| accounts.contains(&entry.account());
        let is_held = |entry: &&Entry| {
            let held = self.held.get(&(entry.kind.clone(), entry.account())).and_then(|ids| ids.get(&entry.id));
            held.is_some_and(|held| held.iter().any(|(holder, _)| *holder == other))
        };
        own.resources.values().filter(|entry| !entry.existing).filter(is_in).filter(is_held).count()
    }
}

impl<'a> Holding<'a> {
    /// What messages call whoever holds it.
    pub(super) fn name(&self) -> &'a str {
        &self.other.name
    }

    /// The stage, where it is one of our stack.
    pub(super) fn sibling(&self) -> Option<&'a str> {
        self.other.stack.map(|_| self.other.stage.as_str())
    }

    /// Whether it may not be deleted, archived or replaced, as its stage or its declaration says there.
    pub(super) fn is_protected(&self) -> bool {
        let stage = self.other.stack.and_then(|stack| stack.stage(&self.other.stage));
        let is_of_stage = stage.is_some_and(Stage::is_protected);
        // What was applied there counts until something else is: whoever takes it off has to deploy that first.
        is_of_stage || self.entry.protect || self.declaration().is_some_and(|node| node.item.common().protect)
    }

    /// Its declaration there, where the stage is one of our stack and still declares it.
    pub(super) fn declaration(&self) -> Option<&'a GraphNode> {
        let graph = self.graph()?;
        let is_renamed = |node: &&GraphNode| {
            let was = node.item.common().was.map(|was| plg_core::address(node.spec.keyword, was));
            was.as_deref() == Some(self.address)
        };
        graph.get(self.address).or_else(|| graph.nodes.iter().find(is_renamed))
    }

    /// What the stage declares, where it is one of our stack.
    pub(super) fn graph(&self) -> Option<&'a StackGraph> {
        let OtherStage { stack, stage, graph, .. } = self.other;
        let stack = (*stack)?;
        stack.stage(stage)?;
        graph.get_or_init(|| StackGraph::of(stack, stage).ok()).as_ref()
    }

    /// Where it is declared there, as `file:line`.
    pub(super) fn place(&self) -> String {
        match self.declaration() {
            Some(node) => node.place(),
            None if self.entry.file.is_empty() => "place unknown".to_owned(),
            None => format!("{}:{}", self.entry.file, self.entry.line),
        }
    }
}

/// What a state calls one of our accounts, if it was deployed to it.
fn called<'a>(state: &'a State, accounts: &Accounts, ours: AccountName, kind: &str) -> Option<&'a str> {
    let own = accounts.0.iter().find(|one| one.name == ours)?;
    let spec = linked::find(kind).filter(|spec| *spec.provider() == *own.provider)?;
    let own_name = state.accounts.get_key_value(ours.0).filter(|(_, id)| **id == own.id);
    let default = spec.provider().default_account();
    let by_default = || state.accounts.get_key_value(default.0).filter(|(_, id)| **id == own.id);
    let by_id = || state.accounts.iter().find(|(_, id)| **id == own.id);
    own_name.or_else(by_default).or_else(by_id).map(|(name, _)| name.as_str())
}

/// Whether a state is of one of our accounts.
fn is_in(state: &State, account: &KnownAccount, accounts: &Accounts) -> bool {
    let is_same = |one: &KnownAccount| state.accounts.values().any(|id| *id == one.id);
    let is_unnamed = |one: &KnownAccount| one.id.starts_with(Accounts::LOOPBACK);
    // Servers on this machine have one name, and are told apart by another account.
    is_same(account) && (!is_unnamed(account) || accounts.0.iter().any(|other| !is_unnamed(other) && is_same(other)))
}
