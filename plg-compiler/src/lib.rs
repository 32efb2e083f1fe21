//! `stack!`: a stack's declarations, checked and turned into typed statics.
//!
//! ```text
//! tokens ─ parse ─▶ StackSyntax ─ names ─▶ Symbols ─ header, declarations ─▶ Lowered ─ rules ─ order ─▶ expand ─▶ tokens
//! ```
//!
//! Beside it the facts of every part travel to the root, which holds the rules between parts (`join.rs`).
//!
//! Every stage takes the collector first and keeps going after a mistake, so that one build shows
//! every mistake once. The macro knows shapes, not kinds: those are data of the providers.

extern crate proc_macro;

mod accounts;
mod attributes;
mod composition;
mod declarations;
mod docs;
mod errors;
mod expand;
mod facts;
mod header;
mod join;
mod keys;
mod lower;
mod named;
mod names;
mod order;
mod parse;
#[cfg(test)]
mod printed;
mod recover;
mod residents;
mod rules;
mod shared;
mod stages;
mod surface;
mod syntax;
#[cfg(test)]
mod tests;
mod tokens;
mod unknown;

pub use composition::{Composition, Lacking, LinkedProvider};
use errors::Errors;

/// The whole of `stack!`.
///
/// Gives one `pub static` per declaration under its own name, the types an application uses, and
/// `pub static STACK`, with dependencies first. What is wrong is in what it gives: errors at the tokens.
///
/// A `stack!` of one's own is a proc-macro crate of one function, `build(input.into(), &COMPOSITION).into()`;
/// `docs/providers.md` has one that is built and run. Outside of a macro it takes tokens, too:
///
/// ```
/// use plg_compiler::Composition;
///
/// // One that knows no provider has a stack of nothing.
/// const COMPOSITION: Composition = Composition { stack: "::my_macros::stack", providers: &[], lacking: &[] };
///
/// let stack = r#"name: "shop", stages: { local: sandbox }"#;
/// let written = plg_compiler::build(stack.parse().expect("tokens"), &COMPOSITION).to_string();
/// assert!(written.contains("pub static STACK"));
/// ```
pub fn build(input: proc_macro2::TokenStream, composition: &Composition) -> proc_macro2::TokenStream {
    composition.link();
    if let Some(told) = join::asked(&input) {
        return join::next(told);
    }
    let errors = &mut Errors::default();
    let stack = parse::stack(errors, input);
    // A declaration that was not read may say anything.
    let is_read = errors.len() == 0;
    let names = names::collect(errors, composition, &stack);
    let header = header::read(errors, composition, &stack, &names);
    let mut lowered = declarations::lower(errors, &stack, &names, &header);
    keys::check(errors, &stack, &names, &mut lowered);
    surface::check(errors, &stack, &names, &mut lowered);
    rules::check(errors, &stack, &names, &mut lowered, is_read && header.is_whole);
    residents::check(errors, &stack, &header, &names, &lowered);
    let order = order::sort(errors, &stack, &names, &lowered);
    let mut out = expand::stack(errors, composition, &stack, &names, &header, &lowered, &order).stream();
    out.extend(join::emit(composition, &stack, &names, &header, &lowered, is_read));
    out.extend(errors.to_compile_errors());
    out.extend(errors.to_warnings());
    out
}
