//! Fields and records.

use super::cx::{LoweredValue, Lowering};
use crate::docs::doc_text;
use crate::names::article;
use crate::syntax::{ArgSyntax, BodySyntax, EntrySyntax, KeySyntax, ValueSyntax};
use crate::tokens::{Tokens, tokens};
use crate::unknown::unknown;
use plg_schema::{Field, Given, Node, Record, Shape, codes};
use proc_macro2::{Ident, Span};
use quote::format_ident;

/// What is written for a record: values in parentheses, a list, fields in braces.
#[derive(Default)]
pub(crate) struct RecordParts<'a> {
    pub(crate) args: &'a [ArgSyntax],
    pub(crate) list: Option<&'a [ValueSyntax]>,
    pub(crate) block: Option<&'a BodySyntax>,
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
        self.nodes.extend(read.node.map(|n| (field.name.to_owned(), n)));
        self.names.push(field.name);
    }
}

impl Lowering<'_> {
    /// Says which names are written twice.
    pub(crate) fn repeated(&mut self, entries: &[&EntrySyntax]) {
        for (place, entry) in entries.iter().enumerate() {
            let name = entry.key.text();
            if entries[..place].iter().any(|e| e.key.text() == name) {
                self.errors.at(codes::WRITTEN_TWICE, entry.key.span(), format!("`{name}` is written twice"));
            }
        }
    }

    /// One `name: value`, as `name: tokens,`.
    pub(crate) fn field(&mut self, field: &Field, entry: &EntrySyntax) -> (Option<Node>, Tokens) {
        let outer = std::mem::replace(&mut self.quiet, entry.colon);
        let name = match &entry.key {
            KeySyntax::Name(name) => name.clone(),
            KeySyntax::Text(text) => Ident::new(field.name, text.span()),
        };
        let read = match (&entry.value, &entry.body) {
            (Some(value), _) => Some(self.value(value, &field.shape)),
            (None, body) => {
                let at = body.as_ref().map_or(entry.key.span(), |b| b.open);
                self.errors.at(
                    codes::UNFINISHED,
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
            Some(LoweredValue { node, tokens }) => {
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
    pub(crate) fn record(&mut self, record: &Record, parts: &RecordParts, at: Span) -> LoweredValue {
        let before = self.errors.len();
        let mut found = FoundFields::default();
        if let Some(list) = parts.list {
            self.list_field(record, list, at, &mut found);
        }
        for arg in parts.args {
            self.arg(record, arg, &mut found);
        }
        for entry in parts.block.map_or(&[][..], |b| &b.entries) {
            self.entry(record, entry, &mut found);
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
        let node = (!broken).then(|| self.node(at, Given::Record(nodes)));
        LoweredValue { node, tokens: tokens!(quiet=> #ty { #tokens }) }
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
    fn arg(&mut self, record: &Record, arg: &ArgSyntax, found: &mut FoundFields) {
        let field = match &arg.name {
            Some(name) => record.fields.iter().find(|f| name == f.name),
            None => record.fields.iter().find(|f| !found.has(f.name)),
        };
        let Some(field) = field else {
            match &arg.name {
                Some(name) => self.no_field(record, &name.to_string(), name.span()),
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
    fn entry(&mut self, record: &Record, entry: &EntrySyntax, found: &mut FoundFields) {
        let name = entry.key.text();
        let Some(field) = record.fields.iter().find(|f| f.name == name) else {
            self.no_field(record, &name, entry.key.span());
            found.tokens.add(half_typed(entry));
            return;
        };
        if found.has(field.name) {
            self.errors.at(codes::WRITTEN_TWICE, entry.key.span(), format!("`{name}` is written twice"));
            return;
        }
        let (node, tokens) = self.field(field, entry);
        found.tokens.add(tokens);
        found.nodes.extend(node.map(|n| (name, n)));
        found.names.push(field.name);
    }

    fn no_field(&mut self, record: &Record, name: &str, at: Span) {
        self.errors.at(codes::UNKNOWN_FIELD, at, unknown(name, "field here", record.fields.iter().map(|f| f.name)));
    }

    /// `[…]`.
    pub(crate) fn list(&mut self, list: &[ValueSyntax], item: &Shape, at: Span) -> LoweredValue {
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
        LoweredValue { node, tokens: tokens!(quiet=> &[#tokens]) }
    }

    /// `{ key: value, … }` with free keys.
    pub(crate) fn map(
        &mut self,
        body: &BodySyntax,
        wrap: &str,
        item: &Shape,
        rule: &plg_schema::TextRule,
    ) -> LoweredValue {
        let before = self.errors.len();
        let mut nodes = Vec::new();
        let mut tokens = Tokens::default();
        for (place, entry) in body.entries.iter().enumerate() {
            let key = entry.key.text();
            if body.entries[..place].iter().any(|e| e.key.text() == key) {
                self.errors.at(codes::WRITTEN_TWICE, entry.key.span(), format!("`{key}` is written twice"));
            }
            let Some(value) = &entry.value else {
                self.errors.at(
                    codes::UNFINISHED,
                    entry.key.span(),
                    format!("`{key}` needs a colon and a value\nhelp: write `{key}: …` with {}", item.describe()),
                );
                continue;
            };
            self.text_rule(rule, &key, entry.key.span());
            let outer = std::mem::replace(&mut self.quiet, entry.colon);
            let read = self.value(value, item);
            self.quiet = outer;
            let (one, doc, entry_ty) = (read.tokens, doc_text(&entry.docs), self.ty("Entry"));
            tokens.add(tokens!(entry.colon=> #entry_ty { key: #key, doc: #doc, value: #one },));
            let at = self.site(entry.key.span());
            nodes.extend(read.node.map(|n| (key, at, n)));
        }
        let (ty, quiet) = (self.ty(wrap), self.quiet);
        let node = (self.errors.len() == before).then(|| self.node(body.open, Given::Map(nodes)));
        LoweredValue { node, tokens: tokens!(quiet=> #ty(&[#tokens])) }
    }

    /// `Some(…)`.
    pub(crate) fn some(&mut self, read: LoweredValue) -> LoweredValue {
        let (tokens, at) = (read.tokens, self.quiet);
        LoweredValue { node: read.node, tokens: tokens!(at=> ::core::option::Option::Some(#tokens)) }
    }

    /// Applies a rule for texts; says whether it holds.
    pub(crate) fn text_rule(&mut self, rule: &plg_schema::TextRule, text: &str, span: Span) -> bool {
        let mut report = plg_schema::Report::default();
        let good = rule.apply(text, plg_schema::Site::default(), &mut report);
        for mistake in report.errors {
            self.errors.at(mistake.code, span, mistake.message);
        }
        good
    }

    /// "expected …", at a value of another shape.
    pub(crate) fn expected(&mut self, shape: &Shape, value: &ValueSyntax) {
        let hint = match (shape, value) {
            (Shape::Word(words), ValueSyntax::Text(text)) if words().words.iter().any(|w| w.0 == text.value()) => {
                format!("\nhelp: write `{}` without quotes", text.value())
            }
            (Shape::Percent, ValueSyntax::Number(n)) if n.plain() => {
                format!("\nhelp: write `{}%`", n.float().unwrap_or_default())
            }
            (Shape::Text(_) | Shape::EnvText(_), ValueSyntax::Word(word)) if word.bare() && word.path.len() == 1 => {
                format!("\nhelp: write \"{}\"", word.path[0])
            }
            (Shape::Ref(_), ValueSyntax::Text(text)) => format!(
                "\nhelp: refer to a declaration by its name, such as `{}`",
                plg_schema::text::pascal(&text.value())
            ),
            (Shape::List { .. }, _) => "\nhelp: put it in brackets: `[…]`".to_owned(),
            _ => String::new(),
        };
        self.errors.at(shape.code(), value.span(), format!("expected {}{hint}", shape.describe()));
    }

    /// "a `case` …" for a case that is followed by something it does not take.
    pub(crate) fn takes_nothing(&mut self, word: &str, at: Span) {
        self.errors.at(
            codes::OTHER_SHAPE,
            at,
            format!("{} `{word}` stands alone: nothing may follow it", article(word)),
        );
    }
}

/// A field that is none yet: left as it is being typed, so that an editor can complete it.
pub(super) fn half_typed(entry: &EntrySyntax) -> Tokens {
    match (&entry.key, entry.has_colon) {
        (KeySyntax::Name(name), false) => tokens!(entry.colon=> #name,),
        (KeySyntax::Name(name), true) => tokens!(entry.colon=> #name: loop {},),
        (KeySyntax::Text(_), _) => Tokens::default(),
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
