//! Stacks of any size, and places to deploy them to.

mod stacks;
mod stage;

pub use stacks::{source, stack};
pub use stage::{Stage, edited};
