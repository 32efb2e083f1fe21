//! Writes that nobody saw the answer of, of earlier runs and of this one.

use super::{Memory, Session};
use crate::apply::ApplyOptions;
use crate::apply::recover::{Resolved, remaining, resolve, settles};
use crate::error::Error;
use crate::plan::OpenWrite;
use crate::store::{Action, Intent, Settled, StateEvent, Watched};
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
        let Resolved { settled, given_up, open, arriving, unsure } =
            resolve(&self.client, pending, &self.state(), &self.environment, is_over).await?;
        for (intent, settled) in settled {
            if let Settled::Applied(entry) = &settled {
                self.recovered.push(format!(
                    "{} was made by an earlier deploy that did not see the answer; it is {}",
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
        for watched in given_up {
            self.watch(watched).await?;
        }
        self.open = open;
        self.arriving.extend(arriving);
        self.unsure.extend(unsure);
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
        let (now, window) = (self.client.now(), self.client.late_window());
        let write = |intent: &Intent| OpenWrite {
            address: intent.address.clone(),
            action: action(intent.action).to_owned(),
            until: (now + remaining(intent, window, now)).strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        };
        self.open.iter().chain(&self.unsure).map(write).collect()
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
        let creates = self.open_creates();
        self.recover(&creates, false).await?;
        let (now, window) = (self.client.now(), self.client.late_window());
        // Counted down here, so that a clock that is set meanwhile makes it no longer.
        let mut left = self.open.iter().map(|intent| remaining(intent, window, now)).max().unwrap_or_default();
        while !self.open.is_empty() && !left.is_zero() {
            let names: Vec<&str> = self.open.iter().map(|intent| intent.address.as_str()).collect();
            options.progress.note(&format!(
                "Waiting {} s at most for {}: {} may still arrive, and would be made twice if sent again.",
                left.as_secs_f64().ceil(),
                names.join(", "),
                if names.len() == 1 { "its create" } else { "their creates" },
            ));
            let pause = left.min(BETWEEN_LOOKS);
            tokio::select! {
                () = options.cancel.cancelled() => return Ok(false),
                () = self.client.pause(pause) => {}
            }
            left -= pause;
            let open = std::mem::take(&mut self.open);
            self.recover(&open, left.is_zero()).await?;
        }
        Ok(true)
    }

    /// Creates that nobody knows the outcome of, of earlier runs and of this one.
    pub(super) fn open_creates(&self) -> Vec<Intent> {
        self.pending().into_iter().filter(|intent| intent.action == Action::Create).collect()
    }
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
