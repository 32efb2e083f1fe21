//! Fields, lists and maps.

use super::cx::{LoweredValue, Lowering};
use crate::docs::doc_text;
use crate::names::article;
use crate::syntax::{BodySyntax, EntrySyntax, KeySyntax, ValueSyntax};
use crate::tokens::{Tokens, tokens};
use plg_core::{Field, Given, Node, Shape, codes};
use proc_macro2::{Ident, Span};
use quote::format_ident;

impl Lowering<'_> {
    /// Says which names are written twice.
    pub(crate) fn repeated(&mut self, entries: &[&EntrySyntax]) {
        for (place, entry) in entries.iter().enumerate() {
            let name = entry.key.text();
            if entries[..place].iter().any(|e| e.key.text() == name) {
                self.errors.at(
                    codes::WRITTEN_TWICE,
                    entry.key.span(),
                    format!("`{name}` is written twice\nhelp: leave one of them out"),
                );
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
        let title = plg_core::text::title(&name.to_string());
        let at = self.quiet;
        let wrap = match &field.shape {
            Shape::Text(rule) => rule.wrap,
            _ => "Name",
        };
        let (ty, key) = (self.ty(wrap), format_ident!("{}", field.name));
        let node = self.node(name.span(), Given::Text(title.clone()));
        (node, tokens!(at=> #key: #ty(#title),))
    }

    /// `[…]`.
    pub(crate) fn list(&mut self, list: &[ValueSyntax], item: &Shape, at: Span) -> LoweredValue {
        let before = self.errors.len();
        let mut nodes = Vec::new();
        let mut tokens = Tokens::default();
        for value in list {
            let read = self.value(value, item);
            nodes.push(read.node.unwrap_or_else(Node::unread_entry));
            let (one, quiet) = (read.tokens, self.quiet);
            tokens.add(tokens!(quiet=> #one,));
        }
        let node = self.node_around(self.errors.len() == before, at, Given::List(nodes));
        let quiet = self.quiet;
        LoweredValue { node: Some(node), tokens: tokens!(quiet=> &[#tokens]) }
    }

    /// `{ key: value, … }` with free keys.
    pub(crate) fn map(
        &mut self,
        body: &BodySyntax,
        wrap: &str,
        item: &Shape,
        rule: &plg_core::TextRule,
    ) -> LoweredValue {
        let before = self.errors.len();
        let is_surface = std::mem::take(&mut self.is_surface);
        let mut nodes = Vec::new();
        let mut tokens = Tokens::default();
        for (place, entry) in body.entries.iter().enumerate() {
            let key = entry.key.text();
            if is_surface {
                entry.attributes.no_derives(self.errors);
                self.keys.push((key.clone(), entry.attributes.clone()));
            } else {
                entry.attributes.none_here(self.errors);
            }
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
            let (one, doc, pair_ty) = (read.tokens, doc_text(&entry.attributes.docs), self.ty("Pair"));
            tokens.add(tokens!(entry.colon=> #pair_ty { key: #key, doc: #doc, value: #one },));
            let at = self.site(entry.key.span());
            nodes.push((key, at, read.node.unwrap_or_else(Node::unread_entry)));
        }
        let (ty, quiet) = (self.ty(wrap), self.quiet);
        let node = self.node_around(self.errors.len() == before, body.open, Given::Map(nodes));
        LoweredValue { node: Some(node), tokens: tokens!(quiet=> #ty(&[#tokens])) }
    }

    /// `Some(…)`.
    pub(crate) fn some(&mut self, read: LoweredValue) -> LoweredValue {
        let (tokens, at) = (read.tokens, self.quiet);
        LoweredValue { node: read.node, tokens: tokens!(at=> ::core::option::Option::Some(#tokens)) }
    }

    /// Applies a rule for texts; says whether it holds.
    pub(crate) fn text_rule(&mut self, rule: &plg_core::TextRule, text: &str, span: Span) -> bool {
        let mut report = plg_core::Report::default();
        let good = rule.apply(text, plg_core::Site::default(), &mut report);
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
                plg_core::text::pascal(&text.value())
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
