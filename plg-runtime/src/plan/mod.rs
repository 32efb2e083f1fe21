//! What a deploy would do: what is declared, what was applied last and what is live, compared.

mod beside;
mod bound;
mod build;
mod change;
mod compare;
mod decide;
mod fingerprint;
mod holdings;
mod identify;
mod keys;
mod one_address;
mod open;
mod options;
mod origin;
mod prior;
mod remarks;
mod removal;
pub mod saved;
mod shared;
mod step;
mod unmanaged;

pub use crate::live::LateObject;
pub use beside::NoDrift;
pub use bound::Binding;
pub(crate) use bound::binding;
pub(crate) use build::{BACK, plan};
pub use change::{Change, ChangeWords, Tone};
pub(crate) use holdings::Holdings;
pub(crate) use keys::moved_aside;
pub use open::{NotQueried, OpenWrite};
pub(crate) use open::{may_arrive, not_queried, remembered, told};
pub use options::PlanOptions;
pub(crate) use origin::unknown_origin;
pub(crate) use prior::{Inputs, declared_and_resolved, prior};
pub use step::{FieldChange, Plan, Step, Unmanaged, UnmanagedBy};
