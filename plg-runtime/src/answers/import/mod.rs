//! Writes down what is live as the source of a stack, and proves that a plan of it would be empty.

mod find;
mod strange;
mod text;

use crate::declared::environment::Environment;
use crate::declared::graph::StackGraph;
use crate::error::Error;
use crate::http::{Clients, Endpoint, Failure};
use crate::live::refresh;
use crate::plan::{Change, Holdings, Inputs, Step, plan};
use crate::store::seal::ValueTags;
use crate::store::{Entry, State, account_said};
use find::{Found, find};
use plg_core::source::{Fate, Gap, LiveKind, Only, write_accounts};
use plg_core::{Declared, Provider, Stack, StackItems};
use std::collections::{BTreeMap, BTreeSet};
pub use text::lines;
use text::source;

/// A project as the source of a stack.
#[derive(Debug)]
#[non_exhaustive]
pub struct Imported {
    /// The file: `stack! { … }`, and what it could not express as comments.
    pub source: String,
    /// How many declarations it has.
    pub declarations: usize,
    /// The declarations, as a program that was compiled with the source has them.
    pub items: Vec<&'static dyn Declared>,
    /// Everything that the language could not express.
    pub said: Vec<Gap>,
    /// Lists, details and rows that could not be read, although they may hold something.
    pub unread: usize,
    /// What was asked for with [`Only`] and is not there.
    pub absent: Vec<String>,
    /// Why a plan of it would not be empty; nothing, where the source is proved to be what is live.
    pub unproved: Vec<String>,
}

/// Reads everything, or `only` some of it, and writes it down under the name and the stages of `stack`.
pub(crate) async fn import(
    client: &Clients,
    stack: &'static Stack,
    stage: &str,
    environment: &Environment,
    only: &[Only],
    state: &State,
) -> Result<Imported, Error> {
    let mut found = Found::default();
    let mut others: Vec<(&'static str, Vec<LiveKind>)> = Vec::new();
    let (mut first, mut is_any_read) = (None, false);
    for endpoint in &client.endpoints().0 {
        let is_default = endpoint.account == endpoint.provider.default_account();
        let before = found.kinds.len();
        // What is in one account is nothing to another one of its provider.
        let around = if is_default { Vec::new() } else { std::mem::take(&mut found.kinds) };
        match find(&mut found, client, (endpoint.provider, endpoint.account), only).await {
            Ok(()) => is_any_read = true,
            Err(Error::Remote(failure)) => {
                found.unread += 1;
                found.left_out.push(unread(endpoint, &failure));
                first = first.or(Some(failure));
                found.kinds.truncate(if is_default { before } else { 0 });
            }
            Err(error) => return Err(error),
        }
        for kind in found.kinds.iter_mut().skip(if is_default { before } else { 0 }) {
            let known = state.resources.values().filter(|entry| entry.is_in(kind.spec, endpoint.account));
            kind.remembered = known.map(|entry| entry.id.clone()).collect();
        }
        if !is_default {
            others.push((endpoint.account.0, std::mem::replace(&mut found.kinds, around)));
        }
    }
    if let Some(failure) = first.filter(|_| !is_any_read) {
        return Err(Error::Remote(failure));
    }
    let variables = held(stack, stage, environment);
    for (name, value) in &variables {
        client.gate().hide_variable(name, value);
    }
    let mut written = write_accounts(&found.kinds, &others, &variables, only);
    written.gaps.extend(found.left_out);
    // Declarations are constant data, and these are made once.
    let mut providers = stack.every_provider();
    // Whose account was read may be written, also where nothing of it is declared yet.
    let read = client.endpoints().0.iter().map(|endpoint| endpoint.provider);
    read.for_each(|one| {
        if !providers.contains(&one) {
            providers.push(one)
        }
    });
    let providers: &'static [&'static Provider] = Vec::leak(providers);
    let parts: Vec<&'static Stack> =
        written.items_of.iter().map(|(account, items)| part(providers, account, items)).collect();
    let mut items = written.items.clone();
    items.extend(written.items_of.iter().flat_map(|(_, items)| items));
    let proof: &'static Stack = Box::leak(Box::new(Stack {
        name: Box::leak(stack.name.to_owned().into_boxed_str()),
        stages: &[],
        items: StackItems::of(written.items.clone()),
        parts: Vec::leak(parts),
        providers,
        ..Stack::NOTHING
    }));
    let unproved = match unproved(client, proof, (stage, &written.by_id), environment).await {
        // A list that could not be read is not read any better for the proof.
        Err(Error::Remote(failure)) if found.unread > 0 => vec![failure.to_string()],
        other => other?,
    };
    Ok(Imported {
        source: source(stack, &written),
        declarations: items.len(),
        items,
        said: written.gaps,
        unread: found.unread,
        absent: written.absent,
        unproved,
    })
}

/// The declarations of an account, as a part of a stack.
fn part(
    providers: &'static [&'static Provider],
    account: &'static str,
    items: &[&'static dyn Declared],
) -> &'static Stack {
    let accounts = providers.iter().map(|provider| (provider.word, account)).collect();
    Box::leak(Box::new(Stack {
        items: StackItems::of(items.to_vec()),
        providers,
        accounts: Vec::leak(accounts),
        ..Stack::NOTHING
    }))
}

/// What is said of an account of which nothing can be read.
fn unread(endpoint: &Endpoint, failure: &Failure) -> Gap {
    Gap {
        kind: endpoint.provider.word,
        name: endpoint.title(),
        id: "plg could read none of it".to_owned(),
        fate: Fate::LeftOut,
        why: vec![failure.to_string(), failure.hint()],
        keys: Vec::new(),
    }
}

/// The variables that the declarations of a stack name, with what they hold. Where a live value is one of these, it
/// stays in the environment.
fn held(stack: &'static Stack, stage: &str, environment: &Environment) -> BTreeMap<String, String> {
    let Ok(graph) = StackGraph::of(stack, stage) else { return BTreeMap::new() };
    let names = graph.variables().into_iter();
    names.filter_map(|name| Some((name.to_owned(), environment.get(name)?))).collect()
}

/// What a plan of a stack would change or object to, if nothing were remembered.
async fn unproved(
    client: &Clients,
    stack: &'static Stack,
    (stage, by_id): (&str, &[(String, String)]),
    environment: &Environment,
) -> Result<Vec<String>, Error> {
    let graph = match StackGraph::of(stack, stage) {
        Ok(graph) => graph,
        Err(errors) => return Ok(errors.iter().map(|error| format!("{}: {}", error.address, error.message)).collect()),
    };
    let mut state = State::new(stack.name, stage);
    // Where only the state says which of several is meant, it says so here, too.
    for (address, id) in by_id {
        let Some(node) = graph.get(address) else { continue };
        let account = account_said(node.spec, node.account);
        let entry = Entry { kind: node.spec.keyword.to_owned(), account, id: id.clone(), ..Entry::default() };
        state.resources.insert(address.clone(), entry);
    }
    let seen = refresh(client, &graph, &state, environment, None).await?;
    let others = Holdings::default();
    let inputs = Inputs {
        graph: &graph,
        state: &state,
        seen: &seen,
        environment,
        include_adopted: false,
        others: &others,
        unanswered: &[],
        tags: &ValueTags::default(),
    };
    match plan(&inputs, stage, false, &BTreeSet::new(), &[]) {
        Ok(plan) => Ok(plan.steps.iter().filter_map(difference).collect()),
        Err(Error::Problems(problems)) => {
            Ok(problems.iter().map(|problem| format!("{}: {}", problem.address, problem.message)).collect())
        }
        Err(error) => Err(error),
    }
}

fn difference(step: &Step) -> Option<String> {
    let fields: Vec<&str> = step.fields.iter().map(|change| change.field.as_str()).collect();
    match step.change {
        Change::Adopt | Change::Read | Change::Unchanged if fields.is_empty() => None,
        Change::Adopt => Some(format!("{}: {} would change", step.address, fields.join(", "))),
        _ => Some(format!("{}: it would be created or replaced", step.address)),
    }
}
