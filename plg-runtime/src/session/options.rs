//! What a session is about, and the usual places of a stage.

use crate::declared::environment::Environment;
use crate::http::{ClientOptions, Endpoints};
use crate::store::seal::SecretSealer;
use crate::store::{OtherPlace, StateBackend};
use plg_core::Stack;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a session is about: [`SessionOptions::new`], and what differs from it.
#[derive(Debug)]
#[non_exhaustive]
pub struct SessionOptions {
    /// The stack.
    pub stack: &'static Stack,
    /// The stage's name.
    pub stage: String,
    /// Where the stage's state is kept: see [`folder`] for the usual place.
    pub backend: Arc<dyn StateBackend>,
    /// Encrypts what the APIs show once.
    pub sealer: SecretSealer,
    /// The stage's accounts.
    pub endpoints: Endpoints,
    /// Variables that declarations name; none, unless they are given.
    pub environment: Environment,
    /// The command, for the message to whoever finds the stage locked.
    pub command: String,
    /// Only looks: takes no lock and writes nothing.
    pub reading: bool,
    /// How requests are made.
    pub client: ClientOptions,
    /// Where others keep what they hold in the same accounts: see [`OtherPlace::all`].
    pub others: Vec<OtherPlace>,
}

impl SessionOptions {
    /// A session that may write, on a stage of a stack: no variables are set, and requests are made as usual.
    pub fn new(
        stack: &'static Stack,
        stage: &str,
        backend: Arc<dyn StateBackend>,
        sealer: SecretSealer,
        endpoints: Endpoints,
    ) -> Self {
        SessionOptions {
            stack,
            stage: stage.to_owned(),
            backend,
            sealer,
            endpoints,
            environment: Environment::new(|_| None),
            command: String::new(),
            reading: false,
            client: ClientOptions::default(),
            others: Vec::new(),
        }
    }

    /// Reads variables from here.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Names the command to whoever finds the stage locked.
    #[must_use]
    pub fn command(mut self, command: &str) -> Self {
        command.clone_into(&mut self.command);
        self
    }

    /// Only looks, or not.
    #[must_use]
    pub fn reading(mut self, reading: bool) -> Self {
        self.reading = reading;
        self
    }

    /// Looks at what others hold, in these places.
    #[must_use]
    pub fn others(mut self, others: Vec<OtherPlace>) -> Self {
        self.others = others;
        self
    }

    /// Makes requests so.
    #[must_use]
    pub fn client(mut self, client: ClientOptions) -> Self {
        self.client = client;
        self
    }
}

/// The folder of a stage: `.plg/<stack>/<stage>` under `root`. Names are checked by the macro; what
/// could lead elsewhere is replaced all the same.
pub fn folder(root: &Path, stack: &str, stage: &str) -> PathBuf {
    let safe = |name: &str| -> String {
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' }).collect()
    };
    root.join(".plg").join(safe(stack)).join(safe(stage))
}

/// Where the key of a project is kept, unless it is given: `.plg/key` under `root`.
pub fn key(root: &Path) -> PathBuf {
    root.join(".plg").join("key")
}
