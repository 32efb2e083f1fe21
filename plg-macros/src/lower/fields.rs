//! Fields and records.

use super::{Cx, Read};
use crate::names::article;
use crate::similar::unknown;
use crate::syntax::{Arg, Body, Entry, Key, Value};
use crate::tokens::{Tokens, tokens};
use plg_schema::{Field, Given, Node, Record, Shape};
use proc_macro2::{Ident, Span};
use quote::format_ident;

/// What is written for a record: values in parentheses, a list, fields in braces.
#[derive(Default)]
pub(crate) struct Parts<'a> {
    pub(crate) args: &'a [Arg],
    pub(crate) list: Option<&'a [Value]>,
    pub(crate) block: Option<&'a Body>,
}

impl Cx<'_> {
    /// Says which names are written twice.
    pub(crate) fn repeated(&mut self, entries: &[&Entry]) {
        for (place, entry) in entries.iter().enumerate() {
            let name = entry.key.text();
            if entries[..place].iter().any(|e| e.key.text() == name) {
                self.errors.at(entry.key.span(), format!("`{name}` is written twice"));
            }
        }
    }

    /// One `name: value`, as `name: tokens,`.
    pub(crate) fn field(&mut self, field: &Field, entry: &Entry) -> (Option<Node>, Tokens) {
        let outer = std::mem::replace(&mut self.quiet, entry.colon);
        let name = match &entry.key {
            Key::Name(name) => name.clone(),
            Key::Text(text) => Ident::new(field.name, text.span()),
        };
        let read = match (&entry.value, &entry.body) {
            (Some(value), _) => Some(self.value(value, &field.shape)),
            (None, body) => {
                let at = body.as_ref().map_or(entry.key.span(), |b| b.open);
                self.errors.at(
                    at,
                    format!(
                        "`{}` needs a colon and a value\nhelp: write `{}: …` with {}",
                        field.name,
                        field.name,
                        field.shape.describe()
                    ),
                );
                None
            }
        };
        self.quiet = outer;
        match read {
            Some(Read { node, tokens }) => {
                let at = entry.colon;
                (node, tokens!(at=> #name: #tokens,))
            }
            // Left as it is being typed, so that an editor can complete it.
            None => (None, tokens!(entry.colon=> #name,)),
        }
    }

    /// The title a name stands for.
    pub(crate) fn titled(&mut self, field: &Field, name: &Ident) -> (Node, Tokens) {
        let title = plg_schema::text::title(&name.to_string());
        let at = self.quiet;
        let wrap = match &field.shape {
            Shape::Text(rule) => rule.wrap,
            _ => "Name",
        };
        let (ty, key) = (self.ty(wrap), format_ident!("{}", field.name));
        let node = self.node(name.span(), Given::Text(title.clone()));
        (node, tokens!(at=> #key: #ty(#title),))
    }

    /// A record, from whatever parts of it are written.
    pub(crate) fn record(&mut self, record: &Record, parts: &Parts, at: Span) -> Read {
        let before = self.errors.len();
        let mut fields: Vec<(String, Node)> = Vec::new();
        let mut done: Vec<&str> = Vec::new();
        let mut written = Tokens::default();
        let what = |name: &str| unknown(name, "field here", record.fields.iter().map(|f| f.name));
        if let Some(list) = parts.list {
            match record.fields.iter().find(|f| is_list(&f.shape)) {
                Some(field) => {
                    let read = self.list(list, list_item(&field.shape), at);
                    let read = if matches!(field.shape, Shape::Maybe(_)) { self.some(read) } else { read };
                    self.filled(field, read, &mut fields, &mut written);
                    done.push(field.name);
                }
                None => self.errors.at(at, "no list is expected here"),
            }
        }
        for arg in parts.args {
            let field = match &arg.name {
                Some(name) => record.fields.iter().find(|f| name == f.name),
                None => record.fields.iter().find(|f| !done.contains(&f.name)),
            };
            let Some(field) = field else {
                match &arg.name {
                    Some(name) => self.errors.at(name.span(), what(&name.to_string())),
                    None => self.errors.at(arg.value.span(), "there is one value too many here"),
                }
                continue;
            };
            if done.contains(&field.name) {
                self.errors.at(
                    arg.name.as_ref().map_or(arg.value.span(), Ident::span),
                    format!("`{}` is written twice", field.name),
                );
                continue;
            }
            let read = self.value(&arg.value, &field.shape);
            self.filled(field, read, &mut fields, &mut written);
            done.push(field.name);
        }
        for entry in parts.block.map_or(&[][..], |b| &b.entries) {
            let name = entry.key.text();
            let Some(field) = record.fields.iter().find(|f| f.name == name) else {
                self.errors.at(entry.key.span(), what(&name));
                written.add(half_typed(entry));
                continue;
            };
            if done.contains(&field.name) {
                self.errors.at(entry.key.span(), format!("`{name}` is written twice"));
                continue;
            }
            let (node, tokens) = self.field(field, entry);
            written.add(tokens);
            fields.extend(node.map(|n| (name, n)));
            done.push(field.name);
        }
        let missing: Vec<&Field> = record.fields.iter().filter(|f| f.required && !done.contains(&f.name)).collect();
        if let Some(first) = missing.first() {
            let list = missing.iter().map(|f| format!("`{}`", f.name)).collect::<Vec<_>>().join(", ");
            self.errors.at(
                at,
                format!("{list} is missing here\nhelp: write `{}: …` with {}", first.name, first.shape.describe()),
            );
        }
        let ty = self.ty(record.ty);
        let quiet = self.quiet;
        let broken = self.errors.len() > before;
        if !broken && done.len() < record.fields.len() {
            written.add(tokens!(quiet=> ..#ty::BLANK));
        }
        let node = (!broken).then(|| self.node(at, Given::Record(fields)));
        Read { node, tokens: tokens!(quiet=> #ty { #written }) }
    }

    fn filled(&mut self, field: &Field, read: Read, fields: &mut Vec<(String, Node)>, written: &mut Tokens) {
        let (name, tokens, at) = (format_ident!("{}", field.name), read.tokens, self.quiet);
        written.add(tokens!(at=> #name: #tokens,));
        fields.extend(read.node.map(|n| (field.name.to_owned(), n)));
    }

    /// `[…]`.
    pub(crate) fn list(&mut self, list: &[Value], item: &Shape, at: Span) -> Read {
        let mut nodes = Vec::new();
        let mut tokens = Tokens::default();
        for value in list {
            let read = self.value(value, item);
            nodes.extend(read.node);
            let (one, quiet) = (read.tokens, self.quiet);
            tokens.add(tokens!(quiet=> #one,));
        }
        let node = (nodes.len() == list.len()).then(|| self.node(at, Given::List(nodes)));
        let quiet = self.quiet;
        Read { node, tokens: tokens!(quiet=> &[#tokens]) }
    }

    /// `{ key: value, … }` with free keys.
    pub(crate) fn map(&mut self, body: &Body, wrap: &str, item: &Shape, rule: &plg_schema::TextRule) -> Read {
        let before = self.errors.len();
        let mut nodes = Vec::new();
        let mut tokens = Tokens::default();
        for (place, entry) in body.entries.iter().enumerate() {
            let key = entry.key.text();
            if body.entries[..place].iter().any(|e| e.key.text() == key) {
                self.errors.at(entry.key.span(), format!("`{key}` is written twice"));
            }
            let Some(value) = &entry.value else {
                self.errors.at(
                    entry.key.span(),
                    format!("`{key}` needs a colon and a value\nhelp: write `{key}: …` with {}", item.describe()),
                );
                continue;
            };
            self.text_rule(rule, &key, entry.key.span());
            let outer = std::mem::replace(&mut self.quiet, entry.colon);
            let read = self.value(value, item);
            self.quiet = outer;
            let (one, doc, pair_ty) = (read.tokens, crate::syntax::doc_text(&entry.docs), self.ty("Pair"));
            tokens.add(tokens!(entry.colon=> #pair_ty { key: #key, doc: #doc, value: #one },));
            let at = self.site(entry.key.span());
            nodes.extend(read.node.map(|n| (key, at, n)));
        }
        let (ty, quiet) = (self.ty(wrap), self.quiet);
        let node = (self.errors.len() == before).then(|| self.node(body.open, Given::Map(nodes)));
        Read { node, tokens: tokens!(quiet=> #ty(&[#tokens])) }
    }

    /// `Some(…)`.
    pub(crate) fn some(&mut self, read: Read) -> Read {
        let (tokens, at) = (read.tokens, self.quiet);
        Read { node: read.node, tokens: tokens!(at=> ::core::option::Option::Some(#tokens)) }
    }

    /// Applies a rule for texts; says whether it holds.
    pub(crate) fn text_rule(&mut self, rule: &plg_schema::TextRule, text: &str, span: Span) -> bool {
        let mut report = plg_schema::Report::default();
        let good = rule.apply(text, plg_schema::Site::default(), &mut report);
        for (_, message) in report.errors {
            self.errors.at(span, message);
        }
        good
    }

    /// "expected …", at a value of another shape.
    pub(crate) fn expected(&mut self, shape: &Shape, value: &Value) {
        let hint = match (shape, value) {
            (Shape::Word(words), Value::Text(text)) if words().words.iter().any(|w| w.0 == text.value()) => {
                format!("\nhelp: write `{}` without quotes", text.value())
            }
            (Shape::Percent, Value::Number(n)) if n.plain() => {
                format!("\nhelp: write `{}%`", n.float().unwrap_or_default())
            }
            (Shape::Text(_) | Shape::EnvText(_), Value::Word(word)) if word.bare() && word.path.len() == 1 => {
                format!("\nhelp: write \"{}\"", word.path[0])
            }
            (Shape::Ref(_), Value::Text(text)) => format!(
                "\nhelp: refer to a declaration by its name, such as `{}`",
                plg_schema::text::pascal(&text.value())
            ),
            (Shape::List { .. }, _) => "\nhelp: put it in brackets: `[…]`".to_owned(),
            _ => String::new(),
        };
        self.errors.at(value.span(), format!("expected {}{hint}", shape.describe()));
    }

    /// "a `case` …" for a case that is followed by something it does not take.
    pub(crate) fn takes_nothing(&mut self, word: &str, at: Span) {
        self.errors.at(at, format!("{} `{word}` stands alone: nothing may follow it", article(word)));
    }
}

/// A field that is none yet: left as it is being typed, so that an editor can complete it.
pub(super) fn half_typed(entry: &Entry) -> Tokens {
    match (&entry.key, entry.has_colon) {
        (Key::Name(name), false) => tokens!(entry.colon=> #name,),
        (Key::Name(name), true) => tokens!(entry.colon=> #name: loop {},),
        (Key::Text(_), _) => Tokens::default(),
    }
}

fn is_list(shape: &Shape) -> bool {
    match shape {
        Shape::List { .. } => true,
        Shape::Maybe(inner) => is_list(inner),
        _ => false,
    }
}

fn list_item(shape: &Shape) -> &Shape {
    match shape {
        Shape::List { item } => item,
        Shape::Maybe(inner) => list_item(inner),
        other => other,
    }
}
