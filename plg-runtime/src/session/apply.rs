//! Applies a plan: what can be done at once, then what had to wait.

use super::{Memory, Session};
use crate::apply::{ApplyOptions, Outcome, Shared, finish, work};
use crate::error::Error;
use crate::live::{is_watched, moves};
use crate::plan::{BACK, Change, LateObject, Plan, Step};
use crate::store::{self, Intent, KindInAccount, MOVED, StateEvent, StateStore, StoreError};
use plg_core::{AccountName, linked};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// How often is planned anew for what had to wait: a create can stay without an answer again.
const ROUNDS: usize = 4;

impl Session {
    /// Applies the plan just made. What waits for a create that may still arrive is done at the end, when it arrived or
    /// cannot any more.
    ///
    /// # Errors
    /// When the session only reads, or the first record cannot be written. What fails later is in
    /// the [`Outcome`].
    pub async fn apply(&mut self, plan: &Plan, options: &ApplyOptions) -> Result<Outcome, Error> {
        let started = Instant::now();
        let Memory::Open(book) = &self.memory else {
            return Err(Error::Problems(Vec::new()));
        };
        let book = book.clone();
        self.can_keep(plan)?;
        self.pin(&book).await?;
        for event in moves(&self.graph, &book.state(), |address| plan.step(address).is_some()) {
            book.record(event).await?;
        }
        let mut outcome = Outcome { unchanged: plan.count(Change::Unchanged), ..Outcome::default() };
        let mut current = Cow::Borrowed(plan);
        for round in 1..=ROUNDS {
            self.sort_arriving(&current);
            let shared = Arc::new(self.shared(&book, options));
            work(&shared, &current, &self.open, options, &mut outcome).await;
            let is_waiting = !outcome.waiting.is_empty() || !self.open.is_empty();
            let is_settled = !is_waiting && self.unsure.is_empty() && book.with_state(|s| s.returning.is_empty());
            if outcome.interrupted || round == ROUNDS || is_settled {
                break;
            }
            if is_waiting && options.no_wait {
                self.say_open(&mut outcome);
                break;
            }
            match self.once_more(plan, options, &mut outcome).await {
                Ok(Some(again)) => current = Cow::Owned(again),
                Ok(None) => break,
                Err(error) => {
                    outcome.warnings.push(format!("the waiting requests are left for the next deploy: {error}"));
                    break;
                }
            }
        }
        finish(&self.shared(&book, options), &current, &mut outcome).await;
        if let Err(error) = self.remember_late(&book).await {
            outcome.warnings.push(format!("the state could not record the object that arrived late: {error}"));
        }
        outcome.took = started.elapsed();
        Ok(outcome)
    }

    /// What is shown once is asked for only where it can be kept.
    fn can_keep(&self, plan: &Plan) -> Result<(), Error> {
        let shown = |step: &&Step| {
            matches!(step.change, Change::Create | Change::Replace)
                && linked::find(&step.kind).is_some_and(|spec| !spec.wire.secrets().is_empty())
        };
        let Some(step) = plan.steps.iter().find(shown) else { return Ok(()) };
        self.keeper.check().map_err(|error| {
            let message =
                format!("the API shows the secret of {} once, and plg could not store it: {error}", step.address);
            StoreError::Refused { message, hint: error.hint() }.into()
        })
    }

    async fn pin(&self, book: &StateStore) -> Result<(), Error> {
        let new = |s: &store::State| {
            let unknown = self.accounts.0.iter().filter(|account| !s.accounts.contains_key(account.name.0));
            unknown.map(|account| (account.name.0.to_owned(), account.id.clone())).collect::<BTreeMap<_, _>>()
        };
        let accounts = book.with_state(new);
        if !accounts.is_empty() {
            book.record(StateEvent::Pin { accounts, workspace: None, project: None }).await?;
        }
        Ok(())
    }

    fn shared(&self, book: &Arc<StateStore>, options: &ApplyOptions) -> Shared {
        Shared {
            client: self.client.clone(),
            book: book.clone(),
            graph: self.graph.clone(),
            seen: self.seen.clone(),
            arriving: self.arriving.iter().map(|intent| intent.address.clone()).collect(),
            keyed: {
                let open = book.pending();
                let is_open = |intent: &&Intent| open.iter().any(|one| one.op == intent.op);
                self.keyed.iter().filter(is_open).map(|intent| (intent.address.clone(), intent.clone())).collect()
            },
            restored: Mutex::default(),
            environment: self.environment.clone(),
            keeper: self.keeper.clone(),
            by: self.by.clone(),
            shown: self.shown.clone(),
            progress: options.progress.clone(),
        }
    }

    /// Waits for what may still arrive, looks at everything once more, and says what is left of a plan; nothing where
    /// nothing is, or it was interrupted.
    async fn once_more(
        &mut self,
        plan: &Plan,
        options: &ApplyOptions,
        outcome: &mut Outcome,
    ) -> Result<Option<Plan>, Error> {
        let contrary = self.contradicting(plan);
        let awaited: BTreeSet<String> = self.open.iter().map(|intent| intent.address.clone()).collect();
        let is_waiting = !outcome.waiting.is_empty() || !self.open.is_empty();
        let waits = is_waiting || (!contrary.is_empty() && !options.no_wait);
        if waits && !self.wait_for(&contrary, options).await? {
            outcome.interrupted = true;
            return Ok(None);
        }
        // Whatever else earlier runs had sent is looked at once more, at the end of this one.
        self.settle_unsure().await?;
        let mut again = self.plan(&self.planned.clone()).await?;
        self.forget_returning(&again).await?;
        let is_lost = |change| matches!(change, Change::Delete | Change::Archive | Change::Replace);
        // Nothing is done that was not in the plan, or is more than was agreed to.
        again.steps.retain(|step| {
            let base = step.address.split('@').next().unwrap_or_default();
            let agreed = plan.step(&step.address).or_else(|| plan.step(base));
            // Everything goes: what arrived meanwhile, too. And what arrived that no longer is declared was never there
            // for anybody to agree to.
            let was_left = step.address.contains(MOVED) && awaited.contains(base);
            let has_arrived = was_left || (awaited.contains(&step.address) && self.graph.get(&step.address).is_none());
            plan.destroy
                || has_arrived
                || step.address.contains(BACK)
                || agreed.is_some_and(|agreed| !is_lost(step.change) || is_lost(agreed.change))
        });
        outcome.waiting.clear();
        outcome.postponed.clear();
        Ok((again.changes() || again.remembers()).then_some(again))
    }

    /// Once a look finds nothing any more that came back beside something that was restored, nobody looks out for it.
    async fn forget_returning(&self, plan: &Plan) -> Result<(), Error> {
        let Memory::Open(book) = &self.memory else { return Ok(()) };
        let is_over = self.seen.fresh && !plan.steps.iter().any(|step| step.address.contains(BACK));
        // Only of accounts that were looked at.
        let is_seen = |kind: &String| {
            let (kind, named) = KindInAccount::read(kind);
            let default = || linked::find(kind).map(|spec| spec.provider().default_account());
            named.map(AccountName::read).or_else(default).is_some_and(|account| self.client.has(account))
        };
        let kinds: Vec<String> = book.with_state(|state| state.returning.keys().cloned().collect());
        for kind in kinds.into_iter().filter(|kind| is_over && is_seen(kind)) {
            book.record(StateEvent::Returning { kind, ids: BTreeSet::new() }).await?;
        }
        Ok(())
    }

    /// Names what may still arrive, where it is not waited for.
    fn say_open(&self, outcome: &mut Outcome) {
        for Intent { address, .. } in &self.open {
            if !outcome.waiting.iter().any(|(waiting, _)| waiting == address) {
                outcome.waiting.push((address.clone(), address.clone()));
            }
        }
    }

    /// Remembers what arrived after all, and forgets creates that nothing came of for long enough.
    async fn remember_late(&self, book: &StateStore) -> Result<(), Error> {
        let before = book.with_state(|state| state.watched.clone());
        if before.is_empty() {
            return Ok(());
        }
        let mut watched = before.clone();
        if self.seen.fresh {
            for one in watched.iter_mut().filter(|one| self.client.has(one.account())) {
                let account = one.account();
                let is_of = |late: &&LateObject| {
                    late.address == one.address && late.kind == one.kind && late.account == account.0
                };
                let late = self.seen.late.iter().filter(is_of);
                one.arrived = late.map(|late| late.id.clone()).collect();
            }
        }
        let now = self.client.now();
        watched.retain(|one| is_watched(one, now));
        if watched != before {
            book.record(StateEvent::Watch { watched }).await?;
            book.snapshot()?;
        }
        Ok(())
    }
}
