//! Where an application names what the stack declares, and what it never names.
//!
//! A declaration counts as used where its name, as one of the languages spells it, stands in code,
//! or its key stands in a string. Comments count for nothing, and neither do generated files and the
//! stack's own sources.

mod lex;

use crate::{AppNames, GENERATED};
use lex::{Lexeme, lexemes};
use plg_core::{address, text};
use std::collections::{HashMap, HashSet};

/// The language of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Syntax {
    /// Rust.
    Rust,
    /// TypeScript or JavaScript.
    Typescript,
    /// Python.
    Python,
}

impl Syntax {
    /// The language of files of this extension.
    pub fn of(extension: &str) -> Option<Syntax> {
        match extension {
            "rs" => Some(Syntax::Rust),
            "ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs" | "vue" | "svelte" => Some(Syntax::Typescript),
            "py" | "pyi" => Some(Syntax::Python),
            _ => None,
        }
    }
}

/// What became of one declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// Its address; of a variant, the flag's with the variant's name.
    pub address: String,
    /// Where it is declared, as `file:line`.
    pub at: String,
    /// Whether it is written inside another declaration: an option, a status, a variant.
    pub inner: bool,
    /// Where it is used, as `file:line`.
    pub places: Vec<String>,
}

/// Something that goes, with what an application may know it by.
#[derive(Debug, Clone, Copy)]
pub struct Removed<'a> {
    /// Its address.
    pub address: &'a str,
    /// Its key, slug or title.
    pub key: Option<&'a str>,
    /// Of an option or a status, the slug of its attribute.
    pub of: Option<&'a str>,
    /// It stays, under another key: its name goes on to be right, and only the key spelled out is sought.
    pub stays: bool,
}

/// A scan of one application; sources are added one by one.
#[derive(Debug)]
pub struct Scan {
    declarations: Vec<Sought>,
    /// Which declarations a name in code or a text means.
    words: HashMap<String, Vec<usize>>,
    texts: HashMap<String, Vec<usize>>,
}

#[derive(Debug)]
struct Sought {
    usage: Usage,
    /// What must be named in the same file: `High` alone says nothing.
    within: Option<usize>,
}

impl Scan {
    /// A scan for everything that an application can name, but for what is PostHog's or Attio's own.
    pub fn new(names: &AppNames) -> Self {
        let mut scan = Scan { declarations: Vec::new(), words: HashMap::new(), texts: HashMap::new() };
        names.each().for_each(|names| scan.account(names));
        scan
    }

    /// Everything that is in one account of each provider.
    fn account(&mut self, names: &AppNames) {
        let scan = self;
        for event in names.events.iter().filter(|event| !event.existing) {
            scan.declare(address("event", event.name), &event.at, None, &[event.name], event.event);
        }
        for flag in &names.flags {
            let own = scan.declare(address("feature_flag", flag.name), &flag.at, None, &[flag.name], flag.key);
            for variant in &flag.variants {
                let inner = format!("{}.{}", address("feature_flag", flag.name), variant.name);
                scan.declare(inner, &flag.at, Some(own), &[&variant.name], variant.key);
            }
        }
        for collection in &names.collections {
            if let Some(at) = &collection.at {
                let kind = match collection.kind {
                    crate::CollectionKind::Object => "object",
                    crate::CollectionKind::List => "list",
                };
                scan.declare(
                    address(kind, &collection.name),
                    at,
                    None,
                    &[&collection.name, collection.slug],
                    collection.slug,
                );
            }
            for attribute in &collection.attributes {
                let words = [attribute.name, attribute.slug];
                let own_address = match attribute.back_of {
                    Some(near) => address("relationship_end", &format!("{near}.Back")),
                    None => address("attribute", attribute.name),
                };
                let own = scan.declare(own_address, &attribute.at, None, &words, attribute.slug);
                let kind = if attribute.ty == crate::ValueType::Status { "status" } else { "option" };
                for choice in &attribute.choices {
                    let inner = address(kind, &format!("{}.{}", attribute.name, choice.name));
                    scan.declare(inner, &choice.at, Some(own), &[choice.name], choice.title);
                }
            }
        }
    }

    /// A scan for what an application can name of these, which perhaps no stack declares any more.
    pub fn of(removed: &[Removed<'_>]) -> Self {
        let mut scan = Scan { declarations: Vec::new(), words: HashMap::new(), texts: HashMap::new() };
        for one in removed {
            let Some((kind, name)) = one.address.split_once('.') else { continue };
            let key = one.key.unwrap_or(name);
            match (kind, name.split_once('.')) {
                ("option" | "status", Some((attribute, choice))) => {
                    let slug = one.of.unwrap_or(attribute);
                    let owner = scan.declare(String::new(), "", None, &[attribute, slug], slug);
                    let words = if one.stays { &[][..] } else { &[choice] };
                    scan.declare(one.address.to_owned(), "", Some(owner), words, key);
                }
                ("event" | "feature_flag" | "survey" | "dashboard", _) => {
                    let words = if one.stays { &[][..] } else { &[name] };
                    scan.declare(one.address.to_owned(), "", None, words, key);
                }
                ("object" | "list" | "attribute", _) => {
                    let words = if one.stays { &[key][..] } else { &[name, key] };
                    scan.declare(one.address.to_owned(), "", None, words, key);
                }
                _ => {}
            }
        }
        scan
    }

    fn declare(&mut self, address: String, at: &str, within: Option<usize>, words: &[&str], key: &str) -> usize {
        let index = self.declarations.len();
        let usage = Usage { address, at: at.to_owned(), inner: within.is_some(), places: Vec::new() };
        self.declarations.push(Sought { usage, within });
        let upper = words.iter().map(|word| text::snake(word).to_uppercase());
        let spelt: HashSet<String> = words.iter().map(|word| (*word).to_owned()).chain(upper).collect();
        for word in spelt {
            self.words.entry(word).or_default().push(index);
        }
        self.texts.entry(key.to_owned()).or_default().push(index);
        index
    }

    /// Looks at one source; `path` is how it is called in the answer.
    pub fn source(&mut self, path: &str, syntax: Syntax, source: &str) {
        let first = source.lines().next().unwrap_or_default();
        if first.trim_start_matches(['/', '#', ' ']).starts_with(GENERATED) || declares(syntax, source) {
            return;
        }
        let mut found: Vec<(usize, u32)> = Vec::new();
        for (token, line) in lexemes(syntax, source) {
            let meant = match token {
                Lexeme::Word(word) => self.words.get(word),
                Lexeme::Text(text) => self.texts.get(&*text),
            };
            found.extend(meant.into_iter().flatten().map(|index| (*index, line)));
        }
        let named: HashSet<usize> = found.iter().map(|(index, _)| *index).collect();
        for (index, line) in found {
            let Some(declaration) = self.declarations.get_mut(index) else { continue };
            let place = format!("{path}:{line}");
            if declaration.within.is_none_or(|owner| named.contains(&owner))
                && !declaration.usage.places.contains(&place)
            {
                declaration.usage.places.push(place);
            }
        }
    }

    /// Every declaration with where it is used. What is inside something that is never used is left out.
    pub fn finish(self) -> Vec<Usage> {
        let dead: Vec<bool> = self
            .declarations
            .iter()
            .map(|d| d.within.is_some_and(|owner| self.declarations[owner].usage.places.is_empty()))
            .collect();
        self.declarations.into_iter().zip(dead).filter(|(_, dead)| !dead).map(|(d, _)| d.usage).collect()
    }
}

/// Whether a source is a stack's own.
fn declares(syntax: Syntax, source: &str) -> bool {
    syntax == Syntax::Rust && (source.contains("stack! {") || source.contains("stack!{"))
}

#[cfg(test)]
mod tests;
