//! What is only known later: see [`Term`].

use crate::Term;
use crate::declared::Declared;
use crate::value::Text;

/// Another resource's remote id.
pub fn reference(to: &dyn Declared) -> Term {
    reference_to(to, "id")
}

/// One of another resource's outputs or fields: first [`Live::outputs`](crate::wire::Live::outputs), then its fields.
pub fn reference_to(to: &dyn Declared, get: &str) -> Term {
    Term::Ref { address: to.address(), get: get.to_owned() }
}

/// What a variable holds; text as it is otherwise.
pub fn env(text: Text) -> Term {
    match text {
        Text::Given(text) => text.into(),
        Text::Env(name) => Term::Env(name.to_owned()),
    }
}
