//! A request from the moment it reaches the sandbox until it is finished, which may be after its client is gone.

use crate::delivery::Delivery;
use crate::faults::Act;
use crate::sandbox::Sandbox;
use crate::{Api, SandboxRequest};
use std::time::Duration;

/// A request that was received and is not finished. Dropped, it was never received.
#[derive(Debug)]
pub struct Arrival {
    sandbox: Sandbox,
    request: SandboxRequest,
    fate: Act,
    /// Its number among the writes that can disturb each other.
    tagged: Option<u64>,
}

impl Sandbox {
    /// Receives one request: its faults are chosen, and it is under way until it is finished.
    pub fn receive(&self, request: SandboxRequest) -> Arrival {
        let (fate, tagged) = self.fate(&request);
        Arrival { sandbox: self.clone(), request, fate, tagged }
    }
}

impl Arrival {
    /// How long it takes before it is looked at.
    pub fn delay(&self) -> Duration {
        Duration::from_millis(self.fate.delay_ms)
    }

    /// Processes it under its faults, and answers.
    pub fn finish(mut self) -> Delivery {
        let Some(provider) = Api::of(&self.request.path) else {
            return Delivery::Answer(self.sandbox.answer(&self.request));
        };
        let clashes = self.tagged.take().is_some_and(|number| self.sandbox.untag(number));
        if clashes && self.fate == (Act { delay_ms: self.fate.delay_ms, ..Act::default() }) {
            (self.fate.status, self.fate.after) = (Some(500), true);
        }
        self.sandbox.process(provider, &self.request, &self.fate)
    }

    /// Its client is gone: it is processed so much later, without faults, and nobody hears of it.
    pub fn outlive(self, by: Duration) {
        self.sandbox.abandon(&self.request, by);
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        if let Some(number) = self.tagged.take() {
            self.sandbox.untag(number);
        }
    }
}
