//! Stacks of any size, and places to deploy them to.

mod journal;
mod stacks;
mod stage;

pub use journal::intent;
pub use stacks::{part, source, stack};
pub use stage::{Stage, edited};
