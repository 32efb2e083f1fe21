//! How a command says that it did not work.

use plg_runtime::error::Error;

/// What is printed, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    /// What `explain` says more about.
    pub(crate) name: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) hint: String,
    /// Said after the message: whether anything was changed.
    pub(crate) changed: Option<&'static str>,
}

impl Failure {
    /// A mistake in how the command was given.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Failure {
            code: 2,
            name: None,
            message: message.into(),
            hint: hint.into(),
            changed: Some("Nothing was changed."),
        }
    }

    /// Something that should not happen.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Failure { code: 1, name: None, message: message.into(), hint: String::new(), changed: None }
    }

    /// Refused, with its exit code.
    pub(crate) fn refused(code: u8, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Failure { code, name: None, message: message.into(), hint: hint.into(), changed: Some("Nothing was changed.") }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure {
            code: error.exit_code(),
            name: Some(error.code()),
            message: error.to_string(),
            hint: error.hint(),
            changed: Some("Nothing was changed."),
        }
    }
}
