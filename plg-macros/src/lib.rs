//! `stack!`: a stack's declarations, checked and turned into typed statics.
//!
//! ```text
//! tokens ─ parse ─▶ StackSyntax ─ names ─▶ Symbols ─ header, declarations ─▶ Lowered ─ rules ─ order ─▶ expand ─▶ tokens
//! ```
//!
//! Every stage takes the collector first and keeps going after a mistake, so that one build shows
//! every mistake once. The macro knows shapes, not kinds: those are data in `plg-schema`.

mod attributes;
mod declarations;
mod docs;
mod errors;
mod expand;
mod header;
mod lower;
mod names;
mod order;
mod parse;
mod rules;
mod shared;
mod stages;
mod surface;
mod syntax;
#[cfg(test)]
mod tests;
mod tokens;
mod unknown;

use errors::Errors;

/// Declares a stack: see the language reference in `docs/`.
///
/// Emits one `pub static` per declaration under its own name, the types an application uses, and
/// `pub static STACK`, with dependencies first.
#[proc_macro]
pub fn stack(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    build(input.into()).into()
}

fn build(input: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    let errors = &mut Errors::default();
    let stack = parse::stack(errors, input);
    let names = names::collect(errors, &stack);
    let header = header::read(errors, &stack, &names);
    let mut lowered = declarations::lower(errors, &stack, &names, &header);
    rules::check(errors, &stack, &names, &mut lowered);
    let order = order::sort(errors, &stack, &names, &lowered);
    let mut out = expand::stack(errors, &stack, &names, &header, &lowered, &order).stream();
    out.extend(errors.to_compile_errors());
    out
}
