//! Every type that generated code names, flat.

pub use crate::PROVIDER;
pub use crate::kinds::keyword;
pub use crate::kinds::*;
pub use crate::settings::Attio;
pub use plg_core::types::*;
