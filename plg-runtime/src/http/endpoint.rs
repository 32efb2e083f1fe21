//! Where an API is, and with which key.

use crate::loopback::is_on_loopback;
use crate::secret::{Secret, address};
use crate::strangers::is_hidden;
use plg_core::Provider;

/// One API of a stage.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its address without a path, such as `https://api.attio.com`.
    pub base: String,
    /// Its key.
    pub key: Secret<String>,
}

/// Both APIs of a stage.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// Attio.
    pub attio: Endpoint,
    /// PostHog.
    pub posthog: Endpoint,
    /// The number of the PostHog project.
    pub project: u64,
}

impl Endpoints {
    /// The endpoint of a provider.
    pub(crate) fn of(&self, provider: Provider) -> &Endpoint {
        match provider {
            Provider::Attio => &self.attio,
            Provider::Posthog => &self.posthog,
        }
    }
}

/// What is wrong with an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// It cannot be read.
    #[error("`{0}` is no address")]
    NoAddress(String),
    /// It is not encrypted, and not on this machine.
    #[error("`{0}` is not encrypted: a key is only sent over https, or to this machine")]
    NotEncrypted(String),
    /// A key is none.
    #[error("{} has {flaw} in it, which no key has", key_of(whose, variable.as_deref()))]
    Key {
        /// The API's name.
        whose: &'static str,
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
                variable.as_deref().unwrap_or(match *whose {
                    "Attio" => "the variable of the Attio key",
                    _ => "the variable of the PostHog key",
                })
            ),
            EndpointError::Client(_) => "see that the system's certificates can be read, then run it again".into(),
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
        c if c.is_whitespace() || is_hidden(c) => "a character that cannot be seen",
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
