//! Collects every mistake, so that one build shows them all.

use plg_core::codes::{self, Code};
use proc_macro2::{Span, TokenStream};
use std::collections::HashSet;
use std::fmt::Display;

/// A mistake where it is in the source.
pub(crate) struct SpannedMistake {
    code: &'static Code,
    span: Span,
    message: String,
}

/// A part of the source, or why it cannot be read.
pub(crate) type Parsed<T> = Result<T, SpannedMistake>;

impl SpannedMistake {
    pub(crate) fn new(code: &'static Code, span: Span, message: impl Display) -> SpannedMistake {
        SpannedMistake { code, span, message: message.to_string() }
    }

    /// The message, with the code behind its first line.
    fn coded(&self) -> String {
        let (line, rest) = self.message.split_at(self.message.find('\n').unwrap_or(self.message.len()));
        format!("{line} [{}]{rest}", self.code.code)
    }
}

impl From<syn::Error> for SpannedMistake {
    fn from(error: syn::Error) -> SpannedMistake {
        SpannedMistake::new(codes::UNEXPECTED_TOKEN, error.span(), error)
    }
}

/// Mistakes so far, each shown once.
#[derive(Default)]
pub(crate) struct Errors {
    list: Vec<SpannedMistake>,
    warnings: Vec<SpannedMistake>,
    seen: HashSet<(usize, usize, String)>,
    /// How often something wrong was met again after it had been said.
    known: usize,
    /// How many brackets the place that is read stands in.
    brackets: usize,
}

/// How many brackets may stand around a value. No API takes as many, and whatever walks values does so on a stack.
const DEPTH: usize = 100;

impl Errors {
    /// Adds a mistake at a place.
    pub(crate) fn at(&mut self, code: &'static Code, span: Span, message: impl Display) {
        self.add(SpannedMistake::new(code, span, message));
    }

    /// Adds a mistake; the same words at the same place are one mistake.
    pub(crate) fn add(&mut self, mistake: SpannedMistake) {
        let start = mistake.span.start();
        if self.seen.insert((start.line, start.column, mistake.message.clone())) {
            self.list.push(mistake);
        } else {
            self.known();
        }
    }

    /// Adds something to look at twice.
    pub(crate) fn warn(&mut self, code: &'static Code, span: Span, message: impl Display) {
        let start = span.start();
        let message = message.to_string();
        if self.seen.insert((start.line, start.column, message.clone())) {
            self.warnings.push(SpannedMistake { code, span, message });
        }
    }

    /// How many mistakes there are.
    /// Something is wrong here, and its mistake is in the list already.
    pub(crate) fn known(&mut self) {
        self.known += 1;
    }

    /// Grows with everything wrong that is met: what is read between two equal answers is right.
    pub(crate) fn len(&self) -> usize {
        self.list.len() + self.known
    }

    /// Reads what stands in one more bracket, unless these are too many.
    pub(crate) fn nested<T>(&mut self, at: Span, read: impl FnOnce(&mut Errors) -> Parsed<T>) -> Parsed<T> {
        if self.brackets == DEPTH {
            let message = format!("this is nested in more than {DEPTH} brackets\nhelp: nest values less deeply");
            return Err(SpannedMistake::new(codes::NESTED, at, message));
        }
        self.brackets += 1;
        let outcome = read(self);
        self.brackets -= 1;
        outcome
    }

    /// Each as an error of its own, with its code for `explain`.
    pub(crate) fn to_compile_errors(&self) -> TokenStream {
        self.list.iter().map(|mistake| syn::Error::new(mistake.span, mistake.coded()).to_compile_error()).collect()
    }

    /// Each as a warning of rustc's. A macro has no other way to give one than to use what is out of date.
    pub(crate) fn to_warnings(&self) -> TokenStream {
        let warning = |warning: &SpannedMistake| {
            let (at, said) = (warning.span, warning.coded());
            quote::quote_spanned! {at=>
                const _: () = {
                    #[deprecated(note = #said)]
                    #[allow(non_upper_case_globals)]
                    const may_be_refused: () = ();
                    may_be_refused
                };
            }
        };
        self.warnings.iter().map(warning).collect()
    }

    /// What is worth a second look, as `line:column message`, for tests.
    #[cfg(test)]
    pub(crate) fn warned(&self) -> Vec<String> {
        let line = |warning: &SpannedMistake| {
            let start = warning.span.start();
            format!("{}:{} {}", start.line, start.column + 1, warning.coded())
        };
        self.warnings.iter().map(line).collect()
    }

    /// `line:column message`, for tests.
    #[cfg(test)]
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |mistake: &SpannedMistake| {
            let start = mistake.span.start();
            format!("{}:{} {}", start.line, start.column + 1, mistake.coded())
        };
        self.list.iter().map(line).collect()
    }
}
