//! How a command says that it did not work.

use plg_core::codes::{self, Code};
use plg_runtime::error::Error;
use plg_runtime::exit::Exit;
use plg_runtime::store::StoreError;

/// What is printed, and how the process ends.
#[derive(Debug)]
pub(crate) struct CommandFailure {
    pub(crate) exit: Exit,
    /// The code that `explain` says more about.
    pub(crate) code: &'static Code,
    pub(crate) message: String,
    pub(crate) hint: String,
    /// Said after the message: whether anything was changed.
    pub(crate) changed: Option<&'static str>,
}

impl CommandFailure {
    /// A mistake in how the command was given.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        CommandFailure {
            exit: Exit::Usage,
            code: codes::COMMAND_LINE,
            message: message.into(),
            hint: hint.into(),
            changed: Some("Nothing was changed."),
        }
    }

    /// Names the stage in the command that releases a lock: without it, that command is about another stage.
    pub(crate) fn in_stage(mut self, stage: &str) -> Self {
        self.hint = in_stage(self.hint, stage);
        self
    }

    /// Something that should not happen.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        CommandFailure {
            exit: Exit::Internal,
            code: codes::INTERNAL,
            message: message.into(),
            hint: String::new(),
            changed: None,
        }
    }

    /// Refused, with how the process ends.
    pub(crate) fn refused(
        code: &'static Code,
        exit: Exit,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        CommandFailure { exit, code, message: message.into(), hint: hint.into(), changed: Some("Nothing was changed.") }
    }
}

/// A hint in which the command that releases a lock names its stage.
pub(crate) fn in_stage(mut hint: String, stage: &str) -> String {
    if let Some(at) = hint.find("`state unlock ") {
        let end = hint[at + 1..].find('`').map_or(hint.len(), |length| at + 1 + length);
        hint.insert_str(end, &format!(" --stage {stage}"));
    }
    hint
}

impl From<Error> for CommandFailure {
    fn from(error: Error) -> Self {
        CommandFailure {
            exit: error.exit(),
            code: error.code(),
            message: error.to_string(),
            hint: error.hint(),
            changed: Some("Nothing was changed."),
        }
    }
}

impl From<StoreError> for CommandFailure {
    fn from(error: StoreError) -> Self {
        Error::from(error).into()
    }
}
