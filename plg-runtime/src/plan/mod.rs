//! What a deploy would do: what is declared, what was applied last and what is live, compared.

mod bound;
mod change;
mod compare;
mod fingerprint;
mod options;
mod prior;
mod removal;
pub mod saved;
mod step;
mod unmanaged;

pub use bound::{Binding, binding};
pub use change::{Change, Tone, Words};
pub(crate) use compare::plan;
pub use options::PlanOptions;
pub(crate) use prior::{Inputs, declared_and_resolved, prior};
pub use step::{FieldChange, Plan, Step, Unmanaged, UnmanagedBy};
