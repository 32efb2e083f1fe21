//! Collects every mistake, so that one build shows them all.

use proc_macro2::{Span, TokenStream};
use std::collections::HashSet;
use std::fmt::Display;

/// Mistakes so far, each shown once.
#[derive(Default)]
pub(crate) struct Errors {
    list: Vec<syn::Error>,
    seen: HashSet<(usize, usize, String)>,
}

impl Errors {
    /// Adds a mistake at a place; the same words at the same place are one mistake.
    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        let message = message.to_string();
        let start = span.start();
        if self.seen.insert((start.line, start.column, message.clone())) {
            self.list.push(syn::Error::new(span, message));
        }
    }

    /// The value, or its error added.
    pub(crate) fn keep<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.at(error.span(), error.to_string());
                None
            }
        }
    }

    /// How many mistakes there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Each as an error of its own, with its code for `explain`.
    pub(crate) fn to_compile_errors(&self) -> TokenStream {
        let coded = |error: &syn::Error| {
            let message = error.to_string();
            let Some(code) = plg_schema::codes::of(&message) else { return error.to_compile_error() };
            let (line, rest) = message.split_once('\n').map_or((message.as_str(), ""), |(line, rest)| (line, rest));
            let gap = if rest.is_empty() { "" } else { "\n" };
            syn::Error::new(error.span(), format!("{line} [{}]{gap}{rest}", code.code)).to_compile_error()
        };
        self.list.iter().map(coded).collect()
    }

    /// `line:column message`, for tests.
    #[cfg(test)]
    pub(crate) fn lines(&self) -> Vec<String> {
        self.list
            .iter()
            .map(|e| {
                let start = e.span().start();
                format!("{}:{} {e}", start.line, start.column + 1)
            })
            .collect()
    }
}
