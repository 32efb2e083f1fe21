//! Where an API is, and with which key.

use crate::loopback::is_on_loopback;
use crate::secret::{Secret, address};
use crate::strangers::is_hidden;
use plg_core::{Account, AccountName, Provider};
use std::collections::HashMap;

/// Where one account of a stage is.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The account's name.
    pub account: AccountName,
    /// Whose account it is.
    pub provider: &'static Provider,
    /// Its address, without a slash at its end, such as `https://api.example.com`.
    pub base: String,
    /// Its key.
    pub key: Secret<String>,
    /// The variable that the key comes from, where it comes from one.
    pub key_variable: Option<String>,
    /// What stands for the words in braces in a path.
    pub holes: Vec<(&'static str, String)>,
    /// The variables that these come from, where they come from any.
    pub hole_variables: Vec<(&'static str, String)>,
}

impl Endpoint {
    /// The default account of a provider, at an address and with a key.
    pub fn new(provider: &'static Provider, base: impl Into<String>, key: Secret<String>) -> Self {
        Endpoint {
            account: provider.default_account(),
            provider,
            base: base.into(),
            key,
            key_variable: None,
            holes: Vec::new(),
            hole_variables: Vec::new(),
        }
    }

    /// Under another name.
    #[must_use]
    pub fn named(mut self, account: AccountName) -> Self {
        self.account = account;
        self
    }

    /// With what stands for a word in braces in a path.
    #[must_use]
    pub fn hole(mut self, hole: &'static str, value: impl Into<String>) -> Self {
        self.holes.push((hole, value.into()));
        self
    }

    /// What people call the account: the provider's name, and with its name where it is not the default one.
    pub fn title(&self) -> String {
        title(self.provider, self.account)
    }

    /// What people call its key.
    pub(crate) fn key_title(&self) -> String {
        let title = self.title();
        self.key_variable
            .as_ref()
            .map_or_else(|| format!("the {title} key"), |name| format!("the {title} key in {name}"))
    }

    /// A path with everything in its braces.
    pub(super) fn filled(&self, path: &str) -> String {
        self.holes.iter().fold(path.to_owned(), |path, (hole, value)| path.replace(&format!("{{{hole}}}"), value))
    }
}

/// What people call an account: the provider's name, and with its name where it is not the default one.
pub(crate) fn title(provider: &Provider, account: AccountName) -> String {
    if account == provider.default_account() {
        provider.title.to_owned()
    } else {
        format!("{} ({account})", provider.title)
    }
}

/// Every account of a stage.
#[derive(Debug, Clone, Default)]
pub struct Endpoints(pub Vec<Endpoint>);

impl Endpoints {
    /// The accounts of a stage in one sandbox: each provider's default one at its address, further ones below it, each
    /// with a number of its own among those of its provider, from `number` on.
    pub fn in_sandbox(accounts: &[Account], url: &str, key: &str, number: u64) -> Self {
        let url = url.trim_end_matches('/');
        let mut numbered: HashMap<&str, u64> = HashMap::new();
        let endpoint = |account: &Account| {
            let is_default = account.name == account.provider.default_account();
            let base = if is_default { url.to_owned() } else { format!("{url}/accounts/{}", account.name) };
            let own = if is_default {
                number
            } else {
                let next = numbered.entry(account.provider.word).or_insert(number);
                *next += 1;
                *next
            };
            let endpoint = Endpoint::new(account.provider, base, Secret::new(key.to_owned())).named(account.name);
            account.provider.holes.iter().fold(endpoint, |endpoint, hole| endpoint.hole(hole, own.to_string()))
        };
        Endpoints(accounts.iter().map(endpoint).collect())
    }

    /// The endpoint of an account.
    pub fn of(&self, account: AccountName) -> Option<&Endpoint> {
        self.0.iter().find(|endpoint| endpoint.account == account)
    }
}

/// What is wrong with an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// It cannot be read.
    #[error("`{0}` is not an address")]
    NoAddress(String),
    /// It is not encrypted, and not on this machine.
    #[error("`{0}` is not encrypted: plg sends keys over https, or to this machine")]
    NotEncrypted(String),
    /// A key is none.
    #[error("{} contains {flaw}, which no API key has", key_of(whose, variable.as_deref()))]
    Key {
        /// What people call the account.
        whose: String,
        /// The variable that it came from.
        variable: Option<String>,
        /// What is wrong with it.
        flaw: &'static str,
    },
    /// It is an address this client cannot be made for.
    #[error("the HTTP client cannot be made: {0}")]
    Client(String),
}

impl EndpointError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            EndpointError::NoAddress(_) | EndpointError::NotEncrypted(_) => {
                "use an https address; plain http is for this machine only".into()
            }
            EndpointError::Key { whose, variable, .. } => format!(
                "set {} to the key alone: a line break or a space often comes along when it is copied, or read from a file",
                variable.clone().unwrap_or_else(|| format!("the variable of the {whose} key"))
            ),
            EndpointError::Client(_) => "check that the system's certificates are readable, then run it again".into(),
        }
    }
}

fn key_of(whose: &str, variable: Option<&str>) -> String {
    variable.map_or_else(|| format!("the {whose} API key"), |variable| format!("the key in {variable}"))
}

/// What is wrong with a key that cannot be one.
pub(super) fn flaw(key: &Secret<String>) -> Option<&'static str> {
    let c = key.expose().chars().find(|c| c.is_whitespace() || is_hidden(*c) || !c.is_ascii())?;
    Some(match c {
        '\n' | '\r' => "a line break",
        '\t' => "a tab",
        ' ' => "a space",
        c if c.is_whitespace() || is_hidden(c) => "an invisible character",
        _ => "a letter that is not ASCII",
    })
}

/// Whether an address is on this machine.
///
/// # Errors
/// When it is no address, or plain http to another machine.
pub fn check(base: &str) -> Result<bool, EndpointError> {
    let url = reqwest::Url::parse(base).map_err(|_| EndpointError::NoAddress(address(base)))?;
    if !url.has_host() {
        return Err(EndpointError::NoAddress(address(base)));
    }
    let local = is_on_loopback(&url);
    match url.scheme() {
        "https" => Ok(local),
        "http" if local => Ok(true),
        "http" => Err(EndpointError::NotEncrypted(address(base))),
        _ => Err(EndpointError::NoAddress(address(base))),
    }
}

/// The host in an address, with its port where it has one of its own.
pub(super) fn host_and_port(base: &str) -> String {
    let Ok(url) = reqwest::Url::parse(base) else { return String::new() };
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}{port}", url.host_str().unwrap_or_default())
}

/// The host in an address.
pub(super) fn host(base: &str) -> String {
    reqwest::Url::parse(base).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        assert_eq!(check("https://api.attio.com"), Ok(false));
        for local in ["http://127.0.0.1:4848", "http://localhost:1", "http://[::1]:8080", "http://127.8.8.8"] {
            assert_eq!(check(local), Ok(true), "{local}");
        }
        for refused in
            ["http://api.attio.com", "http://localhost.example.com", "http://10.0.0.1", "http://127.0.0.1.example.com"]
        {
            assert_eq!(check(refused), Err(EndpointError::NotEncrypted(refused.into())));
        }
        assert_eq!(check("ftp://127.0.0.1"), Err(EndpointError::NoAddress("ftp://127.0.0.1".into())));
        assert!(check("nonsense").is_err());
    }
}
