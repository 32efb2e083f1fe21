//! How a sandbox is opened: its accounts, what is mounted, and where everything is kept.

use crate::accounts::{AccountRows, SandboxAccount, ServedAccount};
use crate::api::SandboxApi;
use crate::attio::api::AttioApi;
use crate::posthog::api::PosthogApi;
use crate::{Sandbox, Settings, Store};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Which number each account has among those of its API, for the next time; the default ones have none.
const NUMBERS: &str = "_accounts";

/// A sandbox before it is opened.
#[derive(Debug, Clone)]
pub struct SandboxBuilder {
    apis: Vec<Arc<dyn SandboxApi>>,
    accounts: Vec<SandboxAccount>,
    settings: Option<Settings>,
    dir: Option<PathBuf>,
}

impl Sandbox {
    /// A sandbox of Attio and PostHog in memory, until more is said.
    pub fn builder() -> SandboxBuilder {
        let apis: Vec<Arc<dyn SandboxApi>> = vec![Arc::new(AttioApi), Arc::new(PosthogApi)];
        SandboxBuilder { apis, accounts: Vec::new(), settings: None, dir: None }
    }

    /// Opens the sandbox of Attio and PostHog in `dir`, or one in memory. Without `settings` those of the last time
    /// hold.
    ///
    /// # Errors
    /// When the folder cannot be read or written, or another process has it open.
    pub fn open(dir: Option<&Path>, settings: Option<Settings>) -> io::Result<Sandbox> {
        SandboxBuilder { dir: dir.map(Path::to_owned), settings, ..Sandbox::builder() }.open()
    }
}

impl SandboxBuilder {
    /// Serves one more API.
    #[must_use]
    pub fn mount(mut self, api: impl SandboxApi) -> Self {
        self.apis.push(Arc::new(api));
        self
    }

    /// Has this account, and no other than those that are named. Where none is named, each API has its default one.
    #[must_use]
    pub fn account(self, account: SandboxAccount) -> Self {
        self.accounts([account])
    }

    /// Has these accounts, and no other than those that are named.
    #[must_use]
    pub fn accounts(mut self, accounts: impl IntoIterator<Item = SandboxAccount>) -> Self {
        self.accounts.extend(accounts);
        self
    }

    /// Starts with these settings, for each account; its project's number is its own. Without, those of the last time
    /// hold.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = Some(settings);
        self
    }

    /// Keeps everything in a folder.
    #[must_use]
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = Some(dir.into());
        self
    }

    /// Opens the sandbox.
    ///
    /// # Errors
    /// When the folder cannot be read or written, another process has it open, or an account cannot be as it is named.
    pub fn open(mut self) -> io::Result<Sandbox> {
        if self.accounts.is_empty() {
            self.accounts = self.apis.iter().map(|api| SandboxAccount::new(api.word(), api.word())).collect();
        }
        self.check().map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
        let lock = self.dir.as_deref().map(lock).transpose()?;
        let mut store = match &self.dir {
            Some(dir) => Store::open(dir)?,
            None => Store::in_memory(),
        };
        let settings = self.settings.clone().or_else(|| Settings::load(&store)).unwrap_or_default();
        settings.save(&mut store);
        let mut kept = vec![AccountRows { store, settings }];
        let mut served = Vec::new();
        for account in &self.accounts {
            let at = if account.root().is_some() {
                0
            } else {
                let own = self.own(account, &mut kept[0])?;
                kept.push(own);
                kept.len() - 1
            };
            served.extend(self.api(account).map(|api| ServedAccount::new(account.clone(), api.clone(), at)));
        }
        Sandbox::of(kept, served, lock)
    }

    /// What is kept of an account by itself.
    fn own(&self, account: &SandboxAccount, shared: &mut AccountRows) -> io::Result<AccountRows> {
        let mut store = match &self.dir {
            Some(dir) => Store::open_file(dir, &format!("{}.{}.log", account.name, account.provider))?,
            None => Store::in_memory(),
        };
        let last = Settings::load(&store);
        let project = last
            .as_ref()
            .map_or_else(|| shared.settings.project + number(account, &mut shared.store), |last| last.project);
        let settings = self.settings.clone().or(last).unwrap_or_else(|| shared.settings.clone());
        let settings = Settings { project, ..settings };
        settings.save(&mut store);
        Ok(AccountRows { store, settings })
    }

    fn api(&self, account: &SandboxAccount) -> Option<&Arc<dyn SandboxApi>> {
        self.apis.iter().find(|api| api.word() == account.provider)
    }

    /// Whether every account can be as it is named; otherwise, why not.
    fn check(&self) -> Result<(), String> {
        let words: Vec<&str> = self.apis.iter().map(|api| api.word()).collect();
        if let Some(word) = words.iter().enumerate().find(|(at, word)| words[..*at].contains(word)).map(|(_, w)| w) {
            return Err(format!("two APIs are called `{word}`"));
        }
        let mut names = BTreeSet::new();
        for SandboxAccount { name, provider } in &self.accounts {
            let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
            if let Some(word) = [name, provider].into_iter().find(|word| word.is_empty() || !word.chars().all(is_part))
            {
                return Err(format!("`{word}` is not a name of letters, digits, `_` and `-`"));
            }
            if !words.contains(&provider.as_str()) {
                return Err(format!("account `{name}` is of `{provider}`, but mounted are {}", words.join(", ")));
            }
            // Some disks take one name for the other.
            if !names.insert(name.to_ascii_lowercase()) {
                return Err(format!("two accounts are called `{name}`"));
            }
        }
        Ok(())
    }
}

/// The number of an account among those of its API, given once: 0 is the default one's.
fn number(account: &SandboxAccount, store: &mut Store) -> u64 {
    if account.is_default() {
        return 0;
    }
    let key = format!("{}/{}", account.provider, account.name);
    if let Some(number) = store.get(NUMBERS, &key).and_then(serde_json::Value::as_u64) {
        return number;
    }
    let others = store.rows(NUMBERS).filter(|(key, _)| key.split('/').next() == Some(&account.provider));
    let number = others.filter_map(|(_, number)| number.as_u64()).max().unwrap_or(0) + 1;
    store.put(NUMBERS, &key, json!(number));
    number
}

/// Takes the folder for this process; the lock ends with the file.
fn lock(dir: &Path) -> io::Result<File> {
    fs::create_dir_all(dir)?;
    let file = File::options().create(true).truncate(false).write(true).open(dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(io::Error::new(
            io::ErrorKind::WouldBlock,
            format!("another process has the sandbox in `{}` open", dir.display()),
        )),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
