//! Tokens on their way to the compiler, which are sent to it once.
//!
//! A `TokenStream` lives in the compiler: putting one into another asks it to copy what is there, and a
//! declaration is put together from a dozen pieces. These stay here until all of them are there.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Expr, ExprLit, Lit, LitBool, LitStr, Meta, MetaNameValue};

/// Tokens that the compiler has not seen.
#[derive(Clone, Default)]
pub(crate) struct Tokens(Vec<TokenOrGroup>);

#[derive(Clone)]
enum TokenOrGroup {
    One(TokenTree),
    Group(Delimiter, Span, Tokens),
}

impl Tokens {
    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One token more.
    pub(crate) fn one(&mut self, token: impl Into<TokenTree>) {
        self.0.push(TokenOrGroup::One(token.into()));
    }

    /// All of these more.
    pub(crate) fn add(&mut self, more: Tokens) {
        if self.0.is_empty() {
            *self = more;
        } else {
            self.0.extend(more.0);
        }
    }

    /// Tokens in parentheses, brackets or braces.
    pub(crate) fn group(&mut self, delimiter: Delimiter, at: Span, inner: Tokens) {
        self.0.push(TokenOrGroup::Group(delimiter, at, inner));
    }

    /// A word, a punctuation mark or a literal, as [`tokens`](crate::tokens) has it in its source.
    pub(crate) fn written(&mut self, text: &'static str, at: Span) {
        let bytes = text.as_bytes();
        match bytes.first() {
            _ if text.ends_with('"') => self.literal(text, at),
            Some(b'0'..=b'9') => self.literal(text, at),
            Some(b'_' | b'a'..=b'z' | b'A'..=b'Z') => self.one(Ident::new(text, at)),
            Some(b'\'') => {
                let mut tick = Punct::new('\'', Spacing::Joint);
                tick.set_span(at);
                self.one(tick);
                self.one(Ident::new(&text[1..], at));
            }
            _ => {
                for (place, mark) in bytes.iter().enumerate() {
                    let spacing = if place + 1 < bytes.len() { Spacing::Joint } else { Spacing::Alone };
                    let mut mark = Punct::new(char::from(*mark), spacing);
                    mark.set_span(at);
                    self.one(mark);
                }
            }
        }
    }

    fn literal(&mut self, text: &str, at: Span) {
        if let Ok(mut literal) = text.parse::<Literal>() {
            literal.set_span(at);
            self.one(literal);
        }
    }

    /// The same, in the compiler.
    pub(crate) fn stream(self) -> TokenStream {
        let send = |token| match token {
            TokenOrGroup::One(token) => token,
            TokenOrGroup::Group(delimiter, at, inner) => {
                let mut group = Group::new(delimiter, inner.stream());
                group.set_span(at);
                group.into()
            }
        };
        self.0.into_iter().map(send).collect()
    }
}

/// What `#name` stands for in [`tokens`](crate::tokens).
pub(crate) trait Put {
    /// Adds itself.
    fn put(&self, to: &mut Tokens);
}

impl FromIterator<Tokens> for Tokens {
    fn from_iter<I: IntoIterator<Item = Tokens>>(all: I) -> Tokens {
        let mut out = Tokens::default();
        all.into_iter().for_each(|one| out.add(one));
        out
    }
}

impl Put for TokenStream {
    fn put(&self, to: &mut Tokens) {
        self.clone().into_iter().for_each(|token| to.one(token));
    }
}

impl Put for Tokens {
    fn put(&self, to: &mut Tokens) {
        to.0.extend(self.0.iter().cloned());
    }
}

impl<T: Put + ?Sized> Put for &T {
    fn put(&self, to: &mut Tokens) {
        (**self).put(to);
    }
}

impl<T: Put> Put for Option<T> {
    fn put(&self, to: &mut Tokens) {
        if let Some(one) = self {
            one.put(to);
        }
    }
}

impl Put for Ident {
    fn put(&self, to: &mut Tokens) {
        to.one(self.clone());
    }
}

impl Put for Literal {
    fn put(&self, to: &mut Tokens) {
        to.one(self.clone());
    }
}

impl Put for str {
    fn put(&self, to: &mut Tokens) {
        to.one(Literal::string(self));
    }
}

impl Put for String {
    fn put(&self, to: &mut Tokens) {
        self.as_str().put(to);
    }
}

impl Put for u32 {
    fn put(&self, to: &mut Tokens) {
        to.one(Literal::u32_suffixed(*self));
    }
}

impl Put for u64 {
    fn put(&self, to: &mut Tokens) {
        to.one(Literal::u64_suffixed(*self));
    }
}

impl Put for usize {
    fn put(&self, to: &mut Tokens) {
        to.one(Literal::usize_suffixed(*self));
    }
}

impl Put for i128 {
    fn put(&self, to: &mut Tokens) {
        to.one(Literal::i128_suffixed(*self));
    }
}

impl Put for f64 {
    fn put(&self, to: &mut Tokens) {
        to.one(Literal::f64_suffixed(*self));
    }
}

impl Put for LitStr {
    fn put(&self, to: &mut Tokens) {
        to.one(self.token());
    }
}

impl Put for LitBool {
    fn put(&self, to: &mut Tokens) {
        to.one(Ident::new(if self.value { "true" } else { "false" }, self.span));
    }
}

impl Put for [Attribute] {
    fn put(&self, to: &mut Tokens) {
        for attribute in self {
            match &attribute.meta {
                Meta::NameValue(MetaNameValue { value: Expr::Lit(ExprLit { lit: Lit::Str(text), .. }), .. })
                    if attribute.path().is_ident("doc") =>
                {
                    // The macro's own: it is a description first, and lints of rustdoc's leave it alone.
                    let at = Span::call_site().located_at(attribute.pound_token.span);
                    to.add(tokens!(at=> #[doc = #text]));
                }
                _ => to.0.extend(attribute.to_token_stream().into_iter().map(TokenOrGroup::One)),
            }
        }
    }
}

/// Rust source as [`Tokens`], everything at one place: `tokens!(at=> pub static #name: #ty = …;)`.
macro_rules! tokens {
    ($at:expr=>) => {
        $crate::tokens::Tokens::default()
    };
    ($at:expr=> $($source:tt)+) => {{
        let (at, mut out) = ($at, $crate::tokens::Tokens::default());
        let _: proc_macro2::Span = at;
        $crate::tokens::put!(out at $($source)+);
        out
    }};
}

/// [`tokens`], token by token.
macro_rules! put {
    ($out:ident $at:ident) => {};
    ($out:ident $at:ident # $name:ident $($rest:tt)*) => {
        $crate::tokens::Put::put(&$name, &mut $out);
        $crate::tokens::put!($out $at $($rest)*);
    };
    ($out:ident $at:ident ($($inner:tt)*) $($rest:tt)*) => {
        $out.group(proc_macro2::Delimiter::Parenthesis, $at, $crate::tokens::tokens!($at=> $($inner)*));
        $crate::tokens::put!($out $at $($rest)*);
    };
    ($out:ident $at:ident [$($inner:tt)*] $($rest:tt)*) => {
        $out.group(proc_macro2::Delimiter::Bracket, $at, $crate::tokens::tokens!($at=> $($inner)*));
        $crate::tokens::put!($out $at $($rest)*);
    };
    ($out:ident $at:ident {$($inner:tt)*} $($rest:tt)*) => {
        $out.group(proc_macro2::Delimiter::Brace, $at, $crate::tokens::tokens!($at=> $($inner)*));
        $crate::tokens::put!($out $at $($rest)*);
    };
    ($out:ident $at:ident $one:tt $($rest:tt)*) => {
        $out.written(stringify!($one), $at);
        $crate::tokens::put!($out $at $($rest)*);
    };
}

pub(crate) use {put, tokens};
