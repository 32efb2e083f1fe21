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
