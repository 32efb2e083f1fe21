//! `flags`: who gets what of the flags of a stage, and why.

use crate::args::Global;
use crate::failure::CommandFailure;
use crate::output::Output;
use crate::sample;
use crate::stage;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use plg_core::similar::closest;
use plg_core::{AccountName, Stack};
use plg_flags::{AskedPerson, Evaluation, FlagDefinition, FlagDefinitions, explained};
use plg_runtime::declared::graph::{GraphNode, StackGraph};
use plg_runtime::error::Error;
use plg_runtime::exit::Exit;
use plg_runtime::session::PlanOptions;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The kind of what can be asked here.
const KIND: &str = "feature_flag";

/// Where an account says which token applications name it by.
const PROJECT: &str = "/api/projects/{project}/";

/// Where it answers every flag, for libraries that decide by themselves.
const DEFINITIONS: &str = "/api/feature_flag/local_evaluation";

/// Evaluate the flags of a stage for a person.
#[derive(Debug, Subcommand)]
pub(crate) enum FlagsCommand {
    /// Print which value of a live flag of the stage, or of all its flags, one person gets, and why.
    Evaluate(EvaluateArgs),
}

/// Print which value of a live flag of the stage, or of all its flags, one person gets, and why. plg evaluates it as PostHog
/// does, from the account's present flags and the properties given. It does not query the account's data about people: their
/// stored properties, their events, and their static cohorts.
#[derive(Debug, Args)]
#[command(after_help = sample::examples(&[
    "flags evaluate feature_flag.NewOnboarding --id u1 --person plan=pro --explain".into(),
    "flags evaluate new-onboarding-flow --id u1 --group company=acme --stage prod".into(),
]))]
pub(crate) struct EvaluateArgs {
    /// A flag's address, or its key; without it, every flag.
    flag: Option<String>,
    /// The person's distinct id.
    #[arg(long, value_name = "ID", default_value = "somebody")]
    id: String,
    /// A property of the person; may be repeated. A value that is not JSON is a text.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    person: Vec<(String, Value)>,
    /// A group of the person, by the name of its type and its key; may be repeated.
    #[arg(long, value_name = "TYPE=KEY", value_parser = pair)]
    group: Vec<(String, Value)>,
    /// A property of such a group; may be repeated.
    #[arg(long, value_name = "TYPE.NAME=VALUE", value_parser = pair)]
    group_property: Vec<(String, Value)>,
    /// The device's id, for flags that are bucketed by device.
    #[arg(long, value_name = "ID")]
    device: Option<String>,
    /// The time of the evaluation; now, unless given.
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// Print the reason.
    #[arg(long)]
    explain: bool,
    /// The account, if the stack has several and does not declare the flag.
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
}

/// `plan=pro`, `seats=3`, `tags=["a"]`.
fn pair(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    if name.is_empty() {
        return Err("a name is missing before `=`".to_owned());
    }
    Ok((name.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| Value::from(value))))
}

pub(crate) async fn run(
    stack: &'static Stack,
    global: &Global,
    command: &FlagsCommand,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    let FlagsCommand::Evaluate(args) = command;
    let graph = StackGraph::of(stack, &global.stage).map_err(|e| CommandFailure::from(Error::Stack(e)))?;
    let flags: Vec<&GraphNode> = graph.nodes.iter().filter(|node| node.spec.keyword == KIND).collect();
    let declared = args.flag.as_deref().and_then(|asked| declared(&flags, asked));
    let account = account(args, &graph, declared)?;
    let key = declared.map_or(args.flag.as_deref(), |node| key_of(&node));
    let asked = asked(args)?;
    let opened = stage::open(stack, global, &PlanOptions::default(), "flags evaluate", true).await?;
    let world = definitions(&opened.session, account).await?;
    let chosen: Vec<&FlagDefinition> = match key {
        None => world.flags().collect(),
        Some(key) => vec![world.flag(key).ok_or_else(|| absent(key, &world, global))?],
    };
    for flag in chosen {
        let Some(verdict) = world.evaluate(&flag.key, &asked) else { continue };
        let address = flags.iter().find(|node| key_of(node) == Some(&flag.key)).map(|node| node.address.as_str());
        tell(args, &world, (flag, address), &verdict, output);
    }
    Ok(Exit::Done)
}

fn key_of<'a>(node: &&'a GraphNode) -> Option<&'a str> {
    node.known().get("key").and_then(Value::as_str)
}

/// The declaration that is meant by an address, its name, or a key.
fn declared<'a>(flags: &[&'a GraphNode], asked: &str) -> Option<&'a GraphNode> {
    let is_meant = |node: &&&GraphNode| {
        node.address == asked
            || node.address.strip_prefix(KIND).is_some_and(|name| name.strip_prefix('.') == Some(asked))
    };
    let mut all = flags.iter();
    all.find(is_meant).or_else(|| flags.iter().find(|node| key_of(node) == Some(asked))).copied()
}

/// The account whose flags are asked.
fn account(
    args: &EvaluateArgs,
    graph: &StackGraph,
    declared: Option<&GraphNode>,
) -> Result<AccountName, CommandFailure> {
    let mut all: Vec<AccountName> = Vec::new();
    for node in graph.nodes.iter().filter(|node| node.spec.provider().word == sample::OF_FLAGS) {
        if !all.contains(&node.account) {
            all.push(node.account);
        }
    }
    let names = || all.iter().map(|name| name.0).collect::<Vec<_>>().join(", ");
    match (&args.account, declared, all.as_slice()) {
        (Some(asked), ..) => all.iter().copied().find(|name| name.0 == asked).ok_or_else(|| {
            CommandFailure::usage(
                format!("no account `{asked}` can have flags"),
                format!("the accounts that can have flags are {}", names()),
            )
        }),
        (None, Some(node), _) => Ok(node.account),
        (None, None, [one]) => Ok(*one),
        (None, None, []) => Err(CommandFailure::usage(
            "this stack declares nothing in an account that can have flags".to_owned(),
            "declare a `feature_flag`, and deploy it",
        )),
        (None, None, _) => Err(CommandFailure::usage(
            "several accounts of this stack can have flags".to_owned(),
            format!("choose one with --account: {}", names()),
        )),
    }
}

fn asked(args: &EvaluateArgs) -> Result<AskedPerson, CommandFailure> {
    let mut properties: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for (name, value) in &args.group_property {
        let Some((kind, name)) = name.split_once('.') else {
            return Err(CommandFailure::usage(
                format!("`{name}` does not name a type of group"),
                "write TYPE.NAME=VALUE: `--group-property company.plan=pro`",
            ));
        };
        properties.entry(kind.to_owned()).or_default().insert(name.to_owned(), value.clone());
    }
    Ok(AskedPerson {
        person: args.person.iter().cloned().collect(),
        groups: args.group.iter().cloned().collect(),
        group_properties: properties,
        device_id: args.device.clone(),
        ..AskedPerson::about(args.id.clone(), args.at.unwrap_or_else(Timestamp::now))
    })
}

/// The flags that an account has.
async fn definitions(
    session: &plg_runtime::session::Session,
    account: AccountName,
) -> Result<FlagDefinitions, CommandFailure> {
    let project = session.ask(account, PROJECT).await?;
    let token = project.get("api_token").and_then(Value::as_str).unwrap_or_default();
    let path = format!("{DEFINITIONS}?token={}&send_cohorts", plg_core::wire::segment(token));
    let body = session.ask(account, &path).await?;
    FlagDefinitions::read(&body)
        .map_err(|error| CommandFailure::internal(format!("the answer of {} cannot be used: {error}", account.0)))
}

fn absent(key: &str, world: &FlagDefinitions, global: &Global) -> CommandFailure {
    let near = closest(key, world.flags().map(|flag| flag.key.as_str()));
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "deploy it first; `flags evaluate` without a flag lists the flags that exist".to_owned(),
    };
    CommandFailure::usage(format!("there is no flag `{key}` in stage {}", global.stage), hint)
}

fn tell(
    args: &EvaluateArgs,
    world: &FlagDefinitions,
    of: (&FlagDefinition, Option<&str>),
    verdict: &Evaluation,
    output: &Output,
) {
    let (flag, address) = of;
    let lines = explained(world, flag, verdict);
    output.event(
        "evaluated",
        json!({
            "flag": flag.key, "address": address, "id": args.id, "value": verdict.got.json(),
            "reason": { "code": verdict.reason.code(), "condition_index": verdict.reason.condition_index() },
            "payload": verdict.payload, "because": lines,
        }),
    );
    let mut text = format!("{}: {} ({})", address.unwrap_or(&flag.key), value(verdict), verdict.reason.description());
    if args.explain {
        lines.iter().for_each(|line| text.push_str(&format!("\n  {line}")));
        if let Some(payload) = &verdict.payload {
            text.push_str(&format!(
                "\n  payload: {}",
                payload.as_str().map_or_else(|| payload.to_string(), str::to_owned)
            ));
        }
    }
    output.data(&text);
}

/// What somebody gets, as an application sees it.
fn value(verdict: &Evaluation) -> String {
    verdict.got.variant().map_or_else(|| verdict.got.is_on().to_string(), str::to_owned)
}
