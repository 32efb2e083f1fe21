//! Objects that nobody declares, as every account has them, and secrets for which a sandbox needs no variable.

use super::{Described, StackGraph};
use crate::declared::environment::Environment;
use plg_core::{AccountName, Declared, Stage, Term, linked};
use std::collections::{BTreeMap, BTreeSet};

/// The address, in an account, of what every account of a provider has: there is one of it in each.
pub(super) fn own_address(address: &str, own: &dyn Declared, account: AccountName) -> Option<String> {
    (account != own.spec().provider().default_account()).then(|| format!("{address}@{account}"))
}

/// The account of what another provider has of its own: that of the declarations which something comes after.
pub(super) fn account_of(
    after: &[String],
    own: &'static dyn Declared,
    items: &[(&'static dyn Declared, AccountName, bool)],
) -> AccountName {
    let provider = own.spec().provider();
    let is_beside = |item: &dyn Declared| item.spec().provider() == provider && after.contains(&item.address());
    let beside = items.iter().find(|(item, _, standard)| !standard && is_beside(*item));
    beside.map_or(provider.default_account(), |(_, account, _)| *account)
}

/// Lets a declaration come after what an account of another provider has of its own, that is not the default one.
pub(super) fn reach_own(
    described: &mut Described,
    item: &dyn Declared,
    items: &[(&'static dyn Declared, AccountName, bool)],
) {
    let after = described.want.after.clone();
    for to in &mut described.want.after {
        if let Some(own) = linked::own(to)
            && own.spec().provider() != item.spec().provider()
            && let Some(address) = own_address(to, own, account_of(&after, own, items))
        {
            *to = address;
        }
    }
}

/// Lets a declaration in an account that is not the default one refer to what that account has of its own.
pub(super) fn refer_to_own(described: &mut Described, item: &dyn Declared, account: AccountName) {
    let provider = item.spec().provider();
    if account == provider.default_account() {
        return;
    }
    let own = |address: &str| {
        let own = (provider.own)(address)?;
        own_address(address, own, account)
    };
    for to in described.refers.iter_mut().chain(&mut described.want.after) {
        if let Some(address) = own(to) {
            *to = address;
        }
    }
    described.want.fields.refer(&mut |address: &mut String| {
        if let Some(own) = own(address) {
            *address = own;
        }
    });
    if let Some((parents, _)) = &mut described.key {
        let parent = |parent: &&str| described.want.fields.get(parent).map_or(String::new(), Term::to_string);
        *parents = item.spec().wire.parents().iter().map(parent).collect::<Vec<_>>().join(" ");
    }
}

impl StackGraph {
    /// The environment of a stage. A sandbox takes any secret: what an API keeps to itself needs no variable there.
    pub(crate) fn environment_of(&self, stage: Option<&Stage>, environment: Environment) -> Environment {
        if !stage.is_some_and(Stage::is_sandbox) {
            return environment;
        }
        let (mut secret, mut shown) = (BTreeMap::new(), BTreeSet::new());
        for node in &self.nodes {
            for (field, value) in node.want.fields.iter() {
                let all = value.variables();
                if node.spec.wire.write_only().contains(&field.as_str()) {
                    secret.extend(all.into_iter().map(|name| (name.clone(), format!("sandbox-{name}"))));
                } else {
                    shown.extend(all);
                }
            }
        }
        secret.retain(|name, _| !shown.contains(name));
        environment.or(secret)
    }
}
