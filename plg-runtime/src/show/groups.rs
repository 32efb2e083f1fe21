//! In which order resources stand: under their provider's heading, and their account's where a provider has several; by
//! kind there, and what is declared inside another one under that.

use plg_core::linked;
use std::collections::{BTreeMap, BTreeSet};

/// What stands under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// The provider's name, with the account's behind it where that is not the default one.
    pub(crate) title: String,
    provider: String,
    account: String,
}

impl Group {
    /// Whether a resource of this account stands here.
    pub(crate) fn has(&self, provider: &str, account: &str) -> bool {
        self.provider == provider && self.account == account
    }
}

/// The headings of resources with their provider and their account: in alphabetical order, a provider's default account
/// before its others.
pub(crate) fn groups<'a>(all: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<Group> {
    let pairs: BTreeSet<(&str, bool, &str)> =
        all.map(|(provider, account)| (provider, !is_default(provider, account), account)).collect();
    let several = |provider: &str| pairs.iter().filter(|(one, ..)| *one == provider).count() > 1;
    pairs
        .iter()
        .map(|(provider, is_further, account)| Group {
            title: if *is_further && several(provider) {
                format!("{provider} ({account})")
            } else {
                (*provider).to_owned()
            },
            provider: (*provider).to_owned(),
            account: (*account).to_owned(),
        })
        .collect()
}

/// Whether an account is its provider's default one, which is called like it.
fn is_default(title: &str, account: &str) -> bool {
    linked::providers().any(|provider| provider.title == title && provider.word == account)
}

/// One line of a list of resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row<'a, T> {
    /// A resource, and in how many others it is declared.
    Item { item: &'a T, depth: usize },
    /// The address of one that is not in the list, around those that follow.
    Parent(&'a str),
}

/// What the order of a resource depends on: its address, its kind and the addresses that it needs.
type Facets<'a> = (&'a str, &'a str, &'a [String]);

/// Resources by kind, each kind where its first one stands in the order given; what is declared inside another one, such
/// as an option, under that.
pub(crate) fn families<'a, T>(all: &[&'a T], of: impl Fn(&'a T) -> Facets<'a>) -> Vec<Row<'a, T>> {
    let own: BTreeSet<&str> = all.iter().map(|item| of(item).0).collect();
    let mut inside: BTreeMap<&str, Vec<&'a T>> = BTreeMap::new();
    let mut kinds: Vec<(&str, Vec<Row<'a, T>>)> = Vec::new();
    let mut add = |kind: &'a str, row| match kinds.iter_mut().find(|(one, _)| *one == kind) {
        Some((_, rows)) => rows.push(row),
        None => kinds.push((kind, vec![row])),
    };
    for item in all.iter().copied() {
        let (_, kind, _) = of(item);
        match parent(of(item)) {
            None => add(kind, Row::Item { item, depth: 0 }),
            Some(parent) => {
                // One that is as declared, or in another list, is named for what is inside it.
                if !own.contains(parent) && !inside.contains_key(parent) {
                    add(parent.split('.').next().unwrap_or_default(), Row::Parent(parent));
                }
                inside.entry(parent).or_default().push(item);
            }
        }
    }
    let mut rows = Vec::with_capacity(all.len());
    for row in kinds.into_iter().flat_map(|(_, rows)| rows) {
        let address = match &row {
            Row::Item { item, .. } => of(item).0,
            Row::Parent(address) => address,
        };
        rows.push(row);
        let inside = inside.remove(address).into_iter().flatten();
        rows.extend(inside.map(|item| Row::Item { item, depth: 1 }));
    }
    rows
}

/// The address of the declaration around one: `attribute.LifecycleStage` for `option.LifecycleStage.Trial`.
fn parent<'a>((address, kind, depends): Facets<'a>) -> Option<&'a str> {
    let name = address.split_once('.')?.1.split_once('.')?.0;
    let parents = linked::find(kind).map_or(&[][..], |spec| spec.wire.parents());
    let named = depends.iter().filter_map(|needed| Some((needed.as_str(), needed.split_once('.')?)));
    let named = named.filter(|(_, (_, other))| *other == name);
    // Another kind may have the same name: its kind says first what it is declared in.
    let far = |kind: &str| parents.iter().position(|parent| *parent == kind).unwrap_or(parents.len());
    named.min_by_key(|(_, (kind, _))| far(kind)).map(|(needed, _)| needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_named_where_its_provider_has_several() {
        plg_core::linked::link(&[&plg_attio::PROVIDER, &plg_posthog::PROVIDER]);
        let titles = |all: &[(&str, &str)]| -> Vec<String> {
            groups(all.iter().copied()).into_iter().map(|group| group.title).collect()
        };
        assert_eq!(titles(&[("PostHog", "posthog"), ("Attio", "attio"), ("PostHog", "posthog")]), ["Attio", "PostHog"]);
        assert_eq!(titles(&[("PostHog", "marketing")]), ["PostHog"]);
        assert_eq!(
            titles(&[("PostHog", "beta"), ("PostHog", "posthog"), ("PostHog", "alpha"), ("Attio", "crm")]),
            ["Attio", "PostHog", "PostHog (alpha)", "PostHog (beta)"]
        );
    }

    #[test]
    fn kinds_stand_together_and_children_under_their_parents() {
        plg_core::linked::link(&[&plg_attio::PROVIDER, &plg_posthog::PROVIDER]);
        type One = (&'static str, Vec<String>);
        let one = |address, needs: &[&str]| -> One { (address, needs.iter().map(|n| (*n).to_owned()).collect()) };
        let all = [
            one("object.Stage", &[]),
            one("attribute.Stage", &["object.Stage"]),
            one("feature_flag.A", &[]),
            one("attribute.Size", &["object.Stage"]),
            one("option.Stage.Trial", &["object.Stage", "attribute.Stage"]),
            one("status.Deals.Won", &["attribute.Deals"]),
            one("object.Other", &[]),
            one("status.Deals.Lost", &["attribute.Deals"]),
        ];
        let all: Vec<&One> = all.iter().collect();
        let rows = families(&all, |(address, depends)| (address, address.split('.').next().unwrap(), depends));
        let said = |row: &Row<One>| match row {
            Row::Item { item, depth } => format!("{}{}", "  ".repeat(*depth), item.0),
            Row::Parent(address) => format!("({address})"),
        };
        assert_eq!(
            rows.iter().map(said).collect::<Vec<_>>(),
            [
                "object.Stage",
                "object.Other",
                "attribute.Stage",
                "  option.Stage.Trial",
                "attribute.Size",
                "(attribute.Deals)",
                "  status.Deals.Won",
                "  status.Deals.Lost",
                "feature_flag.A",
            ]
        );
    }
}
