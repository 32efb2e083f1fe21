//! Everything that can keep a deploy from working, looked at one by one.

use crate::accounts::{Accounts, Needs, Rights, every_misplaced, keys};
use crate::apply::recover::remaining;
use crate::declared::environment::Environment;
use crate::declared::graph::{GraphNode, StackGraph};
use crate::error::Error;
use crate::exit::Exit;
use crate::http::{Clients, Failure, title};
use crate::live::{LiveState, arrived, list};
use crate::plan::remembered_resources;
use crate::plan::told;
use crate::session::{SessionOptions, known, twice};
use crate::store::{self, State, StoreError};
use plg_core::{AccountName, Listing};
use serde::Serialize;
use std::collections::BTreeSet;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What was looked at.
    pub what: String,
    /// Whether it is as it should be.
    pub good: bool,
    /// What was found.
    pub detail: String,
    /// Whether it is to be known, and keeps no deploy from working.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub note: bool,
    /// Whether it is not good only because a host cannot be reached.
    #[serde(skip)]
    pub unreachable: bool,
    /// What to do, where it is not good.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hint: String,
}

#[derive(Debug, Default)]
struct Chart(Vec<Finding>);

impl Chart {
    fn good(&mut self, what: &str, detail: impl Into<String>) {
        self.0.push(Finding {
            what: what.to_owned(),
            good: true,
            detail: detail.into(),
            note: false,
            unreachable: false,
            hint: String::new(),
        });
    }

    fn bad(&mut self, what: &str, detail: impl Into<String>, hint: impl Into<String>) {
        self.0.push(Finding {
            what: what.to_owned(),
            good: false,
            detail: detail.into(),
            note: false,
            unreachable: false,
            hint: hint.into(),
        });
    }

    /// What a deploy finds out or leaves alone by itself.
    fn note(&mut self, what: &str, detail: impl Into<String>, hint: impl Into<String>) {
        self.bad(what, detail, hint);
        if let Some(last) = self.0.last_mut() {
            last.note = true;
        }
    }

    fn failure(&mut self, what: &str, failure: &Failure) {
        self.bad(what, failure.to_string(), failure.hint());
        self.is_unreachable(failure.is_unreachable());
    }

    fn error(&mut self, what: &str, error: &Error) {
        self.bad(what, error.to_string(), error.hint());
        self.is_unreachable(error.exit() == Exit::Unreachable);
    }

    /// Says of the last finding whether it is about a host that cannot be reached.
    fn is_unreachable(&mut self, unreachable: bool) {
        if let Some(last) = self.0.last_mut() {
            last.unreachable = unreachable;
        }
    }
}

/// `73 resources and 1 that the account has already`: the first is what every plan counts.
fn counted(graph: &StackGraph) -> String {
    let (existing, own): (Vec<_>, Vec<_>) = graph.nodes.iter().filter(|n| !n.standard).partition(|n| n.existing());
    let own = if own.len() == 1 { "1 resource".to_owned() } else { format!("{} resources", own.len()) };
    if existing.is_empty() { own } else { format!("{own} and {} declared as `existing`", existing.len()) }
}

/// Looks at the stack, the environment, the keys with their permissions, the accounts and the state.
/// Nothing is written, and one bad finding does not hide the others.
pub async fn examine(mut options: SessionOptions) -> Vec<Finding> {
    let mut chart = Chart::default();
    let graph = match StackGraph::held(options.stack, &options.stage, Some(&options.environment)) {
        Ok(graph) => {
            chart.good("stack", format!("{} fit together", counted(&graph)));
            graph
        }
        Err(errors) => {
            for error in errors {
                chart.bad("stack", error.to_string(), "fix the declaration named above");
            }
            return chart.0;
        }
    };
    options.environment = graph.environment_of(options.stack.stage(&options.stage), options.environment);
    for (name, address, place) in graph.environment() {
        if options.environment.get(&name).is_none() {
            chart.bad(
                "environment",
                format!("{name} is not set, for {address} ({place})"),
                "set it, in the environment or in a file `.env`",
            );
        }
    }
    let state = match store::read(&*options.backend, options.stack.name, &options.stage) {
        Ok(None) => {
            chart.good("state", "this stage was never deployed from here");
            None
        }
        Ok(Some((state, pending))) if known(&state, &pending, options.stack, &options.stage).is_err() => {
            if let Err(error) = known(&state, &pending, options.stack, &options.stage) {
                chart.error("state", &error);
            }
            Some(state)
        }
        Ok(Some((state, pending))) if pending.is_empty() => {
            chart.good("state", format!("snapshot {}, {} resources", state.serial, remembered_resources(&state)));
            Some(state)
        }
        Ok(Some((state, pending))) => {
            let open: Vec<String> = pending
                .iter()
                .map(|intent| {
                    let window = options
                        .client
                        .late_window
                        .or_else(|| Some(plg_core::linked::find(&intent.kind)?.provider().api.late_window()));
                    let left = remaining(intent, window.unwrap_or_default(), jiff::Timestamp::now());
                    let may = if left.is_zero() {
                        String::new()
                    } else {
                        format!(" (it may arrive for another {} s)", left.as_secs())
                    };
                    format!("{}{may}", intent.address)
                })
                .collect();
            chart.note(
                "state",
                format!("an earlier deploy sent requests and got no answer: {}", open.join(", ")),
                "the next deploy looks up their outcome first",
            );
            Some(state)
        }
        Err(error) => {
            chart.error("state", &error.into());
            None
        }
    };
    if let Ok(Some(holder)) = options.backend.holder()
        && !holder.nonce.is_empty()
        && !holder.is_gone()
        // A lock file stays where a deploy has ended; this process holds none while it looks.
        && holder.pid != std::process::id()
    {
        let locked = StoreError::Locked(holder);
        chart.note("lock", locked.to_string(), locked.hint());
    }
    let misplaced = every_misplaced(&options.endpoints);
    if !misplaced.is_empty() {
        for problem in misplaced {
            let title = title(problem.provider, problem.account);
            chart.bad(&format!("{title} key"), problem.message, problem.hint);
        }
        return chart.0;
    }
    let client = match Clients::new(options.endpoints, options.client) {
        Ok(client) => client,
        Err(error) => {
            chart.bad("address", error.to_string(), "use an https address; plain http is for this machine only");
            return chart.0;
        }
    };
    let keys = keys(&client).await;
    let mut reachable = BTreeSet::new();
    for (endpoint, found) in &keys.found {
        let (title, what) = (endpoint.title(), endpoint.provider.account);
        match found {
            Ok(found) => {
                chart.good(
                    &format!("{title} key"),
                    format!("opens the {what} {} ({})", found.name, Accounts::said(&found.id)),
                );
                reachable.insert(endpoint.account);
                let before = state.as_ref().and_then(|state| state.accounts.get(endpoint.account.0));
                if let Some(before) = before.filter(|before| **before != found.id) {
                    chart.bad(
                        &format!("{title} {what}"),
                        format!("this stage was deployed to {}", Accounts::said(before)),
                        format!("use the key of that {what}; for another one, add a stage"),
                    );
                }
            }
            Err(failure) => chart.failure(&format!("{title} key"), failure),
        }
    }
    let remembered = state.clone().unwrap_or_else(|| State::new(options.stack.name, &options.stage));
    if let Some(error) = twice(&keys.known(), client.endpoints(), &remembered) {
        chart.error("accounts", &error);
    }
    for problem in keys.problems(&Needs::of(&graph, true)) {
        chart.bad(&format!("{} permissions", title(problem.provider, problem.account)), problem.message, problem.hint);
    }
    lists(&mut chart, &client, &graph, &reachable, keys.rights()).await;
    if let Some(state) = &state {
        late(&mut chart, &client, state, &options.environment).await;
    }
    chart.0
}

/// What arrived although its create had been given up.
async fn late(chart: &mut Chart, client: &Clients, state: &State, environment: &Environment) {
    match arrived(client, None, state, environment, &mut LiveState::default()).await {
        Ok(all) => {
            for late in all {
                chart.note("late", told(&late), format!("`state remove-late {}` removes it", late.named()));
            }
        }
        Err(error) => chart.error("late", &error),
    }
}

async fn lists(
    chart: &mut Chart,
    client: &Clients,
    graph: &StackGraph,
    reachable: &BTreeSet<AccountName>,
    rights: &Rights,
) {
    let mut seen: BTreeSet<(AccountName, Listing)> = BTreeSet::new();
    for node in graph
        .nodes
        .iter()
        .filter(|n| reachable.contains(&n.account) && n.spec.wire.parents().is_empty() && !n.is_marker())
    {
        let listing = node.spec.wire.listing(node.known());
        // What a key may not read was said already.
        let known = rights.cannot_read(node.account, &listing.path);
        if !seen.insert((node.account, listing.clone())) || known {
            continue;
        }
        match list(&client.of(node.spec.provider(), node.account), node.spec.keyword, &listing, 0).await {
            Ok(lives) => {
                let is_default = node.account == node.spec.provider().default_account();
                let of = if is_default { String::new() } else { format!(" ({})", node.account) };
                chart.good(&format!("{}{of}", node.spec.keyword), format!("{} there", lives.len()));
                let is_here =
                    |n: &&GraphNode| n.standard && n.spec.keyword == node.spec.keyword && n.account == node.account;
                for own in graph.nodes.iter().filter(is_here) {
                    let identity = own.spec.wire.identity(own.known());
                    if !lives.iter().any(|l| own.spec.wire.identity(&l.fields) == identity) {
                        chart.bad(&own.address, "it is switched off", own.spec.provider().api.switched_off());
                    }
                }
            }
            Err(error) => chart.error(node.spec.keyword, &error),
        }
    }
}
