//! What applications send to a project and ask of it, held against what is declared.
//!
//! The comparison is a plain function over two lists of names, so that the sandbox, which has the events themselves, and
//! the command line, which asks an account for them, use the same words for the same thing.

mod compare;
mod difference;
mod names;
mod own;
mod sort;

pub use compare::differences;
pub use difference::{SentClass, SentDifference, SentSubject};
pub use names::{
    DeclaredEvent, DeclaredProperty, DeclaredToSend, SentEvent, SentName, SentNames, SentProperty, SentTimes,
};
pub use own::{is_own_event, is_own_flag, is_own_of_people, is_own_property};
pub use sort::SentSort;
