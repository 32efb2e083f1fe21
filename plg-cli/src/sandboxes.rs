//! Sandboxes of a stack: every account that one of its stages or declarations names, and no other.

use crate::environment::url_variable;
use crate::failure::CommandFailure;
use plg_core::{Account, Stack, Stage, Target, codes};
use plg_runtime::exit::Exit;
use plg_runtime::http::{Endpoint, Endpoints};
use plg_runtime::secret::Secret;
use plg_sandbox::{Running, Sandbox, SandboxAccount, SandboxBuilder, Settings};
use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::OnceLock;

/// What the sandboxes of this program serve, beside the APIs that come with plg: what its `main` mounted.
static MOUNTED: OnceLock<SandboxBuilder> = OnceLock::new();

/// From now on every sandbox serves what this one does.
pub(crate) fn mount(builder: SandboxBuilder) {
    let _ = MOUNTED.set(builder);
}

/// A sandbox of these accounts, not opened yet.
pub(crate) fn builder(accounts: &[Account]) -> SandboxBuilder {
    MOUNTED.get().cloned().unwrap_or_else(Sandbox::builder).accounts(accounts.iter().map(served))
}

fn served(account: &Account) -> SandboxAccount {
    SandboxAccount::new(account.name.0, account.provider.word)
}

/// The accounts of a stack in a sandbox.
pub(crate) fn accounts(stack: &'static Stack) -> Vec<Account> {
    stack.accounts_of(&Stage { name: "", target: Target::Sandbox })
}

/// Opens a sandbox in a folder, and serves it on a free port of this machine.
///
/// # Errors
/// When its folder cannot be used or is in use, or an account is of an API that nobody mounted.
pub(crate) async fn start(accounts: &[Account], folder: &Path) -> io::Result<Running> {
    builder(accounts).dir(folder).start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
}

/// Why a sandbox cannot have the accounts it should.
pub(crate) fn unusable(folder: &Path, error: &io::Error) -> CommandFailure {
    CommandFailure::refused(
        codes::SANDBOX_UNUSABLE,
        Exit::Internal,
        format!("the sandbox in {} cannot be started: {error}", folder.display()),
        "mount the API in the stack's `main`: `plg::app(&STACK).mount(…).main()`",
    )
}

/// A line below an address: it is served until somebody ends it.
const SERVED: &str = "#served";

/// The address of a sandbox that is served until somebody ends it.
pub(crate) fn served_at(lines: &str) -> Option<String> {
    lines.lines().any(|line| line.trim() == SERVED).then(|| Numbers::read(lines).0).filter(|url| !url.is_empty())
}

/// The numbers of accounts in a sandbox, by their names, where they are not the one that most have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Numbers(BTreeMap<String, u64>);

impl Numbers {
    /// Those of a sandbox that is open here.
    pub(crate) fn of(sandbox: &Sandbox, accounts: &[Account]) -> Numbers {
        let number = |account: &Account| {
            let number = sandbox.settings_of(account.name.0)?.project;
            (number != Settings::default().project).then(|| (account.name.to_string(), number))
        };
        Numbers(accounts.iter().filter_map(number).collect())
    }

    /// The number of an account.
    pub(crate) fn get(&self, account: &Account) -> u64 {
        self.0.get(account.name.0).copied().unwrap_or(Settings::default().project)
    }

    /// As another process reads them, below the sandbox's address.
    pub(crate) fn lines(&self, url: &str) -> String {
        let numbers: String = self.0.iter().map(|(name, number)| format!("\n{name} {number}")).collect();
        format!("{url}{numbers}")
    }

    /// The same of a sandbox that is served until somebody ends it, and not for one command.
    pub(crate) fn served_lines(&self, url: &str) -> String {
        format!("{}\n{SERVED}", self.lines(url))
    }

    /// An address, with the numbers below it.
    pub(crate) fn read(lines: &str) -> (String, Numbers) {
        let mut lines = lines.trim().lines();
        let url = lines.next().unwrap_or_default().trim().to_owned();
        let numbers = lines.filter_map(|line| line.trim().split_once(' '));
        (url, Numbers(numbers.filter_map(|(name, number)| Some((name.to_owned(), number.parse().ok()?))).collect()))
    }
}

/// Where the accounts of a sandbox are.
pub(crate) fn endpoints(accounts: &[Account], url: &str, numbers: &Numbers) -> Endpoints {
    Endpoints(accounts.iter().map(|one| endpoint(one, &served(one).url(url), numbers.get(one))).collect())
}

/// An account of a sandbox, which takes any key.
pub(crate) fn endpoint(account: &Account, base: &str, number: u64) -> Endpoint {
    let endpoint = Endpoint::new(account.provider, base, Secret::new("sandbox".to_owned())).named(account.name);
    account.provider.holes.iter().fold(endpoint, |endpoint, hole| endpoint.hole(hole, number.to_string()))
}

/// Where an account is served, for people: `PostHog project 12345 at http://127.0.0.1:4848/api
/// (PLG_POSTHOG_URL=http://127.0.0.1:4848)`.
pub(crate) fn line(endpoint: &Endpoint) -> String {
    let api = endpoint.provider.api.base().trim_start_matches('/');
    let first = api.split('/').next().filter(|part| !part.contains('{')).unwrap_or_default();
    let holes: String = endpoint.holes.iter().map(|(hole, number)| format!(" {hole} {number}")).collect();
    let (base, variable) = (endpoint.base.trim_end_matches('/'), url_variable(endpoint.account));
    format!("{}{holes} at {base}/{first} ({variable}={base})", endpoint.title())
}

#[cfg(test)]
mod tests {
    use super::*;
    use plg_core::AccountName;

    #[test]
    fn where_accounts_are_is_read_back_by_whoever_looks_meanwhile() {
        let account = |name| Account { name: AccountName(name), provider: &plg_posthog::PROVIDER, settings: None };
        let all = [account("posthog"), account("marketing")];
        let sandbox = builder(&all).open().expect("it is in memory");
        let numbers = Numbers::of(&sandbox, &all);
        assert_eq!(numbers.lines("http://127.0.0.1:1"), "http://127.0.0.1:1\nmarketing 12346");
        assert_eq!(
            Numbers::read(&numbers.lines("http://127.0.0.1:1")),
            ("http://127.0.0.1:1".to_owned(), numbers.clone())
        );
        let served = numbers.served_lines("http://127.0.0.1:1");
        assert_eq!(Numbers::read(&served).1, numbers);
        assert_eq!(served_at(&served).as_deref(), Some("http://127.0.0.1:1"));
        assert_eq!(served_at(&numbers.lines("http://127.0.0.1:1")), None);
        let lines: Vec<String> = endpoints(&all, "http://127.0.0.1:1", &numbers).0.iter().map(line).collect();
        assert_eq!(
            lines,
            [
                "PostHog project 12345 at http://127.0.0.1:1/api (PLG_POSTHOG_URL=http://127.0.0.1:1)",
                "PostHog (marketing) project 12346 at http://127.0.0.1:1/accounts/marketing/api \
                 (PLG_MARKETING_URL=http://127.0.0.1:1/accounts/marketing)",
            ]
        );
    }
}
