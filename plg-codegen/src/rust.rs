//! Rust, for an application that cannot depend on the stack's own crate: one module, laid out as
//! rustfmt leaves it. It needs `serde_json`.

use crate::layout::{Scope, fallback, is_identifier, quoted, width, wrap};
use crate::{AppEvent, AppNames, AppProperty, CollectionKind, File, PropertyType, header};
use plg_core::inert::inert;
use plg_core::text;
use std::fmt::Write;

const WIDTH: usize = 100;
/// rustfmt's own limits for what stays on one line.
const ARRAY: usize = 60;
const CALL: usize = 60;

pub(crate) fn file(names: &AppNames) -> File {
    let mut out = RustText::default();
    out.line(0, &format!("// {}", header(names)));
    out.line(0, &format!("// The names that {} declares.", names.stack));
    for module in modules(names) {
        out.blank();
        module(&mut out, names);
    }
    let mut taken = Scope::with(MODULES);
    for account in &names.accounts {
        out.blank();
        out.doc(0, &format!("What is declared in {}.", account.name));
        out.line(0, &format!("pub mod {} {{", taken.take(&text::unreserved(account.name))));
        out.base = 1;
        for (number, module) in modules(&account.names).into_iter().enumerate() {
            if number > 0 {
                out.blank();
            }
            module(&mut out, &account.names);
        }
        out.base = 0;
        out.line(0, "}");
    }
    File { name: "plg.rs".into(), text: out.text }
}

/// What the modules of an account are called: no further account's is called so.
const MODULES: &[&str] = &["crm", "events", "flags", "ids"];

/// The modules of one account of each provider.
fn modules(names: &AppNames) -> Vec<fn(&mut RustText, &AppNames)> {
    let mut modules: Vec<fn(&mut RustText, &AppNames)> = Vec::new();
    if names.is_product {
        modules.extend([events as fn(&mut RustText, &AppNames), flags]);
    }
    if names.is_crm {
        modules.push(crm);
    }
    if names.is_product {
        modules.push(ids);
    }
    modules
}

/// Lines, each with its indent in levels.
#[derive(Debug, Default)]
struct RustText {
    text: String,
    /// Levels that all of it is indented by.
    base: usize,
}

impl RustText {
    fn line(&mut self, level: usize, text: &str) {
        let margin = "    ".repeat(self.base + level);
        let _ = writeln!(self.text, "{}", format!("{margin}{text}").trim_end());
    }

    /// The columns that a line of this level begins after.
    fn margin(&self, level: usize) -> usize {
        4 * (self.base + level)
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn doc(&mut self, level: usize, text: &str) {
        // rustdoc runs what it takes for code.
        for line in wrap(inert(text).trim(), WIDTH - self.margin(level) - 4) {
            self.line(level, &format!("/// {line}"));
        }
    }

    /// A line, in two where it is too long for one and not for two.
    fn assign(&mut self, level: usize, head: &str, value: &str, tail: &str) {
        let whole = self.margin(level) + width(head) + 1 + width(value) + tail.len();
        if whole <= WIDTH || self.margin(level + 1) + width(value) + tail.len() > WIDTH {
            self.line(level, &format!("{head} {value}{tail}"));
        } else {
            self.line(level, head);
            self.line(level + 1, &format!("{value}{tail}"));
        }
    }

    /// An arm of a match, its value in a block where it is too long.
    fn arm(&mut self, level: usize, pattern: &str, value: &str) {
        if self.margin(level) + width(pattern) + 5 + width(value) <= WIDTH {
            self.line(level, &format!("{pattern} => {value},"));
        } else {
            self.line(level, &format!("{pattern} => {{"));
            self.line(level + 1, value);
            self.line(level, "}");
        }
    }

    /// A call, its arguments one a line where they are long.
    fn call(&mut self, level: usize, name: &str, arguments: &[&str]) {
        let joined = arguments.join(", ");
        if width(&joined) <= CALL && self.margin(level) + name.len() + width(&joined) + 3 <= WIDTH {
            self.line(level, &format!("{name}({joined});"));
            return;
        }
        self.line(level, &format!("{name}("));
        for argument in arguments {
            self.line(level + 1, &format!("{argument},"));
        }
        self.line(level, ");");
    }

    /// A list of paths: on one line, or one a line.
    fn list(&mut self, level: usize, head: &str, items: &[String]) {
        let joined = items.join(", ");
        if width(&joined) <= ARRAY && self.margin(level) + head.len() + width(&joined) + 5 <= WIDTH {
            self.line(level, &format!("{head} &[{joined}];"));
            return;
        }
        self.line(level, &format!("{head} &["));
        for item in items {
            self.line(level + 1, &format!("{item},"));
        }
        self.line(level, "];");
    }
}

fn events(out: &mut RustText, names: &AppNames) {
    out.doc(0, "What is sent to PostHog.");
    out.line(0, "pub mod events {");
    for line in EVENT.trim_matches('\n').lines() {
        out.line(1, line);
    }
    let lists = names.events.iter().flat_map(|event| &event.properties);
    if lists.into_iter().any(|property| property.is_list && !property.texts.is_empty()) {
        out.blank();
        for line in WORDS.trim_matches('\n').lines() {
            out.line(1, line);
        }
    }
    let mut scope = Scope::with(&["Event", "Map", "Value"]);
    for event in &names.events {
        out.blank();
        self::event(out, &mut scope, event);
    }
    out.line(0, "}");
}

const EVENT: &str = r"
use serde_json::{Map, Value};

/// An event with its properties.
pub trait Event {
    /// Its name, as PostHog knows it.
    const NAME: &'static str;

    /// What is sent with it.
    fn properties(&self) -> Map<String, Value>;
}

fn put(map: &mut Map<String, Value>, key: &str, value: impl Into<Value>) {
    let value = value.into();
    if !value.is_null() {
        map.insert(key.to_owned(), value);
    }
}
";

/// What lists of words need beside that.
const WORDS: &str = r"
fn words<T: Copy>(
    list: Option<&[T]>,
    word: fn(T) -> &'static str,
) -> Option<Vec<&'static str>> {
    Some(list?.iter().copied().map(word).collect())
}
";

fn event(out: &mut RustText, scope: &mut Scope, event: &AppEvent) {
    let name = scope.take(event.name);
    let types: Vec<Option<String>> =
        event.properties.iter().map(|property| texts(out, scope, event, property)).collect();
    out.doc(1, &or(event.doc, || format!("The event `{}`.", event.event)));
    out.line(1, "#[derive(Debug, Clone, PartialEq)]");
    let mut fields = Scope::default();
    let fields: Vec<String> = event.properties.iter().map(|p| fields.take(&field(p.key))).collect();
    if fields.is_empty() {
        out.line(1, &format!("pub struct {name} {{}}"));
    } else {
        out.line(1, &format!("pub struct {name} {{"));
        for ((property, field), texts) in event.properties.iter().zip(&fields).zip(&types) {
            out.doc(2, &or(property.doc, || format!("`{}`", property.key)));
            let ty = match (texts, property.ty) {
                (Some(own), _) => own,
                (None, PropertyType::Text | PropertyType::Datetime) => "String",
                (None, PropertyType::Number) => "f64",
                (None, PropertyType::Boolean) => "bool",
                (None, PropertyType::Object) => "Map<String, Value>",
            };
            let ty = &if property.is_list { format!("Vec<{ty}>") } else { ty.to_owned() };
            let ty = if property.optional { format!("Option<{ty}>") } else { ty.to_owned() };
            out.line(2, &format!("pub {field}: {ty},"));
        }
        out.line(1, "}");
    }
    out.blank();
    out.line(1, &format!("impl Event for {name} {{"));
    out.assign(2, "const NAME: &'static str =", &quoted(event.event), ";");
    out.blank();
    out.line(2, "fn properties(&self) -> Map<String, Value> {");
    if fields.is_empty() {
        out.line(3, "Map::new()");
    } else {
        out.line(3, "let mut map = Map::new();");
        for ((property, field), texts) in event.properties.iter().zip(&fields).zip(&types) {
            let value = match (texts, property.ty) {
                (Some(own), _) if property.is_list && property.optional => {
                    format!("words(self.{field}.as_deref(), {own}::as_str)")
                }
                (Some(own), _) if property.is_list => format!("words(Some(&self.{field}), {own}::as_str)"),
                (Some(own), _) if property.optional => format!("self.{field}.map({own}::as_str)"),
                (Some(_), _) => format!("self.{field}.as_str()"),
                (None, PropertyType::Number | PropertyType::Boolean) if !property.is_list => format!("self.{field}"),
                (None, _) => format!("self.{field}.clone()"),
            };
            out.call(3, "put", &["&mut map", &quoted(property.key), &value]);
        }
        out.line(3, "map");
    }
    out.line(2, "}");
    out.line(1, "}");
}

/// The enum of a property that is one of a list of texts.
fn texts(out: &mut RustText, scope: &mut Scope, event: &AppEvent, property: &AppProperty) -> Option<String> {
    if property.texts.is_empty() {
        return None;
    }
    let name = scope.take(&format!("{}{}", event.name, text::pascal(property.key)));
    let mut taken = Scope::with(&["ALL", "Self"]);
    let texts: Vec<(String, String)> =
        property.texts.iter().map(|one| (taken.take(&one.name), one.text.clone())).collect();
    let texts: Vec<_> = texts.iter().map(|(name, text)| (name.clone(), "", text.as_str())).collect();
    let doc = format!("What `{}` of `{}` can be.", property.key, event.event);
    words(out, &name, &doc, "as_str", "The text that is sent.", &texts);
    out.blank();
    Some(name)
}

fn flags(out: &mut RustText, names: &AppNames) {
    out.doc(0, "What code asks PostHog about.");
    out.line(0, "pub mod flags {");
    let mut scope = Scope::with(&["Flag"]);
    let flags: Vec<_> = names.flags.iter().map(|flag| (flag.name.to_owned(), flag.doc, flag.key)).collect();
    words(out, "Flag", "Every flag.", "key", "What the code asks for.", &flags);
    for flag in names.flags.iter().filter(|flag| !flag.variants.is_empty()) {
        out.blank();
        let variants: Vec<_> = flag.variants.iter().map(|v| (v.name.clone(), "", v.key)).collect();
        let doc = or(flag.doc, || format!("The variants of `{}`.", flag.key));
        words(out, &scope.take(flag.name), &doc, "key", "The variant's key, as PostHog answers it.", &variants);
    }
    out.line(0, "}");
}

fn crm(out: &mut RustText, names: &AppNames) {
    out.doc(0, "What Attio holds.");
    out.line(0, "pub mod crm {");
    let mut scope = Scope::default();
    let mut first = true;
    for collection in &names.collections {
        if !std::mem::take(&mut first) {
            out.blank();
        }
        let of = if collection.kind == CollectionKind::Object { "object" } else { "list" };
        out.doc(1, &or(collection.doc, || format!("The {of} `{}`.", collection.slug)));
        out.line(1, &format!("pub mod {} {{", scope.take(&field(collection.slug))));
        out.doc(2, &format!("The slug of this {of}."));
        out.assign(2, "pub const SLUG: &str =", &quoted(collection.slug), ";");
        let mut slugs = Scope::with(&["SLUG"]);
        for attribute in &collection.attributes {
            out.doc(2, &or(attribute.doc, || format!("The slug of `{}`.", attribute.name)));
            let name = slugs.take(&upper(attribute.name));
            out.assign(2, &format!("pub const {name}: &str ="), &quoted(attribute.slug), ";");
        }
        out.line(1, "}");
    }
    for attribute in names.with_choices() {
        if !std::mem::take(&mut first) {
            out.blank();
        }
        let titles: Vec<_> = attribute.choices.iter().map(|c| (c.name.to_owned(), c.doc, c.title)).collect();
        let doc = or(attribute.doc, || format!("The options of `{}`.", attribute.slug));
        words(out, &scope.take(attribute.name), &doc, "title", "The title, as Attio knows it.", &titles);
    }
    out.line(0, "}");
}

fn ids(out: &mut RustText, names: &AppNames) {
    out.doc(0, "Remote ids of what is deployed, by stage.");
    if names.stages.is_empty() {
        out.line(0, "pub mod ids {}");
        return;
    }
    out.line(0, "pub mod ids {");
    let mut scope = Scope::default();
    for (number, stage) in names.stages.iter().enumerate() {
        if number > 0 {
            out.blank();
        }
        out.doc(1, &format!("Stage `{stage}`."));
        out.line(1, &format!("pub mod {} {{", scope.take(&field(stage))));
        for (title, pages) in [("surveys", &names.surveys), ("dashboards", &names.dashboards)] {
            if title == "dashboards" {
                out.blank();
            }
            let deployed: Vec<_> = pages.iter().filter_map(|p| Some((p, p.ids.get(stage)?))).collect();
            out.doc(2, &format!("The ids of {title}."));
            if deployed.is_empty() {
                out.line(2, &format!("pub mod {title} {{}}"));
                continue;
            }
            out.line(2, &format!("pub mod {title} {{"));
            let mut taken = Scope::default();
            for (page, id) in deployed {
                out.doc(3, &or(page.doc, || format!("`{}`", page.title)));
                let (ty, value) = match id.as_str() {
                    Some(text) => ("&str", quoted(text)),
                    None => ("u64", id.to_string()),
                };
                out.assign(3, &format!("pub const {}: {ty} =", taken.take(&upper(page.name))), &value, ";");
            }
            out.line(2, "}");
        }
        out.line(1, "}");
    }
    out.line(0, "}");
}

/// An enum of texts: all of them, the text of each, and the one of a text.
fn words(out: &mut RustText, name: &str, doc: &str, method: &str, about: &str, words: &[(String, &str, &str)]) {
    if words.is_empty() {
        return;
    }
    out.doc(1, doc);
    out.line(1, "#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]");
    if words.iter().any(|(word, ..)| word.len() > 2 && word.chars().all(|c| c.is_ascii_uppercase())) {
        // `VALL`: clippy takes it for an acronym.
        out.line(1, "#[allow(clippy::upper_case_acronyms)]");
    }
    out.line(1, &format!("pub enum {name} {{"));
    for (word, doc, text) in words {
        out.doc(2, &or(doc, || format!("`{text}`")));
        out.line(2, &format!("{word},"));
    }
    out.line(1, "}");
    out.blank();
    out.line(1, &format!("impl {name} {{"));
    out.doc(2, "Every one of them, in order.");
    let all: Vec<String> = words.iter().map(|(word, ..)| format!("Self::{word}")).collect();
    out.list(2, "pub const ALL: &[Self] =", &all);
    out.blank();
    out.doc(2, about);
    out.line(2, &format!("pub const fn {method}(self) -> &'static str {{"));
    out.line(3, "match self {");
    for (word, _, text) in words {
        out.arm(4, &format!("Self::{word}"), &quoted(text));
    }
    out.line(3, "}");
    out.line(2, "}");
    out.blank();
    out.doc(2, "The one of this text, if there is one.");
    out.line(2, "pub fn read(text: &str) -> Option<Self> {");
    out.line(3, "match text {");
    for (word, _, text) in words {
        out.arm(4, &quoted(text), &format!("Some(Self::{word})"));
    }
    out.line(4, "_ => None,");
    out.line(3, "}");
    out.line(2, "}");
    out.line(1, "}");
}

fn or(doc: &str, otherwise: impl FnOnce() -> String) -> String {
    if doc.trim().is_empty() { otherwise() } else { doc.to_owned() }
}

/// A key as a field or a module.
fn field(key: &str) -> String {
    let name = text::field(key);
    match name.as_str() {
        name if is_identifier(name) => text::unreserved(name),
        name => fallback(name),
    }
}

fn upper(name: &str) -> String {
    text::snake(name).to_uppercase()
}
