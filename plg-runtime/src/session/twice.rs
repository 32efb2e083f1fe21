//! Two accounts of a stage that are one: what is moved between them would be adopted under one name, and then removed
//! under the other.

use crate::accounts::{Accounts, KnownAccount};
use crate::error::Error;
use crate::http::Endpoints;
use crate::store::State;

/// Two accounts that are the same one, if any are: both of the stage, or one of them only in what is remembered.
pub(crate) fn twice(accounts: &Accounts, endpoints: &Endpoints, state: &State) -> Option<Error> {
    let base = |one: &KnownAccount| endpoints.of(one.name).map(|endpoint| endpoint.base.trim_end_matches('/'));
    // Servers on this machine have one name, and are told apart by where they are.
    let is_named = |one: &KnownAccount| !one.id.starts_with(Accounts::LOOPBACK);
    let is_one = |a: &KnownAccount, b: &KnownAccount| {
        a.provider == b.provider && a.id == b.id && (is_named(a) || base(a) == base(b))
    };
    let used = state.accounts_used();
    for (place, account) in accounts.0.iter().enumerate() {
        let what = || format!("{} {} ({})", account.provider.account_title(), account.title, account.id);
        if let Some(other) = accounts.0[..place].iter().find(|other| is_one(other, account)) {
            let names = [other.name.to_string(), account.name.to_string()];
            return Some(Error::SameAccount { names, what: what() });
        }
        let remembered = state.accounts.iter().find(|(name, id)| {
            *name != account.name.0 && **id == account.id && is_named(account) && used.iter().any(|one| one.0 == *name)
        });
        if let Some((name, _)) = remembered.filter(|(name, _)| accounts.of(name).is_none()) {
            return Some(Error::SameAccount { names: [name.clone(), account.name.to_string()], what: what() });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Endpoint;
    use crate::secret::Secret;
    use crate::store::Entry;
    use plg_core::AccountName;

    fn account(name: &'static str, id: &str) -> KnownAccount {
        let (provider, title) = (&plg_posthog::PROVIDER, "Growth".to_owned());
        KnownAccount { name: AccountName(name), provider, id: id.to_owned(), title }
    }

    /// What is said of two accounts with these ids at these addresses, and of what is remembered of a third.
    fn said(ids: [&str; 2], bases: [&str; 2], remembered: Option<&str>) -> Option<String> {
        let names = ["posthog", "marketing"];
        let endpoint = |place: usize| {
            let key = Secret::new("key".to_owned());
            Endpoint::new(&plg_posthog::PROVIDER, bases[place], key).named(AccountName(names[place]))
        };
        let accounts = Accounts([0, 1].map(|place| account(names[place], ids[place])).into());
        let mut state = State::new("shop", "prod");
        if let Some(id) = remembered {
            state.accounts.insert("campaigns".to_owned(), id.to_owned());
            let entry = Entry { kind: "cohort".into(), account: Some("campaigns".into()), ..Entry::default() };
            state.resources.insert("cohort.All".to_owned(), entry);
        }
        twice(&accounts, &Endpoints([0, 1].map(endpoint).into()), &state).map(|error| error.to_string())
    }

    #[test]
    fn two_names_of_one_account_are_refused() {
        let (us, eu, here) = ("https://us.posthog.com", "https://eu.posthog.com", "http://127.0.0.1:1");
        let one = said(["us/project/7", "us/project/7"], [us, us], None).expect("they are one");
        assert!(one.contains("`posthog` and `marketing`") && one.contains("us/project/7"), "{one}");
        assert_eq!(said(["us/project/7", "eu/project/7"], [us, eu], None), None);
        // Two servers on this machine may give out one number; one of them is one account.
        assert_eq!(said(["loopback/project/7", "loopback/project/7"], [here, "http://127.0.0.1:2"], None), None);
        assert!(said(["loopback/project/7", "loopback/project/7"], [here, "http://127.0.0.1:1/"], None).is_some());
        // A name that the stage had for it before.
        let before = said(["us/project/7", "us/project/8"], [us, us], Some("us/project/8")).expect("they are one");
        assert!(before.contains("`campaigns` and `marketing`"), "{before}");
        assert_eq!(said(["us/project/7", "us/project/8"], [us, us], Some("us/project/9")), None);
    }
}
