//! One self-contained page: what differs, folded by kind or file, and the graph behind a tab.
//!
//! Everything on it is written here as a list of folds, which a browser without scripts shows too; `page.js` filters
//! and regroups it, and `graph.js` draws the graph from the list's own attributes.

mod anchor;
mod folds;
mod head;
mod resource;
#[cfg(test)]
mod tests;

use super::picture::Picture;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use folds::Fold;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write;

const STYLE: &str = concat!("\n", include_str!("page.css"), include_str!("graph.css"));
const SCRIPT: &str = concat!("\n", include_str!("graph.js"), include_str!("page.js"));

/// The page. Nothing in it is fetched from anywhere, and nothing but its own script and style is run or applied.
pub fn html(picture: &Picture) -> String {
    let mut out = String::with_capacity(64 * 1024 + picture.cards.len() * 1024);
    let title = crate::strangers::html(&picture.title);
    let _ = writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>",
        hash(STYLE),
        hash(SCRIPT)
    );
    let class = if picture.is_plan { "plan" } else { "stack" };
    let _ = writeln!(out, "<body class=\"{class}\">\n<a class=\"skip\" href=\"#list\">To the list</a>");
    head::header(&mut out, picture);
    out.push_str("<main>\n");
    head::first(&mut out, picture);
    head::tools(&mut out, picture);
    list(&mut out, picture);
    out.push_str("<section id=\"graph\" role=\"tabpanel\" aria-labelledby=\"tab-graph\" hidden></section>\n");
    head::sections(&mut out, picture);
    let _ = writeln!(out, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>");
    out
}

/// What a browser compares a script or a style with before it takes it.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

fn list(out: &mut String, picture: &Picture) {
    out.push_str("<section id=\"list\" role=\"tabpanel\" aria-labelledby=\"tab-list\" tabindex=\"-1\">\n");
    let needed = needed(picture);
    let known: HashMap<&str, usize> =
        picture.cards.iter().enumerate().map(|(place, one)| (one.address.as_str(), place)).collect();
    let folds = folds::of(picture);
    if picture.is_plan && folds.iter().all(|fold| fold.is_quiet()) {
        out.push_str("<p class=\"none\">Nothing changes.</p>\n");
    }
    let groups = picture.groups();
    for (place, group) in groups.iter().enumerate() {
        let own: Vec<&Fold> = folds.iter().filter(|fold| fold.group == place).collect();
        let quiet = if own.iter().all(|fold| fold.is_quiet()) { " quiet" } else { "" };
        let title = crate::strangers::html(&group.title);
        let _ = writeln!(out, "<section class=\"account{quiet}\">\n<h2>{title}</h2>");
        for fold in own {
            head::fold(out, fold);
            for (card, depth, opens) in &fold.rows {
                let neighbours = resource::Neighbours { known: &known, needed: needed.get(card.address.as_str()) };
                resource::row(out, card, (*depth, *opens, picture.is_plan), &neighbours);
            }
            out.push_str("</ul></details>\n");
        }
        out.push_str("</section>\n");
    }
    out.push_str("</section>\n");
}

/// What needs an address.
fn needed(picture: &Picture) -> HashMap<&str, Vec<&str>> {
    let mut needed: HashMap<&str, Vec<&str>> = HashMap::new();
    for card in &picture.cards {
        for address in &card.depends {
            needed.entry(address).or_default().push(&card.address);
        }
    }
    needed
}
