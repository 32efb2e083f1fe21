//! `import`: what is live in a stage, as the source of a stack.

use super::plan::requests;
use crate::args::Global;
use crate::failure::CommandFailure;
use crate::gate;
use crate::output::Output;
use crate::stage;
use clap::Args;
use plg_runtime::answers::import::lines;
use plg_runtime::exit::Exit;
use plg_schema::Stack;
use serde_json::json;

/// Write everything that is live in the stage as the source of a stack, and change nothing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  import --stage prod > src/stack.rs")]
pub(crate) struct ImportArgs {}

pub(crate) async fn run(stack: &'static Stack, global: &Global, output: &Output) -> Result<Exit, CommandFailure> {
    // What the stack declares is not asked about, and neither are the variables that it names.
    let head: &'static Stack = Box::leak(Box::new(Stack {
        name: stack.name,
        stages: stack.stages,
        items: &[],
        overrides: &[],
        parts: &[],
        folder: stack.folder,
    }));
    gate::know_declared(stack, &global.stage);
    let opened = stage::open(head, global, "import", true).await?;
    let imported = opened.session.import(stack).await?;
    let said: Vec<_> = imported
        .said
        .iter()
        .map(|said| {
            json!({ "kind": said.kind, "name": said.name, "id": said.id, "fate": format!("{:?}", said.fate), "why": said.why })
        })
        .collect();
    output.event(
        "import",
        json!({ "source": imported.source, "declarations": imported.declarations, "not_expressed": said, "unproved": imported.unproved }),
    );
    output.data(&imported.source);
    for said in &imported.said {
        let lines = lines(said);
        output.say(&lines.join("\n"));
    }
    output.say(&format!(
        "{} declarations; {} could not be expressed in full.",
        imported.declarations,
        imported.said.len()
    ));
    requests(&opened.session, output);
    if imported.unproved.is_empty() {
        output.say("A plan of this source changes nothing in this stage.");
        return Ok(Exit::Done);
    }
    for why in &imported.unproved {
        output.warn(&format!("a plan of this source would not be empty: {why}"));
    }
    Ok(Exit::Failed)
}
