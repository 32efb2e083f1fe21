//! What is wrong with a declaration of a raw resource.

use super::says::{OWN, at};
use super::words::holes;
use crate::codes;
use crate::wire::Map;
use crate::{Block, Declarations, Given, Node, Provider, Report, Spec, Term, Terms};

/// What a provider knows of its paths beyond the collections of its kinds.
#[derive(Debug)]
pub struct RestRules {
    /// A path as its kinds write it: APIs have several names for one place.
    pub plain: fn(&str) -> String,
    /// What is wrong with a path, with what to write after `\nhelp: `.
    pub wrong: fn(&str) -> Option<String>,
    /// Collections of kinds that have more than one, each with its words. A part in braces is any.
    pub others: &'static [(&'static str, &'static [&'static str])],
}

/// Reports everything that is wrong within a declaration.
pub fn check(block: &Block, provider: &'static Provider, rules: &RestRules, report: &mut Report) {
    if block.existing {
        let message = "an `existing` raw resource has no key to find it by\nhelp: declare it without \
                       `existing`, or write its id where it is needed";
        report.error(codes::NOT_LOOKED_AT, block.at, message);
        return;
    }
    let within = block.get("within");
    let given = within.map(|node| (node, object(node)));
    if let Some((node, None)) = given {
        report.error(
            codes::OTHER_SHAPE,
            node.at,
            "`within` is an object\nhelp: write `within: { \"flag\": NewFlag.id }`",
        );
    }
    let filled: Vec<&str> =
        given.and_then(|(_, map)| map).into_iter().flat_map(|map| map.iter()).map(|(name, _)| name.as_str()).collect();
    let mut used: Vec<&str> = Vec::new();
    for (word, node) in paths(block) {
        let Some(path) = node.text() else { continue };
        let is_own = !matches!(word, "create" | "list");
        check_path(path, node, (provider, rules), &filled, is_own, report);
        if word == "create" && path.contains('?') {
            let message = "the path of a create has no query\nhelp: remove the `?` and the text behind it";
            report.error(codes::TEXT, node.at, message);
        }
        if !is_own {
            has_a_word(path, node, provider, rules, report);
        }
        used.extend(holes(path));
    }
    check_within(given.and_then(|(node, map)| Some((node, map?))), &used, report);
    check_body(block, report);
    check_removal(block, report);
}

/// Reports a second declaration of what one list has once.
pub fn check_apart(block: &Block, world: &Declarations, report: &mut Report) {
    let key = |block: &Block| {
        let (place, body) = (block.text("key")?, object(block.get("body")?)?);
        let all: Map = body.iter().filter_map(|(name, term)| Some((name.clone(), term.json()?))).collect();
        let list = block.text("list").or_else(|| block.text("create"))?;
        let within = block.get("within").map(|within| format!("{:?}", within.given));
        Some((list.to_owned(), within, place.to_owned(), at(&all, place)?.to_string()))
    };
    let Some(own) = key(block) else { return };
    let mut earlier = world.of_kind(block.kind).iter().take_while(|other| !other.is(block));
    if let Some(other) = earlier.find(|other| key(other).as_ref() == Some(&own)) {
        let message = format!(
            "`{}` already has {} at `{}` in this list\nhelp: write another one, or leave one of them out",
            other.name, own.3, own.2
        );
        report.error(codes::SAME_KEY, block.key_site("key"), message);
    }
}

/// Every path that is written, with the word it is of.
fn paths(block: &Block) -> impl Iterator<Item = (&'static str, &Node)> {
    let plain = ["create", "list"].into_iter().filter_map(|word| Some((word, block.get(word)?)));
    let held = ["update", "remove"].into_iter().filter_map(|word| Some((word, block.get(word)?.held()?)));
    plain.chain(held)
}

fn check_path(
    path: &str,
    node: &Node,
    (provider, rules): (&Provider, &RestRules),
    filled: &[&str],
    is_own: bool,
    report: &mut Report,
) {
    let base = provider.api.base();
    let root = base.split_inclusive('/').take(2).collect::<String>();
    if !path.starts_with(&root) {
        let message = format!("paths of {} begin with `{root}`\nhelp: write \"{base}…\"", provider.title);
        report.error(codes::TEXT, node.at, message);
        return;
    }
    if let Some(message) = (rules.wrong)(path) {
        report.error(codes::TEXT, node.at, message);
    }
    let is_known = |hole: &str| provider.holes.contains(&hole) || filled.contains(&hole) || (is_own && hole == "id");
    for hole in holes(path).filter(|hole| !is_known(hole)) {
        let help = if hole == "id" {
            "leave it out: the id is behind the path of what was made".to_owned()
        } else {
            format!("write `within: {{ \"{hole}\": … }}`")
        };
        report.error(codes::TEXT, node.at, format!("`{{{hole}}}` has no value\nhelp: {help}"));
    }
    if is_own && !holes(path).any(|hole| hole == "id") {
        let message = "this path has no id of the object\nhelp: write `{id}` where its id belongs";
        report.error(codes::TEXT, node.at, message);
    }
}

/// Says so where a kind is at a path.
fn has_a_word(path: &str, node: &Node, provider: &'static Provider, rules: &RestRules, report: &mut Report) {
    let is_raw = |spec: &Spec| spec.wire.keys_in().is_some();
    let mut words: Vec<&str> = Vec::new();
    for spec in provider.kinds.iter().filter(|spec| !is_raw(spec) && spec.wire.part_of().is_none()) {
        if is_at(&spec.wire.collection(&Map::new()).path, path, rules) {
            words.push(spec.keyword);
        }
    }
    let others = rules.others.iter().filter(|(other, _)| is_at(other, path, rules));
    words.extend(others.flat_map(|(_, words)| *words));
    words.dedup();
    if let [first, rest @ ..] = &words[..] {
        let all = rest.iter().fold(format!("`{first}`"), |all, word| format!("{all}, `{word}`"));
        let message = format!(
            "what is at this path has {} of its own, with checks, import and references\nhelp: declare {all}",
            if rest.is_empty() { "a word" } else { "words" },
        );
        report.error(codes::HAS_A_WORD, node.at, message);
    }
}

/// Whether a path is this collection. A part that only a declaration knows is any.
fn is_at(collection: &str, path: &str, rules: &RestRules) -> bool {
    let parts = |path: &str| -> Vec<String> {
        let path = (rules.plain)(path.split('?').next().unwrap_or_default());
        path.trim_start_matches('/').trim_end_matches('/').split('/').map(str::to_owned).collect()
    };
    let (own, other) = (parts(collection), parts(path));
    let is_any = |part: &str| part.is_empty() || part.starts_with('{');
    own.len() == other.len() && own.iter().zip(&other).all(|(own, other)| is_any(own) || own == other)
}

fn check_within(within: Option<(&Node, &Terms)>, used: &[&str], report: &mut Report) {
    let Some((node, map)) = within else { return };
    for (hole, value) in map.iter() {
        if !used.contains(&hole.as_str()) {
            let message = format!("no path has `{{{hole}}}` in it\nhelp: write it where it belongs, or leave it out");
            report.error(codes::TEXT, node.at, message);
        }
        if !matches!(value, Term::Text(_) | Term::Number(_) | Term::Ref { .. }) {
            let message = format!("the value of `{{{hole}}}` is a text, a number or the id of a declaration");
            report.error(codes::OTHER_SHAPE, node.at, format!("{message}\nhelp: write `\"{hole}\": Name.id`"));
        }
    }
}

fn check_body(block: &Block, report: &mut Report) {
    let Some(node) = block.get("body") else { return };
    let Some(map) = object(node) else {
        report.error(codes::OTHER_SHAPE, node.at, "a body is an object\nhelp: write `body: { \"name\": … }`");
        return;
    };
    for (key, _) in map.iter().filter(|(key, _)| key.starts_with(OWN)) {
        report.error(codes::TEXT, node.at, format!("`{key}` is not a key of an API\nhelp: take it out"));
    }
    let Some(key) = block.get("key") else { return };
    let Some(place) = key.text() else { return };
    let stood: Map = map.iter().map(|(name, term)| (name.clone(), term.stood())).collect();
    let Some(value) = at(&stood, place) else {
        let message = format!("the body has no value at `{place}`\nhelp: write a value that no other object has there");
        report.error(codes::NEEDS_ANOTHER, key.at, message);
        return;
    };
    let first = place.trim_start_matches('/').split('/').next().unwrap_or_default();
    if map.get(first).is_some_and(Term::names_variable) {
        let message = "the identifying value appears in plans, and a variable may be a secret\nhelp: write the value";
        report.error(codes::SECRET_WRITTEN, key.at, message);
    } else if !(value.is_string() || value.is_number()) {
        let message =
            format!("the value at `{place}` of the body is neither a text nor a number\nhelp: name a place that is");
        report.error(codes::OTHER_SHAPE, key.at, message);
    }
}

fn check_removal(block: &Block, report: &mut Report) {
    let Some(node) = block.get("remove") else { return };
    let Some(held) = node.held().filter(|_| node.word() == Some("set")) else { return };
    match object(held) {
        Some(map) if map.is_empty() => {
            report.error(codes::OTHER_SHAPE, held.at, "nothing is set\nhelp: write `set { \"deleted\": true }`");
        }
        Some(map) if map.values().any(|term| !term.is_known()) => {
            let message =
                "plg sets it after the declaration is gone, so it cannot refer to anything\nhelp: write plain values";
            report.error(codes::OTHER_SHAPE, held.at, message);
        }
        Some(_) => {}
        None => {
            report.error(codes::OTHER_SHAPE, held.at, "`set` takes an object\nhelp: write `set { \"deleted\": true }`")
        }
    }
}

/// JSON that is an object.
fn object(node: &Node) -> Option<&Terms> {
    match &node.given {
        Given::Json(json) => json.as_map(),
        _ => None,
    }
}
