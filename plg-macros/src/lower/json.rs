//! JSON, as it is written in a stack.

use super::cx::{LoweredValue, Lowering, nothing};
use crate::syntax::{BodySyntax, KeySyntax, ValueSyntax};
use crate::tokens::{Tokens, tokens};
use plg_schema::{Given, Node, Shape, codes};

impl Lowering<'_> {
    pub(crate) fn json(&mut self, value: &ValueSyntax) -> LoweredValue {
        let (ty, at) = (self.ty("Json"), self.quiet);
        let (given, tokens) = match value {
            ValueSyntax::Text(text) => (serde_json::Value::from(text.value()), tokens!(at=> #ty::Text(#text))),
            ValueSyntax::Bool(value) => (serde_json::Value::from(value.value), tokens!(at=> #ty::Bool(#value))),
            ValueSyntax::Number(number) if number.plain() => {
                let n = number.float().unwrap_or_default();
                (plg_schema::number(n), tokens!(at=> #ty::Number(#n)))
            }
            ValueSyntax::Word(word) if word.bare() && word.single().is_some_and(|w| w == "null") => {
                (serde_json::Value::Null, tokens!(at=> #ty::Null))
            }
            ValueSyntax::List(list, _) => {
                let mut all = Vec::new();
                let mut tokens = Tokens::default();
                for value in list {
                    let read = self.json(value);
                    let Some(Node { given: Given::Json(one), .. }) = read.node else { return nothing() };
                    all.push(one);
                    let one = read.tokens;
                    tokens.add(tokens!(at=> #one,));
                }
                (serde_json::Value::Array(all), tokens!(at=> #ty::List(&[#tokens])))
            }
            ValueSyntax::Block(body) => return self.json_object(body),
            ValueSyntax::Unread(_) => {
                self.errors.known();
                return nothing();
            }
            other => {
                self.expected(&Shape::Json, other);
                return nothing();
            }
        };
        LoweredValue { node: Some(self.node(value.span(), Given::Json(given))), tokens }
    }

    /// `{ "key": value, … }`.
    pub(crate) fn json_object(&mut self, body: &BodySyntax) -> LoweredValue {
        let (ty, at) = (self.ty("Json"), self.quiet);
        let mut all = serde_json::Map::new();
        let mut tokens = Tokens::default();
        for entry in &body.entries {
            entry.attributes.none_here(self.errors);
            let key = entry.key.text();
            let Some(value) = &entry.value else {
                self.errors.at(codes::UNFINISHED, entry.key.span(), format!("`{key}` needs a colon and a value"));
                return nothing();
            };
            if matches!(entry.key, KeySyntax::Name(_)) {
                self.errors.at(
                    codes::OTHER_SHAPE,
                    entry.key.span(),
                    format!("a JSON key is in quotes\nhelp: write \"{key}\""),
                );
                return nothing();
            }
            let read = self.json(value);
            let Some(Node { given: Given::Json(one), .. }) = read.node else { return nothing() };
            let one_tokens = read.tokens;
            if all.insert(key.clone(), one).is_some() {
                self.errors.at(codes::WRITTEN_TWICE, entry.key.span(), format!("\"{key}\" is written twice"));
            }
            tokens.add(tokens!(at=> (#key, #one_tokens),));
        }
        LoweredValue {
            node: Some(self.node(body.open, Given::Json(serde_json::Value::Object(all)))),
            tokens: tokens!(at=> #ty::Object(&[#tokens])),
        }
    }
}
