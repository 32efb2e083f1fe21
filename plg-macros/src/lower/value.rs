//! One value against one shape.

use super::fields::Parts;
use super::{Cx, Read};
use crate::similar::unknown;
use crate::syntax::{Arg, Key, Value, Word};
use crate::tokens::{Tokens, tokens};
use plg_schema::{Case, Choice, Given, Node, Shape, TextRule, Words};
use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::LitStr;

impl Cx<'_> {
    /// Reads a value; says what was expected where it is something else.
    pub(crate) fn value(&mut self, value: &Value, shape: &Shape) -> Read {
        match (shape, value) {
            (Shape::Maybe(inner), value) => {
                let read = self.value(value, inner);
                self.some(read)
            }
            (Shape::Text(rule), Value::Text(text)) => self.text(rule, text),
            (Shape::EnvText(rule), Value::Text(text)) => {
                let good = self.text_rule(rule, &text.value(), text.span());
                let (wrap, inner, at) = (self.ty(rule.wrap), self.ty("Text"), self.quiet);
                let node = good.then(|| self.node(text.span(), Given::Text(text.value())));
                Read { node, tokens: tokens!(at=> #wrap(#inner::Given(#text))) }
            }
            (Shape::EnvText(_) | Shape::Secret | Shape::EnvNumber, Value::Word(word))
                if word.single().is_some_and(|w| w == "env") =>
            {
                self.env(word, shape)
            }
            (Shape::Secret, Value::Text(text)) => {
                self.errors.at(
                    text.span(),
                    "a secret is never written in a stack\nhelp: write `env(\"NAME\")` and set that variable",
                );
                nothing()
            }
            (Shape::EnvNumber, Value::Number(number)) => self.env_number(number),
            (Shape::Bool, Value::Bool(value)) => Read {
                node: Some(self.node(value.span(), Given::Bool(value.value))),
                tokens: tokens!(Span::call_site()=> #value),
            },
            (Shape::Int { min, max }, Value::Number(number)) => self.int(number, *min, *max),
            (Shape::Float, Value::Number(number)) => self.float(number),
            (Shape::Percent, Value::Number(number)) => self.percent(number),
            (Shape::Span { wrap, units }, Value::Number(number)) => self.span(number, *wrap, units),
            (Shape::Ago, Value::Number(number)) => self.ago(number),
            (Shape::Word(words), Value::Word(word)) if word.bare() && word.single().is_some() => {
                self.one_word(words(), &word.path[0])
            }
            (Shape::Ref(kinds), Value::Word(word)) if word.bare() && !word.dotted => self.reference(kinds(), word),
            (Shape::List { item }, Value::List(list, at)) => self.list(list, item, *at),
            (Shape::Record(record), Value::Block(body)) => {
                self.record(record(), &Parts { block: Some(body), ..Parts::default() }, body.open)
            }
            (Shape::Choice(choice), value) => self.choice(choice(), value, shape),
            (Shape::Topic { subject, verb }, Value::Word(word)) if word.dotted && word.bare() => {
                self.topic(subject, verb(), word)
            }
            (Shape::Map { wrap, item, key }, Value::Block(body)) => self.map(body, wrap, item, key),
            (Shape::Items(spec), Value::Block(body)) => self.items(body, spec()),
            (Shape::Json, value) => self.json(value),
            (shape, value) => {
                self.expected(shape, value);
                // A name in the wrong place still leads somewhere in an editor.
                match value {
                    Value::Word(word) if word.bare() && !word.dotted => Read { node: None, tokens: path(&word.path) },
                    _ => nothing(),
                }
            }
        }
    }

    fn text(&mut self, rule: &TextRule, text: &LitStr) -> Read {
        let good = self.text_rule(rule, &text.value(), text.span());
        let (wrap, at) = (self.ty(rule.wrap), self.quiet);
        let node = good.then(|| self.node(text.span(), Given::Text(text.value())));
        Read { node, tokens: tokens!(at=> #wrap(#text)) }
    }

    fn env(&mut self, word: &Word, shape: &Shape) -> Read {
        let args = word.args.as_ref().map_or(&[][..], |(args, _)| args);
        let (name, or) = match args {
            [Arg { name: None, value: Value::Text(name) }] => (name, None),
            [Arg { name: None, value: Value::Text(name) }, Arg { name: Some(or), value: Value::Number(number) }]
                if or == "or" && matches!(shape, Shape::EnvNumber) =>
            {
                (name, number.whole().and_then(|n| u64::try_from(n).ok()))
            }
            _ => {
                self.errors.at(word.span(), format!("expected {}", shape.describe()));
                return nothing();
            }
        };
        let text = name.value();
        if text.is_empty() || !text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_') {
            let right = text.to_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
            self.errors
                .at(name.span(), format!("an environment variable's name is in capitals\nhelp: write \"{right}\""));
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
        Read { node: Some(self.node(name.span(), Given::Env(text))), tokens }
    }

    fn one_word(&mut self, words: &Words, word: &Ident) -> Read {
        let (ty, at) = (self.ty(words.ty), self.quiet);
        let tokens = tokens!(at=> #ty::#word);
        if !words.words.iter().any(|w| word == w.0) {
            self.errors.at(word.span(), unknown(&word.to_string(), words.what, words.words.iter().map(|w| w.0)));
            return Read { node: None, tokens };
        }
        Read { node: Some(self.node(word.span(), Given::Word(word.to_string()))), tokens }
    }

    fn reference(&mut self, kinds: &[&str], word: &Word) -> Read {
        let (path, at) = (path(&word.path), self.quiet);
        let tokens = tokens!(at=> &#path);
        let Some(name) = word.single() else {
            // Another stack's: rustc checks its name and its type.
            return Read { node: Some(self.node(word.span(), Given::Ref(None))), tokens };
        };
        match self.names.find(self.stack, name, kinds) {
            Ok(place) => {
                self.refs.push((place, name.span()));
                Read { node: Some(self.node(name.span(), Given::Ref(Some(name.to_string())))), tokens }
            }
            Err(message) => {
                self.errors.at(name.span(), message);
                Read { node: None, tokens }
            }
        }
    }

    fn choice(&mut self, choice: &Choice, value: &Value, shape: &Shape) -> Read {
        if let Value::Word(word) = value
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
            (_, Value::Word(word)) if word.single().is_some() => {
                self.errors.at(
                    word.span(),
                    unknown(&word.path[0].to_string(), choice.what, choice.cases.iter().map(|c| c.word)),
                );
                let (ty, at, name) = (self.ty(choice.ty), self.quiet, &word.path[0]);
                Read { node: None, tokens: tokens!(at=> #ty::#name) }
            }
            (_, value) => {
                self.expected(shape, value);
                nothing()
            }
        }
    }

    fn case(&mut self, choice: &Choice, case: &Case, word: &Word) -> Read {
        let name = &word.path[0];
        let variant = Ident::new(case.word, name.span());
        let Some(holds) = &case.holds else {
            if !word.bare() {
                self.takes_nothing(case.word, name.span());
            }
            let (ty, at) = (self.ty(choice.ty), self.quiet);
            let node = word.bare().then(|| self.node(name.span(), Given::Case(case.word.to_owned(), None)));
            return Read { node, tokens: tokens!(at=> #ty::#variant) };
        };
        let read = self.payload(case.word, holds, word);
        self.wrapped(choice, variant, name.span(), read)
    }

    fn wrapped(&mut self, choice: &Choice, variant: Ident, at: Span, read: Read) -> Read {
        let (ty, quiet, tokens, word) = (self.ty(choice.ty), self.quiet, read.tokens, variant.to_string());
        let node = read.node.map(|held| self.node(at, Given::Case(word, Some(Box::new(held)))));
        Read { node, tokens: tokens!(quiet=> #ty::#variant(#tokens)) }
    }

    /// What follows a case's word.
    fn payload(&mut self, case: &str, holds: &Shape, word: &Word) -> Read {
        let at = word.span();
        let args = word.args.as_ref().map_or(&[][..], |(args, _)| args);
        match holds {
            Shape::Record(record) => {
                let parts =
                    Parts { args, list: word.list.as_ref().map(|(list, _)| &list[..]), block: word.block.as_ref() };
                self.record(record(), &parts, at)
            }
            Shape::Maybe(inner) => {
                if word.bare() {
                    let at = self.quiet;
                    return Read {
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
                [Arg { name: None, value }] => self.value(value, shape),
                _ => {
                    self.errors
                        .at(at, format!("`{case}` needs {} in parentheses\nhelp: write `{case}(…)`", shape.describe()));
                    nothing()
                }
            },
        }
    }

    fn topic(&mut self, subject: &Shape, verbs: &Words, word: &Word) -> Read {
        let Some((last, front)) = word.path.split_last() else { return nothing() };
        let of = Word { path: front.to_vec(), dotted: false, args: None, list: None, block: None };
        let read = self.value(&Value::Word(of), subject);
        let verb = self.one_word(verbs, last);
        let (ty, at, subject, verb_tokens) = (self.ty("Topic"), self.quiet, read.tokens, verb.tokens);
        let node = match (read.node, verb.node) {
            (Some(subject), Some(_)) => Some(self.node(last.span(), Given::Topic(Box::new(subject), last.to_string()))),
            _ => None,
        };
        Read { node, tokens: tokens!(at=> #ty { subject: #subject, verb: #verb_tokens }) }
    }

    fn json(&mut self, value: &Value) -> Read {
        let (ty, at) = (self.ty("Json"), self.quiet);
        let (given, tokens) = match value {
            Value::Text(text) => (serde_json::Value::from(text.value()), tokens!(at=> #ty::Text(#text))),
            Value::Bool(value) => (serde_json::Value::from(value.value), tokens!(at=> #ty::Bool(#value))),
            Value::Number(number) if number.plain() => {
                let n = number.float().unwrap_or_default();
                (plg_schema::number(n), tokens!(at=> #ty::Number(#n)))
            }
            Value::Word(word) if word.bare() && word.single().is_some_and(|w| w == "null") => {
                (serde_json::Value::Null, tokens!(at=> #ty::Null))
            }
            Value::List(list, _) => {
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
            Value::Block(body) => return self.json_object(body),
            other => {
                self.expected(&Shape::Json, other);
                return nothing();
            }
        };
        Read { node: Some(self.node(value.span(), Given::Json(given))), tokens }
    }

    /// `{ "key": value, … }`.
    pub(crate) fn json_object(&mut self, body: &crate::syntax::Body) -> Read {
        let (ty, at) = (self.ty("Json"), self.quiet);
        let mut all = serde_json::Map::new();
        let mut tokens = Tokens::default();
        for entry in &body.entries {
            let key = entry.key.text();
            let Some(value) = &entry.value else {
                self.errors.at(entry.key.span(), format!("`{key}` needs a colon and a value"));
                return nothing();
            };
            if matches!(entry.key, Key::Name(_)) {
                self.errors.at(entry.key.span(), format!("a JSON key is in quotes\nhelp: write \"{key}\""));
                return nothing();
            }
            let read = self.json(value);
            let Some(Node { given: Given::Json(one), .. }) = read.node else { return nothing() };
            let one_tokens = read.tokens;
            if all.insert(key.clone(), one).is_some() {
                self.errors.at(entry.key.span(), format!("\"{key}\" is written twice"));
            }
            tokens.add(tokens!(at=> (#key, #one_tokens),));
        }
        Read {
            node: Some(self.node(body.open, Given::Json(serde_json::Value::Object(all)))),
            tokens: tokens!(at=> #ty::Object(&[#tokens])),
        }
    }
}

/// Whether a value looks like what a choice's last case holds.
fn takes(holds: Option<&Shape>, value: &Value) -> bool {
    match (holds, value) {
        (Some(Shape::Ref(_)), Value::Word(word)) => {
            word.path.len() > 1 || word.path[0].to_string().starts_with(|c: char| c.is_ascii_uppercase())
        }
        (Some(Shape::Record(_) | Shape::Map { .. }), Value::Block(_)) => true,
        (Some(Shape::Text(_) | Shape::EnvText(_)), Value::Text(_)) => true,
        (Some(Shape::EnvText(_) | Shape::Secret), Value::Word(word)) => word.single().is_some_and(|w| w == "env"),
        (Some(Shape::List { .. }), Value::List(..)) => true,
        (
            Some(Shape::Int { .. } | Shape::Float | Shape::Percent | Shape::Span { .. } | Shape::Ago),
            Value::Number(_),
        ) => true,
        (Some(Shape::Bool), Value::Bool(_)) => true,
        (Some(Shape::Choice(inner)), Value::Word(word)) => {
            word.single().is_some_and(|w| inner().cases.iter().any(|c| w == c.word))
                || takes(inner().otherwise.as_ref().and_then(|c| c.holds.as_ref()), value)
        }
        (Some(Shape::Json), _) => true,
        _ => false,
    }
}

/// A value that is not there: of any type, so that what stands around it can still be completed.
fn nothing() -> Read {
    Read { node: None, tokens: tokens!(Span::call_site()=> loop {}) }
}

/// `a::b`, with the tokens as written.
pub(crate) fn path(segments: &[Ident]) -> Tokens {
    let mut out = Tokens::default();
    for (place, segment) in segments.iter().enumerate() {
        if place > 0 {
            out.written("::", segment.span());
        }
        out.one(if segment == "Self" { format_ident!("Self_") } else { segment.clone() });
    }
    out
}
