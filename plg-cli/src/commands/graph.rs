//! `graph`: the resources in deploy order, with what each depends on.

use super::plan::write;
use crate::args::{Global, GraphArgs, GraphFormat};
use crate::failure::Failure;
use crate::output::Output;
use crate::stage;
use plg_runtime::declared::graph::StackGraph;
use plg_runtime::error::Error;
use plg_runtime::show::{self, Picture};
use plg_schema::Stack;
use serde_json::json;
use std::fmt::Write;
use std::process::ExitCode;

pub(crate) fn run(
    stack: &'static Stack,
    global: &Global,
    args: &GraphArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let place = stage::place(stack, global)?;
    let graph = StackGraph::of(stack, place.stage.name).map_err(|e| Failure::from(Error::Stack(e)))?;
    let needs = |node: &plg_runtime::declared::graph::Node| -> Vec<String> {
        node.depends.iter().map(|d| graph.nodes[*d].address.clone()).collect()
    };
    for node in &graph.nodes {
        output.event("node", json!({ "address": node.address, "provider": node.spec.provider.title(), "wave": node.wave, "depends": needs(node), "place": node.place() }));
    }
    if let Some(path) = &args.html {
        write(path, show::html(&Picture::of_graph(&graph, stack.name, place.stage.name)).as_bytes())?;
        output.say(&format!("Written: {}.", path.display()));
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = String::new();
    match args.format {
        GraphFormat::Text => {
            let mut wave = None;
            for node in &graph.nodes {
                if wave != Some(node.wave) {
                    let _ = writeln!(text, "{}wave {}", if wave.is_some() { "\n" } else { "" }, node.wave);
                    wave = Some(node.wave);
                }
                let needs = needs(node);
                let _ = writeln!(
                    text,
                    "  {}{}",
                    node.address,
                    if needs.is_empty() { String::new() } else { format!("  ← {}", needs.join(", ")) }
                );
            }
        }
        GraphFormat::Dot => {
            let _ = writeln!(text, "digraph \"{}\" {{\n  rankdir=LR;", stack.name);
            for node in &graph.nodes {
                let _ = writeln!(text, "  \"{}\";", node.address);
                for target in needs(node) {
                    let _ = writeln!(text, "  \"{target}\" -> \"{}\";", node.address);
                }
            }
            let _ = writeln!(text, "}}");
        }
        GraphFormat::Mermaid => {
            let _ = writeln!(text, "flowchart LR");
            for (place, node) in graph.nodes.iter().enumerate() {
                let _ = writeln!(text, "  n{place}[\"{}\"]", node.address);
                for target in &node.depends {
                    let _ = writeln!(text, "  n{target} --> n{place}");
                }
            }
        }
    }
    output.data(&text);
    Ok(ExitCode::SUCCESS)
}
