//! The one gate that everything passes that this process prints or writes: what it knows to be secret is taken out.

use plg_core::{Postgres, Stack, Storage};
use plg_runtime::declared::graph::StackGraph;
use plg_runtime::paint::terminal;
use plg_runtime::secret::SecretGate;
use plg_runtime::store::seal;
use std::borrow::Cow;
use std::io::Write;
use std::sync::LazyLock;

static GATE: LazyLock<SecretGate> = LazyLock::new(SecretGate::new);

/// Credentials that plg or a library of it reads by itself.
const READ_BY_LIBRARIES: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_KEY",
    "AZURE_STORAGE_SAS_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_TOKEN",
    "AZURE_STORAGE_CLIENT_SECRET",
    "AZURE_CLIENT_SECRET",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
];

/// Addresses that may have a password in them.
const PROXIES: &[&str] = &["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"];

/// The gate of this process.
pub(crate) fn gate() -> SecretGate {
    GATE.clone()
}

/// A text without secrets.
pub(crate) fn masked(text: &str) -> Cow<'_, str> {
    GATE.masked(text)
}

/// Tells the gate every credential that a stack's stages or a library names, before anything is printed.
pub(crate) fn know(stack: &Stack) {
    for stage in stack.stages {
        for settings in stage.accounts().iter().filter_map(|account| account.settings) {
            credential(settings.key().0);
        }
        if let Storage::postgres(Postgres { url }) = stage.storage() {
            place(url.0);
        }
    }
    READ_BY_LIBRARIES.iter().for_each(|name| credential(name));
    PROXIES.iter().for_each(|name| place(name));
    // Several may stand in one variable, apart by commas or spaces.
    if let Some(keys) = value(seal::KEY) {
        keys.split([',', ' ', '\n', '\t', '\r']).for_each(|key| GATE.hide_credential(key, Some(seal::KEY)));
    }
}

/// Tells the gate the values of variables that the declarations of a stage name. A session does the same for its own.
pub(crate) fn know_declared(stack: &'static Stack, stage: &str) {
    let Ok(graph) = StackGraph::of(stack, stage) else { return };
    for name in graph.variables() {
        address(name);
    }
}

/// A variable that is set and not empty.
fn value(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn credential(name: &str) {
    if let Some(held) = value(name) {
        GATE.hide_credential(&held, Some(name));
    }
}

/// An address that is known by its password: everything else in it, such as the name of a database, may be any word,
/// and a state that is printed has to stay what it is.
fn place(name: &str) {
    let Some(held) = value(name) else { return };
    for password in passwords(&held) {
        GATE.hide_credential(password, Some(name));
    }
}

/// The passwords in an address: before its host, and in its query.
fn passwords(address: &str) -> Vec<&str> {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let user = before.split('/').next().and_then(|authority| authority.rsplit_once('@')).map(|(user, _)| user);
    let own = user.and_then(|user| user.split_once(':')).map(|(_, password)| password);
    let in_query = query.split('&').filter_map(|part| part.split_once('=')).filter(|(key, _)| key.contains("password"));
    own.into_iter().chain(in_query.map(|(_, password)| password)).collect()
}

/// A value of which scheme and host may be said.
pub(crate) fn address(name: &str) {
    if let Some(held) = value(name) {
        GATE.hide_variable(name, &held);
    }
}

/// Standard error for logs: each line passes the gate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogLines;

impl Write for LogLines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        std::io::stderr().write_all(terminal(&masked(&text), false).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

/// Says panics through the gate: what one says is made of whatever was at hand.
pub(crate) fn guard_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let thread = std::thread::current();
        let trace = std::backtrace::Backtrace::capture();
        let trace = match trace.status() {
            std::backtrace::BacktraceStatus::Captured => format!("\nstack backtrace:\n{trace}"),
            _ => String::new(),
        };
        let text = format!("\nthread '{}' {panic}{trace}", thread.name().unwrap_or("<unnamed>"));
        // Nobody has to read it.
        let _ = writeln!(std::io::stderr(), "{}", terminal(&masked(&text), false));
    }));
}

/// Keeps the memory of this process, which has keys in it, from being written to a disk should it crash.
pub(crate) fn no_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Core);
        limit.current = Some(0);
        // A system that refuses is as it was before.
        let _ = setrlimit(Resource::Core, limit);
    }
}

#[cfg(test)]
mod tests {
    use super::passwords;

    #[test]
    fn an_address_is_known_by_its_password() {
        assert_eq!(passwords("postgres://postgres:hunter2hunter2@db.example/postgres"), ["hunter2hunter2"]);
        assert_eq!(passwords("postgres://postgres@db/postgres?user=a&password=hunter2"), ["hunter2"]);
        assert_eq!(passwords("http://proxy.example:3128"), [""; 0]);
    }
}
