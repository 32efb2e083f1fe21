//! Which commands of the pages are run by other tests, and which by none.

use super::pages::Shown;

/// How a command is held.
#[derive(Debug, Clone, Copy)]
pub(super) enum How {
    /// It is run here, in the folder of its page.
    Runs,
    /// A test of another file runs it.
    Test(&'static str, &'static str),
    /// The command line takes it. It is not run, because of this.
    Understood(&'static str),
    /// It is cargo's: `tests/tests/docs.rs` holds that what it builds is there.
    Cargo,
    /// It is not run, because of this.
    Never(&'static str),
}

/// Commands of one page, or of every page.
#[derive(Debug)]
pub(super) struct Row {
    /// A page, or `*`.
    page: &'static str,
    /// How the command begins.
    begins: &'static str,
    pub(super) how: How,
}

impl Row {
    pub(super) fn is_of(&self, page: &str, command: &str) -> bool {
        (self.page == "*" || self.page == page) && command.starts_with(self.begins)
    }
}

const fn row(page: &'static str, begins: &'static str, how: How) -> Row {
    Row { page, begins, how }
}

/// Commands of the installed `plg`, which no stack has.
pub(super) const OF_PLG_ALONE: [&str; 4] = ["new", "dev", "-p", "-F"];

/// Somebody's first minutes, with a stack of `plg new`.
const NEW_STACK: How = How::Test("plg/tests/newcomer.rs", "a_new_stack_deploys_and_passes_its_own_tests");
const DEV: How = How::Test("plg/tests/newcomer/dev.rs", "an_application_sees_each_edit");
const APPLICATION: How = How::Test("plg-stack/tests/applications.rs", "an_application_sends_events_and_keeps_records");
const WEB: How = How::Test("tests/tests/sdks.rs", "the_library_for_browsers");
const SERVES: How = How::Test("plg/tests/newcomer.rs", "is_interrupted");
const ACCOUNT: How = How::Understood("it needs keys of real accounts");
const SOURCES: How = How::Understood("the folders are those of somebody's application");
const RENEWED: How =
    How::Test("plg-stack/tests/cli/memory.rs", "secrets_are_sealed_anew_and_nothing_is_lost_on_the_way");
const ERROR: How = How::Never("it is the text of an error, which begins with the name of the program");
const CLIENTS: How = How::Never("it fetches and starts clients that others wrote");

/// Every command on a line of its own that is not run here; the first row that fits counts.
pub(super) static ROWS: &[Row] = &[
    row(
        "*",
        "cargo install --path plg",
        How::Never("it writes into the home of whoever runs it; the tests of `plg` run that program"),
    ),
    row("*", "cargo test --workspace", How::Never("it is every test, this one included")),
    row("errors.md", "plg ", ERROR),
    row("*", "cd ..", NEW_STACK),
    row("*", "plg new my-stack", NEW_STACK),
    row("*", "cd my-stack", NEW_STACK),
    row("*", "plg deploy", NEW_STACK),
    row("*", "plg dev", DEV),
    row("own-stack.md", "cargo test", NEW_STACK),
    row("README.md", "ATTIO_API_KEY_DEV=… ", ACCOUNT),
    row("*", "cargo run -p plg-stack -- sandbox serve", SERVES),
    row("applications.md", "cargo run -p signup -- ", APPLICATION),
    row("applications.md", "cd examples/web", WEB),
    row("applications.md", "npm install", How::Never("it fetches packages")),
    row("applications.md", "npm start", WEB),
    row(
        "applications.md",
        "cargo run -p plg-stack -- codegen --lang typescript --out app/src/plg --ids prod --check",
        ACCOUNT,
    ),
    row("applications.md", "cargo run -p plg-stack -- unused --in ", SOURCES),
    row("applications.md", "cargo run -p plg-stack -- plan --stage prod --in ", ACCOUNT),
    row("applications.md", "cargo run -p plg-stack -- unused --live --stage prod ", ACCOUNT),
    row("contributing.md", "cargo build -p plg-stack", How::Cargo),
    row(
        "contributing.md",
        "node docs/pictures/make.mjs ",
        How::Test("plg-stack/tests/cli/book/pictures.rs", "they_show_what_is_printed"),
    ),
    row("performance.md", "cargo bench -p benches ", How::Cargo),
    row("performance.md", "benches/count.sh", How::Never("it needs valgrind, and minutes")),
    row("performance.md", "benches/rivals/run.sh ", How::Never("it needs alchemy and OpenTofu")),
    row(
        "providers.md",
        "cargo run -p watched -- deploy",
        How::Test("tests/tests/outsider.rs", "a_provider_of_somebody_else_is_as_good_as_any"),
    ),
    row("pull-requests.md", "podman ", How::Never("it needs a container runtime and its images")),
    row("recipes.md", "plg-stack plan --stage prod --out prod.plan ", ACCOUNT),
    row("recipes.md", "plg-stack deploy --stage prod prod.plan", ACCOUNT),
    row(
        "sandbox.md",
        "curl -s 127.0.0.1:4848/",
        How::Test("tests/tests/destinations/usage.rs", "an_event_writes_the_person"),
    ),
    row("sandbox.md", "npm install --prefix ", CLIENTS),
    row("sandbox.md", "python3 -m venv ", CLIENTS),
    row("sandbox.md", "target/clients/", CLIENTS),
    row("sandbox.md", "export PLG_NODE_MODULES=", CLIENTS),
    row("sandbox.md", "node tests/sdks/", CLIENTS),
    row("stages.md", "plg-stack drift --stage prod", ACCOUNT),
    row("stages.md", "plg-stack promote --from dev --to prod", ACCOUNT),
    row("upgrading.md", "plg-stack state rekey --generate", RENEWED),
    row("upgrading.md", "cargo run -p plg-stack --features sealed-with-age -- state rekey --stage prod", ACCOUNT),
    row("upgrading.md", "cargo run -p plg-stack -- output --reveal webhook.DealChanges --stage prod", ACCOUNT),
];

/// How a command of a page is held, if it is.
pub(super) fn how(page: &str, command: &str, shown: Shown) -> Option<How> {
    if shown == Shown::Sentence {
        return Some(in_a_sentence(command));
    }
    let row = ROWS.iter().find(|row| row.is_of(page, command)).map(|row| row.how);
    row.or_else(|| command.starts_with("cargo run -p plg-stack -- ").then_some(How::Runs))
        .or_else(|| command.starts_with("sed -i ").then_some(How::Runs))
}

/// Words of commands in a sentence that only some words may stand for.
const TO_FILL_IN: [&str; 3] = ["COMMAND", "SHELL", "CODE"];

fn in_a_sentence(command: &str) -> How {
    let is_understood =
        |words: Vec<String>| !words.is_empty() && !words.iter().any(|word| TO_FILL_IN.contains(&word.as_str()));
    if super::of_the_stack(command).is_some_and(is_understood) {
        How::Understood("a sentence names it, and says when to run it")
    } else if command.split_whitespace().any(|word| word == "cargo") {
        How::Cargo
    } else {
        How::Never("a sentence names it, and says when to run it")
    }
}
