//! The file that an import writes, and how it says what is not in it.

use crate::strangers::inline;
use plg_core::source::{Fate, Gap, ImportedStack, written_value};
use plg_core::{Stack, Stage, Storage, Target};
use std::fmt::Write as _;

/// The longest reason, in letters.
const LONGEST: usize = 200;

/// The file: head, declarations, and what they leave out.
pub(super) fn source(stack: &Stack, written: &ImportedStack) -> String {
    let mut out = format!("//! The live objects at the time `import` wrote this file.\n\n{}! {{\n", stack.written_with);
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
        out.push_str("\n// Not expressed in the language:\n");
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
        Fate::Partly => "is incomplete, and plg leaves the rest to the web app",
        Fate::Existing => "is written as `existing`, so plg never changes it",
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

fn stage_line(stage: &Stage) -> String {
    let Target::Remote(remote) = stage.target else { return format!("{}: sandbox", stage.name) };
    let mut lines = vec![format!("{}: {{", stage.name)];
    for account in remote.accounts {
        let settings = account.settings.and_then(|settings| settings.written()).unwrap_or_else(|| "{}".to_owned());
        let word = account.provider.word;
        let of = if account.name == account.provider.default_account() { "" } else { word };
        let gap = if of.is_empty() { "" } else { " " };
        lines.push(format!("    {}: {of}{gap}{settings},", account.name));
    }
    if remote.rules.protect {
        lines.push("    protect: true,".to_owned());
    }
    if !matches!(remote.rules.state, Storage::folder)
        && let Some(storage) = written_value(&remote.rules.state)
    {
        lines.push(format!("    state: {storage},"));
    }
    lines.push("}".to_owned());
    lines.join("\n        ")
}
