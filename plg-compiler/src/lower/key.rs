//! Texts, among them keys of declarations by name. What the names lead to is looked up once everything is read.

use super::cx::{LoweredValue, Lowering, nothing, path};
use super::json::is_name;
use crate::syntax::{ValueSyntax, WordSyntax};
use crate::tokens::tokens;
use plg_core::{Given, KeyText, Shape};
use proc_macro2::Ident;

impl Lowering<'_> {
    /// `"web"`, `ProMonthly`, `part::ProMonthly`, `LifecycleStage.Trial`.
    pub(super) fn key_text(&mut self, value: &ValueSyntax) -> LoweredValue {
        let (ty, at) = (self.ty("KeyText"), self.quiet);
        match value {
            ValueSyntax::Text(text) => {
                let good = self.text_rule(&KeyText::RULE, &text.value(), text.span());
                let node = good.then(|| self.node(text.span(), Given::Text(text.value())));
                LoweredValue { node, tokens: tokens!(at=> #ty::Text(#text)) }
            }
            ValueSyntax::Word(word) if word.bare() && is_name(word) => self.key_named(word),
            value => {
                self.expected(&Shape::KeyText, value);
                nothing()
            }
        }
    }

    fn key_named(&mut self, word: &WordSyntax) -> LoweredValue {
        let (names, member) = match word.path.split_last() {
            Some((last, front)) if word.dotted => (front, Some(last)),
            _ => (&word.path[..], None),
        };
        let (ty, at, to) = (self.ty("KeyText"), self.quiet, path(names));
        let tokens = match member.map(Ident::to_string) {
            Some(member) => tokens!(at=> #ty::Member(&#to, #member)),
            None => tokens!(at=> #ty::Of(&#to)),
        };
        let own = match names {
            [name] => Some(name),
            [here, name] if here == "self" && self.names.index.contains_key(&name.to_string()) => Some(name),
            _ => None,
        };
        let of = match own {
            // Another stack's: rustc checks its name.
            None => names.iter().map(Ident::to_string).collect::<Vec<_>>().join("::"),
            Some(name) if self.names.any(self.errors, self.stack, name).is_none() => {
                return LoweredValue { node: None, tokens };
            }
            Some(name) => name.to_string(),
        };
        let node = self.node(word.span(), Given::Key { of, member: member.map(Ident::to_string) });
        LoweredValue { node: Some(node), tokens }
    }
}
