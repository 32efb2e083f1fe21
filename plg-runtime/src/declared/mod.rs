//! What is declared: every declaration of a stack at one stage, its references and its variables.

pub mod environment;
pub mod graph;
pub(crate) mod terms;
