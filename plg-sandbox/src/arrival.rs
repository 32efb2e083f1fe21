//! A request from the moment it reaches the sandbox until it is finished, which may be after its client is gone.

use crate::SandboxRequest;
use crate::delivery::Delivery;
use crate::faults::Act;
use crate::sandbox::{RequestFate, Sandbox};
use std::time::Duration;

/// A request that was received and is not finished. Dropped, it was never received.
#[derive(Debug)]
pub struct Arrival {
    sandbox: Sandbox,
    fate: RequestFate,
}

impl Sandbox {
    /// Receives one request: its faults are chosen, and it is under way until it is finished.
    pub fn receive(&self, request: SandboxRequest) -> Arrival {
        Arrival { sandbox: self.clone(), fate: self.fate(request) }
    }
}

impl Arrival {
    /// How long it takes before it is looked at.
    pub fn delay(&self) -> Duration {
        Duration::from_millis(self.fate.act.delay_ms)
    }

    /// Processes it under its faults, and answers.
    pub fn finish(mut self) -> Delivery {
        let clashes = self.untag();
        let RequestFate { to, request, act, is_apart, .. } = &mut self.fate;
        let Some(to) = to.filter(|_| !*is_apart) else {
            return Delivery::Answer(self.sandbox.answer_apart(*to, request));
        };
        if clashes && *act == (Act { delay_ms: act.delay_ms, ..Act::default() }) {
            (act.status, act.after) = (Some(500), true);
        }
        self.sandbox.process(to, request, act)
    }

    /// Its client is gone: it is processed so much later, without faults, and nobody hears of it.
    pub fn outlive(self, by: Duration) {
        if let Some(to) = self.fate.to {
            self.sandbox.abandon(to, &self.fate.request, by);
        }
    }

    /// It disturbs no other write from now on; whether one disturbed it.
    fn untag(&mut self) -> bool {
        let under_way = self.fate.to.zip(self.fate.tagged.take());
        under_way.is_some_and(|(to, number)| self.sandbox.untag(to, number))
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.untag();
    }
}
