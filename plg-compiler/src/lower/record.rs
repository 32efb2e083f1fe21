//! Records: values in parentheses, a list, fields in braces.

use super::cx::{LoweredValue, Lowering};
use super::fields::half_typed;
use crate::syntax::{ArgSyntax, BodySyntax, EntrySyntax, KeySyntax, ValueSyntax, WordSyntax};
use crate::tokens::{Tokens, tokens};
use crate::unknown::{meant, unknown_field};
use plg_core::{Field, Given, Node, Record, Shape, codes};
use proc_macro2::{Ident, Span};
use quote::format_ident;

/// What is written for a record: values in parentheses, a list, fields in braces.
#[derive(Default)]
pub(crate) struct RecordParts<'a> {
    pub(crate) args: &'a [ArgSyntax],
    pub(crate) list: Option<&'a [ValueSyntax]>,
    pub(crate) block: Option<&'a BodySyntax>,
    /// Fields that stand in braces among others.
    pub(crate) entries: Vec<&'a EntrySyntax>,
}

/// The fields of a record that are written.
#[derive(Default)]
struct FoundFields {
    names: Vec<&'static str>,
    nodes: Vec<(String, Node)>,
    tokens: Tokens,
}

impl FoundFields {
    fn has(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    fn add(&mut self, field: &Field, read: LoweredValue, quiet: Span) {
        let (name, tokens) = (format_ident!("{}", field.name), read.tokens);
        self.tokens.add(tokens!(quiet=> #name: #tokens,));
        self.note(field, read.node);
    }

    fn note(&mut self, field: &Field, node: Option<Node>) {
        self.nodes.push((field.name.to_owned(), node.unwrap_or_else(Node::unread_field)));
        self.names.push(field.name);
    }
}

impl Lowering<'_> {
    /// A record, from whatever parts of it are written.
    pub(crate) fn record(&mut self, record: &Record, parts: &RecordParts, at: Span) -> LoweredValue {
        let before = self.errors.len();
        let mut found = FoundFields::default();
        if let Some(list) = parts.list {
            self.list_field(record, list, at, &mut found);
        }
        // A slip in a field's name stands for that field.
        let entries: Vec<&EntrySyntax> =
            parts.block.iter().flat_map(|block| &block.entries).chain(parts.entries.iter().copied()).collect();
        let named = parts.args.iter().filter_map(|arg| arg.name.as_ref().map(Ident::to_string));
        let written: Vec<String> = named.chain(entries.iter().map(|entry| entry.key.text())).collect();
        for arg in parts.args {
            self.arg(record, arg, &written, &mut found);
        }
        for entry in &entries {
            self.entry(record, entry, &written, &mut found);
        }
        let missing = || record.fields.iter().filter(|f| f.required && !found.has(f.name));
        if let Some(first) = missing().next() {
            let list = missing().map(|f| format!("`{}`", f.name)).collect::<Vec<_>>().join(", ");
            self.errors.at(
                codes::MISSING_FIELD,
                at,
                format!("{list} is missing here\nhelp: write `{}: …` with {}", first.name, first.shape.describe()),
            );
        }
        let FoundFields { names, nodes, mut tokens } = found;
        let (ty, quiet) = (self.ty(record.ty), self.quiet);
        let broken = self.errors.len() > before;
        if !broken && names.len() < record.fields.len() {
            tokens.add(tokens!(quiet=> ..#ty::BLANK));
        }
        let node = self.node_around(!broken, at, Given::Record(nodes));
        LoweredValue { node: Some(node), tokens: tokens!(quiet=> #ty { #tokens }) }
    }

    /// `{ Name: value, … }`: a list of records of two fields, the first of which is the name of a declaration.
    pub(crate) fn pairs(&mut self, body: &BodySyntax, record: &Record) -> LoweredValue {
        let before = self.errors.len();
        let (mut nodes, mut tokens) = (Vec::new(), Tokens::default());
        for entry in &body.entries {
            entry.attributes.none_here(self.errors);
            let (KeySyntax::Name(name), [of, is]) = (&entry.key, record.fields) else {
                let message =
                    format!("this is {}\nhelp: write its name without quotes", record.fields[0].shape.describe());
                self.errors.at(codes::OTHER_SHAPE, entry.key.span(), message);
                continue;
            };
            let Some(value) = &entry.value else {
                let message =
                    format!("`{name}` needs a colon and a value\nhelp: write `{name}: …` with {}", is.shape.describe());
                self.errors.at(codes::UNFINISHED, name.span(), message);
                continue;
            };
            let path = vec![name.clone()];
            let word = WordSyntax { path, dotted: false, args: None, list: None, block: None };
            let mut found = FoundFields::default();
            let read = self.value(&ValueSyntax::Word(word), &of.shape);
            found.add(of, read, self.quiet);
            let outer = std::mem::replace(&mut self.quiet, entry.colon);
            let read = self.value(value, &is.shape);
            self.quiet = outer;
            found.add(is, read, self.quiet);
            let (ty, quiet, one) = (self.ty(record.ty), self.quiet, found.tokens);
            tokens.add(tokens!(quiet=> #ty { #one },));
            nodes.push(self.node(name.span(), Given::Record(found.nodes)));
        }
        let node = self.node_around(self.errors.len() == before, body.open, Given::List(nodes));
        let quiet = self.quiet;
        LoweredValue { node: Some(node), tokens: tokens!(quiet=> &[#tokens]) }
    }

    /// The list of a record that has one.
    fn list_field(&mut self, record: &Record, list: &[ValueSyntax], at: Span, found: &mut FoundFields) {
        let Some(field) = record.fields.iter().find(|f| is_list(&f.shape)) else {
            self.errors.at(codes::OTHER_SHAPE, at, "no list is expected here");
            return;
        };
        let read = self.list(list, list_item(&field.shape), at);
        let read = if matches!(field.shape, Shape::Maybe(_)) { self.some(read) } else { read };
        found.add(field, read, self.quiet);
    }

    /// A value in a record's parentheses.
    fn arg(&mut self, record: &Record, arg: &ArgSyntax, written: &[String], found: &mut FoundFields) {
        let field = match &arg.name {
            Some(name) => record.fields.iter().find(|f| name == f.name),
            None => record.fields.iter().find(|f| !found.has(f.name)),
        };
        let Some(field) = field else {
            match &arg.name {
                Some(name) => self.no_field(record, &name.to_string(), name.span(), written, found),
                None => self.errors.at(codes::OTHER_SHAPE, arg.value.span(), "there is one value too many here"),
            }
            return;
        };
        if found.has(field.name) {
            self.errors.at(
                codes::WRITTEN_TWICE,
                arg.name.as_ref().map_or(arg.value.span(), Ident::span),
                format!("`{}` is written twice", field.name),
            );
            return;
        }
        let read = self.value(&arg.value, &field.shape);
        found.add(field, read, self.quiet);
    }

    /// A field in a record's braces.
    fn entry(&mut self, record: &Record, entry: &EntrySyntax, written: &[String], found: &mut FoundFields) {
        entry.attributes.none_here(self.errors);
        let name = entry.key.text();
        let Some(field) = record.fields.iter().find(|f| f.name == name) else {
            self.no_field(record, &name, entry.key.span(), written, found);
            found.tokens.add(half_typed(entry));
            return;
        };
        if found.has(field.name) {
            self.errors.at(codes::WRITTEN_TWICE, entry.key.span(), format!("`{name}` is written twice"));
            return;
        }
        let (node, tokens) = self.field(field, entry);
        found.tokens.add(tokens);
        found.note(field, node);
    }

    fn no_field(&mut self, record: &Record, name: &str, at: Span, written: &[String], found: &mut FoundFields) {
        let is_open = |field: &&Field| !found.has(field.name) && !written.iter().any(|name| name == field.name);
        let open: Vec<&Field> = record.fields.iter().filter(is_open).collect();
        let message = unknown_field(name, "field here", &open, std::iter::empty());
        self.errors.at(codes::UNKNOWN_FIELD, at, message);
        let meant = meant(name, &open);
        if let Some(field) = open.iter().find(|field| Some(field.name) == meant) {
            found.note(field, None);
        }
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

/// Whether a record is a declaration and what belongs to it: a list of such is written as pairs.
pub(super) fn is_pair(record: &Record) -> bool {
    matches!(record.fields, [of, is] if of.required && is.required && matches!(of.shape, Shape::Ref(_)))
}
