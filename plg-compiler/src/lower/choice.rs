//! A word with what belongs to it.

use super::cx::{LoweredValue, Lowering, nothing};
use super::record::RecordParts;
use crate::syntax::{ArgSyntax, ValueSyntax, WordSyntax};
use crate::tokens::tokens;
use crate::unknown::unknown;
use plg_core::{Case, Choice, Given, Node, Shape, Site, codes, similar};
use proc_macro2::{Ident, Span};

impl Lowering<'_> {
    pub(crate) fn choice(&mut self, choice: &Choice, value: &ValueSyntax, shape: &Shape) -> LoweredValue {
        if let ValueSyntax::Word(word) = value
            && let Some(case) = word.single().and_then(|w| choice.cases.iter().find(|c| w == c.word))
        {
            return self.case(choice, case, word);
        }
        match (&choice.otherwise, value) {
            (Some(other), value) if takes(other.holds.as_ref(), value) => {
                let Some(holds) = &other.holds else { return nothing() };
                let read = self.value(value, holds);
                let variant = Ident::new(other.word, self.quiet);
                self.wrapped(choice, variant, value.span(), read)
            }
            (_, ValueSyntax::Word(word)) if word.single().is_some() => {
                self.errors.at(
                    choice.code,
                    word.span(),
                    unknown(&word.path[0].to_string(), choice.what, choice.cases.iter().map(|c| c.word)),
                );
                let (ty, at, name) = (self.ty(choice.ty), self.quiet, &word.path[0]);
                let meant = similar::closest(&name.to_string(), choice.cases.iter().map(|c| c.word));
                let meant = choice.cases.iter().find(|case| Some(case.word) == meant);
                LoweredValue { node: meant.and_then(|case| self.meant(case, word)), tokens: tokens!(at=> #ty::#name) }
            }
            (_, value) => {
                self.expected(shape, value);
                nothing()
            }
        }
    }

    fn case(&mut self, choice: &Choice, case: &Case, word: &WordSyntax) -> LoweredValue {
        let name = &word.path[0];
        let variant = Ident::new(case.word, name.span());
        let Some(holds) = &case.holds else {
            if !word.bare() {
                self.takes_nothing(case.word, name.span());
            }
            let (ty, at) = (self.ty(choice.ty), self.quiet);
            let node = word.bare().then(|| self.node(name.span(), Given::Case(case.word.to_owned(), None)));
            return LoweredValue { node, tokens: tokens!(at=> #ty::#variant) };
        };
        let read = self.payload(case.word, holds, word);
        self.wrapped(choice, variant, name.span(), read)
    }

    /// What a misspelt word holds, as if it were spelt right: so that what is wrong in there is said, too.
    fn meant(&mut self, case: &Case, word: &WordSyntax) -> Option<Node> {
        let held = match &case.holds {
            Some(holds) => Some(Box::new(self.payload(case.word, holds, word).node?)),
            None => None,
        };
        Some(Node { at: Site::UNREAD, given: Given::Case(case.word.to_owned(), held) })
    }

    fn wrapped(&mut self, choice: &Choice, variant: Ident, at: Span, read: LoweredValue) -> LoweredValue {
        let (ty, quiet, tokens, word) = (self.ty(choice.ty), self.quiet, read.tokens, variant.to_string());
        let node = read.node.map(|held| {
            let whole = held.at != Site::UNREAD;
            self.node_around(whole, at, Given::Case(word, Some(Box::new(held))))
        });
        LoweredValue { node, tokens: tokens!(quiet=> #ty::#variant(#tokens)) }
    }

    /// What follows a case's word.
    fn payload(&mut self, case: &str, holds: &Shape, word: &WordSyntax) -> LoweredValue {
        let at = word.span();
        let args = word.args.as_ref().map_or(&[][..], |(args, _)| args);
        match holds {
            Shape::Record(record) => {
                let parts = RecordParts {
                    args,
                    list: word.list.as_ref().map(|(list, _)| &list[..]),
                    block: word.block.as_ref(),
                    entries: Vec::new(),
                };
                self.record(record(), &parts, at)
            }
            Shape::Maybe(inner) => {
                if word.bare() {
                    let at = self.quiet;
                    return LoweredValue {
                        node: Some(self.node(word.span(), Given::List(Vec::new()))),
                        tokens: tokens!(at=> ::core::option::Option::None),
                    };
                }
                let read = self.payload(case, inner, word);
                self.some(read)
            }
            Shape::Items(spec) => match &word.block {
                Some(body) => self.items(body, spec()),
                None => {
                    self.errors.at(
                        codes::OTHER_SHAPE,
                        at,
                        format!("`{case}` needs its {}s\nhelp: write `{case} {{ First, Second }}`", spec().keyword),
                    );
                    nothing()
                }
            },
            Shape::List { item } if word.list.is_some() => {
                let list = word.list.as_ref().map_or(&[][..], |(list, _)| list);
                self.list(list, item, at)
            }
            Shape::Map { wrap, item, key } if word.block.is_some() => match &word.block {
                Some(body) => self.map(body, wrap, item, key),
                None => nothing(),
            },
            Shape::Json if word.block.is_some() => match &word.block {
                Some(body) => self.json_object(body),
                None => nothing(),
            },
            shape => match args {
                [ArgSyntax { name: None, value }] => self.value(value, shape),
                _ => {
                    self.errors.at(
                        codes::OTHER_SHAPE,
                        at,
                        format!("`{case}` needs {} in parentheses\nhelp: write `{case}(…)`", shape.describe()),
                    );
                    nothing()
                }
            },
        }
    }
}

/// Whether a value looks like what a choice's last case holds.
fn takes(holds: Option<&Shape>, value: &ValueSyntax) -> bool {
    match (holds, value) {
        (Some(Shape::Ref(_)), ValueSyntax::Word(word)) => {
            word.path.len() > 1 || word.path[0].to_string().starts_with(|c: char| c.is_ascii_uppercase())
        }
        (Some(Shape::Record(_) | Shape::Map { .. }), ValueSyntax::Block(_)) => true,
        (Some(Shape::Text(_) | Shape::EnvText(_)), ValueSyntax::Text(_)) => true,
        (Some(Shape::EnvText(_) | Shape::Secret), ValueSyntax::Word(word)) => word.single().is_some_and(|w| w == "env"),
        (Some(Shape::List { .. }), ValueSyntax::List(..)) => true,
        (
            Some(Shape::Int { .. } | Shape::Float | Shape::Percent | Shape::Span { .. } | Shape::Ago),
            ValueSyntax::Number(_),
        ) => true,
        (Some(Shape::Bool), ValueSyntax::Bool(_)) => true,
        (Some(Shape::Topic { .. }), ValueSyntax::Word(word)) => word.bare(),
        (Some(Shape::Choice(inner)), value) => {
            let inner = inner();
            matches!(value, ValueSyntax::Word(word) if word.single().is_some_and(|w| inner.cases.iter().any(|c| w == c.word)))
                || takes(inner.otherwise.as_ref().and_then(|c| c.holds.as_ref()), value)
        }
        (Some(Shape::Json), _) => true,
        _ => false,
    }
}
