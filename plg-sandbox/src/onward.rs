//! What destinations of PostHog write into Attio when an event arrives: from one account of the sandbox to another.

use crate::log::Logged;
use crate::posthog::captured::CapturedEvent;
use crate::posthog::hog_function::run::{self, DestinationRun};
use crate::state::SandboxState;
use crate::{Reply, SandboxRequest};

impl SandboxState {
    /// Lets the destinations of a PostHog account hear of events, in order. What they write is answered as any other
    /// request is, without faults and limits; what is refused ends that run, and the function's log says so.
    pub(crate) fn send_on(&mut self, from: usize, events: &[CapturedEvent]) {
        let kept = self.accounts[from].kept;
        for event in events {
            let settings = self.timed(kept);
            for due in run::due(&mut self.kept[kept].store, &settings, event) {
                let result = self.write(from, &due);
                let settings = self.timed(kept);
                run::ended(
                    &mut self.kept[kept].store,
                    &settings,
                    &due.function,
                    result.as_deref().map_err(String::as_str),
                );
            }
        }
    }

    /// Carries out what a destination writes, until something is refused.
    fn write(&mut self, from: usize, due: &DestinationRun) -> Result<String, String> {
        let mut written = Vec::new();
        for request in &due.writes {
            let to = self.attio_for(from, request).ok_or("the sandbox has no account of Attio")?;
            let reply = self.answer(to, request);
            let note = Some(format!("sent by the destination `{}`", due.name));
            self.push(Some(to), Logged { note, ..Logged::of(request, Some(reply.status)) });
            if reply.status >= 400 {
                return Err(format!("{} {}: status {}: {}", request.method, request.path, reply.status, said(&reply)));
            }
            written.push(request.path.clone());
        }
        Ok(format!("wrote {}", written.join(", ")))
    }

    /// Whose key a request has: the account that names it among its tokens, or the one that is kept together with
    /// PostHog's, or the first.
    fn attio_for(&self, from: usize, request: &SandboxRequest) -> Option<usize> {
        let key = request.bearer().unwrap_or_default();
        let all = || self.accounts.iter().enumerate().filter(|(_, served)| served.account.provider == "attio");
        let names_it = |kept: usize| {
            let tokens = self.kept[kept].settings.tokens.as_ref();
            tokens.is_some_and(|tokens| tokens.contains_key(key))
        };
        let by_key = all().find(|(_, served)| names_it(served.kept));
        let beside = || all().find(|(_, served)| served.kept == self.accounts[from].kept);
        by_key.or_else(beside).or_else(|| all().next()).map(|(at, _)| at)
    }
}

/// What a refusal says.
fn said(reply: &Reply) -> String {
    let body = reply.body.as_ref();
    body.and_then(|body| body["message"].as_str()).map_or_else(|| "no words".to_owned(), str::to_owned)
}
