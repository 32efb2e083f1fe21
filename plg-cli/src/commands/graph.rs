//! `graph`: the resources in deploy order, with what each depends on.

use super::plan::write;
use crate::args::Global;
use crate::failure::CommandFailure;
use crate::gate::masked;
use crate::output::Output;
use crate::stage;
use clap::{Args, ValueEnum};
use plg_core::Stack;
use plg_runtime::declared::graph::{GraphNode, StackGraph};
use plg_runtime::error::Error;
use plg_runtime::exit::Exit;
use plg_runtime::show::{self, Picture};
use serde_json::json;
use std::fmt::Write;
use std::path::PathBuf;

/// Print the resources in deploy order, each with its dependencies.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  graph --format mermaid\n  graph --html graph.html")]
pub(crate) struct GraphArgs {
    /// How to print it.
    #[arg(long, default_value = "text")]
    pub(crate) format: GraphFormat,
    /// Write the graph as one self-contained page instead.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

/// How a graph is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// Waves, one resource a line.
    Text,
    /// For Graphviz.
    Dot,
    /// For Mermaid, as in Markdown.
    Mermaid,
}

pub(crate) fn run(
    stack: &'static Stack,
    global: &Global,
    args: &GraphArgs,
    output: &Output,
) -> Result<Exit, CommandFailure> {
    let chosen = stage::choose(stack, global)?;
    let graph = StackGraph::of(stack, chosen.stage.name).map_err(|e| CommandFailure::from(Error::Stack(e)))?;
    for node in &graph.nodes {
        output.event("node", json!({ "address": node.address, "provider": node.spec.provider().title, "account": node.account.0, "wave": node.wave, "depends": needs(&graph, node), "place": node.place() }));
    }
    if let Some(path) = &args.html {
        write(path, masked(&show::html(&Picture::of_graph(&graph, stack.name, chosen.stage.name))).as_bytes())?;
        output.say(&format!("Written: {}.", path.display()));
        return Ok(Exit::Done);
    }
    let text = match args.format {
        GraphFormat::Text => waves(&graph),
        GraphFormat::Dot => dot(&graph, stack.name),
        GraphFormat::Mermaid => mermaid(&graph),
    };
    output.data(&text);
    Ok(Exit::Done)
}

/// The addresses that a node depends on.
fn needs(graph: &StackGraph, node: &GraphNode) -> Vec<String> {
    node.depends.iter().map(|d| graph.nodes[*d].address.clone()).collect()
}

/// The account that a node is in, after its address, where that is not its provider's default one.
fn account(node: &GraphNode) -> String {
    if node.account == node.spec.provider().default_account() { String::new() } else { format!(" ({})", node.account) }
}

fn waves(graph: &StackGraph) -> String {
    let mut text = String::new();
    let mut wave = None;
    for node in &graph.nodes {
        if wave != Some(node.wave) {
            let _ = writeln!(text, "{}wave {}", if wave.is_some() { "\n" } else { "" }, node.wave);
            wave = Some(node.wave);
        }
        let needs = needs(graph, node);
        let needs = if needs.is_empty() { String::new() } else { format!("  ← {}", needs.join(", ")) };
        let _ = writeln!(text, "  {}{}{needs}", node.address, account(node));
    }
    text
}

fn dot(graph: &StackGraph, name: &str) -> String {
    let mut text = format!("digraph \"{name}\" {{\n  rankdir=LR;\n");
    for node in &graph.nodes {
        let _ = match account(node) {
            account if account.is_empty() => writeln!(text, "  \"{}\";", node.address),
            account => writeln!(text, "  \"{0}\" [label=\"{0}{account}\"];", node.address),
        };
        for target in needs(graph, node) {
            let _ = writeln!(text, "  \"{target}\" -> \"{}\";", node.address);
        }
    }
    text + "}\n"
}

fn mermaid(graph: &StackGraph) -> String {
    let mut text = String::from("flowchart LR\n");
    for (number, node) in graph.nodes.iter().enumerate() {
        let _ = writeln!(text, "  n{number}[\"{}{}\"]", node.address, account(node));
        for target in &node.depends {
            let _ = writeln!(text, "  n{target} --> n{number}");
        }
    }
    text
}
