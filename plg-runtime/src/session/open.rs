//! Writes that nobody saw the answer of, of earlier runs and of this one.

use super::{Memory, Session};
use crate::apply::ApplyOptions;
use crate::apply::recover::{Resolved, remaining, resolve, settles};
use crate::declared::graph::GraphNode;
use crate::error::Error;
use crate::plan::{Change, OpenWrite, Plan, Step};
use crate::store::{Action, Entry, Intent, Settled, StateEvent, Watched};
use jiff::Timestamp;
use plg_core::{AccountName, Term, Terms, linked};
use std::sync::Arc;
use std::time::Duration;

/// How long is waited between two looks for what may still arrive: it may be there sooner.
const BETWEEN_LOOKS: Duration = Duration::from_secs(10);

impl Session {
    /// Every write without an answer.
    pub(super) fn pending(&self) -> Vec<Intent> {
        match &self.memory {
            Memory::Open(book) => book.pending(),
            Memory::Copy(_, pending) => pending.clone(),
        }
    }

    /// Finds out what became of requests, and remembers it; `is_over` says that none of them can arrive any more.
    pub(super) async fn recover(&mut self, pending: &[Intent], is_over: bool) -> Result<(), Error> {
        if pending.is_empty() {
            return Ok(());
        }
        let graph = self.graph.clone();
        let is_declared = |intent: &Intent| {
            let node = graph.get(&intent.address).filter(|node| !node.existing());
            let is_awaited = self.awaited.contains(&intent.op);
            node.is_some_and(|node| node.account == intent.account()) && !is_awaited
        };
        let state = self.state();
        let resolved = resolve(&self.client, pending, &state, &self.environment, is_over, is_declared).await?;
        let Resolved { settled, given_up, open, arriving, unsure, keyed } = resolved;
        // First, so that whoever dies in between looks out twice, and not never.
        for watched in given_up {
            self.watch(watched).await?;
        }
        for (intent, settled) in settled {
            if let Settled::Applied(entry) = &settled {
                self.recovered.push(format!(
                    "{} was created by an earlier deploy that got no answer; it is {}",
                    intent.address, entry.id
                ));
            }
            match &mut self.memory {
                Memory::Open(book) => book.record(settles(&intent, settled)).await?,
                Memory::Copy(state, _) => {
                    if let Settled::Applied(entry) = settled {
                        Arc::make_mut(state).resources.insert(intent.address, *entry);
                    }
                }
            }
        }
        self.open = open;
        self.arriving.extend(arriving);
        self.unsure.extend(unsure);
        self.keyed.retain(|known| !keyed.iter().any(|again| again.op == known.op));
        self.keyed.extend(keyed);
        Ok(())
    }

    async fn watch(&mut self, watched: Watched) -> Result<(), Error> {
        match &mut self.memory {
            Memory::Open(book) => book.record(StateEvent::GivenUp(Box::new(watched))).await?,
            Memory::Copy(state, _) => Arc::make_mut(state).watched.push(watched),
        }
        Ok(())
    }

    /// What may still arrive, for people.
    pub(super) fn open_writes(&self) -> Vec<OpenWrite> {
        let now = self.client.now();
        let write = |intent: &Intent| OpenWrite {
            address: intent.address.clone(),
            action: action(intent.action).to_owned(),
            until: (now + self.remaining(intent, now)).strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        };
        self.open.iter().chain(&self.arriving).chain(&self.unsure).map(write).collect()
    }

    /// How long a request may still arrive.
    fn remaining(&self, intent: &Intent, now: Timestamp) -> Duration {
        remaining(intent, self.client.late_window_of(&intent.kind), now)
    }

    /// Whether creates of earlier runs may still arrive.
    pub fn is_waiting(&self) -> bool {
        !self.open.is_empty()
    }

    /// Waits until what may still arrive is there or cannot arrive any more, and remembers which. Says whether it was
    /// waited to the end: not where it was interrupted.
    ///
    /// # Errors
    /// When an API cannot be asked, or what arrived cannot be told apart.
    pub async fn settle_open(&mut self, options: &ApplyOptions) -> Result<bool, Error> {
        self.wait_for(&[], options).await
    }

    /// The same, and also until these other writes cannot arrive any more, as they would undo what was done since.
    pub(super) async fn wait_for(&mut self, others: &[Intent], options: &ApplyOptions) -> Result<bool, Error> {
        let creates = self.open_creates();
        self.look_once_more(&creates, false).await?;
        let now = self.client.now();
        let longest =
            |intents: &[Intent]| intents.iter().map(|intent| self.remaining(intent, now)).max().unwrap_or_default();
        // Counted down here, so that a clock that is set meanwhile makes it no longer.
        let mut left = longest(&self.open).max(longest(others));
        while !left.is_zero() && (!self.open.is_empty() || !others.is_empty()) {
            let names: Vec<&str> = self.open.iter().chain(others).map(|intent| intent.address.as_str()).collect();
            options.progress.note(&format!(
                "Waiting at most {} s for {}: a write that got no answer may still arrive.",
                left.as_secs_f64().ceil(),
                names.join(", "),
            ));
            let pause = left.min(BETWEEN_LOOKS);
            tokio::select! {
                () = options.cancel.cancelled() => return Ok(false),
                () = self.client.pause(pause) => {}
            }
            left -= pause;
            let open = std::mem::take(&mut self.open);
            self.look_once_more(&open, left.is_zero()).await?;
        }
        Ok(true)
    }

    /// Remembers of changes and removals that can no longer arrive that they were looked at.
    pub(super) async fn settle_unsure(&mut self) -> Result<(), Error> {
        let unsure = std::mem::take(&mut self.unsure);
        let (open, looked) = (std::mem::take(&mut self.open), std::mem::take(&mut self.arriving));
        let settled = self.recover(&unsure, false).await;
        // What may still arrive stays in the journal, for the next run.
        self.unsure.clear();
        (self.open, self.arriving) = (open, looked);
        settled
    }

    /// Finds out what became of creates that are waited for, whether or not they have a key.
    async fn look_once_more(&mut self, creates: &[Intent], is_over: bool) -> Result<(), Error> {
        let again = std::mem::take(&mut self.arriving);
        let looked = self.recover(creates, is_over).await;
        self.open.append(&mut self.arriving);
        self.arriving = again;
        looked
    }

    /// Creates that nobody knows the outcome of, of earlier runs and of this one, and that are not sent again.
    fn open_creates(&self) -> Vec<Intent> {
        let is_sent_again = |intent: &Intent| self.arriving.iter().any(|again| again.op == intent.op);
        let creates = self.pending().into_iter().filter(|intent| intent.action == Action::Create);
        let is_keyed = |intent: &Intent| self.keyed.iter().any(|again| again.op == intent.op);
        creates.filter(|intent| !is_sent_again(intent) && !is_keyed(intent)).collect()
    }

    /// Sorts creates of earlier runs of what has a key. What this plan makes is sent again, and refused where the first
    /// one arrived; what is there already and stays keeps it from arriving. All else is waited for like what has no key.
    /// None of them is settled before it cannot arrive any more: a later run may remove what keeps it away.
    pub(super) fn sort_arriving(&mut self, plan: &Plan) {
        let state = self.state();
        let stays = |address: &str| plan.step(address).filter(|step| !step.change.is_removal());
        // It may be remembered under another address by now.
        let has_its_key = |intent: &Intent, entry: &Entry| {
            let is_there = entry.kind == intent.kind && entry.account == intent.account;
            let Some(spec) = linked::find(&intent.kind).filter(|_| is_there) else { return false };
            let within =
                |fields: &Terms| spec.wire.parents().iter().map(|p| fields.get(p).cloned()).collect::<Vec<_>>();
            let identity = |fields: &Terms| spec.wire.identity(&fields.known());
            within(&entry.fields) == within(&intent.fields) && identity(&entry.fields) == identity(&intent.fields)
        };
        let is_kept_away = |intent: &Intent| {
            let is_made =
                |step: &Step| step.change == Change::Create && AccountName::read(&step.account) == intent.account();
            stays(&intent.address).is_some_and(is_made)
                || state.resources.iter().any(|(address, entry)| {
                    let is_own = *address == intent.address && entry.account == intent.account;
                    stays(address).is_some() && (is_own || has_its_key(intent, entry))
                })
        };
        let is_covered =
            |intent: &Intent| self.planned.targets.is_empty() || self.planned.targets.contains(&intent.address);
        let (kept_away, others): (Vec<Intent>, Vec<Intent>) =
            std::mem::take(&mut self.arriving).into_iter().partition(is_kept_away);
        let waited: Vec<Intent> = others.into_iter().filter(is_covered).collect();
        self.arriving = kept_away;
        self.open.extend(waited);
        // What carries a key is sent again where this plan makes it, as it was: with other fields that cannot be changed
        // afterwards, it would be another object than is declared.
        let is_as_it_was = |intent: &Intent| {
            let node = self.graph.get(&intent.address);
            node.is_some_and(|node| node.spec.wire.fixed().is_empty() || !differs(&node.want.fields, intent))
        };
        let is_sent_again = |intent: &Intent| {
            let is_made = |step: &Step| {
                matches!(step.change, Change::Create | Change::Replace)
                    && AccountName::read(&step.account) == intent.account()
            };
            stays(&intent.address).is_some_and(is_made) && is_as_it_was(intent)
        };
        let pending = self.pending();
        let is_pending = |intent: &Intent| pending.iter().any(|one| one.op == intent.op);
        let keyed = std::mem::take(&mut self.keyed).into_iter().filter(is_pending);
        let (again, others): (Vec<Intent>, Vec<Intent>) =
            keyed.partition(|intent| is_sent_again(intent) || !is_covered(intent));
        self.keyed = again;
        self.awaited.extend(others.iter().map(|intent| intent.op));
        self.open.extend(others);
    }

    /// Changes and removals of earlier runs that would undo what this plan leaves, if they arrived after it.
    pub(super) fn contradicting(&self, plan: &Plan) -> Vec<Intent> {
        let is_contrary = |intent: &&Intent| {
            let is_there = |node: &&GraphNode| !plan.destroy && node.account == intent.account();
            let node = self.graph.get(&intent.address).filter(is_there);
            match intent.action {
                Action::Delete | Action::Archive => node.is_some(),
                Action::Revive => node.is_none(),
                Action::Update => node.is_some_and(|node| differs(&node.want.fields, intent)),
                Action::Retire => plan.step(&intent.address).is_none_or(|step| step.change != Change::Replace),
                Action::Create => false,
            }
        };
        self.unsure.iter().filter(is_contrary).cloned().collect()
    }
}

/// Whether a change is to other fields than are declared now. What refers to something else is not compared.
fn differs(declared: &Terms, intent: &Intent) -> bool {
    let sent = &*intent.fields;
    let is_plain = |term: &Term| term.unresolved().is_none();
    declared.iter().any(|(field, term)| is_plain(term) && sent.get(field).is_none_or(|sent| !term.is_same(sent)))
        || sent.keys().any(|field| !declared.contains_key(field))
}

fn action(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Revive => "revive",
        Action::Retire => "rename",
        Action::Delete => "delete",
        Action::Archive => "archive",
    }
}
