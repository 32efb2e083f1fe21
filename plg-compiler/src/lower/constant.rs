//! Texts that stand elsewhere: constants of the crate, and files.

use super::cx::{LoweredValue, Lowering};
use crate::syntax::{MacroSyntax, ValueSyntax, WordSyntax};
use crate::tokens::{Tokens, tokens};
use plg_core::{Given, Shape, TextRule};
use proc_macro2::{Ident, TokenTree};
use quote::format_ident;
use syn::LitStr;

/// A text that the compiler knows, and this macro may not.
pub(super) enum Elsewhere<'a> {
    Constant(&'a [Ident]),
    Macro(&'a MacroSyntax),
}

/// What a value refers to, where that is a text that stands elsewhere.
pub(super) fn elsewhere(value: &ValueSyntax) -> Option<Elsewhere<'_>> {
    match value {
        ValueSyntax::Macro(call) => Some(Elsewhere::Macro(call)),
        ValueSyntax::Word(word) if is_constant(word) => Some(Elsewhere::Constant(&word.path)),
        _ => None,
    }
}

/// `TITLE`, `texts::TITLE`: a name in capitals. One capital is as good as a declaration's.
fn is_constant(word: &WordSyntax) -> bool {
    let Some(last) = word.path.last().map(Ident::to_string) else { return false };
    let capital = |c: char| c.is_uppercase() || c.is_ascii_digit() || c == '_';
    word.bare()
        && !word.dotted
        && last.chars().all(capital)
        && last.starts_with(|c: char| c.is_uppercase() || c == '_')
        && (word.path.len() > 1 || last.chars().count() > 1)
}

impl Lowering<'_> {
    /// A text from elsewhere: rules about it hold here where it can be read, else when the program starts.
    pub(super) fn text_elsewhere(&mut self, from: &Elsewhere, value: &ValueSyntax, shape: &Shape) -> LoweredValue {
        let (Shape::Text(rule) | Shape::EnvText(rule)) = shape else { return super::cx::nothing() };
        // An application matches on what is inside a declaration, by its title.
        if !rule.constant || self.inside {
            let message =
                format!("expected {} as a literal: the macro has to read it\nhelp: write the text", shape.describe());
            self.errors.at(shape.code(), value.span(), message);
            return super::cx::nothing();
        }
        let (tokens, text) = match from {
            Elsewhere::Constant(path) => (super::path(path), None),
            Elsewhere::Macro(call) => (call.tokens(), call.read()),
        };
        let tokens = self.wrapped_text(rule, shape, &tokens);
        let given = match text {
            Some(text) if !self.text_rule(rule, &text, value.span()) => return LoweredValue { node: None, tokens },
            Some(text) => Given::Text(text),
            None => {
                self.constants = true;
                Given::Constant
            }
        };
        LoweredValue { node: Some(self.node(value.span(), given)), tokens }
    }

    fn wrapped_text(&self, rule: &TextRule, shape: &Shape, text: &Tokens) -> Tokens {
        let (wrap, at) = (self.ty(rule.wrap), self.quiet);
        if matches!(shape, Shape::EnvText(_)) {
            let inner = self.ty("Text");
            return tokens!(at=> #wrap(#inner::Given(#text)));
        }
        tokens!(at=> #wrap(#text))
    }
}

impl MacroSyntax {
    /// As it is written.
    fn tokens(&self) -> Tokens {
        let (name, arguments) = (&self.name, &self.arguments);
        tokens!(name.span()=> ::core::#name!(#arguments))
    }

    /// The text, where it can be read now: from a file beside the source.
    fn read(&self) -> Option<String> {
        if self.name != format_ident!("include_str") || !proc_macro::is_available() {
            return None;
        }
        let mut arguments = self.arguments.clone().into_iter();
        let (Some(TokenTree::Literal(path)), None) = (arguments.next(), arguments.next()) else { return None };
        let path = syn::parse_str::<LitStr>(&path.to_string()).ok()?.value();
        let source = self.name.span().unwrap().local_file()?;
        std::fs::read_to_string(source.parent()?.join(path)).ok()
    }
}
