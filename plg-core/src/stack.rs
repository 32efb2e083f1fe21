//! A whole stack: where it goes and what it declares, in order.

use crate::provider::{Account, AccountName};
use crate::storage::Storage;
use crate::{Declared, Provider};
use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

/// What `stack!` emits: constant data.
#[derive(Debug)]
pub struct Stack {
    /// The stack's name; empty in a part of another stack.
    pub name: &'static str,
    /// Where it can be deployed; empty in a part.
    pub stages: &'static [Stage],
    /// Declarations, dependencies first.
    pub items: &'static StackItems,
    /// Declarations that a stage has otherwise, by place.
    pub overrides: &'static [Override],
    /// Stacks that this one is put together from.
    pub parts: &'static [&'static Stack],
    /// The providers whose kinds `stack!` knew.
    pub providers: &'static [&'static Provider],
    /// The accounts that its declarations are in where they name none: a provider's word, with an account's name.
    pub accounts: &'static [(&'static str, &'static str)],
    /// The folder of the crate that declares it, as it was when it was built.
    pub folder: &'static str,
    /// The macro that it is declared with, as others write its path: `plg::stack`.
    pub written_with: &'static str,
}

/// Declarations in order.
pub type ItemList = Vec<&'static dyn Declared>;

/// The declarations of a stack. A function lists what `stack!` declares: each reference in a constant costs the compiler
/// a proof about every field of what it leads to, and one in a function does not.
pub struct StackItems {
    list: OnceLock<ItemList>,
    by: fn(&mut ItemList),
}

impl StackItems {
    /// What a function lists.
    pub const fn by(by: fn(&mut ItemList)) -> StackItems {
        StackItems { list: OnceLock::new(), by }
    }

    /// A list that a program puts together.
    pub fn of(list: ItemList) -> &'static StackItems {
        Box::leak(Box::new(StackItems { list: OnceLock::from(list), by: |_| () }))
    }

    /// A list of nothing.
    pub const fn none() -> &'static StackItems {
        &NOTHING
    }
}

static NOTHING: StackItems = StackItems::by(|_| ());

impl Deref for StackItems {
    type Target = [&'static dyn Declared];

    fn deref(&self) -> &[&'static dyn Declared] {
        self.list.get_or_init(|| {
            let mut list = ItemList::new();
            (self.by)(&mut list);
            list
        })
    }
}

impl fmt::Debug for StackItems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deref().fmt(f)
    }
}

/// A declaration as one stage has it.
#[derive(Debug, Clone, Copy)]
pub struct Override {
    /// Its place among the stack's `items`.
    pub place: usize,
    /// The stage.
    pub stage: &'static str,
    /// What the stage has in its place.
    pub item: &'static dyn Declared,
}

/// One declaration in a stack.
#[derive(Debug, Clone, Copy)]
pub struct StackRow {
    /// The declaration as it is where no stage says otherwise.
    pub item: &'static dyn Declared,
    overrides: &'static [Override],
    accounts: &'static [(&'static str, &'static str)],
}

impl StackRow {
    /// The account it is in: its own, that of the declaration it is written inside, or the one that its stack or its
    /// provider has for it.
    pub fn account(&self) -> AccountName {
        let common = self.item.common();
        let provider = self.item.spec().provider();
        let said = common.account.or_else(|| common.parent.and_then(|parent| parent.common().account));
        let of_stack = || self.accounts.iter().find(|(word, _)| *word == provider.word).map(|(_, name)| *name);
        said.or_else(of_stack).map_or_else(|| provider.default_account(), AccountName)
    }

    /// The declaration as a stage has it.
    pub fn at(&self, stage: &str) -> &'static dyn Declared {
        self.overrides.iter().find(|one| one.stage == stage).map_or(self.item, |one| one.item)
    }
}

impl Stack {
    /// A stack of nothing: no name, no stages, no declarations.
    pub const NOTHING: Stack = Stack {
        name: "",
        stages: &[],
        items: &NOTHING,
        overrides: &[],
        parts: &[],
        providers: &[],
        accounts: &[],
        folder: "",
        written_with: "plg::stack",
    };

    /// Its own declarations, dependencies first.
    pub fn rows(&'static self) -> impl Iterator<Item = StackRow> {
        let mut rest = self.overrides;
        self.items.iter().enumerate().map(move |(place, item)| {
            let (overrides, later) = rest.split_at(rest.iter().take_while(|one| one.place == place).count());
            rest = later;
            StackRow { item: *item, overrides, accounts: self.accounts }
        })
    }

    /// Every row of the stack and of its parts, parts first, each part once.
    pub fn all(&'static self) -> Vec<StackRow> {
        fn visit(stack: &'static Stack, seen: &mut Vec<*const Stack>, rows: &mut Vec<StackRow>) {
            if seen.contains(&std::ptr::from_ref(stack)) {
                return;
            }
            seen.push(std::ptr::from_ref(stack));
            for part in stack.parts {
                visit(part, seen, rows);
            }
            rows.extend(stack.rows());
        }
        let mut rows = Vec::new();
        visit(self, &mut Vec::new(), &mut rows);
        rows
    }

    /// The providers that it and its parts know, each once.
    pub fn every_provider(&'static self) -> Vec<&'static Provider> {
        let mut all: Vec<&'static Provider> = self.providers.to_vec();
        for part in self.parts {
            all.extend(part.every_provider().into_iter().filter(|one| !self.providers.contains(one)));
        }
        let mut seen = Vec::new();
        all.retain(|one| {
            !seen.contains(one) && {
                seen.push(*one);
                true
            }
        });
        all
    }

    /// The accounts of a stage: those it names; of a sandbox every one that any stage or declaration names, and where
    /// none does, one of each provider that is used; of one that declares nothing, one of each provider it knows. In
    /// the order of their providers, each provider's default first.
    pub fn accounts_of(&'static self, stage: &Stage) -> Vec<Account> {
        if !stage.is_sandbox() {
            return stage.accounts().to_vec();
        }
        let named = self.stages.iter().flat_map(Stage::accounts).map(|account| (account.name, account.provider));
        let used = self.all().into_iter().map(|row| (row.account(), row.item.spec().provider()));
        let mut all: Vec<Account> = Vec::new();
        for (name, provider) in named.chain(used) {
            if !all.iter().any(|account| account.name == name) {
                all.push(Account { name, provider, settings: None });
            }
        }
        let order = self.every_provider();
        if all.is_empty() {
            // Nothing is declared yet: it may become anything.
            let default =
                |provider: &&'static Provider| Account { name: provider.default_account(), provider, settings: None };
            all.extend(order.iter().map(default));
        }
        all.sort_by_key(|account| {
            (order.iter().position(|one| *one == account.provider), account.name != account.provider.default_account())
        });
        all
    }

    /// The stage of this name.
    pub fn stage(&self, name: &str) -> Option<&'static Stage> {
        self.stages.iter().find(|s| s.name == name)
    }
}

/// Where a stack can be deployed.
#[derive(Debug, Clone, Copy)]
pub struct Stage {
    /// Its name, such as `prod`.
    pub name: &'static str,
    /// What it deploys to.
    pub target: Target,
}

/// What a stage deploys to.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// Every account in a sandbox on this machine; needs no key.
    Sandbox,
    /// Real accounts.
    Remote(Remote),
}

/// A stage with real accounts.
#[derive(Debug, Clone, Copy)]
pub struct Remote {
    /// The accounts it names.
    pub accounts: &'static [Account],
    /// What else it says.
    pub rules: StageRules,
}

record! {
    /// What a stage says beside its accounts.
    StageRules {
        /// Refuses to destroy, and asks for the stage's name before anything is deleted, archived or replaced.
        protect: bool = false,
        /// Where what was applied last is remembered.
        state: Storage = Storage::folder,
    }
}

impl Stage {
    /// The accounts that it names; none for a sandbox, which has every account of the stack.
    pub fn accounts(&self) -> &'static [Account] {
        match self.target {
            Target::Sandbox => &[],
            Target::Remote(remote) => remote.accounts,
        }
    }

    /// The account of this name.
    pub fn account(&self, name: AccountName) -> Option<&'static Account> {
        self.accounts().iter().find(|account| account.name == name)
    }

    /// Whether it is a sandbox.
    pub fn is_sandbox(&self) -> bool {
        matches!(self.target, Target::Sandbox)
    }

    /// Whether it refuses to destroy.
    pub fn is_protected(&self) -> bool {
        matches!(self.target, Target::Remote(Remote { rules: StageRules { protect: true, .. }, .. }))
    }

    /// Whether this stage and another one say that both look after objects of one account.
    pub fn shares(&self, account: AccountName, other: &str) -> bool {
        let with =
            self.account(account).and_then(|account| account.settings).map_or(&[][..], |said| said.shared_with());
        with.iter().any(|name| name.0 == other)
    }

    /// Where its state is kept; a sandbox is as local as its state.
    pub fn storage(&self) -> Storage {
        match self.target {
            Target::Sandbox => Storage::folder,
            Target::Remote(remote) => remote.rules.state,
        }
    }
}
