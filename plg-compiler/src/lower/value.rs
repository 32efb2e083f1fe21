//! One value against one shape.

use super::constant::elsewhere;
use super::cx::{LoweredValue, Lowering, nothing, path};
use super::record::RecordParts;
use super::record::is_pair;
use crate::syntax::{ArgSyntax, ValueSyntax, WordSyntax};
use crate::tokens::tokens;
use crate::unknown::unknown;
use plg_core::{Given, NUL, Node, Shape, Site, Term, TextRule, Words, codes, similar};
use proc_macro2::{Ident, Span};
use syn::LitStr;

impl Lowering<'_> {
    /// Reads a value; says what was expected where it is something else.
    pub(crate) fn value(&mut self, value: &ValueSyntax, shape: &Shape) -> LoweredValue {
        match (shape, value) {
            (_, ValueSyntax::Unread(_)) => {
                self.errors.known();
                nothing()
            }
            (Shape::Maybe(inner), value) => {
                let read = self.value(value, inner);
                self.some(read)
            }
            (Shape::Text(rule), ValueSyntax::Text(text)) => self.text(rule, text),
            (Shape::EnvText(rule), ValueSyntax::Text(text)) => {
                let good = self.text_rule(rule, &text.value(), text.span());
                let (wrap, inner, at) = (self.ty(rule.wrap), self.ty("Text"), self.quiet);
                let node = good.then(|| self.node(text.span(), Given::Text(text.value())));
                LoweredValue { node, tokens: tokens!(at=> #wrap(#inner::Given(#text))) }
            }
            (Shape::EnvText(_) | Shape::Secret | Shape::EnvNumber, ValueSyntax::Word(word))
                if word.single().is_some_and(|w| w == "env") =>
            {
                self.env(word, shape)
            }
            (Shape::Text(_) | Shape::EnvText(_), value) if let Some(from) = elsewhere(value) => {
                self.text_elsewhere(&from, value, shape)
            }
            (Shape::Secret, ValueSyntax::Text(text)) => {
                self.errors.at(
                    codes::SECRET_WRITTEN,
                    text.span(),
                    "a stack never contains a secret\nhelp: write `env(\"NAME\")` and set that variable",
                );
                nothing()
            }
            (Shape::EnvNumber, ValueSyntax::Number(number)) => self.env_number(number),
            (Shape::Bool, ValueSyntax::Bool(value)) => LoweredValue {
                node: Some(self.node(value.span(), Given::Bool(value.value))),
                tokens: tokens!(Span::call_site()=> #value),
            },
            (Shape::Int { min, max }, ValueSyntax::Number(number)) => self.int(number, *min, *max),
            (Shape::Float, ValueSyntax::Number(number)) => self.float(number),
            (Shape::Percent, ValueSyntax::Number(number)) => self.percent(number),
            (Shape::Span { wrap, units }, ValueSyntax::Number(number)) => self.span(number, *wrap, units),
            (Shape::Ago, ValueSyntax::Number(number)) => self.ago(number),
            (Shape::Word(words), ValueSyntax::Word(word)) if word.bare() && word.single().is_some() => {
                self.one_word(words(), &word.path[0])
            }
            (Shape::Stage, ValueSyntax::Word(word)) if word.bare() => match word.single() {
                Some(name) => {
                    let (ty, text, at) = (self.ty("StageName"), name.to_string(), self.quiet);
                    let node = Some(self.node(name.span(), Given::Word(text.clone())));
                    LoweredValue { node, tokens: tokens!(at=> #ty(#text)) }
                }
                None => {
                    self.expected(shape, value);
                    nothing()
                }
            },
            (Shape::Ref(kinds), ValueSyntax::Word(word)) if word.bare() && !word.dotted => {
                self.reference(kinds(), word)
            }
            (Shape::List { item }, ValueSyntax::List(list, at)) => self.list(list, item, *at),
            (Shape::List { item: Shape::Record(record) }, ValueSyntax::Block(body)) if is_pair(record()) => {
                self.pairs(body, record())
            }
            (Shape::Record(record), ValueSyntax::Block(body)) => {
                self.record(record(), &RecordParts { block: Some(body), ..RecordParts::default() }, body.open)
            }
            (Shape::Choice(choice), value) => self.choice(choice(), value, shape),
            (Shape::Topic { subject, verb }, ValueSyntax::Word(word)) if word.dotted && word.bare() => {
                self.topic(subject, verb(), word)
            }
            (Shape::Map { wrap, item, key }, ValueSyntax::Block(body)) => self.map(body, wrap, item, key),
            (Shape::Items(spec), ValueSyntax::Block(body)) => self.items(body, spec()),
            (Shape::Json, value) => self.json_without_nul(value),
            (Shape::KeyText, value) => self.key_text(value),
            (shape, value) => {
                self.expected(shape, value);
                // A name in the wrong place still leads somewhere in an editor.
                match value {
                    ValueSyntax::Word(word) if word.bare() && !word.dotted => {
                        LoweredValue { node: None, tokens: path(&word.path) }
                    }
                    _ => nothing(),
                }
            }
        }
    }

    /// JSON without a character that no API keeps.
    fn json_without_nul(&mut self, value: &ValueSyntax) -> LoweredValue {
        let read = self.json(value);
        if let Some(Node { given: Given::Json(json), .. }) = &read.node
            && has_nul(json)
        {
            self.errors.at(codes::TEXT, value.span(), format!("{NUL}\nhelp: leave `\\0` out"));
            return LoweredValue { node: None, tokens: read.tokens };
        }
        read
    }

    fn text(&mut self, rule: &TextRule, text: &LitStr) -> LoweredValue {
        let good = self.text_rule(rule, &text.value(), text.span());
        let (wrap, at) = (self.ty(rule.wrap), self.quiet);
        let node = good.then(|| self.node(text.span(), Given::Text(text.value())));
        LoweredValue { node, tokens: tokens!(at=> #wrap(#text)) }
    }

    pub(super) fn env(&mut self, word: &WordSyntax, shape: &Shape) -> LoweredValue {
        let args = word.args.as_ref().map_or(&[][..], |(args, _)| args);
        let (name, or) = match args {
            [ArgSyntax { name: None, value: ValueSyntax::Text(name) }] => (name, None),
            [
                ArgSyntax { name: None, value: ValueSyntax::Text(name) },
                ArgSyntax { name: Some(or), value: ValueSyntax::Number(number) },
            ] if or == "or" && matches!(shape, Shape::EnvNumber) => {
                (name, number.whole().and_then(|n| u64::try_from(n).ok()))
            }
            _ => {
                self.errors.at(shape.code(), word.span(), format!("expected {}", shape.describe()));
                return nothing();
            }
        };
        let text = name.value();
        if text.is_empty() || !text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_') {
            let right = text.to_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
            let right = if right.is_empty() { "NAME" } else { &right };
            self.errors.at(
                codes::SECRET_WRITTEN,
                name.span(),
                format!("an environment variable's name is in capitals\nhelp: write \"{right}\""),
            );
            return nothing();
        }
        let at = self.quiet;
        let tokens = match shape {
            Shape::EnvText(rule) => {
                let (wrap, inner) = (self.ty(rule.wrap), self.ty("Text"));
                tokens!(at=> #wrap(#inner::Env(#name)))
            }
            Shape::EnvNumber => {
                let (ty, env) = (self.ty("Number"), self.ty("Env"));
                let or = or.map_or_else(
                    || tokens!(at=> ::core::option::Option::None),
                    |n| tokens!(at=> ::core::option::Option::Some(#n)),
                );
                tokens!(at=> #ty::Env(#env { name: #name, or: #or }))
            }
            _ => {
                let ty = self.ty("Secret");
                tokens!(at=> #ty(#name))
            }
        };
        LoweredValue { node: Some(self.node(name.span(), Given::Env(text))), tokens }
    }

    fn one_word(&mut self, words: &Words, word: &Ident) -> LoweredValue {
        let (ty, at) = (self.ty(words.ty), self.quiet);
        let tokens = tokens!(at=> #ty::#word);
        if !words.words.iter().any(|w| word == w.0) {
            self.errors.at(
                words.code,
                word.span(),
                unknown(&word.to_string(), words.what, words.words.iter().map(|w| w.0)),
            );
            let meant = similar::closest(&word.to_string(), words.words.iter().map(|w| w.0));
            let node = meant.map(|word| Node { at: Site::UNREAD, given: Given::Word(word.to_owned()) });
            return LoweredValue { node, tokens };
        }
        LoweredValue { node: Some(self.node(word.span(), Given::Word(word.to_string()))), tokens }
    }

    fn reference(&mut self, kinds: &'static [&'static str], word: &WordSyntax) -> LoweredValue {
        let (path, at) = (path(&word.path), self.quiet);
        let tokens = tokens!(at=> &#path);
        let own = match &word.path[..] {
            [here, name] if here == "self" && self.names.index.contains_key(&name.to_string()) => Some(name),
            _ => word.single(),
        };
        let Some(name) = own else {
            // Another stack's: rustc checks its name and its type, and the root the rules about it.
            let written: Vec<String> = word.path.iter().map(Ident::to_string).collect();
            let node = self.node(word.span(), Given::Ref(Some(written.join("::"))));
            self.sites.kinds.insert(node.at.0, kinds);
            return LoweredValue { node: Some(node), tokens };
        };
        match self.names.find(self.errors, self.stack, name, kinds) {
            Some(place) => {
                self.refs.push((place, name.span()));
                LoweredValue { node: Some(self.node(name.span(), Given::Ref(Some(name.to_string())))), tokens }
            }
            None => LoweredValue { node: None, tokens },
        }
    }

    fn topic(&mut self, subject: &Shape, verbs: &Words, word: &WordSyntax) -> LoweredValue {
        let Some((last, front)) = word.path.split_last() else { return nothing() };
        let of = WordSyntax { path: front.to_vec(), dotted: false, args: None, list: None, block: None };
        let read = self.value(&ValueSyntax::Word(of), subject);
        let verb = self.one_word(verbs, last);
        let (ty, at, subject, verb_tokens) = (self.ty("Topic"), self.quiet, read.tokens, verb.tokens);
        let node = match (read.node, verb.node) {
            (Some(subject), Some(Node { at, .. })) if at != Site::UNREAD => {
                Some(self.node(last.span(), Given::Topic(Box::new(subject), last.to_string())))
            }
            _ => None,
        };
        LoweredValue { node, tokens: tokens!(at=> #ty { subject: #subject, verb: #verb_tokens }) }
    }
}

/// Whether a NUL character is anywhere in it.
fn has_nul(json: &Term) -> bool {
    let in_text = |text: &str| text.contains('\0');
    let is_found = json.find(&mut |part| match part {
        Term::Text(text) => in_text(text).then_some(()),
        Term::Map(map) => map.keys().any(|key| in_text(key)).then_some(()),
        _ => None,
    });
    is_found.is_some()
}
