//! One file a command.

pub(crate) mod codegen;
pub(crate) mod completions;
pub(crate) mod deploy;
pub(crate) mod destroy;
pub(crate) mod doctor;
pub(crate) mod drift;
pub(crate) mod explain;
pub(crate) mod graph;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod loss;
pub(crate) mod output;
pub(crate) mod plan;
pub(crate) mod policies;
pub(crate) mod promote;
pub(crate) mod sandbox;
pub(crate) mod state;
pub(crate) mod unused;
