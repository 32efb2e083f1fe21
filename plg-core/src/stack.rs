//! A whole stack: where it goes and what it declares, in order.

use crate::storage::Storage;
use crate::value::{Env, Secret, Text, Url};
use crate::{Declared, Given, Provider, Shape, Value};

/// What `stack!` emits: constant data.
#[derive(Debug)]
pub struct Stack {
    /// The stack's name; empty in a part of another stack.
    pub name: &'static str,
    /// Where it can be deployed; empty in a part.
    pub stages: &'static [Stage],
    /// Declarations, dependencies first.
    pub items: &'static [&'static dyn Declared],
    /// Declarations that a stage has otherwise, by place.
    pub overrides: &'static [Override],
    /// Stacks that this one is put together from.
    pub parts: &'static [&'static Stack],
    /// The folder of the crate that declares it, as it was when it was built.
    pub folder: &'static str,
}

/// A declaration as one stage has it.
#[derive(Debug, Clone, Copy)]
pub struct Override {
    /// Its place among the stack's `items`.
    pub place: usize,
    /// The stage.
    pub stage: &'static str,
    /// What the stage has in its place.
    pub item: &'static dyn Declared,
}

/// One declaration in a stack.
#[derive(Debug, Clone, Copy)]
pub struct StackRow {
    /// The declaration as it is where no stage says otherwise.
    pub item: &'static dyn Declared,
    overrides: &'static [Override],
}

impl StackRow {
    /// The declaration as a stage has it.
    pub fn at(&self, stage: &str) -> &'static dyn Declared {
        self.overrides.iter().find(|one| one.stage == stage).map_or(self.item, |one| one.item)
    }
}

impl Stack {
    /// Its own declarations, dependencies first.
    pub fn rows(&'static self) -> impl Iterator<Item = StackRow> {
        let mut rest = self.overrides;
        self.items.iter().enumerate().map(move |(place, item)| {
            let (overrides, later) = rest.split_at(rest.iter().take_while(|one| one.place == place).count());
            rest = later;
            StackRow { item: *item, overrides }
        })
    }

    /// Every row of the stack and of its parts, parts first, each part once.
    pub fn all(&'static self) -> Vec<StackRow> {
        fn visit(stack: &'static Stack, seen: &mut Vec<*const Stack>, rows: &mut Vec<StackRow>) {
            if seen.contains(&std::ptr::from_ref(stack)) {
                return;
            }
            seen.push(std::ptr::from_ref(stack));
            for part in stack.parts {
                visit(part, seen, rows);
            }
            rows.extend(stack.rows());
        }
        let mut rows = Vec::new();
        visit(self, &mut Vec::new(), &mut rows);
        rows
    }

    /// The stage of this name.
    pub fn stage(&self, name: &str) -> Option<&'static Stage> {
        self.stages.iter().find(|s| s.name == name)
    }
}

/// Where a stack can be deployed.
#[derive(Debug, Clone, Copy)]
pub struct Stage {
    /// Its name, such as `prod`.
    pub name: &'static str,
    /// What it deploys to.
    pub target: Target,
}

choice! {
    /// What a stage deploys to.
    Target "target of a stage" {
        /// The sandbox of both APIs on this machine; needs no account.
        sandbox,
        ; /// Real accounts.
        else remote(Remote)
    }
}

record! {
    /// A stage with real accounts.
    Remote {
        /// The Attio workspace.
        attio: Attio,
        /// The PostHog project.
        posthog: Posthog,
        /// Refuses to destroy, and asks for the stage's name before anything is deleted, archived or replaced.
        protect: bool = false,
        /// Where what was applied last is remembered.
        state: Storage = Storage::folder,
    }
}

impl Stage {
    /// Whether this stage and another one say that both look after objects of one account.
    pub fn shares(&self, provider: Provider, other: &str) -> bool {
        let Target::remote(remote) = self.target else { return false };
        let with = match provider {
            Provider::Attio => remote.attio.shared_with,
            Provider::Posthog => remote.posthog.shared_with,
        };
        with.iter().any(|name| name.0 == other)
    }

    /// Where its state is kept; a sandbox is as local as its state.
    pub fn storage(&self) -> Storage {
        match self.target {
            Target::sandbox => Storage::folder,
            Target::remote(remote) => remote.state,
        }
    }
}

record! {
    /// An Attio workspace.
    Attio {
        /// The API key.
        key: Secret,
        /// Other stages of this stack that may look after objects of the same workspace. Each of them says so, too.
        shared_with: &'static [StageName] = &[],
    }
}

record! {
    /// A PostHog project.
    Posthog {
        /// A personal API key.
        key: Secret,
        /// The project's number.
        project: Number,
        /// Where the project is hosted.
        host: Host = Host::us,
        /// Other stages of this stack that may look after objects of the same project. Each of them says so, too.
        shared_with: &'static [StageName] = &[],
    }
}

choice! {
    /// Where a PostHog project is hosted.
    Host "PostHog host" {
        /// `https://us.posthog.com`
        us,
        /// `https://eu.posthog.com`
        eu,
        ; /// A self-hosted PostHog, by its address.
        else own(Url)
    }
}

impl Host {
    /// Its address, written out or from the environment.
    pub fn url(&self) -> Text {
        match self {
            Host::us => Text::Given("https://us.posthog.com"),
            Host::eu => Text::Given("https://eu.posthog.com"),
            Host::own(url) => url.0,
        }
    }
}

/// The name of another stage of the same stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageName(pub &'static str);

impl Value for StageName {
    const SHAPE: Shape = Shape::Stage;
    const BLANK: Self = StageName("");

    fn given(&self) -> Option<Given> {
        Some(Given::Word(self.0.to_owned()))
    }
}

/// A number, written out or from the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// Written in the stack.
    Given(u64),
    /// From an environment variable, with what to take without it.
    Env(Env),
}

impl Value for Number {
    const SHAPE: Shape = Shape::EnvNumber;
    const BLANK: Self = Number::Given(0);

    fn given(&self) -> Option<Given> {
        Some(match self {
            Number::Given(number) => Given::Int(i64::try_from(*number).unwrap_or(i64::MAX)),
            Number::Env(env) => Given::Env(env.name.to_owned()),
        })
    }
}
