//! How a command ended, as the number its process leaves behind.
//!
//! The help, the README and `docs/json.md` are held against [`Exit::ALL`]: a new ending is one more
//! line here.

/// Declares every ending: its meaning, name, number, and the words of the help.
macro_rules! exits {
    ($(#[doc = $meaning:literal] $name:ident = $number:literal, $words:literal;)*) => {
        /// How a command ended.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Exit {
            $(#[doc = $meaning] $name = $number,)*
        }

        impl Exit {
            /// Every ending, by number.
            pub const ALL: &[Exit] = &[$(Exit::$name),*];

            /// A few words, for a list of all of them.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Exit::$name => $words,)* }
            }

            /// One sentence, for a table of all of them.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Exit::$name => $meaning,)* }.trim()
            }
        }
    };
}

exits! {
    /// The command did all it was asked to do.
    Done = 0, "done";
    /// A file, the disk or plg itself failed.
    Internal = 1, "internal";
    /// The command line, the stack or a saved plan is wrong, or nobody confirmed; with `plan --detailed-exitcode`, there are changes.
    Usage = 2, "usage, or confirmation missing";
    /// A variable is not set, or an API refused the key or its permissions.
    Credentials = 3, "credentials";
    /// An API failed, or some resources did; the state has everything that was done.
    Failed = 4, "some resources failed, the state has the rest";
    /// Protection, a policy or a possible loss of data forbids it, or the keys belong to other accounts than last time.
    Refused = 5, "refused by protection, policy or possible loss, or other accounts than last time";
    /// Another process holds the lock of the stage.
    Locked = 6, "locked";
    /// The stage moved since the plan was saved.
    Stale = 7, "stale plan";
    /// `drift --exit-code` found drift.
    Drift = 8, "drift";
    /// `codegen --check` found stale files, or `unused --exit-code` found unused names.
    Names = 9, "stale or unused names";
    /// An API, or the place where the state is kept, cannot be reached: no address, no connection, or no answer at all.
    Unreachable = 10, "a host cannot be reached";
    /// The stage has no state, so that `drift --exit-code` cannot tell whether there is drift: no success.
    Unremembered = 11, "the stage has no state";
    /// Ctrl-C, SIGTERM or the end of `--timeout` stopped it.
    Interrupted = 130, "interrupted";
}

impl Exit {
    /// Where `plan --detailed-exitcode` found changes: the number of [`Exit::Usage`], which scripts
    /// already expect.
    pub const CHANGES: Exit = Exit::Usage;

    /// The number.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Every number with its words, in one line.
    #[must_use]
    pub fn line() -> String {
        let all: Vec<String> = Exit::ALL.iter().map(|exit| format!("{} {}", exit.number(), exit.words())).collect();
        all.join(" · ")
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        std::process::ExitCode::from(exit.number())
    }
}
