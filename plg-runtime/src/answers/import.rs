//! Writes down what is live as the source of a stack, and proves that a plan of it would be empty.

use crate::declared::environment::Environment;
use crate::declared::graph::StackGraph;
use crate::error::Error;
use crate::http::{Client, Failure};
use crate::live::{detailed, list, refresh};
use crate::plan::{Change, Holdings, Inputs, Step, plan};
use crate::store::State;
use crate::store::seal::ValueTags;
use crate::strangers::inline;
use plg_schema::source::{Fate, Gap, ImportedStack, KINDS, LiveKind, write, written_value};
use plg_schema::{Listing, Live, Spec, Stack, Stage, StageName, Storage, Target};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The longest reason, in letters.
const LONGEST: usize = 200;

/// A project as the source of a stack.
#[derive(Debug)]
#[non_exhaustive]
pub struct Imported {
    /// The file: `stack! { … }`, and what it could not express as comments.
    pub source: String,
    /// How many declarations it has.
    pub declarations: usize,
    /// What could not be expressed.
    pub said: Vec<Gap>,
    /// Why a plan of it would not be empty; nothing, where the source is proved to be what is live.
    pub unproved: Vec<String>,
}

/// Reads everything, and writes it down under the name and the stages of `stack`.
pub(crate) async fn import(
    client: &Client,
    stack: &'static Stack,
    stage: &str,
    environment: &Environment,
) -> Result<Imported, Error> {
    let (found, left_out) = find(client).await?;
    let variables = held(stack, stage, environment);
    for (name, value) in &variables {
        client.gate().hide_variable(name, value);
    }
    let mut written = write(&found, &variables);
    written.gaps.extend(left_out);
    // Declarations are constant data, and these are made once.
    let proof: &'static Stack = Box::leak(Box::new(Stack {
        name: Box::leak(stack.name.to_owned().into_boxed_str()),
        stages: &[],
        items: Vec::leak(written.items.clone()),
        overrides: &[],
        parts: &[],
        folder: "",
    }));
    let unproved = unproved(client, proof, stage, environment).await?;
    Ok(Imported { source: source(stack, &written), declarations: written.items.len(), said: written.gaps, unproved })
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
    client: &Client,
    stack: &'static Stack,
    stage: &str,
    environment: &Environment,
) -> Result<Vec<String>, Error> {
    let graph = match StackGraph::of(stack, stage) {
        Ok(graph) => graph,
        Err(errors) => return Ok(errors.iter().map(|error| format!("{}: {}", error.address, error.message)).collect()),
    };
    let state = State::new(stack.name, stage);
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
        _ => Some(format!("{}: it would be made or made anew", step.address)),
    }
}

/// Everything live of every kind, parents first, and what is left out of it: a kind that cannot be read, and objects
/// that an API makes by itself.
async fn find(client: &Client) -> Result<(Vec<LiveKind>, Vec<Gap>), Error> {
    let mut found: Vec<LiveKind> = Vec::new();
    let mut left_out = Vec::new();
    for importer in KINDS {
        let spec = importer.spec;
        let mut live = Vec::new();
        for parent in (importer.parents)(&found) {
            let listing = spec.wire.listing(&parent);
            match read(client, spec, &listing).await {
                Ok(rows) => live.extend(rows),
                Err(Error::Remote(failure)) if failure.is_of_a_kind() => left_out.push(unreadable(spec, &failure)),
                Err(error) => return Err(error),
            }
        }
        let all = live.len();
        let first = live.iter().find(|live| spec.wire.is_made_by_api(live)).cloned();
        live.retain(|live| !spec.wire.is_made_by_api(live));
        left_out.extend(first.map(|first| made_by_api(spec, &first, all - live.len())));
        found.push(LiveKind { spec, live });
    }
    left_out.dedup();
    Ok((found, left_out))
}

/// Everything in one list, with what its rows leave out.
async fn read(client: &Client, spec: &'static Spec, listing: &Listing) -> Result<Vec<Live>, Error> {
    let rows = list(client, spec.provider, spec.keyword, listing, 0).await?;
    detailed(client, spec, rows).await
}

/// What is said of a kind that this key or this server does not let anybody read.
fn unreadable(spec: &Spec, failure: &Failure) -> Gap {
    Gap {
        kind: spec.keyword,
        name: "of every name".to_owned(),
        id: "none could be read".to_owned(),
        fate: Fate::LeftOut,
        why: vec![failure.to_string(), failure.hint()],
    }
}

/// What is said, once, of the objects of a kind that an API made by itself.
fn made_by_api(spec: &Spec, first: &Live, count: usize) -> Gap {
    let others = if count > 1 { format!(", and {} more like it", count - 1) } else { String::new() };
    Gap {
        kind: spec.keyword,
        name: format!(
            "`{}`",
            ["name", "key"].iter().find_map(|key| first.fields.get(*key)?.as_str()).unwrap_or_default()
        ),
        id: format!("{}{others}", first.id),
        fate: Fate::LeftOut,
        why: vec![format!("{} makes such objects by itself, and removes them again", spec.provider.title())],
    }
}

/// The file: head, declarations, and what they leave out.
fn source(stack: &Stack, written: &ImportedStack) -> String {
    let mut out = String::from("//! What was live when this was written by `import`.\n\nplg_macros::stack! {\n");
    let _ = writeln!(out, "    name: \"{}\",\n    stages: {{", stack.name);
    for stage in stack.stages {
        let _ = writeln!(out, "        {},", stage_line(stage));
    }
    out.push_str("    },\n");
    if !written.text.is_empty() {
        out.push('\n');
        out.push_str(&written.text);
    }
    out.push_str("}\n");
    if !written.gaps.is_empty() {
        out.push_str("\n// What could not be expressed:\n");
        for said in &written.gaps {
            for line in lines(said) {
                let _ = writeln!(out, "// {line}");
            }
        }
    }
    out
}

/// One thing that could not be expressed, as a line and its reasons.
pub fn lines(said: &Gap) -> Vec<String> {
    let fate = match said.fate {
        Fate::Partly => "is not written in full, and the rest is left to people",
        Fate::Existing => "is written as `existing`, and never changed",
        Fate::LeftOut => "is left out",
    };
    let mut lines = vec![format!("{} {} ({}) {fate}:", said.kind, one_line(&said.name), one_line(&said.id))];
    lines.extend(said.why.iter().map(|why| format!("  {}", one_line(why))));
    lines
}

/// Text of others inside a comment: on one line, and nothing in it that rustc refuses there.
fn one_line(text: &str) -> String {
    let cut = text.chars().nth(LONGEST).map(|_| '…');
    inline(&text.chars().take(LONGEST).chain(cut).collect::<String>()).into_owned()
}

/// The stages that an account is shared with, where there are any.
fn shared(with: &[StageName]) -> String {
    let names: Vec<&str> = with.iter().map(|name| name.0).collect();
    if names.is_empty() { String::new() } else { format!(", shared_with: [{}]", names.join(", ")) }
}

fn stage_line(stage: &Stage) -> String {
    let Target::remote(remote) = stage.target else { return format!("{}: sandbox", stage.name) };
    let project = match remote.posthog.project {
        plg_schema::Number::Given(number) => number.to_string(),
        plg_schema::Number::Env(env) => match env.or {
            Some(or) => format!("env(\"{}\", or: {or})", env.name),
            None => format!("env(\"{}\")", env.name),
        },
    };
    let host = match remote.posthog.host {
        plg_schema::Host::us => "us".to_owned(),
        plg_schema::Host::eu => "eu".to_owned(),
        plg_schema::Host::own(url) => match url.0 {
            plg_schema::Text::Given(text) => format!("{text:?}"),
            plg_schema::Text::Env(name) => format!("env(\"{name}\")"),
        },
    };
    let (attio, posthog) = (remote.attio.key.0, remote.posthog.key.0);
    let mut lines = vec![
        format!("{}: {{", stage.name),
        format!("    attio: {{ key: env(\"{attio}\"){} }},", shared(remote.attio.shared_with)),
        format!(
            "    posthog: {{ key: env(\"{posthog}\"), project: {project}, host: {host}{} }},",
            shared(remote.posthog.shared_with)
        ),
    ];
    if remote.protect {
        lines.push("    protect: true,".to_owned());
    }
    if !matches!(remote.state, Storage::folder)
        && let Some(storage) = written_value(&remote.state)
    {
        lines.push(format!("    state: {storage},"));
    }
    lines.push("}".to_owned());
    lines.join("\n        ")
}
