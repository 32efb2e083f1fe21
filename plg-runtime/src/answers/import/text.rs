//! The file that an import writes, and how it says what is not in it.

use crate::strangers::inline;
use plg_core::source::{Fate, Gap, ImportedStack, written_value};
use plg_core::{Stack, Stage, StageName, Storage, Target};
use std::fmt::Write as _;

/// The longest reason, in letters.
const LONGEST: usize = 200;

/// The file: head, declarations, and what they leave out.
pub(super) fn source(stack: &Stack, written: &ImportedStack) -> String {
    let mut out = String::from("//! What was live when this was written by `import`.\n\nplg::stack! {\n");
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
        plg_core::Number::Given(number) => number.to_string(),
        plg_core::Number::Env(env) => match env.or {
            Some(or) => format!("env(\"{}\", or: {or})", env.name),
            None => format!("env(\"{}\")", env.name),
        },
    };
    let host = match remote.posthog.host {
        plg_core::Host::us => "us".to_owned(),
        plg_core::Host::eu => "eu".to_owned(),
        plg_core::Host::own(url) => match url.0 {
            plg_core::Text::Given(text) => format!("{text:?}"),
            plg_core::Text::Env(name) => format!("env(\"{name}\")"),
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
