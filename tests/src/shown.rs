//! Plans as people see them.

use plg_runtime::plan::{Change, Plan, Step};
use plg_runtime::show::{self, Picture, Style};

/// Steps that do something with what is there, and say nowhere why: in a terminal, a comment or a page.
pub fn unexplained(plan: &Plan) -> Vec<String> {
    // What is made or deleted is so as it is declared, or is declared no more.
    let is_plain =
        |step: &&Step| !matches!(step.change, Change::Create | Change::Delete | Change::Unchanged | Change::Read);
    plan.steps.iter().filter(is_plain).flat_map(|step| unexplained_step(plan, step)).collect()
}

fn unexplained_step(plan: &Plan, step: &Step) -> Vec<String> {
    let mut one = plan.clone();
    one.steps.retain(|other| other.address == step.address);
    let picture = Picture::of_plan(&one);
    let text = show::plan(&one, Style { color: false, width: 400, verbose: false });
    let views =
        [("text", text, ""), ("markdown", show::markdown(&picture), "     "), ("page", show::html(&picture), "<")];
    let is_explained = |view: &str, below: &str| {
        // What it loses is said before, and is no reason.
        let loses = [format!("{}: ", step.address), format!("`{}`: ", step.address)];
        let is_own = |line: &str| line.contains(&step.address) && !loses.iter().any(|start| line.contains(start));
        let mut lines = view.lines().skip_while(|line| !is_own(line));
        let own = lines.next().unwrap_or_default();
        let next = lines.next().unwrap_or_default();
        own.contains("  (") || !next.trim_matches(['-', '+']).trim_start_matches(below).trim().is_empty()
    };
    // A page writes some characters as what stands for them.
    let missed = |view: &str| -> Vec<&str> {
        let told = |path: &str| view.contains(path) || view.contains(&path.replace('"', "&quot;"));
        let paths = step.words.iter().map(|told| told.path.as_str()).filter(|path| !told(path));
        if step.reason.is_some() { Vec::new() } else { paths.collect() }
    };
    let silent = views.iter().filter(|(_, view, below)| !is_explained(view, below) || !missed(view).is_empty());
    let said = |(name, view, _): &(&str, String, &str)| {
        let body = view.split_once("<main").map_or(view.as_str(), |(_, body)| body);
        format!("{} says nothing of {:?} in {name}:\n{body}", step.address, missed(view))
    };
    silent.map(said).collect()
}
