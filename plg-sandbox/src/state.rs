//! What is behind a sandbox's lock, and what happens to a request there.

use crate::accounts::{AccountRows, ServedAccount};
use crate::api::{ApiAccount, SandboxApi};
use crate::delivery::Delivery;
use crate::faults::{Act, Faults};
use crate::home::build::BuildStatus;
use crate::log::{Logged, RequestLog};
use crate::{Reply, SandboxRequest, Settings};
use jiff::Timestamp;
use std::io;
use std::time::Duration;

/// What is behind the lock.
#[derive(Debug, Default)]
pub(crate) struct SandboxState {
    /// The first is that of the default accounts of Attio and PostHog, which share one.
    pub(crate) kept: Vec<AccountRows>,
    pub(crate) accounts: Vec<ServedAccount>,
    pub(crate) faults: Faults,
    pub(crate) log: RequestLog,
    /// How the stack whose sandbox this is was built last, where somebody said so.
    pub(crate) build: Option<BuildStatus>,
    /// The time, where it is not the system's.
    pub(crate) time: Option<Timestamp>,
    /// Requests that are processed later, with their time and account; nobody waits for them.
    pub(crate) late: Vec<(Timestamp, usize, SandboxRequest)>,
}

impl SandboxState {
    /// Which account has this name.
    pub(crate) fn named(&self, account: &str) -> Option<usize> {
        self.accounts.iter().position(|served| served.account.name == account)
    }

    /// The same, or an error that says that there is none.
    pub(crate) fn existing(&self, account: &str) -> io::Result<usize> {
        let gone = || io::Error::new(io::ErrorKind::NotFound, format!("there is no account `{account}`"));
        self.named(account).ok_or_else(gone)
    }

    /// Replaces the settings of what is kept together, now and for the next time.
    pub(crate) fn change(&mut self, kept: usize, settings: Settings) -> io::Result<()> {
        let AccountRows { store, settings: old } = &mut self.kept[kept];
        settings.save(store);
        *old = settings;
        self.commit()
    }

    /// An account as its API has it, under settings.
    pub(crate) fn part<'a>(&'a mut self, at: usize, settings: &'a Settings) -> (&'a dyn SandboxApi, ApiAccount<'a>) {
        let served = &self.accounts[at];
        let store = &mut self.kept[served.kept].store;
        (&*served.api, ApiAccount { name: &served.account.name, store, settings })
    }

    /// Puts in place what an account has before anybody asks.
    pub(crate) fn prepare(&mut self, at: usize) {
        let settings = self.timed(self.accounts[at].kept);
        let (api, mut account) = self.part(at, &settings);
        api.prepare(&mut account);
    }

    /// Removes what an account has; its settings and ids stay.
    pub(crate) fn empty(&mut self, at: usize) {
        let served = &self.accounts[at];
        // Of what two accounts share, each has what is called like its API.
        let prefix = if served.kept == 0 { format!("{}.", served.account.provider) } else { String::new() };
        self.kept[served.kept].store.clear(&prefix);
        self.prepare(at);
    }

    /// Writes what changed, of every account.
    pub(crate) fn commit(&mut self) -> io::Result<()> {
        self.kept.iter_mut().try_for_each(|kept| kept.store.commit())
    }

    /// The refusal of a request above its rates, where the settings hold rates.
    pub(crate) fn refusal(&mut self, to: usize, request: &SandboxRequest, now: Timestamp) -> Option<Reply> {
        let served = &mut self.accounts[to];
        if !self.kept[served.kept].settings.rate_limits {
            return None;
        }
        let wait = served.limits.wait(served.api.rates(request), now)?;
        Some(served.api.limited(wait, now))
    }

    /// The time, as the sandbox counts it.
    pub(crate) fn now(&self) -> Timestamp {
        self.time.unwrap_or_else(Timestamp::now)
    }

    /// Settings with the time in them.
    pub(crate) fn timed(&self, kept: usize) -> Settings {
        let settings = &self.kept[kept].settings;
        Settings { now: settings.now.or(self.time), ..settings.clone() }
    }

    /// What its fate makes of a request; nothing where it is kept out.
    pub(crate) fn carry_out(&mut self, to: usize, request: &SandboxRequest, act: &Act) -> Option<Reply> {
        if let Some(lacks) = act.lacks {
            return Some(self.accounts[to].api.lacking(request, lacks));
        }
        if let Some(untrue) = act.untrue {
            let row = self.answer(to, &SandboxRequest { method: "GET".into(), body: Vec::new(), ..request.clone() });
            let row = row.body.filter(|_| row.status == 200 && request.method != "POST");
            return Some(untrue.reply(row, serde_json::from_slice(&request.body).unwrap_or_default()));
        }
        if !act.processes() {
            return None;
        }
        let shifted = act.page.as_ref().map(|page| page.asked(request));
        let request = shifted.as_ref().unwrap_or(request);
        if act.lag_ms > 0 && request.method == "GET" {
            let since = self.now().saturating_sub(Duration::from_millis(act.lag_ms)).unwrap_or(Timestamp::MIN);
            let served = &self.accounts[to];
            let mut old = self.kept[served.kept].store.as_of(since);
            let settings = self.timed(served.kept);
            let mut account = ApiAccount { name: &served.account.name, store: &mut old, settings: &settings };
            return Some(served.api.answer(&mut account, request));
        }
        Some(self.answer(to, request))
    }

    /// What an account answers, without faults and limits; its changes are on their way to disk.
    pub(crate) fn answer(&mut self, to: usize, request: &SandboxRequest) -> Reply {
        let kept = self.accounts[to].kept;
        let (now, settings) = (self.now(), self.timed(kept));
        self.kept[kept].store.set_time(now);
        let (api, mut account) = self.part(to, &settings);
        let reply = api.answer(&mut account, request);
        match account.store.commit() {
            Ok(()) => reply,
            Err(error) => Reply::error(500, &format!("the sandbox could not store this: {error}")),
        }
    }

    /// Counts and logs a request.
    pub(crate) fn note(&mut self, to: usize, request: &SandboxRequest, delivery: &Delivery) {
        let served = &mut self.accounts[to];
        if served.api.is_write(request) {
            served.counts.writes += 1;
        } else {
            served.counts.reads += 1;
        }
        let status = match delivery {
            Delivery::Answer(reply) | Delivery::Garbled(reply) => Some(reply.status),
            Delivery::HalfBody(_) | Delivery::Cut => None,
        };
        self.push(Some(to), Logged::of(request, status));
    }

    /// Logs a request with whose it was.
    pub(crate) fn push(&mut self, to: Option<usize>, mut entry: Logged) {
        if let Some(served) = to.map(|to| &self.accounts[to]) {
            entry.provider = Some(served.api.word());
            entry.account = (!served.account.is_default()).then(|| served.account.name.clone());
        }
        self.log.push(entry);
    }
}
